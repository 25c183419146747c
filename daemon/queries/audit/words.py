"""What the order of turns has against an entry, as people are told of it."""

from daemon.domain.line import Violation
from daemon.domain.order import Turn
from daemon.queries.fairness import Contradiction


def in_words(found: Violation | Contradiction) -> str:
    """One line."""
    if isinstance(found, Contradiction):
        return str(found)
    started = _turn(found.started)
    if found.passed_over is None:
        return f"log #{found.sequence}: {started} was started, though the rules of the order held everybody back"
    passed_over = _turn(found.passed_over)
    return (
        f"log #{found.sequence}: {started} was started, though {passed_over} {_comes_first(found)} and was ready since"
        f" #{found.ready_since}"
    )


def _comes_first(found: Violation) -> str:
    is_earlier = found.passed_over is not None and found.passed_over < found.started
    return "is earlier" if is_earlier else "comes first by the rules"


def _turn(turn: Turn) -> str:
    return f"{turn.record_id} (recorded {turn.recorded_at.isoformat()})"
