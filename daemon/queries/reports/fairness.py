"""Fairness of the queue (laporan keadilan antrean): which imports moved people ahead, and who was passed over."""

from collections import Counter
from collections.abc import Iterator

from daemon.domain.message import N_
from daemon.domain.report import Figure, Report, Signature, Table
from daemon.domain.rules import PRECEDENCE, PRESENCE
from daemon.locale.language import Language
from daemon.queries.fairness import STARTED, order_violations, whole_log
from daemon.queries.reports.request import ReportRequest

_COLUMNS = (
    ("imported_at", N_("Imported")),
    ("actor", N_("By")),
    ("document", N_("Document")),
    ("new", N_("New")),
    ("changed", N_("Changed")),
    ("moved_ahead", N_("Moved ahead")),
    ("in_line", N_("Still in line")),
    ("taken_back_at", N_("Taken back")),
)


def fairness(request: ReportRequest) -> Report:
    """Imports of the period; whom their papers put ahead of the centre's time is as it stands now."""
    period, words = request.period, request.words
    imports = request.store.log.events("imported", period.start, min(period.end, request.at))
    undone = request.store.log.events("import_undone", period.start, request.at)
    taken_back = {entry.details["import"]: entry.at for entry in undone}
    ahead = {paper.document: paper for paper in request.store.view.moved_ahead()}
    rows = []
    for entry in imports:
        told = entry.details
        document = None if told.get("document") is None else str(told["document"])
        paper = ahead.get(document) if document is not None else None
        people, in_line = (paper.people, paper.in_line) if paper is not None else (0, 0)
        new, changed = _count(told["new"]), _count(told["changed"])
        taken_back_at = taken_back.get(told.get("import"))
        rows.append((entry.at, entry.actor, document, new, changed, people, in_line, taken_back_at))
    return Report(
        title=words.gettext("Fairness of the Queue"),
        period=period,
        figures=(
            Figure(
                key="moved_ahead",
                label=words.gettext("Moved ahead of the centre's time, in all"),
                value=sum(paper.people for paper in ahead.values()),
            ),
            Figure(key="documents", label=words.gettext("Documents that moved somebody ahead"), value=len(ahead)),
            Figure(
                key="passed_over",
                label=words.gettext("Cards started past somebody who was earlier"),
                value=_passed_over(request),
            ),
            *_by_rule(request),
        ),
        table=Table(
            columns=request.columns(_COLUMNS),
            rows=tuple(rows),
            empty=words.gettext("No registrations were imported in this period."),
        ),
        notes=request.notes,
        signatures=(Signature(role=words.gettext("Administrator")), request.head),
        made_at=request.at,
        seal=request.seal,
    )


def _by_rule(request: ReportRequest) -> Iterator[Figure]:
    """Starts in the period that a rule put ahead of the earliest recorded, by rule; those that apply now stand there
    with none, too."""
    words, period = request.words, request.period
    apply = request.store.order.rules()
    named = [PRECEDENCE] * (apply.precedence is not None) + [lane.rule for lane in apply.lanes]
    named += [PRESENCE] * apply.presence
    starts = Counter[str]()
    instructions = {rule: {apply.instruction(rule)} - {None} for rule in named}
    for entry in request.store.log.events(STARTED, period.start, min(period.end, request.at)):
        if (rule := entry.details.get("rule")) is not None:
            starts[str(rule)] += 1
            instructions.setdefault(str(rule), set()).add(str(entry.details.get("instruction") or ""))
    for rule in [*named, *sorted(starts.keys() - set(named))]:
        papers = ", ".join(sorted(paper for paper in instructions[rule] if paper))
        yield Figure(key=f"by_{rule.replace(':', '_')}", label=_label(rule, papers, words), value=starts[rule])


def _label(rule: str, instruction: str, words: Language) -> str:
    if rule == PRECEDENCE:
        return words.gettext("Started first for their class, by {instruction}", instruction=instruction)
    if rule == PRESENCE:
        return words.gettext("Started first because they were present")
    return words.gettext(
        "Started first by the lane {lane}, by {instruction}", lane=rule.partition(":")[2], instruction=instruction
    )


def _passed_over(request: ReportRequest) -> int:
    """In the period, by the whole log."""
    starts = {violation.sequence for violation in order_violations(whole_log(request.store.log))}
    if not starts:
        return 0
    return sum(
        entry.sequence in starts
        for entry in request.store.log.events("started", request.period.start, min(request.period.end, request.at))
    )


def _count(told: object) -> int:
    return int(str(told))
