"""Brings into a database that is behind what is known of cards that it has forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from daemon.domain import bringing_in, ledger
from daemon.domain.errors import IllegalMove, Overdrawn, UnknownRecord
from daemon.domain.job import Job, Verdict
from daemon.domain.ledger import Movement
from daemon.domain.recovery import Action, SpoolState, recover
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import CentralServer, GuardJournal, Memory, Store
from workers.continuity import newer

_PAGE = 500
JOURNAL = "the guard's journal knows of it"
NOT_TOLD_ANEW = "the database went back in time, and whether the centre was told of this card is not known"


_IN_LINE = frozenset({State.READY, State.WAITING, State.HELD})


def known_at(central: CentralServer) -> frozenset[str] | None:
    """Whose cards the centre knows of. None: it cannot tell. LinkFailure."""
    found: set[str] = set()
    asked: set[str] = set()
    after = None
    while after is None or after not in asked:  # a cursor that goes round has nothing new to tell
        page = central.issued(after, _PAGE)
        if page is None:
            return None
        found.update(page.record_ids)
        if not page.more:
            return frozenset(found)
        asked.update(() if after is None else (after,))
        after = page.next
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtIn:
    """What was done."""

    printed: tuple[str, ...]
    asked: tuple[str, ...]
    """Now unconfirmed: a person says what came out."""
    not_now: tuple[str, ...]
    """In words: what has to be settled first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Of one office on one machine."""

    store: Store
    journal: GuardJournal
    memory: Memory
    printers: Mapping[str, str]
    """Card printers by the name of their queue in CUPS."""
    at: datetime
    actor: str
    at_centre: frozenset[str] | None = None
    """Whose cards the centre knows of; None: it cannot tell, or cannot be asked."""

    def from_journal(self) -> BroughtIn:
        """Every token of an attempt that the store does not know, those that made no card included: their numbers are
        used. What it cannot tell, and what is in the printer now, is a person's question."""
        printed: list[str] = []
        asked: list[str] = []
        not_now: list[str] = []
        for token in newer(self.store.jobs, self.memory.tokens()):
            judgement = recover(self.journal.read(token), SpoolState.GONE)
            verdict = judgement.verdict if judgement.action is Action.CONCLUDE else None
            try:
                self._bring_in(token, verdict or Verdict.IN_DOUBT, queue=self.memory.queue(token), why=JOURNAL)
            except IllegalMove as error:
                not_now.append(str(error))
            else:
                if verdict is Verdict.PRINTED:
                    printed.append(token.record_id)
                elif verdict is not Verdict.NO_CARD:
                    asked.append(token.record_id)
        return BroughtIn(printed=tuple(printed), asked=tuple(asked), not_now=tuple(not_now))

    def from_centre(self) -> BroughtIn:
        """Whom it knows to have a card, of those who have none here and are in no printer."""
        printed: list[str] = []
        for record_id in sorted(self.at_centre or ()):
            try:
                job = self.store.jobs.job(record_id)
            except UnknownRecord:
                continue
            # One that was printed here before and is in line again has a reprint authorised: its first card is known.
            if job.state in _IN_LINE and not self.store.issuances.of(record_id):
                token = Token(record_id, job.attempt + 1)
                self._bring_in(token, Verdict.PRINTED, queue=None, why="the centre knows of it")
                printed.append(record_id)
        return BroughtIn(printed=tuple(printed), asked=(), not_now=())

    def by_word(self, record_id: str, reason: str) -> None:
        """A person says that this card exists. IllegalMove, UnknownRecord."""
        token = Token(record_id, self.store.jobs.job(record_id).attempt + 1)
        self._bring_in(token, Verdict.PRINTED, queue=None, why=reason)

    def _bring_in(self, token: Token, verdict: Verdict, *, queue: str | None, why: str) -> None:
        job = self.store.jobs.job(token.record_id)
        printer = self.printers.get(queue or "") or job.printer or next(iter(self.printers.values()))
        # Attempts before it whose tokens are gone made no card that counts: there would be no next one.
        while job.attempt + 1 < token.attempt:
            job = self._attempt(job, Verdict.NO_CARD, printer, why)
        self._attempt(job, verdict, printer, why)
        if verdict is Verdict.PRINTED:
            self._settle_with_centre(token)

    def _settle_with_centre(self, token: Token) -> None:
        """A card that it knows of is not told anew; one that it does not know is; else a person says which."""
        if self.at_centre is None:
            self.store.issuances.reject(token, NOT_TOLD_ANEW, self.at)
        elif token.record_id in self.at_centre:
            self.store.past.told_already(token, self.at)

    def _attempt(self, job: Job, verdict: Verdict, printer: str, why: str) -> Job:
        first = bringing_in.make_ready(job, reason=why, at=self.at, actor=self.actor)
        if first is not None:
            job = self.store.jobs.apply(first)
        job = self._start(job, printer, why)
        return self.store.jobs.apply(bringing_in.end(job, verdict, reason=why, at=self.at, actor=self.actor))

    def _start(self, job: Job, printer: str, why: str) -> Job:
        """With a blank from its hopper. One that was loaded after the copy was made is found there first."""
        start = bringing_in.start(job, printer=printer, reason=why, at=self.at, actor=self.actor)
        try:
            return self.store.jobs.apply(start)
        except Overdrawn:
            found = Movement(
                quantity=1,
                credit=ledger.VARIANCE,
                debit=ledger.hopper(printer),
                reason="used by a card that a put-back database had forgotten",
            )
            self.store.ledger.move(found, at=self.at, actor=self.actor)
            return self.store.jobs.apply(start)
