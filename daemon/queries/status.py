"""The state of the whole in one snapshot: for `status`, for systemd's STATUS= line, and for the board."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain import ledger
from daemon.domain.dispatch import CardPrinter, Dispatch, DispatchState, PauseReason, PrinterState, dispatch
from daemon.domain.job import Job
from daemon.domain.link import Link, LinkState, drain_until, is_draining, unknown
from daemon.domain.message import N_
from daemon.domain.needs import DamageFacts, Trouble
from daemon.domain.rules import Rules, to_details
from daemon.domain.states import State
from daemon.domain.supply import Consumable, Outlook
from daemon.locale.language import SOURCE, Language, Plural, in_language
from daemon.locale.link import advice
from daemon.ports import Intake, Lease, MovedAhead, NoClaim, Store
from daemon.queries.printers import DAEMON_NOT_RUNNING, KnownPrinter, known_printers
from daemon.settings import Printer, Settings

STATES = (
    State.WAITING,
    State.READY,
    State.PRINTING,
    State.UNCONFIRMED,
    State.HELD,
    State.PRINTED,
    State.HANDED_OVER,
    State.CANCELLED,
)
"""In the order in which people are told of them."""

_WAITS_FOR: Mapping[str, str] = {
    NoClaim.AWAITS_DOCUMENT: N_("the head of the queue awaits its document from the centre"),
    NoClaim.NO_BLANKS: N_("no blanks in its hopper"),
}
"""Why a printer is idle though somebody is ready, in words."""

MOST_NAMED = 20
"""So many unconfirmed jobs are named one by one; the counts tell the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterLine:
    """One printer: of the configuration, or a card printer of another daemon on the same store."""

    name: str
    queue: str
    kind: str
    state: PrinterState
    reasons: tuple[str, ...]
    record_id: str | None
    configured: bool = True
    """False: of another daemon, or it once was one of ours."""
    pause_reason: str | None = None
    """While it is paused: why, in the words of whoever did it."""

    def reasons_in_words(self, words: Language) -> str:
        """For people."""
        reasons = ", ".join(
            words.gettext(_WAITS_FOR[reason]) if reason in _WAITS_FOR else reason for reason in self.reasons
        )
        return reasons if self.pause_reason is None else f"{reasons}: {self.pause_reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosigned:
    """What one witness has of the log."""

    name: str
    size: int
    """Entries that it cosigned; 0: none."""
    at: datetime | None
    """When it cosigned them, by its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that `status` tells."""

    at: datetime
    office: str
    timezone: ZoneInfo
    link: Link
    drain_for: timedelta | None
    """None under the policy `pause`."""
    intake: Intake | None
    """How far the pulling of changes is."""
    dispatch: Dispatch
    counts: Mapping[State, int]
    printers: tuple[PrinterLine, ...]
    balances: Mapping[str, int]
    hoppers: tuple[str, ...]
    """Printers with a hopper: the card printers, and any other under whose name blanks are still booked."""
    unconfirmed: tuple[Job, ...]
    undelivered: int
    """Cards made of which the centre has not heard yet."""
    outlook: Outlook | None = None
    """How long the blanks last; None where nobody asks."""
    consumables: Mapping[str, tuple[Consumable, ...]] = field(default_factory=dict)
    """Ribbon and film, by printer."""
    moved_ahead: tuple[MovedAhead, ...] | None = None
    """Whom the office's papers put before the time that the centre says; None where nobody asks."""
    rules: Rules | None = None
    """What stands above the recording time; None where nobody asks."""
    elsewhere: int | None = None
    """People whose card was made elsewhere; None where nobody asks."""
    cosigned: tuple[Cosigned, ...] | None = None
    """How far each witness has cosigned the log; None where nobody asks."""
    machine: tuple[Trouble, ...] = ()
    """What is wrong with the daemon or its machine."""
    known: tuple[KnownPrinter, ...] = ()
    """The card printers as they were found."""
    damages: tuple[DamageFacts, ...] = ()
    """Sealed rows that were found damaged lately, or are not mended yet."""
    needs: tuple[Trouble, ...] | None = None
    """What needs a person; None where nobody asks."""

    @property
    def drain_until(self) -> datetime | None:
        """While the link is down under the policy `drain`: until when cards go on being started."""
        return drain_until(self.link, self.drain_for)

    @property
    def is_draining(self) -> bool:
        """Whether cards are started without the link now."""
        return self.dispatch.state is DispatchState.RUNNING and is_draining(self.link, self.drain_for, self.at)

    @property
    def usable_blanks(self) -> int:
        """Those in the store and in the hoppers."""
        return ledger.usable(self.balances)

    def hopper(self, printer: str) -> int:
        """Blanks in this printer's hopper, by the ledger."""
        return self.balances.get(ledger.hopper(printer), 0)


def snapshot(settings: Settings, store: Store, lease: Lease, at: datetime) -> Snapshot:
    """Read it all. Each figure is a maintained one: the cost does not grow with the queue."""
    link = store.links.link() or unknown(at)
    behind = store.past.behind()
    balances = store.ledger.balances()
    own = {printer.name: printer.queue for printer in settings.card_printers}
    known = {printer.name: printer for printer in known_printers(own, store, lease, balances)}
    daemon_runs = any(printer.is_served for printer in known.values())
    configured = [
        _card_line(known[printer.name], store) if printer.kind == "card" else _paper_line(printer, daemon_runs)
        for printer in settings.printers
    ]
    elsewhere = [
        replace(_card_line(printer, store), configured=False) for name, printer in known.items() if name not in own
    ]
    printers = (*configured, *elsewhere)
    cards = tuple(
        CardPrinter(name=line.name, state=line.state, blanks=balances.get(ledger.hopper(line.name), 0))
        for line in printers
        if line.kind == "card"
    )
    counts = store.view.counts()
    drain_for = settings.outage.drains_for
    return Snapshot(
        at=at,
        office=f"{settings.office.name} ({settings.office.code})",
        timezone=settings.office.timezone,
        link=link,
        drain_for=drain_for,
        intake=store.records.intake(),
        known=tuple(known.values()),
        dispatch=dispatch(
            daemon_runs=daemon_runs,
            link=link.state,
            draining=is_draining(link, drain_for, at),
            behind=behind is not None,
            printers=cards,
        ),
        counts={state: counts.get(state, 0) for state in State},
        printers=printers,
        balances=balances,
        hoppers=_hoppers(cards, balances),
        unconfirmed=tuple(row.job for row in store.view.queue(State.UNCONFIRMED, MOST_NAMED)),
        undelivered=store.issuances.undelivered(),
    )


def _card_line(printer: KnownPrinter, store: Store) -> PrinterLine:
    """What it reported, and whether an operator has paused it since."""
    state, reasons = printer.report.state, printer.report.reasons
    controls = store.printers.controls(printer.name)
    why = None
    if controls.paused and state is not PrinterState.PRINTING:
        state, reasons, why = PrinterState.PAUSED, (PauseReason.OPERATOR.value,), controls.pause_reason
    return PrinterLine(
        name=printer.name,
        queue=printer.queue,
        kind="card",
        state=state,
        reasons=reasons,
        record_id=printer.report.record_id,
        pause_reason=why,
    )


def _paper_line(printer: Printer, daemon_runs: bool) -> PrinterLine:
    """It prints when somebody asks for a paper."""
    return PrinterLine(
        name=printer.name,
        queue=printer.queue,
        kind=str(printer.kind),
        state=PrinterState.IDLE if daemon_runs else PrinterState.STOPPED,
        reasons=() if daemon_runs else (DAEMON_NOT_RUNNING,),
        record_id=None,
    )


def _hoppers(cards: tuple[CardPrinter, ...], balances: Mapping[str, int]) -> tuple[str, ...]:
    configured = [card.name for card in cards]
    booked = {account.removeprefix("hopper:") for account, blanks in balances.items() if blanks and ":" in account}
    return (*configured, *sorted(booked.difference(configured)))


# --- as JSON ----------------------------------------------------------------------------------------------


def to_json(snapshot: Snapshot) -> dict[str, object]:
    """The shape of CONTRACT.md section 2, and `outage`, `sync`, `supply`, `moved_ahead`, `rules`,
    `printed_elsewhere` and `witnesses` besides."""
    return {
        "at": rfc3339(snapshot.at),
        "link": link_to_json(snapshot.link),
        "dispatch": {
            "state": snapshot.dispatch.state.value,
            "reasons": [reason.value for reason in snapshot.dispatch.reasons],
        },
        "queue": {state.value: snapshot.counts[state] for state in STATES},
        "printers": printers_to_json(snapshot),
        "blanks": blanks_to_json(snapshot),
        "outage": {
            "policy": "pause" if snapshot.drain_for is None else "drain",
            "drain_until": None if snapshot.drain_until is None else rfc3339(snapshot.drain_until),
        },
        "sync": sync_to_json(snapshot.intake),
        "supply": supply_to_json(snapshot),
        "moved_ahead": moved_ahead_to_json(snapshot.moved_ahead or ()),
        "rules": to_details(snapshot.rules or Rules()),
        "printed_elsewhere": snapshot.elsewhere or 0,
        "witnesses": [
            {"name": each.name, "size": each.size, "at": None if each.at is None else rfc3339(each.at)}
            for each in snapshot.cosigned or ()
        ],
        "machine": [
            {
                "kind": trouble.kind.value,
                "since": None if trouble.since is None else rfc3339(trouble.since),
                **trouble.details,
            }
            for trouble in snapshot.machine
        ],
    }


def link_to_json(link: Link) -> dict[str, object]:
    """The link's state."""
    return {"state": link.state.value, "since": rfc3339(link.since), "cause": cause_of(link)}


def sync_to_json(intake: Intake | None) -> dict[str, object]:
    """How far the pulling of changes is: `more` while the centre had more when the last page came.

    `round_since` is there while the centre's changes go round in a circle.
    """
    if intake is None:
        return {"more": None, "records": 0, "at": None}
    round_since = {} if intake.round_since is None else {"round_since": rfc3339(intake.round_since)}
    return {"more": intake.more, "records": intake.records, "at": rfc3339(intake.at), **round_since}


def supply_to_json(snapshot: Snapshot) -> dict[str, object]:
    """How long the blanks last, in working days (null before a card was made), and ribbon and film by printer."""
    outlook = snapshot.outlook
    per_day, days_left = (outlook.per_day, outlook.days_left) if outlook else (None, None)
    return {
        "blanks_per_day": None if per_day is None else round(per_day, 1),
        "working_days_left": None if days_left is None else round(days_left, 1),
        "ready_without_blank": outlook.without if outlook else None,
        "consumables": {
            printer: [{"name": each.name, "percent": each.percent, "cards_left": each.cards} for each in those]
            for printer, those in snapshot.consumables.items()
        },
    }


def moved_ahead_to_json(papers: Sequence[MovedAhead]) -> dict[str, object]:
    """How many people papers of the office put before the time that the centre says, in all and by paper."""
    return {
        "people": sum(paper.people for paper in papers),
        "in_line": sum(paper.in_line for paper in papers),
        "by_document": [
            {"document": paper.document, "people": paper.people, "in_line": paper.in_line} for paper in papers
        ],
    }


def printers_to_json(snapshot: Snapshot) -> list[dict[str, object]]:
    """Every printer of the configuration, in its order; then those of other daemons."""
    return [
        {
            "name": line.name,
            "queue": line.queue,
            "kind": line.kind,
            "state": line.state.value,
            "reasons": list(line.reasons),
            "record_id": line.record_id,
            **({} if line.pause_reason is None else {"pause_reason": line.pause_reason}),
        }
        for line in snapshot.printers
    ]


def blanks_to_json(snapshot: Snapshot) -> dict[str, object]:
    """Where every blank is; `received` is what the centre has sent in all."""
    balances = snapshot.balances
    return {
        "received": -balances.get(ledger.CENTRE, 0),
        "store": balances.get(ledger.STORE, 0),
        "hopper": {name: snapshot.hopper(name) for name in snapshot.hoppers},
        **{
            account: balances.get(account, 0)
            for account in (
                ledger.IN_PROCESS,
                ledger.ISSUED,
                ledger.SPOILED,
                ledger.DESTROYED,
                ledger.TRANSFERRED,
                ledger.VARIANCE,
            )
        },
    }


def cause_of(link: Link) -> str | None:
    """Why the link fails; None when it does not."""
    return link.cause.value if link.cause and link.state in (LinkState.DEGRADED, LinkState.DOWN) else None


def advice_on(link: Link, language: str = SOURCE) -> str | None:
    """What to do about it; None while it does not fail."""
    return advice(cause_of(link), language)


def rfc3339(at: datetime) -> str:
    """UTC, whole seconds, with Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- in one line ------------------------------------------------------------------------------------------


_BLANKS = Plural("{blanks:,} blank", "{blanks:,} blanks", by="blanks")


def one_line(snapshot: Snapshot) -> str:
    """What goes on, in one line: "paused: central server down since 09:12, 41,012 waiting, 6,000 blanks"."""
    counts = snapshot.counts
    blanks = in_language(SOURCE).say(_BLANKS, blanks=snapshot.usable_blanks)
    unconfirmed = [f"{counts[State.UNCONFIRMED]:,} unconfirmed"] if counts[State.UNCONFIRMED] else []
    if snapshot.dispatch.state is DispatchState.RUNNING:
        made = counts[State.PRINTED] + counts[State.HANDED_OVER]
        parts = [*draining(snapshot), f"{made:,} printed", f"{counts[State.READY]:,} ready", *unconfirmed, blanks]
    else:
        in_line = counts[State.READY] + counts[State.WAITING]
        parts = [*why_paused(snapshot), f"{in_line:,} waiting", *unconfirmed, blanks]
    return f"{snapshot.dispatch.state}: {', '.join(parts)}"


def draining(snapshot: Snapshot, language: str = SOURCE) -> list[str]:
    """That cards are started without the link, and until when."""
    if not snapshot.is_draining or snapshot.drain_until is None:
        return []
    said = in_language(language).gettext(
        "central server down, printing what was pulled until {until}", until=local_time(snapshot.drain_until, snapshot)
    )
    return [said]


def why_paused(snapshot: Snapshot, language: str = SOURCE) -> list[str]:
    """The reasons why no card is started, in words."""
    words = in_language(language)
    return [_reason_in_words(reason, snapshot, words) for reason in snapshot.dispatch.reasons]


def _reason_in_words(reason: PauseReason, snapshot: Snapshot, words: Language) -> str:
    match reason:
        case PauseReason.CENTRAL_DOWN:
            if snapshot.link.state is LinkState.UNKNOWN:
                return words.gettext("central server not tried yet")
            since = local_time(snapshot.link.since, snapshot)
            return words.gettext("central server down since {since}", since=since)
        case PauseReason.OPERATOR:
            return words.gettext("all card printers paused by an operator")
        case PauseReason.NO_BLANKS:
            return words.gettext("no blanks in the hoppers")
        case PauseReason.NO_PRINTER:
            return words.gettext("no card printer works")
        case PauseReason.BEHIND:
            return words.gettext("the database is behind")
        case PauseReason.DATABASE:
            return words.gettext("the database cannot be written")


def local_time(at: datetime, snapshot: Snapshot) -> str:
    """09:12 today, with the date before on any other day; in the office's time zone."""
    moment, today = at.astimezone(snapshot.timezone), snapshot.at.astimezone(snapshot.timezone).date()
    clock = f"{moment:%H:%M}"
    return clock if moment.date() == today else f"{moment.date().isoformat()} {clock}"
