"""The virtual card printer, from the outside: what its operator does to it, and the tape of what it made.

Its folder, which is all that the backend (cardsim_backend.py) and this side share:

    settings.json  {"seconds_per_card": 0.05}
    hopper ribbon  cards and panels left
    fault          the fault to show, if any
    jammed         a jam that nobody has cleared yet
    tape.jsonl     one line a card that physically came out, spoiled ones too: the witness
    cards/         their pictures
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from adapters.folder import folder, write_file

_FOR_THE_BACKEND = 0o644
"""It runs as another user."""


class Fault(StrEnum):
    """What can go wrong with it; each stays until clear()."""

    MEDIA_EMPTY = "media-empty"
    MARKER_SUPPLY_EMPTY = "marker-supply-empty"
    COVER_OPEN = "cover-open"
    """These three: says so and takes nothing."""
    MEDIA_JAM = "media-jam"
    """Takes the data and spoils one card; refuses everything from then on."""
    FIRST_BYTE = "first-byte"
    """Reads one byte and fails without a reason."""
    HANG = "hang"
    """Takes the data and never ends."""
    POWER_CUT = "power-cut"
    """Takes the data and kills itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCard:
    """A line of the tape."""

    number: int
    title: str
    """The job's name in CUPS: our token, or a foreign job's."""
    job: int
    page: int
    started: float
    ended: float
    """Seconds on the machine's monotonic clock, the same for all printers until a reboot."""
    spoiled: bool
    picture: Path
    sha256: str


class VirtualCardPrinter:
    """One machine. Its folder must be one that the backend's user can reach (PrivateCups.printer_folder)."""

    def __init__(self, folder: Path, *, seconds_per_card: float = 2.0, hopper: int = 100, ribbon: int = 1000) -> None:
        self.folder = folder
        (folder / "cards").mkdir(parents=True, exist_ok=True)
        for shared in (folder, folder / "cards"):
            shared.chmod(0o777)  # the backend is another user when CUPS was started by root
        self.set_speed(seconds_per_card)
        with self._stock():
            self._write("hopper", hopper)
            self._write("ribbon", ribbon)
            self._write("ribbon-full", ribbon)

    @property
    def device_uri(self) -> str:
        """For a queue without guard; install_guard puts itself in front."""
        return f"cardsim:{self.folder}"

    def set_speed(self, seconds_per_card: float) -> None:
        """From the next card on."""
        self._replace("settings.json", json.dumps({"seconds_per_card": seconds_per_card}))

    def tape(self) -> list[MadeCard]:
        """Every card that came out, in order."""
        try:
            lines = (self.folder / "tape.jsonl").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        return [self._made(json.loads(line)) for line in lines]

    @property
    def hopper(self) -> int:
        """Cards left in it."""
        return int((self.folder / "hopper").read_text(encoding="utf-8"))

    @property
    def ribbon(self) -> int:
        """Panels left on it."""
        return int((self.folder / "ribbon").read_text(encoding="utf-8"))

    def fill(self, cards: int) -> None:
        """Put that many more into the hopper."""
        with self._stock():
            self._write("hopper", self.hopper + cards)

    def change_ribbon(self, panels: int = 1000) -> None:
        """A new one, of that many cards."""
        with self._stock():
            self._write("ribbon", panels)
            self._write("ribbon-full", panels)

    def fault(self, kind: Fault) -> None:
        """Show it from the next job on."""
        self._replace("fault", kind)

    @property
    def is_jammed(self) -> bool:
        """Whether a spoiled card lies in it."""
        return (self.folder / "jammed").exists()

    @property
    def is_busy(self) -> bool:
        """Whether a backend has the device."""
        try:
            with (self.folder / "device.lock").open(encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def clear(self) -> None:
        """The operator has seen to it: no fault any more. The hopper is filled by fill()."""
        for name in ("fault", "jammed"):
            (self.folder / name).unlink(missing_ok=True)

    def _made(self, entry: dict[str, Any]) -> MadeCard:
        return MadeCard(**{**entry, "picture": self.folder / entry["picture"]})

    @contextmanager
    def _stock(self) -> Iterator[None]:
        with folder(self.folder) as here:
            lock = here.open_shared("stock.lock", make=True)
        try:
            os.chmod(lock, 0o666)  # noqa: S103 - shared with the backend
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, name: str, count: int) -> None:
        self._replace(name, str(count))

    def _replace(self, name: str, text: str) -> None:
        write_file(self.folder / name, text.encode(), mode=_FOR_THE_BACKEND)
