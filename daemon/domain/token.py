"""The token: the name under which one authorised card is known to CUPS, to the guard and to us."""

import re
from dataclasses import dataclass

RECORD_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What the centre may use as a record's id (CONTRACT.md section 4)."""

_TOKEN = re.compile(rf"giliran:(?P<record_id>{RECORD_ID.pattern}):(?P<attempt>[1-9][0-9]{{0,8}})")


@dataclass(frozen=True, slots=True, order=True)
class Token:
    """One authorised card: of this record, the attempt with this number, counted from 1."""

    record_id: str
    attempt: int

    def __str__(self) -> str:
        return f"giliran:{self.record_id}:{self.attempt}"


def parse_token(text: str) -> Token | None:
    """The token in a CUPS job name, or None if the job is not ours."""
    match = _TOKEN.fullmatch(text)
    return Token(match["record_id"], int(match["attempt"])) if match else None
