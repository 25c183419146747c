"""Requests to witnesses and their answers in the pack's folder: as they are, since they say nothing of anybody.

`giliran-OFFICE/log/KEY-ID.add-checkpoint` goes along, `KEY-ID.cosignature` comes back. Nothing of it is followed or
trusted: an answer counts by its signature alone.
"""

from pathlib import Path

from adapters.folder import folder
from daemon.domain.errors import Retryable
from daemon.domain.note import MOST_BYTES, VerifierKey

_LOG = "log"
_READABLE = 0o644


class StickOfWitnesses:
    """The CarriedRequests port, on a carrier's stick; it may be absent at any moment."""

    def __init__(self, stick: Path, *, office: str) -> None:
        self._stick = stick
        self._mine = f"giliran-{office}"

    def answer(self, key: VerifierKey) -> str | None:
        """None: there is none, or no stick."""
        try:
            with folder(self._stick, self._mine, _LOG) as here:
                return here.read(f"{key.id.hex()}.cosignature", MOST_BYTES).decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Retryable(f"{self._stick / self._mine / _LOG}: a witness's answer cannot be read: {error}") from error

    def ask(self, key: VerifierKey, request: str) -> bool:
        """False: there is no stick with a folder for this office."""
        name = f"{key.id.hex()}.add-checkpoint"
        try:
            with folder(self._stick, self._mine):
                pass
        except OSError:
            return False
        try:
            with folder(self._stick, self._mine, _LOG, make=True) as here:
                here.write(name, request.encode(), mode=_READABLE)
        except OSError as error:
            raise Retryable(f"{self._stick / self._mine / _LOG}: nothing can be written: {error.strerror}") from error
        return True
