"""Tells the centre of every card that was made, until it acknowledges.

A centre that refuses a report as a whole may mean one card in it. So the next report holds half as many, down to a
single one; who is refused alone while others are accepted becomes work for a person, and the rest goes on. A centre
that takes nothing at all is asked a few times every five minutes, and nobody's card is given up for that.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from loguru import logger

from daemon.domain.errors import Rejected
from daemon.domain.token import Token
from daemon.ports import CentralServer, Clock, Issuance, IssuanceStore, LinkFailure
from workers.centre.priority import Priority, Rank
from workers.runner import PATIENCE_SECONDS, Loop, Pause, pause
from workers.situation import Situation, Topic

BATCH = 100
IDLE = pause(5.0, Topic.LINK, Topic.TURN)
AFTER_FAILURE_SECONDS = 15.0
AFTER_REFUSAL_SECONDS = 300.0
AFTER_SILENCE_SECONDS = 60.0
"""A centre that says neither yes nor no to a card is asked again; one that answers by courier does so for days."""
REFUSED_ALONE = 10
"""So many in a row, and it is the centre that takes nothing now."""
ROUNDS = 3
"""So often every card that is due was refused alone: then it is a person's turn."""


@dataclass(slots=True, kw_only=True)
class IssuanceReport(Loop):
    """The outbox, emptied in batches under a key that stays the same until the centre has answered."""

    central: CentralServer
    issuances: IssuanceStore
    situation: Situation
    clock: Clock
    on_failure: Callable[[LinkFailure], None]
    priority: Priority = field(default_factory=Priority)
    name: str = "issuance-report"
    patience_seconds: float = PATIENCE_SECONDS
    is_behind: Callable[[], bool] = lambda: False
    """Whether the database has forgotten what the centre was told: then nothing is reported."""
    _most: int = BATCH
    _suspects: dict[Token, str] = field(default_factory=dict)
    """Refused alone since the centre accepted anything, with its words."""
    _rounds: int = 0
    _unanswered: set[Token] = field(default_factory=set)
    """Of which the centre said neither yes nor no: the others go first, and then they are asked for again."""
    _ask_again_at: float = 0.0
    """Monotonic."""

    def step(self) -> float | Pause:
        """Deliver one batch."""
        if not self.situation.link.state.lets_cards_start or self.is_behind():
            return IDLE
        batch = self.issuances.due(self._most, frozenset(self._suspects) | self._unanswered)
        if batch is None and self._unanswered:
            if self.clock.monotonic() >= self._ask_again_at:
                self._unanswered.clear()
            return IDLE
        if batch is None:
            return self._end_round() if self._suspects else IDLE
        key, issuances = batch
        try:
            with self.priority.held(Rank.OUTCOMES):
                receipt = self.central.report(issuances, key)
        except LinkFailure as failure:
            self.on_failure(failure)
            return pause(AFTER_FAILURE_SECONDS, Topic.LINK)
        except Rejected as refusal:
            return self._refused(key, issuances, str(refusal))
        self.issuances.acknowledged(key, receipt, self.clock.now())
        for record_id, reason in receipt.rejected.items():
            logger.bind(record_id=record_id).warning("the centre rejects the card of {}: {}", record_id, reason)
        answered = receipt.accepted | receipt.rejected.keys()
        if not self._unanswered:
            self._ask_again_at = self.clock.monotonic() + AFTER_SILENCE_SECONDS
        self._unanswered |= {issuance.token for issuance in issuances if issuance.record_id not in answered}
        if not answered:
            return 0.0
        self._give_up_suspects()
        self._most, self._rounds = min(BATCH, self._most * 2), 0
        return 0.0

    def _refused(self, key: str, issuances: list[Issuance], refusal: str) -> float:
        self.issuances.refused(key)
        if len(issuances) > 1:
            logger.warning("{}; it is reported in smaller parts", refusal)
            self._most = len(issuances) // 2
            return 0.0
        self._suspects[issuances[0].token] = refusal
        if len(self._suspects) % REFUSED_ALONE:
            return 0.0
        return self._wait("the centre takes no report now")

    def _end_round(self) -> float:
        """Everything that is due was refused alone, and nothing was accepted."""
        self._rounds += 1
        if self._rounds == ROUNDS:
            self._give_up_suspects()
            return 0.0
        self._suspects.clear()
        return self._wait("the centre refuses every card that is reported")

    def _wait(self, what: str) -> float:
        logger.error("{}; all are kept, and reported again in {:.0f} minutes", what, AFTER_REFUSAL_SECONDS / 60)
        return AFTER_REFUSAL_SECONDS

    def _give_up_suspects(self) -> None:
        """A person has to clear it up."""
        for token, reason in self._suspects.items():
            self.issuances.reject(token, reason, self.clock.now())
            logger.bind(record_id=token.record_id).warning("the centre rejects the card of {}: {}", token, reason)
        self._suspects.clear()
