"""What people are told when a command could not be carried out: what, and what to do."""

from collections.abc import Mapping

from daemon.domain.errors import (
    GiliranError,
    IllegalMove,
    LostRace,
    Overdrawn,
    Retryable,
    UnknownRecord,
)

COULD_NOT = 1
WRONG = 2


class ReaderLeft(Exception):
    """Nobody reads our stdout any more."""


_ADVICE: Mapping[type[GiliranError], str] = {
    UnknownRecord: "check the id, or see who is in line: giliran queue",
    IllegalMove: "see where it stands: giliran job show RECORD",
    LostRace: "look again and repeat: giliran job show RECORD",
    Overdrawn: "see what lies where: giliran blanks balance",
    Retryable: "try again in a moment",
}
"""Used when the message itself does not say what to do."""


def lines_about(error: GiliranError | OSError, record: str | None = None) -> tuple[int, list[str]]:
    """The exit status and the lines for stderr; `record`: whom it is about, if the message does not say."""
    problems = getattr(error, "problems", None)
    if problems:
        return WRONG, [str(problem) for problem in problems]
    if isinstance(error, OSError):
        return COULD_NOT, [f"giliran: {_about_file(error)}"]
    about = "" if record is None or record in str(error) else f"{record}: "
    return COULD_NOT, [f"giliran: {about}{_one_line(str(error))}{_advice(error)}"]


def _about_file(error: OSError) -> str:
    what = error.strerror or str(error) or type(error).__name__
    advice = "; check the path and who may use it"
    return f"{error.filename}: {what}{advice}" if error.filename else _one_line(what)


def _advice(error: GiliranError) -> str:
    said = str(error)
    if ";" in said or "giliran " in said:
        return ""
    for kind, advice in _ADVICE.items():
        if isinstance(error, kind):
            return f"; {advice}"
    return ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
