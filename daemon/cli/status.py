"""`status`: one screen."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from daemon.cli import output
from daemon.cli.invocation import HELP, AsJson, Invocation, invocation, now
from daemon.cli.needs import needs_a_person
from daemon.cli.table import fitted, wrapped
from daemon.domain.dispatch import NO_QUEUE, DispatchState, PauseReason, PrinterState
from daemon.domain.link import LinkState
from daemon.domain.needs import Kind

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from daemon.domain.supply import Consumable
    from daemon.ports import MovedAhead
    from daemon.queries.status import PrinterLine, Snapshot
    from daemon.settings import Settings

app = typer.Typer()

_GOOD, _BAD, _MIDDLING = "green", "bold red", "yellow"
_LABEL = len("Dispatch") + 2
"""Columns of what stands before each line of the overview."""


@app.command(context_settings=HELP)
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Everything on one screen.

    The link, dispatch, the queue, printers, blanks, and what needs a person.
    """
    from daemon.queries.status import to_json

    found = _all_of_it(invocation(context))
    if as_json:
        output.say_json(to_json(found))
    else:
        _show(found)


def snapshot_now(asked: Invocation) -> "Snapshot":
    """What `blanks balance` and `printer list` tell from."""
    from daemon.cli.machine import seen_from_outside
    from daemon.main import open_lease
    from daemon.queries.status import snapshot

    settings = asked.settings()
    with asked.store(settings) as store:
        return seen_from_outside(settings, store, snapshot(settings, store, open_lease(settings), now()))


def _all_of_it(asked: Invocation) -> "Snapshot":
    """With what `status` alone tells: it reads four weeks of the ledger."""
    from daemon.cli.machine import seen_from_outside
    from daemon.domain.needs import needs
    from daemon.main import open_lease
    from daemon.queries.needs import facts
    from daemon.queries.status import snapshot
    from daemon.queries.supply import look_ahead

    settings, at = asked.settings(), now()
    own = {printer.name: printer.queue for printer in settings.card_printers}
    with asked.store(settings) as store:
        found = seen_from_outside(settings, store, snapshot(settings, store, open_lease(settings), at))
        outlook = look_ahead(store, own, at, settings.office.timezone)
        seen = facts(
            store,
            at,
            link=found.link,
            printers=found.known,
            balances=found.balances,
            own=own,
            low=settings.blanks.low,
            low_days=settings.blanks.low_days,
            outlook=outlook,
            machine=found.machine,
            absent={line.name: _absence(settings, line) for line in found.printers if NO_QUEUE in line.reasons},
            is_silent=found.dispatch.state is DispatchState.STOPPED,
        )
        return replace(
            found,
            outlook=outlook,
            consumables=store.printers.consumables(),
            moved_ahead=tuple(store.view.moved_ahead()),
            damages=seen.damages,
            needs=needs(seen),
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

    console = Console(highlight=False, markup=False, emoji=False)
    with console.capture() as screen:
        for line in lines(snapshot, output.screen()[0]):
            console.print(line, soft_wrap=True)
    output.write("\n".join(line.rstrip() for line in screen.get().splitlines()) + "\n")


def lines(snapshot: "Snapshot", columns: int | None) -> "Iterator[Text]":
    """The screen, wrapped between words. `columns`: of the terminal; None: nobody looks at one, nothing is wrapped."""
    from rich.text import Text

    from daemon.locale.alerts import need as in_words

    for trouble in snapshot.machine:
        if trouble.kind in (Kind.NOT_RUNNING, Kind.SILENT):
            for line in wrapped(in_words(trouble, snapshot.at, snapshot.timezone), columns):
                yield Text(line, style=_BAD)
            yield Text()
    for line in wrapped(f"{snapshot.office}, {output.local(snapshot.at, snapshot.timezone)}", columns):
        yield Text(line, style="bold")
    yield Text()
    for heading, text in _overview(snapshot):
        for line in wrapped(text.plain, columns, first=heading.ljust(_LABEL), then=" " * _LABEL):
            yield _styled(line, text.style)
    yield Text()
    yield from _printers(snapshot, columns)
    yield Text()
    needs = list(needs_a_person(snapshot))
    yield Text("Needs a person", style="bold") if needs else Text("Nothing needs a person.")
    for need in needs:
        for line in wrapped(output.visible(need), columns, first="  ", then="    "):
            yield Text(line, style=_MIDDLING)


def _styled(line: str, style: "str | Style") -> "Text":
    """The label is plain."""
    from rich.text import Text

    return Text.assemble(line[:_LABEL], (line[_LABEL:], style))


def _overview(snapshot: "Snapshot") -> "Iterator[tuple[str, Text]]":
    from rich.text import Text

    from daemon.queries.status import advice_on

    yield "Link", _link(snapshot)
    if what_to_do := advice_on(snapshot.link):
        yield "", Text(what_to_do, style=_MIDDLING)
    yield "Sync", Text(_sync(snapshot))
    yield "Dispatch", _dispatch(snapshot)
    yield "Queue", Text(_queue(snapshot))
    if snapshot.moved_ahead:
        yield "", Text(output.visible(_moved_ahead(snapshot.moved_ahead)), style=_MIDDLING)
    yield "Blanks", Text(_blanks(snapshot))
    yield "", Text(_supply(snapshot))
    if damaged := _damaged_and_over(snapshot):
        yield "Kept", Text(damaged, style=_MIDDLING)


def _damaged_and_over(snapshot: "Snapshot") -> str:
    """Of those who are in line no more nothing is pulled: no need, but a sign of the machine."""
    from daemon.queries.needs import DAMAGE_COUNTS_FOR

    lately = snapshot.at - DAMAGE_COUNTS_FOR
    those = sorted(
        {
            each.record_id
            for each in snapshot.damages
            if not (each.is_mended or each.is_wanted) and each.found_at >= lately
        }
    )
    if not those:
        return ""
    named = ", ".join(those[:_MOST_PAPERS]) + (", …" if len(those) > _MOST_PAPERS else "")
    return (
        f"data of {len(those):,} who are in line no more was damaged within the last 7 days ({named}); it is"
        " pulled again only for a reprint. Look at this machine's disk and memory: smartctl, memtester"
    )


def _link(snapshot: "Snapshot") -> "Text":
    from rich.text import Text

    from daemon.queries.status import cause_of, local_time

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

    from daemon.queries.status import draining, why_paused

    match snapshot.dispatch.state:
        case DispatchState.RUNNING if snapshot.is_draining:
            return Text(f"running: {', '.join(draining(snapshot))} (outage.policy: drain)", style=_MIDDLING)
        case DispatchState.RUNNING:
            return Text("running", style=_GOOD)
        case DispatchState.STOPPED if any(trouble.kind is Kind.SILENT for trouble in snapshot.machine):
            return Text("stopped: the daemon gives no sign of life", style=_BAD)
        case DispatchState.STOPPED:
            return Text("stopped: the daemon does not run (systemctl start giliran)", style=_BAD)
        case DispatchState.PAUSED:
            policy = f" (outage.policy: {'pause' if snapshot.drain_for is None else 'drain'})"
            is_policy = PauseReason.CENTRAL_DOWN in snapshot.dispatch.reasons
            return Text(f"paused: {', '.join(why_paused(snapshot))}{policy if is_policy else ''}", style=_MIDDLING)


def _sync(snapshot: "Snapshot") -> str:
    from daemon.queries.status import local_time

    intake = snapshot.intake
    if intake is None:
        return "nothing came from the central server so far"
    if intake.round_since is not None:
        return f"the central server's changes go round since {local_time(intake.round_since, snapshot)}"
    if not intake.more:
        return f"up to date at {local_time(intake.at, snapshot)}"
    if snapshot.link.state.lets_cards_start:
        return f"syncing: {intake.records:,} records so far"
    return f"waits for the link: {intake.records:,} records so far"


def _queue(snapshot: "Snapshot") -> str:
    from daemon.queries.status import STATES

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
    from daemon.queries.status import blanks_to_json

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


def _printers(snapshot: "Snapshot", columns: int | None) -> "Iterator[Text]":
    from rich.text import Text

    rows = [
        [
            line.name,
            line.queue,
            line.kind,
            line.state.value,
            output.visible(line.reasons_in_words),
            line.record_id or "",
            output.visible(", ".join(map(_left_of, snapshot.consumables.get(line.name, ())))),
        ]
        for line in snapshot.printers
    ]
    headings = ("Printer", "CUPS queue", "Kind", "State", "Reasons", "Record", "Ribbon, film")
    table = fitted(headings, rows, [False] * len(headings), columns)
    for number, line in enumerate(table):
        text = Text(line, style="bold" if number == 0 and line.startswith(headings[0] + " ") else "")
        for state in PrinterState:
            text.highlight_regex(rf"(?<!\S){state.value}(?!\S)", _style(state))
        yield text


def _left_of(consumable: "Consumable") -> str:
    cards = "" if consumable.cards is None else f", {consumable.cards:,} cards"
    return f"{consumable.name} {consumable.percent} %{cards}"


def _style(state: PrinterState) -> str:
    if state in (PrinterState.IDLE, PrinterState.PRINTING):
        return _GOOD
    return _MIDDLING if state is PrinterState.PAUSED else _BAD


_MOST_PAPERS = 5
