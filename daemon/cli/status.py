"""`status`: one screen."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from daemon.cli import output
from daemon.cli.coloured import Colour, Line, Span, line, shows_colours
from daemon.cli.invocation import AsJson, Invocation, ScreenLang, invocation, language, now
from daemon.cli.needs import needs_a_person
from daemon.cli.table import fitted, wrapped
from daemon.domain.dispatch import NO_QUEUE, DispatchState, PauseReason, PrinterState
from daemon.domain.link import LinkState
from daemon.domain.message import N_
from daemon.domain.needs import Kind
from daemon.domain.states import State
from daemon.locale.language import SOURCE, Language, Plural, in_language

if TYPE_CHECKING:
    from daemon.domain.rules import Rules
    from daemon.domain.supply import Consumable
    from daemon.ports import MovedAhead, Store
    from daemon.queries.status import Cosigned, PrinterLine, Snapshot
    from daemon.settings import Settings

app = typer.Typer()

_MOST_PAPERS = 5

_LINK, _SYNC, _DISPATCH, _QUEUE = N_("Link"), N_("Sync"), N_("Dispatch"), N_("Queue")
_BLANKS, _KEPT, _LOG = N_("Blanks"), N_("Kept"), N_("Log")
_LABELS = (_LINK, _SYNC, _DISPATCH, _QUEUE, _BLANKS, _KEPT, _LOG)
_HEADINGS = (
    *(N_("Printer"), N_("CUPS queue"), N_("Kind"), N_("State"), N_("Reasons"), N_("Record"), N_("Ribbon, film")),
)
_STATES = {
    State.WAITING: N_("waiting"),
    State.READY: N_("ready"),
    State.PRINTING: N_("printing"),
    State.UNCONFIRMED: N_("unconfirmed"),
    State.HELD: N_("held"),
    State.PRINTED: N_("printed"),
    State.HANDED_OVER: N_("handed over"),
    State.CANCELLED: N_("cancelled"),
}
_PRINTER_STATES = {
    PrinterState.IDLE: N_("idle"),
    PrinterState.PRINTING: N_("printing"),
    PrinterState.PAUSED: N_("paused"),
    PrinterState.STOPPED: N_("stopped"),
    PrinterState.UNREACHABLE: N_("unreachable"),
}
_ACCOUNTS = {
    "received": N_("received"),
    "store": N_("store"),
    "in_process": N_("in process"),
    "issued": N_("issued"),
    "spoiled": N_("spoiled"),
    "destroyed": N_("destroyed"),
    "transferred": N_("transferred"),
    "variance": N_("variance"),
}
_SYNCING = Plural("syncing: {records:,} record so far", "syncing: {records:,} records so far", by="records")
_WAITS_FOR_LINK = Plural(
    "waits for the link: {records:,} record so far", "waits for the link: {records:,} records so far", by="records"
)
_ELSEWHERE = Plural(
    "{people:,} person out of line: the card was made elsewhere, says the central server",
    "{people:,} people out of line: their cards were made elsewhere, says the central server",
    by="people",
)
_AND_MORE_PAPERS = Plural("{named}, and {more:,} more paper", "{named}, and {more:,} more papers", by="more")
_LASTS = Plural(
    "enough for {days:,} working day at {per_day:,} a day",
    "enough for {days:,} working days at {per_day:,} a day",
    by="days",
)
_CARDS = Plural("{cards:,} card", "{cards:,} cards", by="cards")
_KINDS = {"card": N_("card"), "paper": N_("paper")}


@app.command()
def status(context: typer.Context, lang: ScreenLang = None, as_json: AsJson = False) -> None:
    """Everything on one screen.

    The link, dispatch, the queue, printers, blanks, and what needs a person.
    """
    from daemon.queries.status import to_json

    found = _all_of_it(invocation(context))
    if as_json:
        output.say_json(to_json(found))
    else:
        _show(found, language(lang))


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
        outlook = look_ahead(store, at, settings.office.timezone)
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
            witnesses=[each.verifier.name for each in settings.log.witnesses],
            absent={line.name: _absence(settings, line) for line in found.printers if NO_QUEUE in line.reasons},
            is_silent=found.dispatch.state is DispatchState.STOPPED,
        )
        return replace(
            found,
            outlook=outlook,
            consumables=store.printers.consumables(),
            moved_ahead=tuple(store.view.moved_ahead()),
            rules=store.order.rules(),
            elsewhere=store.view.elsewhere(),
            cosigned=_cosigned(settings, store),
            damages=seen.damages,
            needs=needs(seen),
        )


def _cosigned(settings: "Settings", store: "Store") -> "tuple[Cosigned, ...]":
    from daemon.main import witnesses
    from daemon.queries.status import Cosigned
    from daemon.queries.tree import cosigned

    found = []
    for witness in witnesses(settings):
        last = cosigned(store.tree, witness)
        size, at = (0, None) if last is None else (last[0], last[1].at)
        found.append(Cosigned(name=witness.name, size=size, at=at))
    return tuple(found)


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
    return f"no CUPS queue {line.queue} when it was looked at last; lpstat -e lists those that there are"


def _show(snapshot: "Snapshot", language: str) -> None:
    in_colour = shows_colours()
    for each in lines(snapshot, output.screen()[0], language):
        output.write((each.painted() if in_colour else each.plain).rstrip() + "\n")


def lines(snapshot: "Snapshot", columns: int | None, language: str = SOURCE) -> Iterator[Line]:
    """The screen, wrapped between words. `columns`: of the terminal; None: nobody looks at one, nothing is wrapped."""
    from daemon.locale.alerts import need as in_words

    words = in_language(language)
    for trouble in snapshot.machine:
        if trouble.kind in (Kind.NOT_RUNNING, Kind.SILENT):
            for text in wrapped(in_words(trouble, snapshot.at, snapshot.timezone, language), columns):
                yield line(text, Colour.BAD)
            yield line("")
    for text in wrapped(f"{snapshot.office}, {output.local(snapshot.at, snapshot.timezone)}", columns):
        yield line(text, Colour.HEADING)
    yield line("")
    label = max(len(words.gettext(heading)) for heading in _LABELS) + 2
    for heading, told, colour in _overview(snapshot, words):
        first = (words.gettext(heading) if heading else "").ljust(label)
        for text in wrapped(told, columns, first=first, then=" " * label):
            yield line(text, colour, start=label)
    yield line("")
    yield from _printers(snapshot, words, columns)
    yield line("")
    needs = list(needs_a_person(snapshot, language))
    if needs:
        yield line(words.gettext("Needs a person"), Colour.HEADING)
    else:
        yield line(words.gettext("Nothing needs a person."))
    for need in needs:
        for text in wrapped(output.visible(need), columns, first="  ", then="    "):
            yield line(text, Colour.MIDDLING)


def _overview(snapshot: "Snapshot", words: Language) -> Iterator[tuple[str, str, Colour | None]]:
    from daemon.queries.status import advice_on

    yield _LINK, *_link(snapshot, words)
    if what_to_do := advice_on(snapshot.link, words.code):
        yield "", what_to_do, Colour.MIDDLING
    yield _SYNC, _sync(snapshot, words), None
    yield _DISPATCH, *_dispatch(snapshot, words)
    yield _QUEUE, _queue(snapshot, words), None
    if snapshot.moved_ahead:
        yield "", output.visible(_moved_ahead(snapshot.moved_ahead, words)), Colour.MIDDLING
    if snapshot.rules is not None and not snapshot.rules.are_plain:
        yield "", output.visible(_rules(snapshot.rules, words)), None
    if snapshot.elsewhere:
        yield "", words.say(_ELSEWHERE, people=snapshot.elsewhere), Colour.MIDDLING
    yield _BLANKS, _blanks(snapshot, words), None
    yield "", _supply(snapshot, words), None
    if damaged := _damaged_and_over(snapshot, words):
        yield _KEPT, damaged, Colour.MIDDLING
    if snapshot.cosigned:
        yield _LOG, _cosigners(snapshot, snapshot.cosigned, words), None


def _cosigners(snapshot: "Snapshot", those: "Sequence[Cosigned]", words: Language) -> str:
    from daemon.queries.status import local_time

    return "; ".join(
        words.gettext("{witness} has cosigned nothing so far", witness=output.visible(each.name))
        if each.at is None
        else words.gettext(
            "cosigned by {witness} up to entry {entry:,} at {at}",
            witness=output.visible(each.name),
            entry=each.size - 1,
            at=local_time(each.at, snapshot),
        )
        for each in those
    )


def _damaged_and_over(snapshot: "Snapshot", words: Language) -> str:
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
    return words.ngettext(
        "data of {people:,} person who is in line no more was damaged within the last 7 days ({named}); it is pulled"
        " again only for a reprint. Look at this machine's disk and memory: smartctl, memtester",
        "data of {people:,} people who are in line no more was damaged within the last 7 days ({named}); it is pulled"
        " again only for a reprint. Look at this machine's disk and memory: smartctl, memtester",
        len(those),
        people=len(those),
        named=", ".join(those[:_MOST_PAPERS]) + (", …" if len(those) > _MOST_PAPERS else ""),
    )


def _link(snapshot: "Snapshot", words: Language) -> tuple[str, Colour]:
    from daemon.locale.link import state_since
    from daemon.queries.status import cause_of, local_time

    link = snapshot.link
    if link.state is LinkState.UNKNOWN:
        return words.gettext("not tried yet"), Colour.MIDDLING
    cause = cause_of(link)
    why = f": {cause}" + (f" ({output.visible(link.detail)})" if link.detail else "") if cause else ""
    stale = ", " + words.gettext("as last seen") if snapshot.dispatch.state is DispatchState.STOPPED else ""
    colour = {LinkState.UP: Colour.GOOD, LinkState.DOWN: Colour.BAD}.get(link.state, Colour.MIDDLING)
    return f"{state_since(link.state, local_time(link.since, snapshot), words.code)}{stale}{why}", colour


def _dispatch(snapshot: "Snapshot", words: Language) -> tuple[str, Colour]:
    from daemon.queries.status import draining, why_paused

    match snapshot.dispatch.state:
        case DispatchState.RUNNING if snapshot.is_draining:
            until = ", ".join(draining(snapshot, words.code))
            return words.gettext("running: {until} (outage.policy: drain)", until=until), Colour.MIDDLING
        case DispatchState.RUNNING:
            return words.gettext("running"), Colour.GOOD
        case DispatchState.STOPPED if any(trouble.kind is Kind.SILENT for trouble in snapshot.machine):
            return words.gettext("stopped: the daemon gives no sign of life"), Colour.BAD
        case DispatchState.STOPPED:
            return words.gettext("stopped: the daemon does not run (systemctl start giliran)"), Colour.BAD
        case DispatchState.PAUSED:
            policy = f" (outage.policy: {'pause' if snapshot.drain_for is None else 'drain'})"
            is_policy = PauseReason.CENTRAL_DOWN in snapshot.dispatch.reasons
            paused = words.gettext("paused: {why}", why=", ".join(why_paused(snapshot, words.code)))
            return f"{paused}{policy if is_policy else ''}", Colour.MIDDLING


def _sync(snapshot: "Snapshot", words: Language) -> str:
    from daemon.queries.status import local_time

    intake = snapshot.intake
    if intake is None:
        return words.gettext("nothing came from the central server so far")
    if intake.round_since is not None:
        since = local_time(intake.round_since, snapshot)
        return words.gettext("the central server's changes go round since {since}", since=since)
    if not intake.more:
        return words.gettext("up to date at {at}", at=local_time(intake.at, snapshot))
    message = _SYNCING if snapshot.link.state.lets_cards_start else _WAITS_FOR_LINK
    return words.say(message, records=intake.records)


def _queue(snapshot: "Snapshot", words: Language) -> str:
    from daemon.queries.status import STATES

    return ", ".join(f"{words.gettext(_STATES[state])} {words.number(snapshot.counts[state])}" for state in STATES)


def _rules(rules: "Rules", words: Language) -> str:
    said = []
    if rules.precedence is not None:
        said.append(words.gettext("classes in order by {instruction}", instruction=rules.precedence.instruction))
    said += [
        words.gettext(
            "lane {lane}, one in {share}, by {instruction}",
            lane=lane.name,
            share=lane.one_in,
            instruction=lane.instruction,
        )
        for lane in rules.lanes
    ]
    if rules.presence:
        said.append(words.gettext("only who checked in today"))
    return words.gettext("rules: {rules}", rules="; ".join(said))


def _moved_ahead(papers: "Sequence[MovedAhead]", words: Language) -> str:
    named = ", ".join(f"{paper.document} {words.number(paper.people)}" for paper in papers[:_MOST_PAPERS])
    if more := len(papers) - _MOST_PAPERS if len(papers) > _MOST_PAPERS else 0:
        named = words.say(_AND_MORE_PAPERS, named=named, more=more)
    return words.gettext(
        "{people:,} moved ahead of the centre's time by papers of this office, {in_line:,} of them still in line"
        " ({named}): giliran report fairness",
        people=sum(paper.people for paper in papers),
        in_line=sum(paper.in_line for paper in papers),
        named=named,
    )


def _blanks(snapshot: "Snapshot", words: Language) -> str:
    from daemon.queries.status import blanks_to_json

    figures = {name: number for name, number in blanks_to_json(snapshot).items() if isinstance(number, int)}
    hoppers = [
        words.gettext("hopper {printer} {blanks:,}", printer=name, blanks=snapshot.hopper(name))
        for name in snapshot.hoppers
    ]
    received, store, *others = (
        f"{words.gettext(_ACCOUNTS[name])} {words.number(number)}" for name, number in figures.items()
    )
    return ", ".join([received, store, *hoppers, *others])


def _supply(snapshot: "Snapshot", words: Language) -> str:
    outlook = snapshot.outlook
    if outlook is None or outlook.days_left is None:
        lasts = words.gettext("how long they last is not known before the first cards are made")
    else:
        lasts = words.say(_LASTS, days=round(outlook.days_left), per_day=round(outlook.per_day or 0))
    if outlook is None or not outlook.without:
        return lasts
    without = words.ngettext(
        "{people:,} of those who are ready gets none of them",
        "{people:,} of those who are ready get none of them",
        outlook.without,
        people=outlook.without,
    )
    return f"{lasts}; {without}"


def _printers(snapshot: "Snapshot", words: Language, columns: int | None) -> Iterator[Line]:
    rows = [
        [
            line.name,
            line.queue,
            words.gettext(_KINDS[line.kind]) if line.kind in _KINDS else line.kind,
            words.gettext(_PRINTER_STATES[line.state]),
            output.visible(line.reasons_in_words(words)),
            line.record_id or "",
            output.visible(", ".join(_left_of(each, words) for each in snapshot.consumables.get(line.name, ()))),
        ]
        for line in snapshot.printers
    ]
    headings = tuple(words.gettext(heading) for heading in _HEADINGS)
    states = {words.gettext(name): _colour(state) for state, name in _PRINTER_STATES.items()}
    named = re.compile(rf"(?<!\S)({'|'.join(map(re.escape, states))})(?!\S)")
    for number, text in enumerate(fitted(headings, rows, [False] * len(headings), columns)):
        if number == 0 and text.startswith(headings[0] + " "):
            yield line(text, Colour.HEADING)
        else:
            yield Line(text, tuple(Span(*found.span(), states[found[0]]) for found in named.finditer(text)))


def _left_of(consumable: "Consumable", words: Language) -> str:
    left = f"{consumable.name} {consumable.percent} %"
    return left if consumable.cards is None else f"{left}, {words.say(_CARDS, cards=consumable.cards)}"


def _colour(state: PrinterState) -> Colour:
    if state in (PrinterState.IDLE, PrinterState.PRINTING):
        return Colour.GOOD
    return Colour.MIDDLING if state is PrinterState.PAUSED else Colour.BAD
