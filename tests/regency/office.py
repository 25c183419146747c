"""What is asked of a regency by those who try it: who leads, what was made."""

from daemon.demo.point import Point
from daemon.demo.stage import Stage


def leader(stage: Stage) -> Point | None:
    """The daemon that runs and said since its start that it leads; None while that is nobody, or not clear."""
    leads = [point for point in stage.points if is_running(point) and _leads(point)]
    return leads[0] if len(leads) == 1 else None


def is_running(point: Point) -> bool:
    """Whether its daemon does."""
    return point.daemon is not None and point.daemon.poll() is None


def made(point: Point) -> list[str]:
    """The job names of the good cards that came out there."""
    return [card.title for printer in point.printers.values() for card in printer.tape() if not card.spoiled]


def has_begun(point: Point) -> bool:
    """Whether its daemon came through its start: from here on it outlives a database that is away."""
    return is_running(point) and "giliran runs for" in point.said_since_start()


def _leads(point: Point) -> bool:
    return "talks to the centre" in point.said_since_start()
