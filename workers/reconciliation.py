"""Brings into a database that is behind what is known of cards that it has forgotten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from daemon.domain import bringing_in, ledger
from daemon.domain import job as moves
from daemon.domain.continuity import TELLING_UNSURE, is_centres_word
from daemon.domain.errors import Fatal, IllegalMove, Overdrawn, UnknownRecord
from daemon.domain.job import Job, Verdict
from daemon.domain.ledger import Movement
from daemon.domain.log import FORKED
from daemon.domain.note import TreeHead, origin
from daemon.domain.recovery import Mark, MarkKind, SpoolState
from daemon.domain.states import State
from daemon.domain.token import Token, parse_token
from daemon.ports import CentralServer, GuardJournal, IssuedCard, Memory, Spooler, SpoolerUnreachable, Store
from daemon.queries.tree import left_behind
from workers.continuity import newer, verdict_of

_PAGE = 500
JOURNAL = "the guard's journal knows of it"
CENTRE = "the centre knows of it"

_TO_BE_SERVED = frozenset({State.READY, State.WAITING, State.HELD, State.CANCELLED})
"""Who is printed now, or might be later, if nobody says that there is a card already."""
_SERVED = frozenset({State.PRINTED, State.HANDED_OVER})
CardsAtCentre = Mapping[str, Sequence[IssuedCard]]
"""By record, as the centre was told of them."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NOT_THERE = Mark(kind=MarkKind.ABSENT)


def known_at(central: CentralServer) -> CardsAtCentre | None:
    """The cards that the centre knows of. None: it cannot tell. LinkFailure."""
    found: dict[str, list[IssuedCard]] = {}
    asked: set[str] = set()
    after = None
    while after is None or after not in asked:  # a cursor that goes round has nothing new to tell
        page = central.issued(after, _PAGE)
        if page is None:
            return None
        for card in page.cards:
            found.setdefault(card.record_id, []).append(card)
        if not page.more:
            return found
        asked.update(() if after is None else (after,))
        after = page.next
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtIn:
    """What was done."""

    printed: tuple[str, ...]
    asked: tuple[str, ...]
    """Now unconfirmed: a person says what came out."""
    not_now: tuple[str, ...]
    """In words: what has to be done first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """Of one office on one machine."""

    office: str
    store: Store
    journal: GuardJournal
    memory: Memory
    spooler: Spooler
    printers: Mapping[str, str]
    """Card printers by the name of their queue in CUPS."""
    at: datetime
    actor: str
    journal_lost: bool = False
    at_centre: CardsAtCentre | None = None
    """None: it cannot tell, or cannot be asked."""

    def from_journal(self) -> BroughtIn:
        """Every token of an attempt that the store does not know, those that made no card included: their numbers are
        used. What it cannot tell is a person's question; what is in the printer now is waited for."""
        printed: list[str] = []
        asked: list[str] = []
        not_now = [*self._open(), *self._take_back()]
        marks = {token: self.journal.read(token) for token in newer(self.store.jobs, self.memory.tokens())}
        for token, mark in _by_time(marks):
            if mark.kind is MarkKind.RUNNING:
                not_now.append(f"{token.record_id}: the card is in the printer")
                continue
            verdict = verdict_of(mark)
            # Whoever has a card would be in line again by an attempt at which none was made.
            if verdict is Verdict.NO_CARD and self.store.jobs.job(token.record_id).state in _SERVED:
                continue
            try:
                self._bring_in(token, verdict or Verdict.IN_DOUBT, why=JOURNAL, mark=mark)
            except IllegalMove as error:
                not_now.append(str(error))
            else:
                if verdict is Verdict.PRINTED:
                    printed.append(token.record_id)
                elif verdict is not Verdict.NO_CARD:
                    asked.append(token.record_id)
        return BroughtIn(printed=tuple(printed), asked=tuple(asked), not_now=tuple(not_now))

    def from_centre(self) -> BroughtIn:
        """Whom it knows to have a card, of those who have none here and are in no printer: first recorded first. Who is
        not known here yet would be printed again when the daemon has heard of him. After from_journal()."""
        printed: list[str] = []
        not_now: list[str] = []
        known: list[Job] = []
        for record_id in sorted(self.at_centre or ()):
            try:
                known.append(self.store.jobs.job(record_id))
            except UnknownRecord:
                not_now.append(
                    f"{record_id}: the centre has a card of this record, which is not known here; sync or import first"
                )
        for job in sorted(known, key=lambda job: (job.recorded_at, job.record_id)):
            unknown_here = self._unknown_here(job.record_id)
            if not unknown_here:
                continue
            if job.state is State.PRINTING and job.printer not in self.printers.values():
                not_now.append(
                    f"{job.record_id}: the centre has a card of this record, which is printing on {job.printer}"
                )
            elif job.state is State.UNCONFIRMED:
                # Somebody answered the question after the copy was made, or the centre would not have been told.
                self._confirm(job, CENTRE)
                printed.append(job.record_id)
            elif job.state in _TO_BE_SERVED:
                for card in unknown_here:
                    mark = Mark(kind=MarkKind.ABSENT, queue=self._queue(card.printer), ended_at=card.printed_at)
                    token = Token(job.record_id, self.store.jobs.job(job.record_id).attempt + 1)
                    self._bring_in(token, Verdict.PRINTED, why=CENTRE, mark=mark)
                    printed.append(job.record_id)
        return BroughtIn(printed=tuple(printed), asked=(), not_now=tuple(not_now))

    def twice_at_centre(self) -> list[str]:
        """Who has a card in these books, and more than that at the centre: a reprint that was forgotten, or a card that
        was reported twice. Nobody is printed by that, so a person may look later."""
        return [
            record_id
            for record_id in sorted(self.at_centre or ())
            if self._unknown_here(record_id) and self._state(record_id) in _SERVED
        ]

    def strangers(self) -> list[str]:
        """Whose cards the journal has from our printers, and who is in no book here (yet): the centre has to name them
        first. Others' tokens may lie in the same journal."""
        attempts = self.store.jobs.attempts_so_far()
        unknown = {token for token in self.memory.tokens() if token.record_id not in attempts}
        return sorted({token.record_id for token in unknown if self.journal.read(token).queue in self.printers})

    def doubt_untold(self) -> None:
        """The centre cannot say whether it was told of a card: it is not told anew until it can, or a person does."""
        for token in self.store.past.untold():
            self.store.issuances.reject(token, TELLING_UNSURE, self.at)

    def resolve_doubts(self) -> tuple[int, int]:
        """With the centre's word: (cards that it was told of; that it was not, and now is)."""
        told = untold = 0
        for record_id in sorted({record_id for record_id, why in self.store.issuances.rejected() if _is_unsure(why)}):
            unsure = [row for row in self.store.issuances.of(record_id) if row.rejected is not None]
            if not all(_is_unsure(row.rejected or "") for row in unsure):
                continue  # the centre's own word on another card of theirs: a person clears up both
            known = [token for row in unsure if self._is_told(token := Token(record_id, row.attempt))]
            for token in known:
                self.store.past.mark_reported(token, self.at)
            told += len(known)
            if len(known) < len(unsure):
                untold += self.store.issuances.resolve_rejection(
                    record_id, again=True, reason="the centre does not know of it", at=self.at, actor=self.actor
                )
        return told, untold

    def mark_reported(self) -> int:
        """Cards that the store knows and thinks untold, and of which the centre knows: how many."""
        told = 0
        for token in self.store.past.untold():
            if self._is_told(token):
                self.store.past.mark_reported(token, self.at)
                told += 1
        return told

    def by_word(self, record_id: str, reason: str) -> bool:
        """A person says that this card exists. False: it is booked already. IllegalMove, UnknownRecord."""
        job = self.store.jobs.job(record_id)
        if job.state in _SERVED:
            return False
        if job.state is State.UNCONFIRMED:
            self._confirm(job, reason)
        else:
            self._bring_in(Token(record_id, job.attempt + 1), Verdict.PRINTED, why=reason)
        return True

    def forked_from(self) -> TreeHead | None:
        """The head that was signed last on this machine, if the log of this database does not continue it, and does not
        say so yet. Of a log that lacks entries nobody can tell, and nothing of it is signed."""
        try:
            left = left_behind(self.store.tree, origin(self.office), self.memory)
        except Fatal:
            return None
        return None if left is None or self.store.tree.has_forked_from(left.root) else left

    def tell_of_fork(self, reason: str) -> TreeHead | None:
        """In the log itself, before a head of it is signed again: whoever has the old one sees that it was no secret.
        The old head; None: the log did not fork."""
        left = self.forked_from()
        if left is not None:
            self.store.log.append(
                FORKED,
                at=self.at,
                actor=self.actor,
                forked_size=left.size,
                forked_root=left.root.hex(),
                known_by="the guard's journal",
                reason=reason,
            )
        return left

    def finish(self, reason: str) -> None:
        """It is behind no more. From here on its log is what the next start is held against."""
        self.tell_of_fork(reason)
        self.store.past.reconciled(reason=reason, at=self.at, actor=self.actor)
        head = self.store.past.head()
        if head is not None and self.journal.identity() is not None:
            self.memory.save_checkpoint(self.office, head)

    def _open(self) -> list[str]:
        """What this database thinks is in a printer here: the daemon concludes that at its start, by the journal, and
        what the centre knows of it is seen afterwards."""
        here = frozenset(self.printers.values())
        return [
            f"{attempt.job.record_id}: its card was under way then; start the daemon, which concludes it"
            for attempt in self.store.jobs.open_attempts()
            if attempt.printer in here
        ]

    def _take_back(self) -> list[str]:
        """What waits in CUPS of attempts that the store does not know is never printed; in words, what cannot be taken
        back. A journal that was lost cannot tell whether a job that CUPS is at has its card in the printer."""
        if self.journal.identity() is None:
            return []
        try:
            waiting = {
                token: job
                for job in self.spooler.ours()
                if not job.state.is_over and (token := parse_token(job.name)) is not None
            }
        except SpoolerUnreachable as error:
            return [f"CUPS cannot be asked what it still has ({error})"]
        not_now = []
        for token in newer(self.store.jobs, waiting):
            if self.journal_lost and waiting[token].state in (SpoolState.PROCESSING, SpoolState.STOPPED):
                not_now.append(
                    f"{token.record_id}: CUPS is at work on job {waiting[token].number}; cancel it, look for the card"
                )
            else:
                self.journal.void(token)
        return not_now

    def _bring_in(self, token: Token, verdict: Verdict, *, why: str, mark: Mark = _NOT_THERE) -> None:
        job = self._settled(self.store.jobs.job(token.record_id), token)
        printer = self.printers.get(mark.queue or "") or job.printer or next(iter(self.printers.values()))
        # Attempts before it whose tokens are gone made no card that counts: there would be no next one.
        while job.attempt + 1 < token.attempt:
            job = self._attempt(job, Verdict.NO_CARD, printer, why, _NOT_THERE)
        self._attempt(job, verdict, printer, why, mark)
        if verdict is Verdict.PRINTED:
            self._report_or_not(token)

    def _settled(self, job: Job, later: Token) -> Job:
        """A question of then was answered, or there would be no later attempt: that no card had come out."""
        if job.state is not State.UNCONFIRMED or later.attempt <= job.attempt:
            return job
        answer = f"it had attempt {later.attempt} afterwards"
        return self.store.jobs.apply(moves.confirm(job, Verdict.NO_CARD, reason=answer, at=self.at, actor=self.actor))

    def _confirm(self, job: Job, why: str) -> None:
        self.store.jobs.apply(moves.confirm(job, Verdict.PRINTED, reason=why, at=self.at, actor=self.actor))
        self._report_or_not(job.token)

    def _unknown_here(self, record_id: str) -> Sequence[IssuedCard]:
        """What the centre has of it beyond the cards that stand here: it was told of the first ones first."""
        return (self.at_centre or {}).get(record_id, ())[len(self.store.issuances.of(record_id)) :]

    def _state(self, record_id: str) -> State | None:
        try:
            return self.store.jobs.job(record_id).state
        except UnknownRecord:
            return None

    def _queue(self, printer: str | None) -> str | None:
        """The CUPS queue of the printer of that name."""
        return next((queue for queue, name in self.printers.items() if name == printer), None)

    def _report_or_not(self, token: Token) -> None:
        """A card that it knows of is not told anew; one that it does not know is; else a person says which."""
        if self.at_centre is None:
            self.store.issuances.reject(token, TELLING_UNSURE, self.at)
        elif self._is_told(token):
            self.store.past.mark_reported(token, self.at)

    def _is_told(self, token: Token) -> bool:
        """The centre names records, not cards: of those that it has not acknowledged it knows the first ones."""
        rows = self.store.issuances.of(token.record_id)
        open_ = [row.attempt for row in rows if row.acknowledged_at is None]
        acknowledged = len(rows) - len(open_)
        known_beyond = len((self.at_centre or {}).get(token.record_id, ())) - acknowledged
        return token.attempt in open_[: max(0, known_beyond)]

    def _attempt(self, job: Job, verdict: Verdict, printer: str, why: str, mark: Mark) -> Job:
        first = bringing_in.make_ready(job, reason=why, at=self.at, actor=self.actor)
        if first is not None:
            job = self.store.jobs.apply(first)
        ended_at = self._before_now(mark.ended_at) or self._before_now(mark.started_at)
        job = self._start(job, printer, why, self._before_now(mark.started_at) or ended_at)
        ended = bringing_in.end(job, verdict, reason=why, at=self.at, actor=self.actor, happened_at=ended_at)
        return self.store.jobs.apply(ended)

    def _before_now(self, said: datetime | None) -> datetime | None:
        """What a clock said that was ahead is not known."""
        return said if said is not None and said <= self.at else None

    def _start(self, job: Job, printer: str, why: str, happened_at: datetime | None) -> Job:
        """With a blank from its hopper. One that was loaded after the copy was made is found there first."""
        start = bringing_in.start(
            job, printer=printer, reason=why, at=self.at, actor=self.actor, happened_at=happened_at
        )
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


def _by_time(marks: Mapping[Token, Mark]) -> list[tuple[Token, Mark]]:
    """As the guard started them; one person's attempts by their numbers, whatever its clock said."""
    latest: dict[str, datetime] = {}
    turns: dict[Token, tuple[datetime, int]] = {}
    for token, mark in sorted(marks.items(), key=lambda each: each[0].attempt):
        latest[token.record_id] = max(latest.get(token.record_id, _LONG_AGO), mark.started_at or _LONG_AGO)
        turns[token] = latest[token.record_id], token.attempt
    return sorted(marks.items(), key=lambda each: turns[each[0]])


def _is_unsure(why: str) -> bool:
    return not is_centres_word(why)
