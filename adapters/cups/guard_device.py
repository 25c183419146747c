"""The guard's device: the real backend as a child of its keeper, what it read and what it said.

A part of the guard (see guard_backend.py): standard library alone, Python 3.9 or later.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import termios
import threading
from collections.abc import Callable
from contextlib import suppress

from adapters.cups.guard_document import LAST_WORDS_SECONDS, end_group, passed_on, say
from adapters.cups.guard_words import UNSAID, Words

EXIT_FAILED, EXIT_HOLD, EXIT_CANCEL = 1, 3, 5
"""CUPS_BACKEND_FAILED, _HOLD and _CANCEL (cups/backend.h)."""

NOT_STARTED = "backend-not-started"
"""Our own reason beside the real backend's: the token is used up, and nothing was sent."""

_LONGEST_CARD_SECONDS = 300.0
"""So long a card whose data the device has may go on when CUPS wants us gone (chip encoding takes 3 minutes)."""
_DEAF_SECONDS = 30.0
"""After so long one that does not heed SIGTERM is killed, as CUPS does (JobKillDelay): its socket and usb backends do
not from when they send."""
_AGAIN_SECONDS = 15.0
"""Sooner than CUPS's lpd backend sends a card again, and later than it ends of itself."""
_PIECE_BYTES = 4096
"""A pipe takes so much whole or not at all (PIPE_BUF)."""
_STANDS_IN_THE_WAY = frozenset({"connecting-to-device", "offline", "media-empty", "media-needed", "cover-open"})
"""While one of these stands no card is being made, so a backend that is to stop need not be waited for."""


class Backend:
    """The real backend as our child: stopped when that harms no card, its words passed on, what it says remembered.

    It is given the document through a pipe, as by CUPS itself: what it has read of it is what we have written less
    what still lies in the pipe, however it reads.
    """

    def __init__(self, document: int, words: Words) -> None:
        self._document = document
        self._words = words
        self._size = os.fstat(document).st_size
        self._pipe, self._lock = -1, threading.RLock()
        self._written = self._took = 0
        self._stopped = self._asked_to_stop = False
        self._child: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """CUPS wants us to end. A card that the device has the data of comes out all the same: that is waited for."""
        self._asked_to_stop = True
        if self._child is None:
            return
        is_sent = self._offset() == self._size and not self._words.is_yet_to_send
        if not is_sent or self._size == 0 or self._is_stopped():
            self._terminate()
        else:
            self._terminate_after(_LONGEST_CARD_SECONDS)

    def watch_for_end_of(self, front: int) -> None:
        """Once the process that CUPS knows is gone, the device has the longest card's time left."""

        def watch() -> None:
            while os.getppid() == front:
                threading.Event().wait(1.0)
            self._terminate_after(_LONGEST_CARD_SECONDS)

        threading.Thread(target=watch, daemon=True).start()

    def run(self, program: str, arguments: list[str], environment: dict[str, str], descriptors: list[int]) -> int:
        """Its exit status, or minus the signal that killed it."""
        if self._asked_to_stop:
            return self._not_started(EXIT_FAILED)
        reader, self._pipe = os.pipe()
        try:
            self._child = subprocess.Popen(
                arguments,
                executable=program,
                env=environment,
                pass_fds=descriptors,
                stdin=reader,
                stderr=subprocess.PIPE,
                preexec_fn=os.setpgrp,
            )
        except OSError as error:
            say(f"ERROR: Giliran: held, nothing was printed: {error.strerror}: {program}")
            return self._not_started(EXIT_HOLD)
        finally:
            os.close(reader)
        if self._asked_to_stop:
            self.stop()
        words = passed_on(self._child, self._hear)
        feeder = threading.Thread(target=self._feed, daemon=True)
        feeder.start()
        status = self._child.wait()
        if status < 0 or self._offset() < self._size:
            end_group(self._child.pid)  # what it left must not read on
        feeder.join(LAST_WORDS_SECONDS)  # bounded: a left-over of the backend's may keep the pipe open
        self._took = self._offset()
        words.join(LAST_WORDS_SECONDS)  # bounded: a left-over of the backend's may keep its stderr open
        if self._sent_nothing(status, heard_all=not words.is_alive()):
            self._took = 0
        self._words.conclude(status)
        return status

    def knowledge(self) -> dict[str, object]:
        """What the end mark says of it: bytes of the document and those that it took, its reasons, its last word."""
        reasons = self._words.reasons
        return {
            "reasons": list(reasons),
            "before": [reason for reason, before in reasons.items() if before],
            "took": self._took,
            "size": self._size,
            "stopped": self._stopped,
            "job_state": self._words.job_state,
        }

    def _feed(self) -> None:
        """All of the document, then its end. We hold a reading end from then on, to see what is not read yet."""
        os.set_blocking(self._pipe, False)  # what is written is counted in the same moment
        poll = select.poll()
        poll.register(self._pipe, select.POLLOUT)
        with suppress(BrokenPipeError):
            while self._written < self._size:
                poll.poll()
                with self._lock, suppress(BlockingIOError):
                    self._written += os.write(self._pipe, os.pread(self._document, _PIECE_BYTES, self._written))
        with self._lock:
            writing_end = self._pipe
            self._pipe = os.open(f"/proc/self/fd/{writing_end}", os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            os.close(writing_end)

    def _offset(self) -> int:
        """How much of the document the real backend has read."""
        with self._lock:
            if self._pipe < 0:
                return 0
            (unread,) = struct.unpack("i", fcntl.ioctl(self._pipe, termios.FIONREAD, struct.pack("i", 0)))
            return self._written - int(unread)

    def _is_stopped(self) -> bool:
        """The device makes no card now."""
        return not _STANDS_IN_THE_WAY.isdisjoint(self._words.hindrances)

    def _sent_nothing(self, status: int, *, heard_all: bool) -> bool:
        """It read ahead and reached no device. A success that nobody asked it to end with takes more than that."""
        expected = status != 0 or self._stopped or self._words.job_state == UNSAID
        return heard_all and self._words.is_yet_to_send and expected

    def _hear(self, line: bytes) -> None:
        began_anew = self._words.would_start_anew
        self._words.hear(line, has_read=self._offset() > 0)
        if self._words.would_start_anew and not began_anew:
            self._terminate_after(_AGAIN_SECONDS)

    def _terminate_after(self, seconds: float) -> None:
        self._later(seconds, self._terminate)

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, what)
        timer.daemon = True
        timer.start()

    def _terminate(self) -> None:
        if self._child is not None and self._child.returncode is None:
            self._stopped = True
            self._child.terminate()
            self._later(_DEAF_SECONDS, self._child.kill)

    def _not_started(self, status: int) -> int:
        self._words.reasons = {NOT_STARTED: True}
        return status
