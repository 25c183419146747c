"""When people are told of trouble: one alert for one episode, however often it is looked at.

An episode begins when a trouble is first seen and ends when it has not been seen for a while; what is remembered
of it from look to look is a Watch. Nothing is remembered over a restart: what still lasts is told once more then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from daemon.domain.dispatch import PrinterState, hopper_mismatch
from daemon.domain.job import Job
from daemon.domain.link import Link, LinkState
from daemon.domain.serials import SerialTrouble
from daemon.domain.supply import Consumable, Outlook


class Kind(StrEnum):
    """What people are told of; docs/runbook.md says what to do about each."""

    UNCONFIRMED = "unconfirmed"
    """A card may have come out of a printer; a person has to look."""
    LINE_DOWN = "line_down"
    PRINTER_STOPPED = "printer_stopped"
    HOPPERS_EMPTY = "hoppers_empty"
    """No card printer has a blank left."""
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
    FOREIGN_CARD = "foreign_card"
    """Somebody else's job was let pass to a card printer, and took a blank."""
    CENTRE_FAULTY = "centre_faulty"
    """Somebody waits because what the centre sent of them cannot be used."""
    CENTRE_GOES_ROUND = "centre_goes_round"
    """The centre always says that there is more, and nothing new comes."""
    SAME_NIK = "same_nik"
    """Somebody waits for a person's word, as another record of the same NIK gets the first card."""
    DAMAGED = "damaged"
    """What is kept of somebody does not open any more; it was set aside and is asked for again."""

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


PATIENCE: Mapping[Kind, timedelta] = {
    Kind.LINE_DOWN: timedelta(minutes=15),
    Kind.PRINTER_STOPPED: timedelta(minutes=15),
    # A hopper that was just filled is tried within seconds.
    Kind.HOPPER_OFF: timedelta(minutes=1),
}
"""So long it must have lasted before it is told; the others are told at once."""

LINGERS: Mapping[Kind, timedelta] = {
    # A printer in trouble is tried again after at most 5 minutes, and looks well while it is being tried.
    Kind.PRINTER_STOPPED: timedelta(minutes=6),
    Kind.HOPPER_OFF: timedelta(minutes=6),
    # A card that was not made gives its blank back: the stock swings around its limit.
    Kind.HOPPERS_EMPTY: timedelta(hours=1),
    Kind.BLANKS_LOW: timedelta(hours=1),
    # The rate changes with every card of the day.
    Kind.BLANKS_END_SOON: timedelta(days=1),
    Kind.CONSUMABLE_LOW: timedelta(hours=1),
    # What is written and pruned lets the free space swing around its limit.
    Kind.DISK_LOW: timedelta(hours=1),
    Kind.DISK_FULL: timedelta(minutes=10),
    Kind.CRASH_LOOP: timedelta(minutes=10),
}
"""So long it must not have been seen until the episode is over; the others are over at once."""

END_IS_TOLD = frozenset({Kind.LINE_DOWN})

STUCK_AFTER = timedelta(minutes=5)
"""A printer that complains and is with the same card for so long does not print: a card takes 3 minutes at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterFacts:
    """One printer as it reported last."""

    name: str
    state: PrinterState
    reasons: tuple[str, ...] = ()
    since: datetime | None = None
    """Start of the card in it."""
    blanks: int = 0
    """In its hopper, by the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one look sees."""

    at: datetime
    link: Link
    printers: tuple[PrinterFacts, ...]
    unconfirmed: tuple[Job, ...]
    rejected: tuple[str, ...]
    """Record ids."""
    faulty: tuple[Job, ...]
    """Who waits because of what the centre sent."""
    awaiting_person: tuple[Job, ...] = ()
    """Who waits for a person's word, as another record of the same NIK gets the first card."""
    damaged: tuple[tuple[str, str, datetime], ...] = ()
    """(record id, what is kept of it, when it was found so), of late."""
    round_since: datetime | None = None
    """Since when the centre's changes go round."""
    in_store: int
    """Blanks."""
    in_hoppers: int
    """Blanks, of all card printers."""
    low: int
    """Fewer blanks than this are too few."""
    outlook: Outlook | None = None
    """None: not asked for."""
    low_days: int = 0
    """Fewer working days than this are too few."""
    consumables: Mapping[str, tuple[Consumable, ...]] = field(default_factory=dict)
    """By printer."""
    foreign: tuple[tuple[str, int, datetime], ...] = ()
    """(printer, CUPS's number of the job, when): others' jobs that took a blank."""
    serials: tuple[tuple[str, str, SerialTrouble], ...] = ()
    """(record id, serial, what is wrong with it)."""
    machine: "tuple[Trouble, ...]" = ()
    """What is wrong with the machine (daemon/domain/health.py)."""


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
class Episode:
    """A trouble from its first sight to its end."""

    trouble: Trouble
    """As seen last."""
    begun: datetime
    seen: datetime
    """Last."""
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """What people have to be told."""

    trouble: Trouble
    begun: datetime
    at: datetime
    over: bool
    """It has come to its end."""


Watch = Mapping[tuple[Kind, str], Episode]


def troubles(facts: Facts) -> Iterator[Trouble]:
    """Everything that is wrong by these facts."""
    yield from facts.machine
    for job in facts.unconfirmed:
        yield Trouble(
            kind=Kind.UNCONFIRMED,
            subject=f"{job.record_id}:{job.attempt}",
            details={"record": job.record_id, "printer": job.printer or "?", "nik_ending": job.nik_ending or "?"},
        )
    if facts.link.state is LinkState.DOWN:
        yield Trouble(kind=Kind.LINE_DOWN, since=facts.link.since, details={"cause": facts.link.cause or "?"})
    yield from _stopped(facts)
    for printer in facts.printers:
        if hopper_mismatch(printer.reasons, printer.blanks):
            details: Mapping[str, str | int] = {"printer": printer.name, "blanks": printer.blanks}
            yield Trouble(kind=Kind.HOPPER_OFF, subject=printer.name, details=details)
    yield from _stock(facts)
    yield from _consumables(facts)
    for record_id, serial, trouble in facts.serials:
        details = {"record": record_id, "serial": serial, "trouble": trouble}
        yield Trouble(kind=Kind.SERIAL_WRONG, subject=f"{record_id}:{serial}", details=details)
    for name, number, at in facts.foreign:
        details = {"printer": name, "job": number}
        yield Trouble(kind=Kind.FOREIGN_CARD, subject=f"{name}:{number}", since=at, details=details)
    for record_id in facts.rejected:
        yield Trouble(kind=Kind.CARD_REJECTED, subject=record_id, details={"record": record_id})
    for job in facts.faulty:
        details = {"record": job.record_id, "reason": job.reason or "?"}
        yield Trouble(kind=Kind.CENTRE_FAULTY, subject=job.record_id, details=details)
    if facts.round_since is not None:
        yield Trouble(kind=Kind.CENTRE_GOES_ROUND, since=facts.round_since)
    for job in facts.awaiting_person:
        details = {"record": job.record_id, "reason": job.reason or "?", "nik_ending": job.nik_ending or "?"}
        yield Trouble(kind=Kind.SAME_NIK, subject=job.record_id, details=details)
    for record_id, kept, found_at in facts.damaged:
        details = {"record": record_id, "kept": kept}
        yield Trouble(
            kind=Kind.DAMAGED,
            subject=f"{record_id}:{kept}:{found_at.isoformat()}",
            since=found_at,
            details=details,
        )


def look(watch: Watch, facts: Facts) -> tuple[Watch, tuple[Announcement, ...]]:
    """What is remembered after this look, and what it gives people to be told.

    The wall clock may jump: an episode never begins in the future.
    """
    at = facts.at
    now = {(trouble.kind, trouble.subject): trouble for trouble in troubles(facts)}
    after: dict[tuple[Kind, str], Episode] = {}
    news: list[Announcement] = []
    for key, trouble in now.items():
        known = watch.get(key)
        begun = min(known.begun if known else trouble.since or at, at)
        was_told = known is not None and known.told
        told = was_told or at - begun >= PATIENCE.get(trouble.kind, timedelta())
        after[key] = Episode(trouble=trouble, begun=begun, seen=at, told=told)
        if told and not was_told:
            news.append(Announcement(trouble=trouble, begun=begun, at=at, over=False))
    for key, episode in watch.items():
        if key in now:
            continue
        kind, seen = episode.trouble.kind, min(episode.seen, at)
        if at - seen < LINGERS.get(kind, timedelta()):
            after[key] = Episode(trouble=episode.trouble, begun=min(episode.begun, at), seen=seen, told=episode.told)
        elif episode.told and kind in END_IS_TOLD:
            news.append(Announcement(trouble=episode.trouble, begun=min(episode.begun, at), at=at, over=True))
    return after, tuple(news)


def _stopped(facts: Facts) -> Iterator[Trouble]:
    for printer in facts.printers:
        since = None
        if printer.state is PrinterState.PRINTING and printer.reasons and printer.since is not None:
            since = printer.since
        if printer.state in (PrinterState.STOPPED, PrinterState.UNREACHABLE) or (
            since is not None and facts.at - since >= STUCK_AFTER
        ):
            yield Trouble(
                kind=Kind.PRINTER_STOPPED,
                subject=printer.name,
                since=since,
                details={"printer": printer.name, "reasons": ",".join(printer.reasons)},
            )


def _stock(facts: Facts) -> Iterator[Trouble]:
    """Where nothing at all is left, that alone is told."""
    left = facts.in_store + facts.in_hoppers
    if facts.in_hoppers == 0:
        yield Trouble(kind=Kind.HOPPERS_EMPTY, details={"store": facts.in_store})
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
