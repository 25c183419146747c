#!/usr/bin/python3 -IS
"""The virtual card printer's CUPS backend: turns the raster it gets into cards (PNG) at a card printer's pace.

Standard library alone: CUPS runs a copy of this file. Device URI: `cardsim:/FOLDER`; the folder is described in
card_printer.py, which is the side of the operator and of the tests. One page is one card.
"""

# ruff: noqa: TID251 - a machine of its own, outside the service and its clock

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import struct
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

REFUSES_AT_ONCE = ("cover-open", "media-empty", "marker-supply-empty")
JAM = "media-jam"

EXIT_OK, EXIT_FAILED = 0, 1

_RASTER = b"3SaR" if sys.byteorder == "little" else b"RaS3"
_HEADER_BYTES = 1796
_WIDTH, _HEIGHT, _BITS_PER_PIXEL, _BYTES_PER_LINE = 372, 376, 388, 392
"""Offsets in cups_page_header2_t (cups/raster.h)."""

_MESSAGES = {
    "cover-open": "the cover is open",
    "media-empty": "the hopper is empty",
    "marker-supply-empty": "the ribbon is used up",
    JAM: "a card is jammed",
}


class _Printer:
    """The machine: its folder, and whether CUPS has asked us to stop."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.stopping = False
        signal.signal(signal.SIGTERM, self._stop)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def path(self, name: str) -> str:
        return os.path.join(self.folder, name)

    def text(self, name: str) -> str:
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        with open(self.path(name), "a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def refusal(self) -> str | None:
        """The reason for which no card is started now."""
        fault = self.text("fault")
        if os.path.exists(self.path("jammed")):
            return JAM
        if fault in REFUSES_AT_ONCE:
            return fault
        for count, reason in (("hopper", "media-empty"), ("ribbon", "marker-supply-empty")):
            if int(self.text(count) or 0) <= 0:
                return reason
        return None

    def ribbon_percent(self) -> int:
        """What is left of it."""
        return 100 * int(self.text("ribbon") or 0) // (int(self.text("ribbon-full") or 0) or 1000)

    def feed(self) -> None:
        """One card out of the hopper, one panel off the ribbon."""
        with self.locked("stock.lock"):
            for count in ("hopper", "ribbon"):
                left = int(self.text(count) or 0) - 1
                with open(self.path(count + ".new"), "w", encoding="utf-8") as file:
                    file.write(str(left))
                os.replace(self.path(count + ".new"), self.path(count))

    def record(self, entry: dict[str, object], png: bytes) -> None:
        """A card is out: its picture, then its line on the tape, synced."""
        try:
            with open(self.path("tape.jsonl"), "rb") as tape:
                number = sum(1 for _ in tape) + 1
        except FileNotFoundError:
            number = 1
        picture = f"cards/{number:05d}.png"
        with open(self.path(picture), "wb") as file:
            file.write(png)
        line = {"number": number, "picture": picture, "sha256": hashlib.sha256(png).hexdigest(), **entry}
        with open(self.path("tape.jsonl"), "ab") as tape:
            tape.write(json.dumps(line).encode() + b"\n")
            tape.flush()
            os.fsync(tape.fileno())


def main(argv: list[str]) -> int:
    """A backend's arguments: job-id user title copies options [file]."""
    if len(argv) == 1:
        return EXIT_OK
    os.umask(0o022)
    printer = _Printer(os.environ["DEVICE_URI"].partition(":")[2])
    with printer.locked("device.lock"):
        return print_job(printer, argv)


def print_job(printer: _Printer, argv: list[str]) -> int:
    """The machine is ours alone."""
    refusal = printer.refusal()
    if refusal:
        return fail(refusal)
    say("STATE: -" + ",".join(f"{reason}-error" for reason in _MESSAGES))
    say(f"ATTR: marker-names=Ribbon marker-types=inkRibbon marker-levels={printer.ribbon_percent()}")
    fault = printer.text("fault")
    with open(argv[6], "rb") if len(argv) > 6 else sys.stdin.buffer as data:
        if fault == "first-byte":
            data.read(1)
            say("ERROR: the printer went away")
            return EXIT_FAILED
        job = data.read()
    say("INFO: has the data")
    if fault == "power-cut":
        os.kill(os.getpid(), signal.SIGKILL)
    while fault == "hang" and not printer.stopping:
        time.sleep(0.05)
    for page, png in enumerate(pages(job), start=1):
        refusal = printer.refusal()
        if refusal:
            return fail(refusal)
        if printer.stopping:
            return EXIT_FAILED
        say(f"INFO: printing card {page}")
        spoiled = make_card(printer, {"title": argv[3], "job": int(argv[1]), "page": page}, png, fault)
        if spoiled:
            return fail(JAM)
        say(f"PAGE: {page} 1")
    return EXIT_OK


def make_card(printer: _Printer, entry: dict[str, object], png: bytes, fault: str) -> bool:
    """Whether it was spoiled. Once fed, a card comes out whatever CUPS wants."""
    started = time.monotonic()
    printer.feed()
    over = started + float(json.loads(printer.text("settings.json"))["seconds_per_card"])
    while time.monotonic() < over:  # a signal must not shorten it
        time.sleep(max(0.0, over - time.monotonic()))
    spoiled = fault == JAM
    if spoiled:
        with open(printer.path("jammed"), "w", encoding="utf-8"):
            pass
    timing: dict[str, object] = {"started": started, "ended": time.monotonic(), "spoiled": spoiled}
    printer.record({**entry, **timing}, png)
    return spoiled


def fail(reason: str) -> int:
    """Say why, as a real backend does."""
    say(f"STATE: +{reason}-error")
    say(f"ERROR: {_MESSAGES[reason]}")
    return EXIT_FAILED


def pages(job: bytes) -> Iterator[bytes]:
    """Each page of a CUPS raster stream (version 3, RGB of 8 bits) as PNG."""
    if job[:4] != _RASTER:
        return
    at = 4
    while at + _HEADER_BYTES <= len(job):
        width, height, depth, line = (
            struct.unpack_from("=I", job, at + offset)[0]
            for offset in (_WIDTH, _HEIGHT, _BITS_PER_PIXEL, _BYTES_PER_LINE)
        )
        at += _HEADER_BYTES
        if depth != 24 or at + height * line > len(job):
            return
        rows = b"".join(b"\0" + job[at + y * line : at + y * line + 3 * width] for y in range(height))
        at += height * line
        yield (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows, 1))
            + chunk(b"IEND", b"")
        )


def chunk(kind: bytes, data: bytes) -> bytes:
    """Of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def say(line: str) -> None:
    """To CUPS, whether it is there or not."""
    with suppress(OSError):
        os.write(2, line.encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
