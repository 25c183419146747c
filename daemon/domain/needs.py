"""What needs a person: one list of troubles for `status`, for alerts, and for whoever else shows it.

Facts come in, troubles go out. What each is called in a language stands in daemon/locale/alerts.py, when people are
alerted in alarm.py, and what to do about each in docs/runbook.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from daemon.domain import ledger
from daemon.domain.continuity import Behind, is_centres_word
from daemon.domain.dispatch import CUPS_FAILED, IN_DOUBT, NO_GUARD, PrinterState, Unfit, hopper_mismatch
from daemon.domain.job import Job
from daemon.domain.link import Link, LinkState
from daemon.domain.serials import SerialTrouble
from daemon.domain.supply import Consumable, Outlook


class Kind(StrEnum):
    """What is wrong; docs/runbook.md says what to do about each."""

    BEHIND = "behind"
    """The database is older than what outlives it: nobody is printed."""
    UNCONFIRMED = "unconfirmed"
    """A card may have come out of a printer; a person has to look."""
    LINE_DOWN = "line_down"
    """The link to the centre."""
    PRINTER_STOPPED = "printer_stopped"
    PRINTER_LEFT = "printer_left"
    """One that is in no configuration here, that no daemon serves, and that has blanks in its hopper."""
    HOPPERS_EMPTY = "hoppers_empty"
    """No card printer has a blank left."""
    HOPPER_EMPTY = "hopper_empty"
    """One printer has none."""
    BLANKS_LOW = "blanks_low"
    BLANKS_END_SOON = "blanks_end_soon"
    """They last for fewer working days than it takes to get more."""
    CONSUMABLE_LOW = "consumable_low"
    """Ribbon or film ends within a working day."""
    HOPPER_OFF = "hopper_off"
    """A printer says that its hopper is empty, and the ledger says otherwise."""
    SERIAL_WRONG = "serial_wrong"
    """A card bears a serial that was never received, or that another card bears too."""
    CARD_REJECTED = "card_rejected"
    """The centre does not book a card that was made."""
    UNREPORTED = "unreported"
    """Nobody knows whether the centre was told of some cards."""
    FOREIGN_CARD = "foreign_card"
    """Somebody else's job was let pass to a card printer, and took a blank."""
    CENTRE_FAULTY = "centre_faulty"
    """Somebody waits because what the centre sent of them cannot be used."""
    CENTRE_GOES_ROUND = "centre_goes_round"
    """The centre always says that there is more, and nothing new comes."""
    UNCOSIGNED = "uncosigned"
    """No witness has cosigned the log for a day and more: only the office itself vouches for it."""
    SAME_NIK = "same_nik"
    """Somebody waits for a person's word, as another record of the same NIK gets the first card."""
    DAMAGED = "damaged"
    """What is kept of somebody does not open any more; it was set aside and is asked for again."""
    MENDED = "mended"
    """Damaged rows came anew from the centre: the machine may damage more."""

    NOT_RUNNING = "not_running"
    """The daemon; it cannot send this itself."""
    SILENT = "silent"
    """The daemon runs and gives no sign of life."""
    LOOP_HUNG = "loop_hung"
    """A loop did not come back; the daemon was started anew."""
    CRASH_LOOP = "crash_loop"
    """The daemon is started again and again."""
    DISK_LOW = "disk_low"
    DISK_FULL = "disk_full"
    DATABASE_FAILS = "database_fails"
    """It cannot be written: locked by another program, or its disk is full."""
    CLOCK_JUMP = "clock_jump"
    """The wall clock was set."""


UNCOSIGNED_AFTER = timedelta(days=1)
"""A line that is down over night is no trouble of the witnesses'."""
STUCK_AFTER = timedelta(minutes=5)
"""A printer that complains and is with the same card for so long does not print: a card takes 3 minutes at most."""


class Help(StrEnum):
    """What gets a printer going again, where its queue is fit for cards (Unfit says why it is not)."""

    RESUME = "resume"
    """Put right what its reasons say, then resume it."""
    GUARD = "guard"
    CUPS = "cups"
    ANSWER = "answer"
    """Look into it: cards in a row are in doubt."""
    NO_ANSWER = "no_answer"
    """CUPS does not answer for its queue."""
    NO_QUEUE = "no_queue"
    START = "start"
    """Start the daemon that serves it."""
    START_AND_CONCLUDE = "start_and_conclude"
    """The same; it has a card under way."""


_BY_REASON: Mapping[str, str] = {
    NO_GUARD: Help.GUARD,
    CUPS_FAILED: Help.CUPS,
    IN_DOUBT: Help.ANSWER,
    **dict(zip(Unfit, Unfit, strict=True)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong now."""

    kind: Kind
    subject: str = ""
    """Tells it from others of its kind."""
    since: datetime | None = None
    """When it began, where that is known better than by first sight."""
    details: Mapping[str, str | int] = field(default_factory=dict)
    """What the text names: never more of a person than the record id and the last digits of the NIK."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFacts:
    """One card printer as it reported last."""

    name: str
    queue: str = ""
    state: PrinterState
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    """Start of the card in it."""
    record_id: str | None = None
    """Of that card."""
    blanks: int = 0
    """In its hopper, by the ledger."""
    is_served: bool = True
    """By a daemon, this one or another."""
    is_configured: bool = True
    """Here."""
    absent: str | None = None
    """CUPS's word on a queue that it does not have, with those that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageFacts:
    """A sealed row that did not open any more."""

    record_id: str
    kept: str
    found_at: datetime
    is_mended: bool = False
    is_wanted: bool = True
    """Its person is in line, so it is pulled again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look sees."""

    at: datetime
    link: Link
    daemon_runs: bool = True
    """Any of this office's; without one no printer prints, and that alone is the trouble."""
    behind: Behind | None = None
    machine: tuple[Trouble, ...] = ()
    """What is wrong with the machine (daemon/domain/health.py)."""
    printers: tuple[PrinterFacts, ...] = ()
    """Card printers."""
    unconfirmed: tuple[Job, ...] = ()
    rejected: tuple[tuple[str, str], ...] = ()
    """(record id, reason) of cards that the centre has not booked."""
    faulty: tuple[Job, ...] = ()
    """Who waits because of what the centre sent."""
    awaiting_person: tuple[Job, ...] = ()
    """Who waits for a person's word, as another record of the same NIK gets the first card."""
    damages: tuple[DamageFacts, ...] = ()
    round_since: datetime | None = None
    """Since when the centre's changes go round."""
    uncosigned_since: datetime | None = None
    """Since when there is a head of the log that no witness has cosigned; None: they have, or there is no witness."""
    serials: tuple[tuple[str, str, SerialTrouble], ...] = ()
    """(record id, serial, what is wrong with it)."""
    foreign: tuple[tuple[str, int, datetime], ...] = ()
    """(printer, CUPS's number of the job, when): others' jobs that took a blank."""
    balances: Mapping[str, int] = field(default_factory=dict)
    """Blanks by account."""
    low: int = 0
    """Fewer blanks than this are too few."""
    outlook: Outlook | None = None
    """None: not asked for."""
    low_days: int = 0
    """Fewer working days than this are too few."""
    consumables: Mapping[str, tuple[Consumable, ...]] = field(default_factory=dict)
    """By printer."""


def needs(facts: Facts) -> tuple[Trouble, ...]:
    """Everything that is wrong by these facts, what stops everybody first."""
    return (
        *_behind(facts),
        *facts.machine,
        *_people(facts),
        *_centre(facts),
        *_damages(facts),
        *_printers(facts),
        *_stock(facts),
        *_consumables(facts),
        *_log(facts),
    )


def _behind(facts: Facts) -> Iterator[Trouble]:
    if facts.behind is not None:
        yield Trouble(kind=Kind.BEHIND, since=facts.behind.since, details={"why": facts.behind.why})


def _log(facts: Facts) -> Iterator[Trouble]:
    since = facts.uncosigned_since
    if since is not None and facts.at - since >= UNCOSIGNED_AFTER:
        yield Trouble(kind=Kind.UNCOSIGNED, since=since)


def _people(facts: Facts) -> Iterator[Trouble]:
    for job in facts.unconfirmed:
        yield Trouble(
            kind=Kind.UNCONFIRMED,
            subject=f"{job.record_id}:{job.attempt}",
            details={**_who(job), "printer": job.printer or "?"},
        )
    for job in facts.awaiting_person:
        yield Trouble(kind=Kind.SAME_NIK, subject=job.record_id, details={**_who(job), "reason": job.reason or "?"})
    for record_id, serial, trouble in facts.serials:
        yield serial_wrong(record_id, serial, trouble)


def serial_wrong(record_id: str, serial: str, trouble: SerialTrouble) -> Trouble:
    """What is wrong with the serial that was read off this person's card."""
    details = {"record": record_id, "serial": serial, "trouble": trouble.value}
    return Trouble(kind=Kind.SERIAL_WRONG, subject=f"{record_id}:{serial}", details=details)


def _who(job: Job) -> dict[str, str | int]:
    return {"record": job.record_id, "nik_ending": job.nik_ending or "????"}


def _centre(facts: Facts) -> Iterator[Trouble]:
    if facts.link.state is LinkState.DOWN:
        yield Trouble(kind=Kind.LINE_DOWN, since=facts.link.since, details={"cause": facts.link.cause or "?"})
    unsure = [record_id for record_id, reason in facts.rejected if not is_centres_word(reason)]
    if unsure:
        yield Trouble(kind=Kind.UNREPORTED, details={"cards": len(unsure), "record": unsure[0]})
    for record_id, reason in facts.rejected:
        if is_centres_word(reason):
            yield Trouble(kind=Kind.CARD_REJECTED, subject=record_id, details={"record": record_id, "reason": reason})
    for job in facts.faulty:
        details = {"record": job.record_id, "reason": job.reason or "?"}
        yield Trouble(kind=Kind.CENTRE_FAULTY, subject=job.record_id, details=details)
    if facts.round_since is not None:
        yield Trouble(kind=Kind.CENTRE_GOES_ROUND, since=facts.round_since)


def _damages(facts: Facts) -> Iterator[Trouble]:
    """Of those who are in line no more nothing is pulled: no need, but a sign of the machine (`status` shows it)."""
    for damage in facts.damages:
        if not damage.is_mended and damage.is_wanted:
            yield Trouble(
                kind=Kind.DAMAGED,
                subject=f"{damage.record_id}:{damage.kept}:{damage.found_at.isoformat()}",
                since=damage.found_at,
                details={"record": damage.record_id, "kept": damage.kept},
            )
    mended = sum(damage.is_mended for damage in facts.damages)
    if mended:
        yield Trouble(kind=Kind.MENDED, details={"rows": mended})


def _printers(facts: Facts) -> Iterator[Trouble]:
    for name, number, at in facts.foreign:
        details: dict[str, str | int] = {"printer": name, "job": number}
        yield Trouble(kind=Kind.FOREIGN_CARD, subject=f"{name}:{number}", since=at, details=details)
    for printer in facts.printers:
        if facts.daemon_runs:
            yield from _printer(printer, facts.at)
        if printer.blanks == 0:
            yield Trouble(kind=Kind.HOPPER_EMPTY, subject=printer.name, details={"printer": printer.name})


def _printer(printer: PrinterFacts, at: datetime) -> Iterator[Trouble]:
    """At most one for each."""
    if hopper_mismatch(printer.reasons, printer.blanks):
        details: dict[str, str | int] = {"printer": printer.name, "blanks": printer.blanks}
        yield Trouble(kind=Kind.HOPPER_OFF, subject=printer.name, details=details)
    elif not printer.is_served and not printer.is_configured and printer.record_id is None:
        details = {"printer": printer.name, "blanks": printer.blanks}
        yield Trouble(kind=Kind.PRINTER_LEFT, subject=printer.name, details=details)
    elif printer.state in (PrinterState.STOPPED, PrinterState.UNREACHABLE) or _is_stuck(printer, at):
        yield Trouble(
            kind=Kind.PRINTER_STOPPED,
            subject=printer.name,
            since=printer.since if printer.state is PrinterState.PRINTING else None,
            details={
                "printer": printer.name,
                "queue": printer.queue,
                "reasons": ", ".join(printer.reasons),
                "help": _help(printer),
                "record": printer.record_id or "",
                "absent": printer.absent or "",
            },
        )


def _is_stuck(printer: PrinterFacts, at: datetime) -> bool:
    complains = printer.state is PrinterState.PRINTING and bool(printer.reasons)
    return complains and printer.since is not None and at - printer.since >= STUCK_AFTER


def _help(printer: PrinterFacts) -> str:
    """A Help, or what makes its queue unfit (Unfit)."""
    if printer.absent is not None:
        return Help.NO_QUEUE
    if not printer.is_served:
        return Help.START if printer.record_id is None else Help.START_AND_CONCLUDE
    if printer.state is PrinterState.UNREACHABLE:
        return Help.NO_ANSWER
    return next((_BY_REASON[reason] for reason in printer.reasons if reason in _BY_REASON), Help.RESUME)


def _stock(facts: Facts) -> Iterator[Trouble]:
    """Where nothing at all is left, that alone is told."""
    left = ledger.usable(facts.balances)
    if not any(printer.blanks for printer in facts.printers):
        yield Trouble(kind=Kind.HOPPERS_EMPTY, details={"store": facts.balances.get(ledger.STORE, 0)})
    if 0 < left < facts.low:
        yield Trouble(kind=Kind.BLANKS_LOW, details={"left": left, "low": facts.low})
    elif left and facts.outlook is not None:
        days = facts.outlook.days_left
        if days is not None and days < facts.low_days:
            yield Trouble(
                kind=Kind.BLANKS_END_SOON,
                details={"left": left, "days": int(days), "per_day": round(facts.outlook.per_day or 0)},
            )


def _consumables(facts: Facts) -> Iterator[Trouble]:
    """Every printer is taken to make an equal share of a day's cards."""
    per_day = facts.outlook.per_day if facts.outlook else None
    each = None if per_day is None else per_day / max(1, len(facts.consumables))
    for printer, those in facts.consumables.items():
        for consumable in those:
            if consumable.is_low(each):
                details: dict[str, str | int] = {
                    "printer": printer,
                    "consumable": consumable.name,
                    "percent": consumable.percent,
                }
                yield Trouble(kind=Kind.CONSUMABLE_LOW, subject=f"{printer}:{consumable.name}", details=details)
