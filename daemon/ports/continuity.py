"""What a database says of its own age, and what outlives it."""

from datetime import datetime
from typing import Protocol

from daemon.domain.continuity import Behind, Checkpoint
from daemon.domain.token import Token


class PastStore(Protocol):
    """How far the database's log goes, and whether it is known to be behind."""

    def head(self) -> Checkpoint | None:
        """The newest entry of the log."""
        ...

    def hash_at(self, sequence: int) -> str | None:
        """Of that entry of the log; None when there is none."""
        ...

    def behind(self) -> Behind | None:
        """As it was found, until it is reconciled."""
        ...

    def found_behind(self, behind: Behind, at: datetime) -> None:
        """Keep it (logged); found again, it stays as it was."""
        ...

    def reconciled(self, *, reason: str, at: datetime, actor: str) -> None:
        """It is behind no more (logged): what is known was brought in, and a person answered for the rest."""
        ...

    def untold(self) -> list[Token]:
        """Cards that the centre has not acknowledged, as far as this database knows; oldest first."""
        ...

    def mark_reported(self, token: Token, at: datetime) -> None:
        """The centre knows of this card from before: it is not told anew."""
        ...


class Memory(Protocol):
    """What lies beside the guard's journal and outlives the database."""

    def tokens(self) -> list[Token]:
        """Of every card that was started or taken back here. Fatal."""
        ...

    def checkpoint(self, office: str) -> Checkpoint | None:
        """What was kept last; None: nothing, or not readable."""
        ...

    def save_checkpoint(self, office: str, checkpoint: Checkpoint) -> None:
        """Durably, in place of the last. Fatal."""
        ...

    def signed_head(self, origin: str) -> str | None:
        """The newest head of this log that was signed here, as a checkpoint; None: none, or not readable."""
        ...

    def save_signed_head(self, origin: str, checkpoint: str) -> None:
        """Durably, in place of the last. Fatal."""
        ...
