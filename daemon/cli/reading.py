"""Small texts that people hand in: a file, or `-` for stdin."""

import sys
from pathlib import Path

from daemon.domain.errors import Rejected


def read_text(file: Path, what: str, most_bytes: int) -> str:
    """`what` it is to be, for whoever hands in something else. Rejected."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(most_bytes + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(most_bytes + 1)
        if len(content) > most_bytes:
            raise Rejected(f"{file}: this is no {what}: it is too long")
        return content.decode()
    except OSError as error:
        raise Rejected(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Rejected(f"{file}: this is no {what}: it is not text") from error
