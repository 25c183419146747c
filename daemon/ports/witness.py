"""Those who vouch for the log, and what this office vouches for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from daemon.domain.errors import Rejected, Retryable
from daemon.domain.note import VerifierKey
from daemon.domain.witness import Request


class OtherSize(Rejected):
    """The witness cosigned another size last."""

    def __init__(self, size: int) -> None:
        super().__init__(f"it cosigned {size:,} entries last")
        self.size = size


class WitnessUnreachable(Retryable):
    """No answer, or none that is a witness's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cosignature:
    """A witness's, verified."""

    at: datetime
    line: str
    """As it is added to the checkpoint, with its new line."""


class Witness(Protocol):
    """Somebody elsewhere who vouches that the log only grew."""

    name: str
    """For people."""

    @property
    def key(self) -> VerifierKey:
        """What it cosigns with."""
        ...

    def cosignature(self, checkpoint: str) -> Cosignature | None:
        """The one that the checkpoint bears. None: it has none that is right. Rejected when it is no checkpoint."""
        ...


class ReachableWitness(Witness, Protocol):
    """One that can be asked over a line."""

    def add_checkpoint(self, request: Request) -> Cosignature:
        """Ask for a cosignature. OtherSize; Rejected: it refuses; WitnessUnreachable."""
        ...

    def close(self) -> None:
        """Whatever is open."""
        ...


class CarriedRequests(Protocol):
    """What somebody carries to witnesses and back."""

    def answer(self, key: VerifierKey) -> str | None:
        """What came back from the witness with this key. None: nothing so far. Retryable."""
        ...

    def ask(self, key: VerifierKey, request: str) -> bool:
        """Give this along, in place of the one before; False: nobody takes it now. Retryable."""
        ...
