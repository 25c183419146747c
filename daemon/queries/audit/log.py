"""What is read off the log alone, in a process of its own where the log is long: its tree, counts, the ledger."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from daemon.domain.log import LogEntry
from daemon.domain.report import LogStamp
from daemon.ports import Store
from daemon.queries.audit.accounts import Accounts
from daemon.queries.audit.tree import Outside, Tree
from daemon.queries.fairness import whole_log


@dataclass(frozen=True, slots=True, kw_only=True)
class LogResult:
    """What was found; as in AuditResult."""

    entries: int
    last: LogStamp | None
    checkpoints: int
    of_tree: tuple[str, ...]
    of_accounts: tuple[str, ...]
    paper: str | None


def check_log(reopen: Callable[[], Store], known: Outside | None) -> LogResult:
    """All of it, in another process."""
    with closing(reopen()) as store:
        log = Log(store, known)
        for entry in whole_log(store.log):
            log.add(entry)
        return log.result()


class Log:
    """Followed entry by entry."""

    def __init__(self, store: Store, known: Outside | None) -> None:
        self._tree = Tree(store.tree, known)
        self._accounts = Accounts(store)

    def add(self, entry: LogEntry) -> None:
        """The next entry."""
        self._tree.add(entry)
        self._accounts.add(entry)

    def result(self) -> LogResult:
        """After the last entry."""
        return LogResult(
            entries=self._tree.entries,
            last=self._tree.last,
            checkpoints=self._tree.held,
            of_tree=tuple(self._tree.check()),
            of_accounts=tuple(self._accounts.check()),
            paper=self._tree.against_paper(),
        )
