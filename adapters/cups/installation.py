"""Puts the guard in front of a queue's device, and takes it away again."""

import contextlib
import grp
import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any

from adapters.cups import guard_backend, guard_device, guard_document, guard_entries, guard_words
from adapters.cups.fitness import ERROR_POLICY, unfitness
from adapters.cups.guard_entries import read_identity
from adapters.cups.ipp import Connections, daemon_account
from adapters.cups.journal import make_identity
from adapters.cups.queues import attributes
from adapters.folder import folder as folder_of
from adapters.folder import write_file
from daemon.domain.dispatch import UNFIT_ADVICE, Unfit
from daemon.domain.errors import Rejected

SYSTEM_BACKENDS = Path("/usr/lib/cups/backend")
"""Where Debian's and Ubuntu's CUPS looks for its backends."""

GUARD_NAME = "giliran"
_PARTS = tuple(
    Path(str(part.__file__)) for part in (guard_entries, guard_document, guard_words, guard_device, guard_backend)
)
"""What the guard is made of, in this order; the last one runs it."""
_BACKENDS_FILE = ".backends"
"""In the journal: CUPS's backend folder, for whoever wants to look at the guard."""
_JOURNAL_MODE = 0o3770
"""Group-writable, sticky, and new files are the group's."""
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_JOURNAL_LINE = re.compile(r"^JOURNAL = (\".*\").*$", re.MULTILINE)
_IDENTITY_LINE = re.compile(r"^IDENTITY = (\".*\").*$", re.MULTILINE)
_BETWEEN_PARTS = re.compile(r"^from (?:__future__|adapters\.cups\.\w+) import (?:\([^)]*\)|.*)\n", re.MULTILINE)
_ROOT_MODE, _PLAIN_MODE = 0o700, 0o755
_RUNS_AS_PLAIN_USER = stat.S_IWGRP | stat.S_IWOTH | stat.S_IXOTH
"""CUPS runs a backend as root when its file has none of these permissions."""

_PRINTING = 4
_QUEUE_ATTRIBUTES = ["device-uri", "printer-state", "printer-error-policy"]


class GuardProblem(Rejected):
    """The guard could not be installed or removed; the message says what to do."""


def install_guard(server: str, queue: str, journal: Path, backend_dir: Path | None = None) -> tuple[str, ...]:
    """Guard the queue; what was done, a sentence each, nothing when all was in place. GuardProblem, Spooler's errors.

    A device URI with user and password cannot be guarded this way: CUPS does not show them, so they would be lost.
    """
    connections = Connections(server)
    found = _queue(connections, queue)
    _refuse_unfit(connections, queue)
    folder = _backend_folder(backend_dir)
    uri = found["device-uri"].removeprefix(guard_backend.PREFIX)
    real = folder / uri.partition(":")[0]
    if not real.is_file():
        raise GuardProblem(f"queue {queue} prints to {uri}, and there is no backend {real}; is --backend-dir right?")
    try:
        done = [*_make_journal(journal), *install_file(folder, real, journal)]
        write_file(journal / _BACKENDS_FILE, f"{folder}\n".encode(), mode=0o644)
    except PermissionError as error:
        raise GuardProblem(f"{error.filename} cannot be written; run this as root") from error
    done += _set_device(connections, queue, found, guard_backend.PREFIX + uri)
    if found.get("printer-error-policy") != ERROR_POLICY:
        with connections.use() as connection:
            connection.setPrinterErrorPolicy(queue, ERROR_POLICY)
        done.append(f"set the error policy of queue {queue} to {ERROR_POLICY}")
    return tuple(done)


def guard_complaints(journal: Path) -> tuple[str, ...]:
    """What is wrong with the installed guard of this journal; nothing where there is no journal."""
    if not read_identity(str(journal)):
        return ()
    guard = _known_backends(journal) / GUARD_NAME
    try:
        text, mode = guard.read_text(encoding="utf-8"), guard.stat().st_mode
    except FileNotFoundError:
        return (f"the guard {guard} is missing",)
    except PermissionError:
        return ()  # one that runs as root is root's to read
    except (OSError, UnicodeDecodeError) as error:
        return (f"the guard {guard} cannot be read: {error}",)
    complaints = []
    if text != _guard_text(journal):
        complaints.append(f"the guard {guard} is of another version, names another journal, or was changed")
    if mode & (stat.S_IWGRP | stat.S_IWOTH) or not mode & stat.S_IXUSR:
        complaints.append(
            f"the guard {guard} has the mode {stat.S_IMODE(mode):o}: others may change it, or it cannot run"
        )
    return tuple(complaints)


def _known_backends(journal: Path) -> Path:
    """The folder that the guard was installed in last."""
    try:
        with folder_of(journal) as here:
            return Path(here.read(_BACKENDS_FILE, 4096).decode().strip())
    except (OSError, UnicodeDecodeError):
        return SYSTEM_BACKENDS


def remove_guard(server: str, queue: str, backend_dir: Path | None = None) -> tuple[str, ...]:
    """Give the queue its device back; what was done. The journal stays, and so does the error policy."""
    connections = Connections(server)
    found = _queue(connections, queue)
    done = _set_device(connections, queue, found, found["device-uri"].removeprefix(guard_backend.PREFIX))
    guard = _backend_folder(backend_dir) / GUARD_NAME
    with connections.use() as connection:
        queues = connection.getPrinters()
    if guard.exists() and not any(other["device-uri"].startswith(guard_backend.PREFIX) for other in queues.values()):
        try:
            guard.unlink()
        except PermissionError as error:
            raise GuardProblem(f"{guard} cannot be removed; run this as root") from error
        done.append(f"removed {guard}, which no queue uses any more")
    return tuple(done)


def install_file(folder: Path, real: Path, journal: Path) -> list[str]:
    """The guard in this backend folder, with the permissions that the real backend needs; what was done."""
    guard = folder / GUARD_NAME
    text = _guard_text(journal)
    mode = _PLAIN_MODE if real.stat().st_mode & _RUNS_AS_PLAIN_USER else _ROOT_MODE
    old = None
    if guard.exists():
        old = guard.read_text(encoding="utf-8")
        kept = _JOURNAL_LINE.search(old)
        if kept is None:
            raise GuardProblem(f"{guard} is not Giliran's guard; move it away first")
        if json.loads(kept[1]) != str(journal):
            raise GuardProblem(f"{guard} keeps its journal in {json.loads(kept[1])}, not in {journal}; use the former")
        mode &= stat.S_IMODE(guard.stat().st_mode)  # once a guarded backend needs root, the guard keeps it
    if old == text and stat.S_IMODE(guard.stat().st_mode) == mode:
        return []
    new = folder / f".{GUARD_NAME}-new"  # CUPS does not look at hidden files
    new.unlink(missing_ok=True)
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
    os.replace(new, guard)
    return [f"{'installed' if old is None else 'updated'} {guard}"]


def python_line() -> str:
    """The first line of a backend in Python: isolated, and run by an interpreter that is there."""
    return f"#!{_SYSTEM_PYTHON if _SYSTEM_PYTHON.exists() else sys.executable} -IS\n"


def _refuse_unfit(connections: Connections, queue: str) -> None:
    """But for the error policy, which is set here."""
    for unfit in sorted(unfitness(connections, queue) - {Unfit.ERROR_POLICY}):
        raise GuardProblem(UNFIT_ADVICE[unfit].format(queue=queue))


def _queue(connections: Connections, queue: str) -> dict[str, Any]:
    return attributes(connections, queue, _QUEUE_ATTRIBUTES)


def _backend_folder(backend_dir: Path | None) -> Path:
    folder = backend_dir or SYSTEM_BACKENDS
    if not folder.is_dir():
        raise GuardProblem(f"there is no backend folder {folder}; name CUPS's own with --backend-dir")
    return folder


def _set_device(connections: Connections, queue: str, found: dict[str, Any], uri: str) -> list[str]:
    if found["device-uri"] == uri:
        return []
    if found.get("printer-state") == _PRINTING:
        raise GuardProblem(f"queue {queue} is printing, and CUPS would start its job again; try when it is idle")
    with connections.use() as connection:
        connection.setPrinterDevice(queue, uri)
    now = _queue(connections, queue)["device-uri"]
    if now != uri:
        raise GuardProblem(f"CUPS was told to print queue {queue} to {uri} and says {now}")
    return [f"queue {queue} now prints to {uri}"]


def _make_journal(journal: Path) -> list[str]:
    """The daemon's, and open to the backends' group, which may delete nothing of others'. One that is there keeps its
    owner."""
    done = []
    if not journal.is_dir():
        try:
            journal.mkdir(parents=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise GuardProblem(f"the journal {journal} is not a folder") from error
        done = [f"created {journal}"]
    descriptor = os.open(journal, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if done:
            with contextlib.suppress(PermissionError, LookupError):  # an ordinary user's own CUPS runs as them
                os.fchown(descriptor, daemon_account().pw_uid, grp.getgrnam("lp").gr_gid)
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        if done or (mode & stat.S_IWGRP and mode != _JOURNAL_MODE):
            os.fchmod(descriptor, _JOURNAL_MODE)
            done = done or [f"closed {journal} to others"]
    finally:
        os.close(descriptor)
    return done


def _guard_text(journal: Path) -> str:
    """The guard as it is installed: the journal's folder and identity named."""
    if not journal.is_absolute():
        raise GuardProblem(f"the journal {journal} must be an absolute path")
    folder = f"JOURNAL = {json.dumps(str(journal))}"
    identity = f"IDENTITY = {json.dumps(make_identity(journal))}"
    body = _JOURNAL_LINE.sub(lambda _: folder, _one_file(), count=1)
    return python_line() + _IDENTITY_LINE.sub(lambda _: identity, body, count=1)


def _one_file() -> str:
    """The guard's parts as one file that imports nothing of ours."""
    texts = [part.read_text(encoding="utf-8") for part in _PARTS]
    return "from __future__ import annotations\n\n" + "\n\n".join(_BETWEEN_PARTS.sub("", text) for text in texts)
