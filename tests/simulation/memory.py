"""What lies beside the guard's journal and goes with its disk; and the journal as a command sees it, not the daemon."""

from collections.abc import Callable
from dataclasses import dataclass

from daemon.domain.continuity import Checkpoint
from daemon.domain.errors import Fatal
from daemon.domain.recovery import Mark
from daemon.domain.token import Token, parse_token
from tests.simulation.guard import Journal


@dataclass(frozen=True, slots=True)
class SimulatedMemory:
    """The Memory port."""

    journal: Journal

    def tokens(self) -> list[Token]:
        """In order."""
        found = (parse_token(name) for name in self.journal.names())
        return sorted((token for token in found if token), key=lambda token: (token.record_id, token.attempt))

    def checkpoint(self, office: str) -> Checkpoint | None:
        """What was kept last."""
        return self.journal.checkpoints.get(office)

    def save_checkpoint(self, office: str, checkpoint: Checkpoint) -> None:
        """In place of the last."""
        if self.journal.is_full:
            raise Fatal("the guard's journal cannot be written")
        self.journal.checkpoints[office] = checkpoint

    def signed_head(self, origin: str) -> str | None:
        """What was signed last."""
        return self.journal.signed_heads.get(origin)

    def save_signed_head(self, origin: str, checkpoint: str) -> None:
        """In place of the last."""
        if self.journal.is_full:
            raise Fatal("the guard's journal cannot be written")
        self.journal.signed_heads[origin] = checkpoint


@dataclass(frozen=True, slots=True)
class JournalAtHand:
    """The GuardJournal port of a command: it expects no journal but the one that is there."""

    journal: Journal

    def identity(self) -> str:
        """The folder's."""
        return self.journal.there

    def expect(self, identity: str | None) -> None:
        """A command does not live long enough."""

    def read(self, token: Token) -> Mark:
        """What stands there."""
        return self.journal.look(token)

    def on_end(self, token: Token, tell: Callable[[], None]) -> None:
        """A command does not wait."""

    def void(self, token: Token) -> Mark:
        """First come."""
        return self.journal.take_back(token)

    def tidy(self) -> int:
        """Nothing is left unfinished here."""
        return 0
