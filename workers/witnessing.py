"""Asks those who vouch for the log to cosign its newest head. Nobody waits for that, and a narrow line first serves
cards."""

from collections.abc import Callable
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.errors import Fatal, Rejected
from daemon.ports import (
    CarriedRequests,
    Clock,
    Cosignature,
    KeptCheckpoint,
    LogTree,
    OtherSize,
    ReachableWitness,
    Witness,
    WitnessUnreachable,
)
from daemon.queries.tree import cosigned, request_to_cosign, take_in
from workers.backoff import Backoff
from workers.centre.priority import Priority, Rank
from workers.runner import Loop, Pause, pause
from workers.situation import Situation, Topic

EVERY_SECONDS = 60.0
"""As often as there are new heads."""
BUSY_SECONDS = 2.0
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 60.0, 3600.0
"""A witness that does not answer, or refuses, is asked again after this, then after twice as long, and so on."""


@dataclass(slots=True, kw_only=True)
class _Progress:
    """What is known of one witness."""

    witness: ReachableWitness
    size: int | None = None
    """That it cosigned last; None: not looked up yet."""
    not_before: float = 0.0
    """Monotonic."""
    backoff: Backoff = field(
        default_factory=lambda: Backoff(first_seconds=FIRST_RETRY_SECONDS, longest_seconds=LONGEST_RETRY_SECONDS)
    )
    trouble: str | None = None
    """Told last."""


@dataclass(slots=True, kw_only=True)
class Witnessing(Loop):
    """One request a step."""

    tree: LogTree
    witnesses: tuple[ReachableWitness, ...]
    situation: Situation
    clock: Clock
    priority: Priority = field(default_factory=Priority)
    is_behind: Callable[[], bool] = lambda: False
    name: str = "witnessing"
    _progress: tuple[_Progress, ...] = ()

    def __post_init__(self) -> None:
        self._progress = tuple(_Progress(witness=witness) for witness in self.witnesses)

    def step(self) -> float | Pause:
        """The next witness that lacks the newest head."""
        if not self.situation.link.state.lets_cards_start or self.is_behind():
            return pause(EVERY_SECONDS, Topic.LINK)
        newest = self.tree.newest()
        if newest is None:
            return EVERY_SECONDS
        for progress in self._progress:
            if progress.size is None:
                last = cosigned(self.tree, progress.witness)
                progress.size = 0 if last is None else last[0]
            if progress.size < newest.size and self.clock.monotonic() >= progress.not_before:
                if self.priority.must_wait(Rank.HEADS):
                    return BUSY_SECONDS
                self._ask(progress, newest)
                return 0.0
        return EVERY_SECONDS

    def _ask(self, progress: _Progress, head: KeptCheckpoint) -> None:
        """Where the witness knows more or less of the log than is known here, once again from there."""
        assert progress.size is not None, "it was looked up"
        size = head.size
        try:
            try:
                found = self._add_checkpoint(progress.witness, head, progress.size)
            except OtherSize as other:
                if other.size > size:
                    raise
                found = self._add_checkpoint(progress.witness, head, other.size)
        except OtherSize as other:
            self._failed(progress, f"{other}, and here are {size:,}: this log goes on from an older copy")
        except (Rejected, WitnessUnreachable, Fatal) as failure:  # Fatal: the log lacks entries
            self._failed(progress, str(failure))
        else:
            self.tree.add_cosignature(size, found.line)
            progress.size = size
            progress.backoff.succeeded()
            if progress.trouble is not None:
                logger.info("{} cosigns the log again", progress.witness.name)
            progress.trouble = None

    def _add_checkpoint(self, witness: ReachableWitness, head: KeptCheckpoint, old_size: int) -> Cosignature:
        return witness.add_checkpoint(request_to_cosign(self.tree, head, old_size))

    def _failed(self, progress: _Progress, why: str) -> None:
        """Told once, until it is another trouble."""
        if why != progress.trouble:
            logger.warning("{} did not cosign the log: {}; asked again", progress.witness.name, why)
        progress.trouble = why
        progress.not_before = self.clock.monotonic() + progress.backoff.failed()


CARRIED_SECONDS, CARRIED_AGAIN_SECONDS = 15.0, 900.0
"""A carrier's stick is looked at so often, and written to again after so long: its memory wears out."""


@dataclass(slots=True, kw_only=True)
class CarriedWitnessing(Loop):
    """The same for witnesses to whom somebody carries the request, and brings the answer from."""

    tree: LogTree
    witnesses: tuple[Witness, ...]
    carried: CarriedRequests
    clock: Clock
    is_behind: Callable[[], bool] = lambda: False
    name: str = "carried-witnessing"
    _answers: dict[str, str] = field(default_factory=dict)
    """Looked at last, by witness."""
    _not_before: dict[str, float] = field(default_factory=dict)
    """Monotonic, by witness."""

    def step(self) -> float:
        """First what came back, so that no more is asked than has to be."""
        if self.is_behind():
            return EVERY_SECONDS
        for witness in self.witnesses:
            self._take_in(witness)
            self._ask(witness)
        return CARRIED_SECONDS

    def _take_in(self, witness: Witness) -> None:
        answer = self.carried.answer(witness.key)
        if answer is None or answer == self._answers.get(witness.name):
            return
        self._answers[witness.name] = answer
        size = take_in(self.tree, witness, answer)
        if size is None:
            logger.warning("what was carried from {} is no cosignature of a head that is kept", witness.name)
        else:
            logger.info("{} cosigned {:,} entries, as was carried here", witness.name, size)

    def _ask(self, witness: Witness) -> None:
        head = self.tree.newest()
        if head is None or self.clock.monotonic() < self._not_before.get(witness.name, 0.0):
            return
        last = cosigned(self.tree, witness)
        old_size = 0 if last is None else last[0]
        if old_size < head.size and self.carried.ask(witness.key, request_to_cosign(self.tree, head, old_size).text):
            self._not_before[witness.name] = self.clock.monotonic() + CARRIED_AGAIN_SECONDS
