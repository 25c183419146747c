"""CUPS and the guard in front of its devices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from daemon.domain.dispatch import Unfit
from daemon.domain.errors import Rejected, Retryable
from daemon.domain.queue_access import QueueAccess
from daemon.domain.recovery import Mark, SpoolState
from daemon.domain.supply import Consumable
from daemon.domain.token import Token


class SpoolerUnreachable(Retryable):
    """CUPS does not answer."""


class SpoolerRefused(Rejected):
    """CUPS refused what was asked (no such queue, not accepting, too many jobs)."""


class NoSuchQueue(SpoolerRefused):
    """CUPS has no queue of that name; the message names those that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpoolJob:
    """A job in CUPS. Its number may be given twice; number and uuid together are unique."""

    number: int
    uuid: str
    name: str
    state: SpoolState
    message: str | None = None
    """job-printer-state-message: what filter and backend said last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStatus:
    """A CUPS queue as CUPS describes it."""

    stopped: bool
    accepting: bool
    reasons: frozenset[str]
    """printer-state-reasons, plain (daemon.domain.recovery.plain_reasons)."""
    message: str
    device_uri: str
    driver: str
    """printer-make-and-model."""

    @property
    def guarded(self) -> bool:
        """Whether the guard stands in front of the device."""
        return self.device_uri.startswith("giliran:/")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignJob:
    """A job that somebody else sent to a guarded queue, and that CUPS has started."""

    queue: str
    number: int
    user: str


class Spooler(Protocol):
    """CUPS. Safe to use from several threads. SpoolerUnreachable, SpoolerRefused."""

    def queue(self, queue: str) -> QueueStatus:
        """The queue now. Leaks memory in pycups: call it rarely."""
        ...

    def unfit(self, queue: str) -> frozenset[Unfit]:
        """Why this queue is to be given no card behind its guard. Leaks memory in pycups: call it rarely."""
        ...

    def consumables(self, queue: str) -> tuple[Consumable, ...]:
        """Ribbon, film and the like, as far as the printer tells (PWG 5100.9 marker-levels). Call it rarely, too."""
        ...

    def submit_held(
        self, queue: str, token: Token, document: bytes, options: Mapping[str, str], *, guarded: bool
    ) -> SpoolJob:
        """Create a held job named by the token; checked afterwards: name, held, one document.

        `guarded`: CUPS gets the token's name alone. The PDF stays here, in memory, for the queue's guard to fetch
        until it is retracted. Otherwise the whole PDF is sent.
        """
        ...

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        """These are likely to be submitted next there: behind a guard they may be made ready for the device before
        that. They take the place of those that were expected."""
        ...

    def retract(self, token: Token) -> None:
        """No guard gets this token's document from now on. None that is there any more is fine."""
        ...

    def on_foreign(self, may_pass: Callable[[ForeignJob], bool]) -> None:
        """From now on the guards ask this whether somebody else's job may have a blank. Until then: no."""
        ...

    def release(self, job: SpoolJob) -> None:
        """Let CUPS print it."""
        ...

    def find(self, token: Token, number: int | None = None) -> SpoolJob | None:
        """Our job of that name, whatever its number; with `number` that one is looked at first."""
        ...

    def ours(self) -> list[SpoolJob]:
        """All jobs of ours (named by a token) that CUPS has, finished ones too: those keep their document."""
        ...

    def purge(self, job: SpoolJob) -> None:
        """Cancel it if it is not finished, and delete its document and history. Gone already is fine."""
        ...


class QueueControl(Protocol):
    """What an operator may want of CUPS's queues. SpoolerUnreachable, SpoolerRefused, NoSuchQueue."""

    def let_print(self, queue: str) -> tuple[str, ...]:
        """Where CUPS has stopped it, or takes no jobs for it: end that. The commands that do the same, if any was
        needed. SpoolerRefused where this user may not."""
        ...

    def access(self, queue: str) -> QueueAccess:
        """Who may print there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueEvent:
    """CUPS says that something happened to a queue or a job in it."""

    queue: str
    stopped: bool | None = None
    accepting: bool | None = None
    reasons: frozenset[str] | None = None
    """Plain printer-state-reasons, when the event carries them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNews:
    """What CUPS told since it was asked last."""

    events: tuple[QueueEvent, ...] = ()
    missed: bool = False
    """There may have been others: read the state afresh. So it is at the first call."""
    cups_was_gone: bool = False
    """CUPS ended in between: what it did with its jobs then is not known, nor is what it did before the first call. A
    lost subscription is no sign of it."""
    silent: str | None = None
    """Why CUPS tells nothing; while it does not, read the state now and then."""


class SpoolerEvents(Protocol):
    """CUPS's notifications, a convenience. Used by one thread. SpoolerUnreachable."""

    def poll(self) -> QueueNews:
        """What happened since the last call."""
        ...

    def close(self) -> None:
        """Give the subscription back."""
        ...


class GuardJournal(Protocol):
    """The guard's journal: one file per token, made by whoever is first."""

    def identity(self) -> str | None:
        """Tells this journal from any other in its place; None when there is none. Fatal, too, when it is not the one
        that is expected."""
        ...

    def expect(self, identity: str | None) -> None:
        """From now on a journal of another identity is Fatal to ask: what it does not know may have happened."""
        ...

    def read(self, token: Token) -> Mark:
        """What the journal says now. Fatal if the journal cannot be read."""
        ...

    def on_end(self, token: Token, tell: Callable[[], None]) -> None:
        """Call `tell` once, from another thread, when guard and real backend of a token that has begun are gone. Where
        the file system cannot tell, it never does: look now and then, too."""
        ...

    def void(self, token: Token) -> Mark:
        """Take the token back if nobody has it: VOIDED then, otherwise what stands there. Durable on return."""
        ...

    def tidy(self) -> int:
        """Delete what a power cut left of unfinished entries, how many; never a token. Fatal."""
        ...
