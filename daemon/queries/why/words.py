"""Why somebody stands where they stand, in words for the person at the counter."""

from collections import Counter
from datetime import datetime

from daemon.domain.job import NOT_READY_ANY_MORE, PRINT_READY, Fault, Job, WaitsFor
from daemon.domain.message import N_
from daemon.domain.order import Source
from daemon.domain.rules import PRECEDENCE, PRESENCE
from daemon.domain.states import IN_LINE, State
from daemon.domain.supply import ENOUGH_DAYS
from daemon.locale.language import Language, in_language
from daemon.locale.reasons import OURS, detail_in_words, in_words
from daemon.locale.statuses import status as known_status
from daemon.ports import Overtaking
from daemon.queries.why.history import happened
from daemon.queries.why.next_move import next_move
from daemon.queries.why.standing import Standing

MOST_TOLD = 5
"""Reasons, or papers, that are told one by one."""

_STATES = {
    State.WAITING: N_("waiting, not print-ready at the central server"),
    State.READY: N_("print-ready, in line by recording time"),
    State.PRINTING: N_("being printed now"),
    State.UNCONFIRMED: N_("the office is checking whether the card came out of the printer"),
    State.PRINTED: N_("the card is made and can be collected"),
    State.HANDED_OVER: N_("the card was handed over"),
    State.HELD: N_("set aside by the office; the place in line is kept"),
    State.CANCELLED: N_("withdrawn"),
}
_AWAITS_PERSON = N_("waiting for the office to decide")
_AWAITS_MENDING = N_("waiting for the central server to mend what it sent")
_AWAITS_US = N_("waiting, though print-ready at the central server")
_ELSEWHERE = N_("out of line: the card was made elsewhere")
_HELD_BACK = N_("print-ready, but held back by a rule; the place in line is kept")
_AWAITED: dict[WaitsFor | None, str] = {
    WaitsFor.PERSON: _AWAITS_PERSON,
    WaitsFor.UNUSABLE: _AWAITS_MENDING,
    WaitsFor.RETRY: _AWAITS_US,
    WaitsFor.ELSEWHERE: _ELSEWHERE,
}
"""Of another time, of which what the centre said then is not known."""


def sentences(standing: Standing, *, history: bool = True) -> list[str]:
    """What to tell the person, one sentence or two a line; with or without what happened so far."""
    words = in_language(standing.language)
    return [
        _place(standing, words),
        *_times(standing, words),
        _state(standing, words),
        *_rules(standing, words),
        _central(standing, words),
        _next(standing, words),
        *_overtaken(standing, words),
        *_moved_ahead(standing, words),
        *_expected(standing, words),
        *(_history(standing, words) if history else ()),
    ]


def _place(standing: Standing, words: Language) -> str:
    record, recorded = standing.job.record_id, _moment(standing.job.recorded_at, standing, words)
    if standing.job.fault is Fault.RECORD and standing.job.times.source is None:
        return words.gettext(
            "{record}: no usable date of recording is known, so it has no place yet; it was heard of on {heard}.",
            record=record,
            heard=recorded,
        )
    if standing.place is None:
        return words.gettext(
            "{record}, recorded {recorded}: has no place among those ready to be printed.",
            record=record,
            recorded=recorded,
        )
    return words.gettext(
        "{record}, recorded {recorded}: place {place:,} of {ready:,} in line.",
        record=record,
        recorded=recorded,
        place=standing.place,
        ready=max(standing.ready, standing.place),
    )


def _times(standing: Standing, words: Language) -> list[str]:
    """Both, where office and centre say something different."""
    times = standing.job.times
    if times.office is None or times.centre is None or times.office == times.centre:
        return []
    said = words.gettext(
        "Recorded by this office's registration {office}, by the central server {centre}.",
        office=_exactly(times.office, standing, words),
        centre=_exactly(times.centre, standing, words),
    )
    if times.source is Source.OFFICE:
        counts = words.gettext("The office's time counts, under its paper {document}.", document=times.document)
    else:
        counts = words.gettext("The central server's time counts.")
    return [f"{said} {counts}"]


def _moved_ahead(standing: Standing, words: Language) -> list[str]:
    papers = standing.moved_ahead
    if not papers:
        return []
    named = ", ".join(f"{paper.document} ({words.number(paper.people)})" for paper in papers[:MOST_TOLD])
    people = sum(paper.people for paper in papers)
    said = words.ngettext(
        "Papers of this office put {people:,} person before the time that the central server says: {papers}.",
        "Papers of this office put {people:,} people before the time that the central server says: {papers}.",
        people,
        people=people,
        papers=named + (", …" if len(papers) > MOST_TOLD else ""),
    )
    return [said]


def _rules(standing: Standing, words: Language) -> list[str]:
    """Those that decide about this one now."""
    job, ranks, said = standing.job, standing.ranks, []
    if job.state not in IN_LINE:
        return []
    if ranks is not None and standing.held_back is not WaitsFor.SHUT:
        named = job.request_class or words.gettext("none")
        first = ", ".join(ranks.classes)
        said.append(
            words.gettext(
                "By instruction {instruction} classes go in this order, then all others: {classes}. The class of this"
                " record: {own}. Within a class the recording time decides.",
                instruction=ranks.instruction,
                classes=first,
                own=named,
            )
            if first
            else words.gettext(
                "By instruction {instruction} these classes are not printed now: {classes}. The class of this record:"
                " {own}.",
                instruction=ranks.instruction,
                classes=", ".join(ranks.shut),
                own=named,
            )
        )
    lanes = (lane for lane in standing.rules.lanes if lane.name == job.lane)
    said += [
        words.gettext(
            "In the lane {lane}: by instruction {instruction} it gets at most one of {share} starts ahead of the line.",
            lane=lane.name,
            instruction=lane.instruction,
            share=lane.one_in,
        )
        for lane in lanes
    ]
    if standing.rules.presence and job.present_on is not None:
        said.append(words.gettext("Checked in last on {day}.", day=words.day(job.present_on)))
    return said


def _state(standing: Standing, words: Language) -> str:
    job = standing.job
    meaning, since = words.gettext(_meaning(job)), _moment(job.since, standing, words)
    if standing.held_back is not None:
        told = standing.told_reason or ""
        word, colon, instruction = told.partition(": ")
        return words.gettext(
            "State since {since}: {meaning}. Reason: {reason}.",
            since=since,
            meaning=words.gettext(_HELD_BACK),
            reason=words.gettext(OURS[word]) + (f" ({instruction})" if colon else ""),
        )
    if not job.reason:
        return words.gettext("State since {since}: {meaning}.", since=since, meaning=meaning)
    return words.gettext(
        "State since {since}: {meaning}. Reason: {reason}.",
        since=since,
        meaning=meaning,
        reason=_reason(job, words),
    )


def _meaning(job: Job) -> str:
    """What the state means; of waiting, what for."""
    if job.state is not State.WAITING:
        return _STATES[job.state]
    if job.waits_for is WaitsFor.PERSON:
        return _AWAITS_PERSON
    if job.waits_for is WaitsFor.UNUSABLE:
        return _AWAITS_MENDING
    if job.waits_for is WaitsFor.ELSEWHERE:
        return _ELSEWHERE
    return _AWAITS_US if job.central_status == PRINT_READY else _STATES[State.WAITING]


def _central(standing: Standing, words: Language) -> str:
    status = standing.job.central_status
    if status is None:
        return words.gettext("The central server has said nothing about this record.")
    known = known_status(status)
    named = status if known is None else f"{status} ({words.gettext(known.meaning)})"
    return words.gettext("The central server says: {status}.", status=named)


def _overtaken(standing: Standing, words: Language) -> list[str]:
    """How many, by what this record was at that time; nobody is named."""
    overtakings = standing.overtakings
    if not overtakings:
        if standing.overtakings_complete:
            return [words.gettext("Nobody who was recorded later was started earlier.")]
        return [words.gettext("Among those who have a card, nobody recorded later was found to be started earlier.")]
    count = words.number(len(overtakings))
    if not standing.overtakings_complete:
        count = words.gettext("at least {count}", count=count)
    by = Counter(_passed_because(each, words) for each in overtakings)
    lines = [words.gettext("Recorded later, but started earlier: {count}.", count=count)]
    lines += (
        words.gettext("- {count:,}, as this record was then: {why}.", count=people, why=why)
        for why, people in by.most_common(MOST_TOLD)
    )
    others = by.total() - sum(people for _, people in by.most_common(MOST_TOLD))
    if others:
        lines.append(words.gettext("- and {count:,} more.", count=others))
    return lines


def _history(standing: Standing, words: Language) -> list[str]:
    return happened(standing.history, words, lambda at: _moment(at, standing, words))


def _next(standing: Standing, words: Language) -> str:
    move = next_move(standing.job, standing.held_back)
    return words.gettext("What comes next: {next}", next=words.gettext(move.advice))


def _expected(standing: Standing, words: Language) -> list[str]:
    if standing.job.state in (State.WAITING, State.HELD):
        return [words.gettext("When it will be printed cannot be told before it is in line.")]
    if standing.job.state is not State.READY:
        return []
    if standing.expected is None or standing.per_day is None:
        said = words.ngettext(
            "When it will be printed cannot be told yet: that takes {enough} working days of cards, and there was"
            " {days}.",
            "When it will be printed cannot be told yet: that takes {enough} working days of cards, and there were"
            " {days}.",
            standing.days,
            days=standing.days,
            enough=ENOUGH_DAYS,
        )
        return [said]
    per_day = round(standing.per_day)
    said = words.ngettext(
        "Expected: about {day}, at {per_day:,} card on a working day, as in the last four weeks.",
        "Expected: about {day}, at {per_day:,} cards on a working day, as in the last four weeks.",
        per_day,
        day=words.day(standing.expected),
        per_day=per_day,
    )
    return [said]


def _reason(of: Job | Overtaking, words: Language) -> str:
    """A word of ours (alone, or before a colon and a detail), a status or a phrase of ours; else as people wrote it."""
    reason = of.reason or ""
    word, colon, detail = reason.partition(": ")
    if of.waits_for is None:
        return in_words(reason, words)
    if of.waits_for is WaitsFor.CENTRE and of.state is State.WAITING and reason != NOT_READY_ANY_MORE:
        status = known_status(reason)
        return reason if status is None else words.gettext(status.meaning)
    if of.waits_for is WaitsFor.PERSON and detail:
        return words.gettext(
            "another record with the same NIK, {other}, gets the first card; the office has to decide", other=detail
        )
    known = words.gettext(OURS[word]) if word in OURS else word
    if of.waits_for in (WaitsFor.UNUSABLE, WaitsFor.RETRY):
        told = detail_in_words(detail, words)
        return known if told is None else known + colon + told
    return known + colon + detail


def _passed_because(passed: Overtaking, words: Language) -> str:
    if passed.rule is not None and passed.state is State.READY:
        return _by_rule(passed.rule, passed.instruction or "", words)
    meaning = words.gettext(_AWAITED.get(passed.waits_for, _STATES[passed.state]))
    return f"{meaning}: {_reason(passed, words)}" if passed.reason else meaning


def _by_rule(rule: str, instruction: str, words: Language) -> str:
    """By which of the rules somebody recorded later was started first."""
    if rule == PRESENCE:
        return words.gettext("print-ready, but not checked in that day, as the other one was")
    if rule == PRECEDENCE:
        return words.gettext(
            "print-ready, but the other one's class goes first by instruction {instruction}", instruction=instruction
        )
    return words.gettext(
        "print-ready, but the lane {lane} had its share of the starts by instruction {instruction}",
        lane=rule.partition(":")[2],
        instruction=instruction,
    )


def _moment(at: datetime, standing: Standing, words: Language) -> str:
    local = at.astimezone(standing.timezone)
    return f"{words.day(local.date())} {local:%H:%M}"


def _exactly(at: datetime, standing: Standing, words: Language) -> str:
    return f"{_moment(at, standing, words)}:{at:%S}"
