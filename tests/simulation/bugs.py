"""Seeded bugs: each breaks one thing that the crash protocol rests on. None of them is in the product."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from daemon.domain import job as moves
from daemon.domain.continuity import Evidence
from daemon.domain.errors import Retryable
from daemon.domain.job import Job, Transition, Verdict
from daemon.domain.recovery import Action, Judgement, Mark, MarkKind, SpoolState, recover
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Attempt, Card, Claim, LinkFailure, NoClaim, Phase, Receipt, SpoolJob
from workers.assembly import Office, Outside
from workers.continuity import Continuity
from workers.printing.outcomes import Outcomes
from workers.printing.recovery import Recovery
from workers.reconciliation import BroughtIn, Reconciliation


@dataclass(frozen=True, slots=True, kw_only=True)
class Bug:
    """What is exchanged for something wrong."""

    what: str
    found_within: int
    """Runs, from seed 1 on, that `--bugs` searches."""
    seed: int = 0
    """The first one that finds it: a test starts there."""
    invariant: str = ""
    """By which it is to be found."""
    outside: Callable[[Outside], Outside] = lambda outside: outside
    office: Callable[[Office], Office] = lambda office: office
    bringing: type[Reconciliation] = Reconciliation
    guard_fails_open: bool = False
    guard_keeps_what_was_taken_back: bool = False
    guard_believes_exit_zero: bool = False
    guard_asks_nobody: bool = False


class _Instead:
    """Another object with some calls exchanged."""

    def __init__(self, target: Any) -> None:
        self.target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self.target, name)


def _with_jobs(wrap: Callable[[Any], Any]) -> Callable[[Outside], Outside]:
    def change(outside: Outside) -> Outside:
        return replace(outside, store=replace(outside.store, jobs=wrap(outside.store.jobs)))

    return change


def _with_outcomes(kind: type[Outcomes]) -> Callable[[Office], Office]:
    def change(office: Office) -> Office:
        wrong = kind(**_fields(office.recovery.outcomes))
        office.recovery.outcomes = wrong
        for queue in office.print_queues:
            queue.outcomes = wrong
        return office

    return change


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value) if field.init}


# --- the store -----------------------------------------------------------------------------------------------


class _Jobs(_Instead):
    """The job store with some calls exchanged: what is done in one commit goes through them too."""

    def conclude_and_claim(self, made: Transition, printer: str, at: Any, **asked: Any) -> Claim | NoClaim:
        jobs: Any = self
        jobs.apply(made)
        return jobs.claim(printer, at, **asked)  # type: ignore[no-any-return]


class _IntentLater(_Jobs):
    """The intent is committed with the outcome; until then it is in memory."""

    def claim(self, printer: str, at: Any, *, journal: str | None, **asked: Any) -> Claim | NoClaim:
        claimed = self.target.claim(printer, at, journal=journal, **asked)
        if isinstance(claimed, Claim):
            job = claimed.attempt.job
            self.target.apply(moves.conclude(job, Verdict.NO_CARD, reason="not yet", at=at))
        return claimed  # type: ignore[no-any-return]

    def submitted(self, token: Token, number: int, uuid: str) -> None:
        pass


class _BlankStays(_Jobs):
    """A blank that was not printed on stays where it was committed to."""

    def apply(self, transition: Transition) -> Job:
        if transition.verdict is Verdict.NO_CARD:
            transition = replace(transition, movements=())
        return self.target.apply(transition)  # type: ignore[no-any-return]


class _PassesOver(_Jobs):
    """When the head of the queue has no document yet, the next one is taken."""

    def __init__(self, target: Any, view: Any) -> None:
        super().__init__(target)
        self.view = view

    def claim(self, printer: str, at: Any, *, journal: str | None, **asked: Any) -> Claim | NoClaim:
        claimed = self.target.claim(printer, at, journal=journal, **asked)
        line = self.view.queue(State.READY, 2) if claimed is NoClaim.AWAITS_DOCUMENT else []
        if len(line) < 2:
            return claimed  # type: ignore[no-any-return]
        job = self.target.apply(moves.intend(line[1].job, printer=printer, at=at))
        attempt = Attempt(job=job, printer=printer, phase=Phase.INTENDED, started_at=at, journal=journal)
        return Claim(attempt=attempt, card=Card(record_id=job.record_id, fields={}, photo=None, document=None))


class _ForgetsClaims(_Instead):
    """A claim whose answer is lost counts as none."""

    def conclude_and_claim(self, *args: Any, **asked: Any) -> Claim | NoClaim:
        try:
            return self.target.conclude_and_claim(*args, **asked)  # type: ignore[no-any-return]
        except Retryable:
            return NoClaim.NOBODY_READY

    def claim(self, *args: Any, **asked: Any) -> Claim | NoClaim:
        try:
            return self.target.claim(*args, **asked)  # type: ignore[no-any-return]
        except Retryable:
            return NoClaim.NOBODY_READY


def _passes_over(outside: Outside) -> Outside:
    return _with_jobs(lambda jobs: _PassesOver(jobs, outside.store.view))(outside)


class _AdoptsNothing(_Instead):
    """The rules that were there first stay."""

    def adopt(self, *args: Any, **kwargs: Any) -> bool:
        return False


def _adopts_nothing(outside: Outside) -> Outside:
    return replace(outside, store=replace(outside.store, order=_AdoptsNothing(outside.store.order)))


# --- CUPS and the centre ---------------------------------------------------------------------------------------


class _ReleasesAtOnce(_Instead):
    """The job is let go before its number is committed."""

    def submit_held(self, *args: Any, guarded: bool) -> SpoolJob:
        job: SpoolJob = self.target.submit_held(*args, guarded=guarded)
        self.target.release(job)
        return job

    def release(self, job: SpoolJob) -> None:
        pass


class _TakesAnyAnswer(_Instead):
    """A report whose answer was lost counts as delivered."""

    def report(self, issuances: Any, key: str) -> Receipt:
        try:
            return self.target.report(issuances, key)  # type: ignore[no-any-return]
        except LinkFailure:
            return Receipt(accepted=frozenset(issuance.record_id for issuance in issuances), rejected={})


# --- recovery ---------------------------------------------------------------------------------------------------


class _WithoutVoiding(Outcomes):
    """Recovery looks into the journal and does not take the token back."""

    def recover(self, attempt: Attempt, *, cups_was_absent: bool = False) -> Judgement:
        judgement = recover(self.journal.read(attempt.token), self.spool_state(attempt))
        if judgement.action is Action.VOID:
            judgement = Judgement(action=Action.CONCLUDE, verdict=Verdict.NO_CARD, reason="not started")
        if judgement.action is Action.CONCLUDE:
            self.conclude(attempt, judgement)
        return judgement


class _BelievesCups(Outcomes):
    """What CUPS calls completed is a card."""

    def mark(self, attempt: Attempt) -> Mark:
        mark = Outcomes.mark(self, attempt)
        if mark.kind in (MarkKind.TORN, MarkKind.RUNNING) and self.spool_state(attempt) is SpoolState.COMPLETED:
            return Mark(kind=MarkKind.ENDED, exit_status=0)
        return mark


class _TriesAgain(Outcomes):
    """A doubt is settled by printing once more."""

    def conclude(self, attempt: Attempt, judgement: Judgement, *, ended_at: datetime | None = None) -> None:
        if judgement.verdict is Verdict.IN_DOUBT:
            judgement = replace(judgement, verdict=Verdict.NO_CARD)
        Outcomes.conclude(self, attempt, judgement, ended_at=ended_at)


class _AsksForEverything(Outcomes):
    """Whatever was open at a crash is a person's question."""

    def recover(self, attempt: Attempt, *, cups_was_absent: bool = False) -> Judgement:
        judgement = Judgement(action=Action.CONCLUDE, verdict=Verdict.IN_DOUBT, reason="found open")
        self.conclude(attempt, judgement)
        return judgement


class _NoReconcile(Recovery):
    """Nothing is settled at a start."""

    def at_start(self) -> None:
        pass


def _without_reconcile(office: Office) -> Office:
    return replace(office, recovery=_NoReconcile(**_fields(office.recovery)))


class _AnyJournal(_Instead):
    """Whatever journal is there is believed."""

    def identity(self) -> str:
        return "any"

    def expect(self, identity: str | None) -> None:
        pass


def _any_journal(outside: Outside) -> Outside:
    return replace(outside, journal=_AnyJournal(outside.journal))


# --- a database that goes back in time --------------------------------------------------------------------------


class _NoCheckpoint(_Instead):
    """How far the log had come is kept nowhere."""

    def checkpoint(self, office: str) -> None:
        return None


class _VouchesWithoutJournal(Continuity):
    """An empty journal says that nothing was forgotten."""

    def _evidence(self) -> Evidence:
        return replace(Continuity._evidence(self), known=frozenset())


def _vouches_without_journal(office: Office) -> Office:
    assert office.continuity is not None
    wrong = _VouchesWithoutJournal(**_fields(office.continuity))
    others = tuple(wrong if loop is office.continuity else loop for loop in office.others)
    return replace(office, continuity=wrong, others=others)


class _LeavesTokens(Reconciliation):
    """What the journal knows is not brought in."""

    def from_journal(self) -> BroughtIn:
        return BroughtIn(printed=(), asked=(), not_now=())


class _TellsAnew(Reconciliation):
    """What the centre was told is told again."""

    def mark_reported(self) -> int:
        return 0


BUGS: Mapping[str, Bug] = {
    "intent-not-durable": Bug(
        what="the intent is not committed before printing",
        found_within=5,
        seed=1,
        invariant="authorised before it is printed",
        outside=_with_jobs(_IntentLater),
    ),
    "release-before-commit": Bug(
        what="released before CUPS's number is committed",
        found_within=5,
        seed=1,
        invariant="committed before it is released",
        outside=lambda outside: replace(outside, spooler=_ReleasesAtOnce(outside.spooler)),
    ),
    "guard-fails-open": Bug(
        what="the guard prints though the token is used up",
        found_within=200,
        seed=164,
        invariant="authorised before it is printed",
        guard_fails_open=True,
    ),
    "recovery-without-void": Bug(
        what="recovery requeues without voiding",
        found_within=400,
        seed=164,
        invariant="authorised before it is printed",
        office=_with_outcomes(_WithoutVoiding),
    ),
    "believes-cups": Bug(
        what="a success from CUPS without the end mark",
        found_within=100,
        seed=87,
        invariant="printed means a card",
        office=_with_outcomes(_BelievesCups),
    ),
    "requeues-doubt": Bug(
        what="a doubt is printed again",
        found_within=60,
        seed=29,
        invariant="one card at most",
        office=_with_outcomes(_TriesAgain),
    ),
    "asks-for-everything": Bug(
        what="unconfirmed where the journal can tell",
        found_within=20,
        seed=5,
        invariant="wrongly unconfirmed",
        office=_with_outcomes(_AsksForEverything),
    ),
    "blank-not-returned": Bug(
        what="the blank of a failed attempt is not booked back",
        found_within=20,
        seed=5,
        invariant="ledger",
        outside=_with_jobs(_BlankStays),
    ),
    "head-passed-over": Bug(
        what="the next is taken when the head has no document",
        found_within=10,
        seed=5,
        invariant="order",
        outside=_passes_over,
    ),
    "rules-not-adopted": Bug(
        what="the order goes on by the rules of an earlier start",
        found_within=40,
        seed=6,
        invariant="order",
        outside=_adopts_nothing,
    ),
    "claim-unheard-of": Bug(
        what="a claim that was committed without an answer is forgotten",
        found_within=300,
        seed=41,
        invariant="everything is settled in the end",
        outside=_with_jobs(_ForgetsClaims),
    ),
    "report-lost": Bug(
        what="a lost answer counts as a delivered report",
        found_within=100,
        seed=16,
        invariant="reported once",
        outside=lambda outside: replace(outside, central=_TakesAnyAnswer(outside.central)),
    ),
    "no-reconcile": Bug(
        what="open attempts are forgotten at a start",
        found_within=20,
        seed=4,
        invariant="everything is settled in the end",
        office=_without_reconcile,
    ),
    "any-journal": Bug(
        what="a journal that was lost and made again is believed",
        found_within=200,
        seed=11,
        invariant="one card at most",
        outside=_any_journal,
    ),
    "taken-back-reasons": Bug(
        what="the end mark keeps a state reason that the backend took back",
        found_within=400,
        seed=61,
        invariant="one card at most",
        guard_keeps_what_was_taken_back=True,
    ),
    "believes-exit-zero": Bug(
        what="a backend's success is a card, whatever else the guard knows",
        found_within=100,
        seed=29,
        invariant="one card at most",
        guard_believes_exit_zero=True,
    ),
    "forgets-the-checkpoint": Bug(
        what="an older database is known by the journal's tokens alone",
        found_within=300,
        seed=157,
        invariant="reported once",
        outside=lambda outside: replace(outside, memory=_NoCheckpoint(outside.memory)),
    ),
    "vouches-without-journal": Bug(
        what="a copy is believed where the journal was lost too",
        found_within=300,
        seed=20,
        invariant="reported once",
        office=_vouches_without_journal,
    ),
    "tokens-not-brought-in": Bug(
        what="what the journal knows is not brought in",
        found_within=300,
        seed=180,
        invariant="everything is settled in the end",
        bringing=_LeavesTokens,
    ),
    "tells-anew": Bug(
        what="the centre is told again of what it knows",
        found_within=100,
        seed=19,
        invariant="reported once",
        bringing=_TellsAnew,
    ),
    "asks-nobody": Bug(
        what="a token's name alone gets a card",
        found_within=200,
        seed=6,
        invariant="authorised before it is printed",
        guard_asks_nobody=True,
    ),
}
NO_BUG = Bug(what="none", found_within=0)
