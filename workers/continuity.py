"""Holds the database against what outlives it: at every start before anything is printed, then kept up now and then."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.continuity import Behind, Evidence, put_back, weigh
from daemon.domain.token import Token
from daemon.ports import Clock, GuardJournal, JobStore, Memory, PastStore, PrinterStore

KEPT_EVERY_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Continuity:
    """Nobody is printed on a database that is behind, until `giliran restore --reconcile`."""

    office: str
    past: PastStore
    memory: Memory
    journal: GuardJournal
    jobs: JobStore
    printers: PrinterStore
    names: tuple[str, ...]
    """Of this machine's card printers."""
    clock: Clock
    name: str = "continuity"
    patience_seconds: float = 45.0
    _behind: bool = field(default=False)

    def at_start(self) -> None:
        """Before open cards are settled, and before a new journal is taken for the one that was known."""
        behind = weigh(self._evidence())
        if behind is not None:
            self.past.found_behind(behind, self.clock.now())
        found = self.past.behind()
        self._behind = found is not None
        if found is None:
            self._keep()
        else:
            logger.critical("{}", in_words(found))

    def put_back(self) -> None:
        """Somebody has just put a copy in its place."""
        self.past.found_behind(put_back(self._evidence()), self.clock.now())

    def is_behind(self) -> bool:
        """The database is asked only while it was: one that is not does not become so under a running daemon."""
        if self._behind:
            self._behind = self.past.behind() is not None
        return self._behind

    def step(self) -> float:
        """Keep how far the log has come. While it is behind, what was kept before stays: it is the better witness.

        A server's database can go back under a daemon that runs: it is looked at first.
        """
        if not self.is_behind():
            kept = self.memory.checkpoint(self.office)
            if kept is not None and self.past.hash_at(kept.sequence) != kept.hash:
                self.at_start()
            else:
                self._keep()
        return KEPT_EVERY_SECONDS

    def close(self) -> None:
        """Nothing belongs to the thread."""

    def _keep(self) -> None:
        head = self.past.head()
        if head is not None and self.journal.identity() is not None:
            self.memory.keep(self.office, head)

    def _evidence(self) -> Evidence:
        kept = self.memory.checkpoint(self.office)
        known = frozenset(known for name in self.names if (known := self.printers.journal(name)))
        return Evidence(
            head=self.past.head(),
            kept=kept,
            hash_there=None if kept is None else self.past.hash_at(kept.sequence),
            identity=self.journal.identity(),
            known=known,
            newer_tokens=len(newer(self.jobs, self.memory.tokens())),
        )


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
