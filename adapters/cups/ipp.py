"""Connections to CUPS through pycups, and its errors in our words."""

import grp
import os
import pwd
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import cups

from adapters.clock import SystemClock
from adapters.cups.patience import go_on
from daemon.ports import Clock, SpoolerRefused, SpoolerUnreachable

DAEMON_USER = "giliran"
"""The service's user (systemd/giliran.sysusers.conf)."""
NOT_POSSIBLE, NOT_FOUND = 0x0404, 0x0406
"""client-error-not-possible and -not-found, RFC 8011 section 13."""

_TRANSIENT = frozenset({0x0500, 0x0502, 0x0505, 0x0507})
"""server-error-internal (libcups's word for every trouble with the socket), service-unavailable, temporary, busy."""


_HUNG_SECONDS = 5.0
"""A call that failed after so long was made to a CUPS that hangs (one that is gone refuses at once)."""
_LEFT_ALONE_SECONDS = 5.0


class IppRefusal(SpoolerRefused):
    """CUPS refused, with this IPP status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Connections:
    """One connection a thread: libcups keeps server and user per thread, and threads that share one hang.

    A CUPS that hangs blocks a call for 61 s. After such a call that thread's next ones fail at once for a while, so
    that no step of a loop, however many calls it makes, is blocked by more than one.
    """

    def __init__(self, server: str, clock: Clock | None = None) -> None:
        self.server = server
        self._clock = clock or SystemClock()
        self._local = threading.local()

    @contextmanager
    def use(self) -> Iterator[cups.Connection]:
        """This thread's connection; SpoolerUnreachable or IppRefusal for whatever pycups raises inside."""
        go_on()
        began = self._clock.monotonic()
        if began < getattr(self._local, "left_alone_until", began):
            raise SpoolerUnreachable(f"CUPS at {self.server} hangs; it is left alone for some seconds")
        try:
            with self._translated():
                yield self._connection()
        except SpoolerUnreachable:
            now = self._clock.monotonic()
            if now - began >= _HUNG_SECONDS:
                self._local.left_alone_until = now + _LEFT_ALONE_SECONDS
            raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except cups.IPPError as error:
            self._local.connection = None
            status, words = error.args
            if status in _TRANSIENT:
                raise SpoolerUnreachable(f"CUPS at {self.server} does not answer: {words}") from error
            raise IppRefusal(f"CUPS refused: {words}", status) from error
        except cups.HTTPError as error:
            self._local.connection = None
            (status,) = error.args
            if 400 <= status < 500:
                raise IppRefusal(f"CUPS refused: HTTP status {status}", status) from error
            raise SpoolerUnreachable(f"CUPS at {self.server} does not answer: HTTP status {status}") from error
        except RuntimeError as error:  # pycups says so when it cannot connect
            self._local.connection = None
            raise SpoolerUnreachable(f"CUPS at {self.server} cannot be reached: {error}") from error

    def _connection(self) -> cups.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            cups.setServer(self.server)
            cups.setUser(login_name())
            cups.setPasswordCB(lambda _prompt: "")  # libcups would ask on the terminal
            connection = self._local.connection = cups.Connection()
        return connection


def several(value: Any) -> list[Any]:
    """An attribute that may have many values: pycups gives one as it is, and several as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def login_name() -> str:
    """The one user in whose name all our jobs stand: who this process is."""
    return pwd.getpwuid(os.geteuid()).pw_name


def daemon_account() -> pwd.struct_passwd:
    """As whom the daemon submits jobs: who this process is, and for root the service's user, where there is one."""
    if os.geteuid() == 0:
        with suppress(KeyError):
            return pwd.getpwnam(DAEMON_USER)
    return pwd.getpwuid(os.geteuid())


def groups_of(account: pwd.struct_passwd) -> tuple[str, ...]:
    """By their names, as CUPS looks them up."""
    found = []
    for number in os.getgrouplist(account.pw_name, account.pw_gid):
        with suppress(KeyError):
            found.append(grp.getgrgid(number).gr_name)
    return tuple(found)
