"""The starts of a period, each held against the order of turns, for reports."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from daemon.domain.line import Violation
from daemon.domain.log import LogEntry
from daemon.domain.message import N_
from daemon.domain.report import Chart, Figure, Series
from daemon.domain.rules import PRECEDENCE, PRESENCE
from daemon.locale.language import Language
from daemon.ports import LogStore
from daemon.queries.fairness import STARTED, History, whole_log
from daemon.queries.reports.request import ReportRequest

UNEXPLAINED = "unexplained"
"""In place of a rule: none says why it was started before its turn."""
_IN_ORDER = N_("In order of recording")
_UNEXPLAINED = N_("Out of order, unexplained")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start."""

    at: datetime
    sequence: int
    """Of its entry in the log."""
    printer: str | None
    rule: str | None
    """By which it was put ahead of somebody recorded earlier; UNEXPLAINED; None: it was in order."""
    instruction: str | None
    recorded_at: datetime | None
    """Of the one who was started; None: the log does not say, or the person was erased."""
    passed_over: Violation | None = None
    """Who was passed over without a rule that says so."""


def starts(
    log: LogStore, start: datetime, end: datetime, each: Callable[[LogEntry], None] = lambda _: None
) -> Iterator[Start]:
    """From the whole log, as only that tells who else was in line. `each`: is shown every entry of the period."""
    history = History()
    for entry in whole_log(log):
        faults = history.add(entry)
        if not start <= entry.at < end:
            continue
        each(entry)
        if entry.event != STARTED:
            continue
        person = history.people.get(entry.record_id) if entry.record_id is not None else None
        rule, instruction, printer = (entry.details.get(name) for name in ("rule", "instruction", "printer"))
        yield Start(
            at=entry.at,
            sequence=entry.sequence,
            printer=None if printer is None else str(printer),
            rule=UNEXPLAINED if faults else None if rule is None else str(rule),
            instruction=None if instruction is None else str(instruction),
            recorded_at=None if person is None else person.recorded_at,
            passed_over=next((fault for fault in faults if isinstance(fault, Violation)), None),
        )


def figures(found: Sequence[Start], request: ReportRequest) -> Iterator[Figure]:
    """How many there were, and by which rule; with those that apply now. Unexplained ones last."""
    words, apply = request.words, request.store.order.rules()
    named = [PRECEDENCE] * (apply.precedence is not None) + [lane.rule for lane in apply.lanes]
    named += [PRESENCE] * apply.presence
    papers: dict[str, set[str]] = {rule: {apply.instruction(rule) or ""} for rule in named}
    by = Counter(each.rule for each in found)
    for each in found:
        if each.rule not in (None, UNEXPLAINED):
            papers.setdefault(each.rule, set()).add(each.instruction or "")
    yield Figure(key="starts", label=words.gettext("Cards started"), value=by.total())
    yield Figure(key="in_order", label=words.gettext("Of these in the order of recording"), value=by[None])
    for rule in [*named, *sorted(papers.keys() - set(named))]:
        instructions = ", ".join(sorted(paper for paper in papers[rule] if paper))
        yield Figure(key=f"by_{rule.replace(':', '_')}", label=by_rule(rule, instructions, words), value=by[rule])
    unexplained = by[UNEXPLAINED]
    yield Figure(
        key="passed_over",
        label=words.gettext("Cards started past somebody who was earlier, unexplained"),
        value=unexplained,
        is_alarm=unexplained > 0,
    )


def chart(found: Sequence[Start], places: Iterable[int], labels: tuple[str, ...], words: Language) -> Chart:
    """`places`: of each start, the column that it counts in."""
    by: dict[str | None, list[int]] = {None: [0] * len(labels)}
    for each, place in zip(found, places, strict=True):
        by.setdefault(each.rule, [0] * len(labels))[place] += 1
    rules = sorted(rule for rule in by if rule not in (None, UNEXPLAINED))
    named: Iterable[tuple[str | None, str]] = (
        (None, words.gettext(_IN_ORDER)),
        *((rule, short_name(rule, words)) for rule in rules),
        *(((UNEXPLAINED, words.gettext(_UNEXPLAINED)),) if UNEXPLAINED in by else ()),
    )
    return Chart(
        title=words.gettext("Cards started"),
        labels=labels,
        series=tuple(
            Series(label=label, values=tuple(by[rule]), is_alarm=rule == UNEXPLAINED) for rule, label in named
        ),
    )


def by_rule(rule: str, instruction: str, words: Language) -> str:
    """As a figure says it."""
    if rule == PRECEDENCE:
        return words.gettext("Started first for their class, by {instruction}", instruction=instruction)
    if rule == PRESENCE:
        return words.gettext("Started first because they were present")
    lane = rule.partition(":")[2]
    return words.gettext("Started first by the lane {lane}, by {instruction}", lane=lane, instruction=instruction)


def short_name(rule: str, words: Language) -> str:
    """In a table or beside a colour."""
    if rule == UNEXPLAINED:
        return words.gettext(_UNEXPLAINED)
    if rule == PRECEDENCE:
        return words.gettext("Class goes first")
    if rule == PRESENCE:
        return words.gettext("Present that day")
    return words.gettext("Lane {lane}", lane=rule.partition(":")[2])
