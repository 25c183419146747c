"""Holds the database against what outlives it: at every start before anything is printed, then kept up now and then."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.continuity import Behind, Evidence, put_back, unknown_to, weigh
from daemon.domain.errors import GiliranError
from daemon.domain.job import Verdict
from daemon.domain.recovery import Action, Mark, SpoolState, recover
from daemon.domain.token import Token
from daemon.ports import (
    Clock,
    GuardJournal,
    IssuanceStore,
    Issued,
    JobStore,
    LinkFailure,
    Memory,
    PastStore,
    PrinterStore,
)
from workers.runner import Loop

KEPT_EVERY_SECONDS = 60.0
ASKED_EVERY_SECONDS, ASKED_AT_ONCE = 2.0, 500


@dataclass(slots=True, kw_only=True)
class Continuity(Loop):
    """Nobody is printed on a database that is behind, until `giliran restore --reconcile`."""

    office: str
    past: PastStore
    memory: Memory
    journal: GuardJournal
    jobs: JobStore
    printers: PrinterStore
    issuances: IssuanceStore
    names: tuple[str, ...]
    """Of this machine's card printers in the configuration."""
    is_alone: bool
    """The database is a file of this machine: every printer that it knows was this machine's, whatever its name."""
    clock: Clock
    issued: Callable[[str | None, int], Issued | None] = lambda after, limit: None
    """As the centre has it (CentralServer.issued). LinkFailure."""
    name: str = "continuity"
    _behind: bool = field(default=False)
    _asks_centre: bool = field(default=False)
    """Nothing here vouches for the database, as in a new office: the centre is asked before the first card."""
    _asked_after: str | None = None
    _asked: set[str] = field(default_factory=set)
    """A cursor that goes round has nothing new to tell."""
    _failure: str | None = None

    def at_start(self) -> None:
        """Before open cards are concluded, and before a new journal is taken for the one that was known."""
        evidence = self._evidence()
        self._note(weigh(evidence))
        if not self._behind:
            self._asks_centre = evidence.identity is not None and not evidence.is_vouched_for
            if not self._asks_centre:
                self._save_checkpoint()

    def put_back(self) -> None:
        """Somebody has just put a copy in its place."""
        self._note(put_back(self._evidence()))

    def is_behind(self) -> bool:
        """Or not known not to be. The database is asked only while it was: one that is not does not become so."""
        if self._behind:
            self._behind = self.past.behind() is not None
        return self._behind or self._asks_centre

    def step(self) -> float:
        """Keep how far the log has come. While it is behind, what was kept before stays: it is the better witness.

        A server's database can go back under a daemon that runs: it is looked at first.
        """
        if self._asks_centre:
            return self._ask_centre()
        if not self.is_behind():
            kept = self.memory.checkpoint(self.office)
            if kept is not None and self.past.hash_at(kept.sequence) != kept.hash:
                self.at_start()
            else:
                self._save_checkpoint()
        return KEPT_EVERY_SECONDS

    def close(self) -> None:
        """The newest that is known, so that a copy of a minute ago is known for one."""
        with suppress(GiliranError):
            if not self.is_behind():
                self._save_checkpoint()

    def _note(self, behind: Behind | None) -> None:
        if behind is not None:
            self.past.found_behind(behind, self.clock.now())
        found = self.past.behind()
        self._behind = found is not None
        if found is not None:
            logger.critical("{}", in_words(found))

    def _ask_centre(self) -> float:
        """A page: it may know of cards that neither database nor journal does, as where a disk has died."""
        try:
            page = self.issued(self._asked_after, ASKED_AT_ONCE)
        except LinkFailure as failure:
            if str(failure) != self._failure:
                self._failure = str(failure)
                logger.warning("before the first card the centre is asked which ones it knows of: {}", failure)
            return ASKED_EVERY_SECONDS
        if page is not None and any(not self.issuances.of(card.record_id) for card in page.cards):
            self._asks_centre = False
            self._note(unknown_to(self.past.head()))
        elif page is not None and page.more and page.next not in self._asked:
            self._asked.add(page.next)
            self._asked_after = page.next
        else:
            self._asks_centre = False
            self._save_checkpoint()
        return 0.0

    def _save_checkpoint(self) -> None:
        head = self.past.head()
        if head is not None and self.journal.identity() is not None:
            self.memory.save_checkpoint(self.office, head)

    def _evidence(self) -> Evidence:
        kept = self.memory.checkpoint(self.office)
        names = {*self.names, *(self.printers.served() if self.is_alone else ())}
        known = frozenset(known for name in names if (known := self.printers.journal(name)))
        return Evidence(
            head=self.past.head(),
            kept=kept,
            hash_there=None if kept is None else self.past.hash_at(kept.sequence),
            identity=self.journal.identity(),
            known=known,
            newer_tokens=sum(
                verdict_of(self.journal.read(token)) is not Verdict.NO_CARD
                for token in newer(self.jobs, self.memory.tokens())
            ),
        )


def verdict_of(mark: Mark) -> Verdict | None:
    """What the journal alone says of a token that CUPS has no job of any more; None: it cannot tell."""
    judgement = recover(mark, SpoolState.GONE)
    return judgement.verdict if judgement.action is Action.CONCLUDE else None


def newer(jobs: JobStore, tokens: Iterable[Token]) -> list[Token]:
    """Those of attempts that the store does not know, of people whom it knows: others may be another office's."""
    known = jobs.attempts_so_far()
    return [token for token in tokens if token.attempt > known.get(token.record_id, token.attempt)]


def in_words(behind: Behind) -> str:
    """One line: what is behind, since when, what to do."""
    since = "" if behind.since is None else f" since {behind.since:%Y-%m-%d %H:%M} UTC"
    return (
        f"the database is behind{since}, cards may exist that it does not know: {behind.why}. "
        "Nobody is printed until `giliran restore --reconcile`"
    )
