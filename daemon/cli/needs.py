"""What needs a person, as `status` says it: one line each, with the command that settles it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from daemon.domain.continuity import TELLING_UNSURE, is_centres_word
from daemon.domain.dispatch import (
    CUPS_FAILED,
    IN_DOUBT,
    NO_GUARD,
    UNFIT_ADVICE,
    DispatchState,
    PrinterState,
    Unfit,
    hopper_mismatch,
)
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.printers import DAEMON_NOT_RUNNING

if TYPE_CHECKING:
    from daemon.status import PrinterLine, Snapshot

MOST_NAMED = 20
"""Of each kind; how many more there are is said."""
MOST_COUNTED = 1000
"""So many of a kind are looked for."""


def needs_a_person(snapshot: "Snapshot") -> Iterator[str]:
    """What nobody but a person can settle, one line each, with the command that settles it."""
    from daemon.alert_wording import need

    if snapshot.behind is not None:
        from workers.continuity import in_words

        yield in_words(snapshot.behind, snapshot.timezone)
    for wrong in snapshot.machine:
        yield need(wrong, snapshot.at, snapshot.timezone)
    for job in snapshot.unconfirmed:
        yield (
            f"{job.printer}, NIK ending …{job.nik_ending or '????'}: did a card come out? "
            f"giliran job confirm {job.record_id} --printed --reason … | --not-printed [--spoiled] --reason …"
        )
    unnamed = snapshot.counts[State.UNCONFIRMED] - len(snapshot.unconfirmed)
    if unnamed > 0:
        yield f"and {unnamed:,} more unconfirmed: giliran queue --state unconfirmed"
    unsure = [record_id for record_id, reason in snapshot.rejected if not is_centres_word(reason)]
    if unsure:
        yield (
            f"{len(unsure):,} cards are printed and not reported, {unsure[0]} the first of them: {TELLING_UNSURE};"
            " giliran restore --reconcile asks it; where it cannot tell: giliran job report RECORD --again | --settled"
        )
    rejected = [each for each in snapshot.rejected if is_centres_word(each[1])]
    for record_id, reason in rejected[:MOST_NAMED]:
        yield _unreported(record_id, reason)
    yield from _more(rejected, "whose report waits for a person")
    for job in snapshot.faulty[:MOST_NAMED]:
        yield f"{job.record_id}: the central server has to mend what it sent, then it goes on by itself: {job.reason}"
    yield from _more(snapshot.faulty, "of whom it sent what cannot be used: giliran queue --state waiting")
    if snapshot.intake is not None and snapshot.intake.round_since is not None:
        yield "the central server always says that there is more, and nothing new comes: tell the centre; it goes round"
    yield from _damages(snapshot)
    for job in snapshot.awaiting_person[:MOST_NAMED]:
        yield (
            f"{job.record_id}: another record of the same NIK gets the first card ({job.reason}); if both are right: "
            f"giliran job release {job.record_id}, else giliran job cancel {job.record_id} --reason …"
        )
    yield from _more(snapshot.awaiting_person, "who wait for a person's word: giliran queue --state waiting")
    for record_id, serial, trouble in snapshot.serials[:MOST_NAMED]:
        what = "was never received" if trouble is SerialTrouble.UNKNOWN else "stands on another card, too"
        yield f"{record_id}: serial {serial} {what}; if it was misread: giliran job serial {record_id} …"
    yield from _more(snapshot.serials, "with a serial that cannot be right; these first")
    yield from _of_printers(snapshot)


def _more(those: Sequence[object], what: str) -> Iterator[str]:
    more = len(those) - MOST_NAMED
    if more > 0:
        yield f"and {'at least ' if len(those) >= MOST_COUNTED else ''}{more:,} more {what}"


def _of_printers(snapshot: "Snapshot") -> Iterator[str]:
    for line in snapshot.printers:
        if line.name in snapshot.absent:
            yield f"{line.name}: {snapshot.absent[line.name]}; put its name in printers[].queue, or make the queue"
        elif line.state is PrinterState.UNREACHABLE:
            yield f"{line.name}: CUPS does not answer for queue {line.queue}"
        elif snapshot.dispatch.state is not DispatchState.STOPPED and hopper_mismatch(
            line.reasons, snapshot.hopper(line.name)
        ):
            booked = snapshot.hopper(line.name)
            yield (
                f"{line.name} says that it is out of blanks, the ledger says {booked:,} in its hopper:"
                f" off by {booked:,}? Count them: giliran blanks count hopper:{line.name} QTY --reason …"
            )
        elif DAEMON_NOT_RUNNING in line.reasons and snapshot.dispatch.state is not DispatchState.STOPPED:
            yield _unserved(line) if line.configured or line.record_id else _left(line, snapshot.hopper(line.name))
        elif line.state is PrinterState.STOPPED and snapshot.dispatch.state is not DispatchState.STOPPED:
            yield f"{line.name} stopped: {', '.join(line.reasons) or 'no reason given'}; {_what_helps(line)}"
        if line.kind == "card" and snapshot.hopper(line.name) == 0:
            yield f"{line.name}: its hopper is empty; fill it, then giliran blanks load {line.name} QTY"


def _what_helps(line: "PrinterLine") -> str:
    resume = f"giliran printer resume {line.name}"
    for reason in line.reasons:
        if reason in UNFIT_ADVICE:
            return UNFIT_ADVICE[Unfit(reason)].format(queue=line.queue)
        if reason == NO_GUARD:
            return f"look at giliran check; sudo giliran printer guard {line.name} puts it back"
        if reason == CUPS_FAILED:
            return f"giliran check says whether CUPS answers and takes our cards; put it right, then {resume}"
        if reason == IN_DOUBT:
            return f"two cards in a row are in doubt: look into it, then giliran job confirm … or {resume}"
    return f"put it right, then {resume}"


def _left(line: "PrinterLine", blanks: int) -> str:
    """A printer of another machine, or one that left the configuration with blanks in its hopper."""
    return (
        f"{line.name} is not in the configuration, and no giliran serves it. If it is gone for good, empty its"
        f" hopper, then it is forgotten: giliran blanks unload {line.name} {blanks}"
    )


def _unreported(record_id: str, reason: str) -> str:
    answer = f"giliran job report {record_id} --again | --settled --reason …"
    rejected = f"{record_id}: printed, but the central server rejected the issuance: {reason}"
    return f"{rejected}; clear it up there, then {answer}"


def _damages(snapshot: "Snapshot") -> Iterator[str]:
    open_ = [each for each in snapshot.damages if each.mended_at is None and each.record_id not in snapshot.settled]
    for damage in open_[:MOST_NAMED]:
        yield (
            f"{damage.record_id}: what is kept of its {damage.kept} is damaged and asked for again from the centre:"
            f" giliran job show {damage.record_id}"
        )
    yield from _more(open_, "that are damaged and asked for again")
    mended = sum(damage.mended_at is not None for damage in snapshot.damages)
    if mended:
        yield (
            f"{mended:,} rows of personal data were damaged here within the last 7 days and came anew from the centre:"
            " look at this machine's disk and memory (smartctl, memtester)"
        )


def _unserved(line: "PrinterLine") -> str:
    start = f"{line.name}: its giliran does not run; start it"
    if line.record_id is None:
        return start
    return f"{start}, and it settles the card of {line.record_id} (if it never will: giliran job confirm …)"
