"""Neighbours' logs, which this office cosigns: the head of each that was cosigned last, in a file of its own.

They lie outside the database: one that is put back from an older copy would forget a head, and with it what it must not
cosign any more.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from adapters.folder import Folder, folder
from adapters.log_key import has_signed
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.note import MOST_BYTES, TreeHead, VerifierKey, head, parts
from daemon.domain.witness import Request, Verdict, judge, request_in
from daemon.ports import Clock, LogKey, OtherSize

MOST_EVIDENCE = 1000
_LOCK, _HEAD, _EVIDENCE = "lock", ".checkpoint", ".evidence"


class Neighbours:
    """As a witness."""

    def __init__(self, place: Path, logs: Mapping[str, VerifierKey], key: LogKey, clock: Clock) -> None:
        """`logs`: the key of each, by origin."""
        self._place = place
        self._logs = logs
        self._key = key
        self._clock = clock

    def add_checkpoint(self, text: str) -> str:
        """The cosignature, its line, on what a request asks for. What is cosigned is on the disk before this returns.

        Rejected; OtherSize; Fatal: the log contradicts itself, and the request is kept as evidence.
        """
        request = request_in(text)
        known_as = request.head.origin
        if known_as not in self._logs:
            raise Rejected(f"{known_as} is not among log.neighbours; its key goes there")
        if not has_signed(self._logs[known_as], request.checkpoint):
            raise Rejected(f"this checkpoint does not bear the signature of {self._logs[known_as]}")
        with self._locked() as here:
            known = self._known(here, known_as)
            verdict = judge(request, known)
            if verdict is Verdict.COSIGNED:
                here.write(_name(known_as) + _HEAD, request.checkpoint.encode())
                return self._key.cosign(parts(request.checkpoint)[0], self._clock.now())
            if verdict is Verdict.INCONSISTENT:
                raise Fatal(self._keep(here, request, known))
        if verdict is Verdict.OTHER_SIZE:
            raise OtherSize(0 if known is None else known.size)
        raise Rejected("the old size is larger than the checkpoint's")

    def heads(self) -> dict[str, TreeHead | None]:
        """What was cosigned last of each log, by origin. Fatal."""
        with self._locked() as here:
            return {each: self._known(here, each) for each in self._logs}

    def evidence(self) -> list[Path]:
        """Requests that were kept, in order of their names."""
        with self._locked() as here:
            return [self._place / name for name in here.names() if name.endswith(_EVIDENCE)]

    @contextmanager
    def _locked(self) -> Iterator[Folder]:
        """Two requests are never judged by one head."""
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with folder(self._place) as here:
                lock = here.open_shared(_LOCK, make=True)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX)
                    yield here
                finally:
                    os.close(lock)
        except OSError as error:
            raise Fatal(
                f"{error.filename or self._place} cannot be used: {error.strerror}; nothing is cosigned"
            ) from error

    def _known(self, here: Folder, known_as: str) -> TreeHead | None:
        """Fatal when it cannot be read: what is not known must not be taken for new."""
        name = _name(known_as) + _HEAD
        try:
            found = head(parts(here.read(name, MOST_BYTES).decode())[0])
        except FileNotFoundError:
            return None
        except (UnicodeDecodeError, Rejected) as error:
            raise Fatal(f"{self._place / name} is damaged; nothing of {known_as} is cosigned") from error
        if found.origin != known_as:
            raise Fatal(f"{self._place / name} is of {found.origin}; nothing of {known_as} is cosigned")
        return found

    def _keep(self, here: Folder, request: Request, known: TreeHead | None) -> str:
        """The same one once; what was cosigned lies beside it. In words."""
        digest = hashlib.sha256(request.text.encode()).hexdigest()[:16]
        known_as = request.head.origin
        name = f"{_name(known_as)}-{digest}{_EVIDENCE}"
        kept = [each for each in here.names() if each.endswith(_EVIDENCE)]
        if name not in kept and len(kept) < MOST_EVIDENCE:
            here.write(name, request.text.encode())
        size = 0 if known is None else known.size
        return (
            f"{known_as} shows another log than the one whose {size:,} entries were cosigned here: it was rewritten,"
            " goes on from an older copy, or its proof is wrong. Nothing was cosigned; the request is kept:"
            f" {self._place / name}"
        )


def _name(known_as: str) -> str:
    return hashlib.sha256(known_as.encode()).hexdigest()[:40]
