"""`status`: one screen."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import typer

from daemon.cli import output
from daemon.cli.invocation import HELP, AsJson, Invocation, invocation, now
from daemon.domain.alarm import Kind
from daemon.domain.continuity import is_centres_word
from daemon.domain.dispatch import (
    IN_DOUBT,
    NO_GUARD,
    NO_QUEUE,
    UNFIT_ADVICE,
    DispatchState,
    PauseReason,
    PrinterState,
    Unfit,
    is_off,
)
from daemon.domain.link import LinkState
from daemon.domain.serials import SerialTrouble
from daemon.domain.states import State
from daemon.printers import DAEMON_NOT_RUNNING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from daemon.domain.supply import Consumable
    from daemon.ports import MovedAhead
    from daemon.settings import Settings
    from daemon.status import PrinterLine, Snapshot

app = typer.Typer()

_GOOD, _BAD, _MIDDLING = "green", "bold red", "yellow"
_DAMAGE_IS_TOLD_FOR = timedelta(days=7)
"""A disk that flips one bit flips more."""
_WIDE = 500
"""Columns when nobody looks at a terminal: nothing is wrapped for whoever reads it."""


@app.command(context_settings=HELP)
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Everything on one screen.

    The line, dispatch, the queue, printers, blanks, and what needs a person.
    """
    from daemon.status import to_json

    found = _all_of_it(invocation(context))
    if as_json:
        output.say_json(to_json(found))
    else:
        _show(found)


def snapshot_now(asked: Invocation) -> "Snapshot":
    """What `blanks balance` and `printer list` tell from."""
    from daemon.main import open_lease
    from daemon.status import snapshot

    settings = asked.settings()
    with asked.store(settings) as store:
        return snapshot(settings, store, open_lease(settings), now())


def _all_of_it(asked: Invocation) -> "Snapshot":
    """With what `status` alone tells: it reads four weeks of the ledger."""
    from daemon.machine import machine_troubles
    from daemon.main import open_lease
    from daemon.status import MOST_NAMED, snapshot
    from daemon.supply import look_ahead

    settings, at = asked.settings(), now()
    printers = [printer.name for printer in settings.card_printers]
    with asked.store(settings) as store:
        found = snapshot(settings, store, open_lease(settings), at)
        return replace(
            found,
            machine=machine_troubles(settings, store, daemon_runs=found.dispatch.state is not DispatchState.STOPPED),
            absent={line.name: _absence(settings, line) for line in found.printers if NO_QUEUE in line.reasons},
            outlook=look_ahead(store, printers, at, settings.office.timezone),
            consumables=store.printers.consumables(),
            serials=tuple(store.serials.troubles(MOST_NAMED)),
            faulty=tuple(store.view.faulty(MOST_NAMED)),
            moved_ahead=tuple(store.view.moved_ahead()),
            damages=tuple(store.view.damages(at - _DAMAGE_IS_TOLD_FOR)),
            awaiting_person=tuple(store.view.awaiting_person(MOST_NAMED)),
        )


def _absence(settings: "Settings", line: "PrinterLine") -> str:
    """Asked afresh, for the queues that there are."""
    from daemon.main import spooler
    from daemon.ports import NoSuchQueue, SpoolerRefused, SpoolerUnreachable

    try:
        spooler(settings).queue(line.queue)
    except NoSuchQueue as error:
        return str(error)
    except (SpoolerRefused, SpoolerUnreachable):
        pass
    return f"no CUPS queue {line.queue} when it was looked at last; lpstat -e names those that there are"


def _show(snapshot: "Snapshot") -> None:
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else _WIDE)
    with console.capture() as screen:
        _draw(console, snapshot)
    output.write("\n".join(line.rstrip() for line in screen.get().splitlines()) + "\n")


def _draw(console: "Console", snapshot: "Snapshot") -> None:
    from rich.text import Text

    from daemon.alert_wording import need as in_words

    for trouble in snapshot.machine:
        if trouble.kind in (Kind.NOT_RUNNING, Kind.SILENT):
            console.print(Text(in_words(trouble, snapshot.at, snapshot.timezone), style=_BAD), soft_wrap=True)
            console.print()
    local = output.local(snapshot.at, snapshot.timezone)
    console.print(Text(f"{snapshot.office}, {local}", style="bold"))
    console.print()
    console.print(_overview(snapshot))
    console.print()
    console.print(_printers(snapshot))
    needs = list(needs_a_person(snapshot))
    console.print()
    console.print(Text("Needs a person", style="bold") if needs else Text("Nothing needs a person."))
    for need in needs:
        console.print(Text(f"  {output.visible(need)}", style=_MIDDLING), soft_wrap=True)


def _overview(snapshot: "Snapshot") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from daemon.status import advice_on

    grid = Table.grid(padding=(0, 2))
    grid.add_row("Line", _link(snapshot))
    if what_to_do := advice_on(snapshot.link):
        grid.add_row("", Text(what_to_do, style=_MIDDLING))
    grid.add_row("Sync", _sync(snapshot))
    grid.add_row("Dispatch", _dispatch(snapshot))
    grid.add_row("Queue", _queue(snapshot))
    if snapshot.moved_ahead:
        grid.add_row("", Text(output.visible(_moved_ahead(snapshot.moved_ahead)), style=_MIDDLING))
    grid.add_row("Blanks", _blanks(snapshot))
    grid.add_row("", _supply(snapshot))
    return grid


def _link(snapshot: "Snapshot") -> "Text":
    from rich.text import Text

    from daemon.status import cause_of, local_time

    link = snapshot.link
    if link.state is LinkState.UNKNOWN:
        return Text("not tried yet", style=_MIDDLING)
    cause = cause_of(link)
    why = f": {cause}" + (f" ({output.visible(link.detail)})" if link.detail else "") if cause else ""
    stale = ", as last seen" if snapshot.dispatch.state is DispatchState.STOPPED else ""
    style = {LinkState.UP: _GOOD, LinkState.DOWN: _BAD}.get(link.state, _MIDDLING)
    return Text(f"{link.state} since {local_time(link.since, snapshot)}{stale}{why}", style=style)


def _dispatch(snapshot: "Snapshot") -> "Text":
    from rich.text import Text

    from daemon.status import draining, why_paused

    match snapshot.dispatch.state:
        case DispatchState.RUNNING if snapshot.is_draining:
            return Text(f"running: {', '.join(draining(snapshot))} (outage.policy: drain)", style=_MIDDLING)
        case DispatchState.RUNNING:
            return Text("running", style=_GOOD)
        case DispatchState.STOPPED:
            return Text("stopped: the daemon does not run (systemctl start giliran)", style=_BAD)
        case DispatchState.PAUSED:
            policy = f" (outage.policy: {'pause' if snapshot.drain_for is None else 'drain'})"
            is_policy = PauseReason.CENTRAL_DOWN in snapshot.dispatch.reasons
            return Text(f"paused: {', '.join(why_paused(snapshot))}{policy if is_policy else ''}", style=_MIDDLING)


def _sync(snapshot: "Snapshot") -> str:
    from daemon.status import local_time

    intake = snapshot.intake
    if intake is None:
        return "nothing came from the central server so far"
    if intake.round_since is not None:
        return f"the central server's changes go round since {local_time(intake.round_since, snapshot)}"
    if not intake.more:
        return f"up to date at {local_time(intake.at, snapshot)}"
    if snapshot.link.state.lets_cards_start:
        return f"syncing: {intake.records:,} records so far"
    return f"waits for the line: {intake.records:,} records so far"


def _queue(snapshot: "Snapshot") -> str:
    from daemon.status import STATES

    return ", ".join(f"{state.value.replace('_', ' ')} {snapshot.counts[state]:,}" for state in STATES)


def _moved_ahead(papers: "Sequence[MovedAhead]") -> str:
    people, in_line = sum(paper.people for paper in papers), sum(paper.in_line for paper in papers)
    named = ", ".join(f"{paper.document} {paper.people:,}" for paper in papers[:_MOST_PAPERS])
    others = f", and {len(papers) - _MOST_PAPERS:,} more papers" if len(papers) > _MOST_PAPERS else ""
    return (
        f"{people:,} moved ahead of the centre's time by papers of this office, {in_line:,} of them still in line"
        f" ({named}{others}): giliran report fairness"
    )


def _blanks(snapshot: "Snapshot") -> str:
    from daemon.status import blanks_to_json

    figures = {name: number for name, number in blanks_to_json(snapshot).items() if isinstance(number, int)}
    hoppers = [f"hopper {name} {snapshot.hopper(name):,}" for name in snapshot.hoppers]
    received, store, *others = (f"{name.replace('_', ' ')} {number:,}" for name, number in figures.items())
    return ", ".join([received, store, *hoppers, *others])


def _supply(snapshot: "Snapshot") -> str:
    outlook = snapshot.outlook
    if outlook is None or outlook.days_left is None:
        lasts = "how long they last is not known before the first cards are made"
    else:
        lasts = f"enough for {outlook.days_left:,.0f} working days at {outlook.per_day:,.0f} a day"
    without = f"; {outlook.without:,} of those who are ready get none of them" if outlook and outlook.without else ""
    return f"{lasts}{without}"


def _printers(snapshot: "Snapshot") -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("Printer", "CUPS queue", "Kind", "State", "Reasons", "Record", "Ribbon, film"):
        table.add_column(heading, overflow="fold")
    for line in snapshot.printers:
        table.add_row(
            line.name,
            line.queue,
            line.kind,
            Text(line.state.value, style=_style(line)),
            Text(output.visible(", ".join(line.reasons))),
            line.record_id or "",
            Text(output.visible(", ".join(map(_left_of, snapshot.consumables.get(line.name, ()))))),
        )
    return table


def _left_of(consumable: "Consumable") -> str:
    cards = "" if consumable.cards is None else f", {consumable.cards:,} cards"
    return f"{consumable.name} {consumable.percent} %{cards}"


def _style(line: "PrinterLine") -> str:
    if line.state in (PrinterState.IDLE, PrinterState.PRINTING):
        return _GOOD
    return _MIDDLING if line.state is PrinterState.PAUSED else _BAD


def needs_a_person(snapshot: "Snapshot") -> Iterator[str]:
    """What nobody but a person can settle, one line each, with the command that settles it."""
    from daemon.alert_wording import need

    if snapshot.behind is not None:
        from workers.continuity import in_words

        yield in_words(snapshot.behind)
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
    for record_id, reason in snapshot.rejected[:_MOST_REJECTED]:
        yield _unreported(record_id, reason)
    if len(snapshot.rejected) > _MOST_REJECTED:
        yield f"and {len(snapshot.rejected) - _MOST_REJECTED:,} more cards whose report waits for a person"
    for job in snapshot.faulty:
        yield f"{job.record_id}: the central server has to mend what it sent, then it goes on by itself: {job.reason}"
    if snapshot.intake is not None and snapshot.intake.round_since is not None:
        yield "the central server always says that there is more, and nothing new comes: tell the centre; it goes round"
    yield from _damages(snapshot)
    for job in snapshot.awaiting_person:
        yield (
            f"{job.record_id}: another record of the same NIK gets the first card ({job.reason}); if both are right: "
            f"giliran job release {job.record_id}, else giliran job cancel {job.record_id} --reason …"
        )
    for record_id, serial, trouble in snapshot.serials:
        what = "was never received" if trouble is SerialTrouble.UNKNOWN else "stands on another card, too"
        yield f"{record_id}: serial {serial} {what}; if it was misread: giliran job serial {record_id} …"
    for line in snapshot.printers:
        if line.name in snapshot.absent:
            yield f"{line.name}: {snapshot.absent[line.name]}; put its name in printers[].queue, or make the queue"
        elif line.state is PrinterState.UNREACHABLE:
            yield f"{line.name}: CUPS does not answer for queue {line.queue}"
        elif snapshot.dispatch.state is not DispatchState.STOPPED and is_off(line.reasons, snapshot.hopper(line.name)):
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
    if not is_centres_word(reason):
        return f"{record_id}: printed, and not reported: {reason}; ask there, then {answer}"
    rejected = f"{record_id}: printed, but the central server rejected the issuance: {reason}"
    return f"{rejected}; clear it up there, then {answer}"


def _damages(snapshot: "Snapshot") -> "Iterator[str]":
    for damage in snapshot.damages:
        if damage.mended_at is None:
            yield (
                f"{damage.record_id}: what is kept of its {damage.kept} is damaged and asked for again from the centre:"
                f" giliran job show {damage.record_id}"
            )
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


_MOST_REJECTED = 20
_MOST_PAPERS = 5
