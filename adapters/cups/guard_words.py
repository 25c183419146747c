"""What the real backend says of itself, and what that means.

CUPS's own backends end well without a card: `ipp` when the printer aborts its job or is not heard of again, `socket`
when the printer breaks off or says nothing, `lpd` when it gets no answer. All of them read ahead before they have
reached any printer.

A part of the guard (see guard_backend.py): standard library alone, Python 3.9 or later.
"""

from __future__ import annotations

import re
import struct
import time

# ruff: noqa: TID251 - it runs outside the service and its clock

SILENT = "timed-out"
"""The backend waited for the device to say that it is done, and gave up: its success proves nothing."""
BROKEN_OFF = "connection-broken-off"
"""The device broke off before it had said that it took the document: what it was sent may not have been read."""
UNSAID = "unknown"
"""For the printer's own job, when a backend that asks for its state never said it."""

_SILENT_SECONDS = 85.0
"""CUPS's socket backend gives up waiting for an answer after 90 s, and ends well."""
_MOST_REASONS = 64
_GOES_ON = ("-warning", "-report")
"""A reason of such a severity does not stop a printer (RFC 8011 section 5.4.12)."""
_SEVERITY = re.compile(r"-(error|warning|report)$")
_JOB_STATE = re.compile(rb"\bjob-state\b(?:\s*=|\s+enum|\s*\(enum\))*\s*([a-z]+(?:-[a-z]+)*)")
_CONNECTED = re.compile(rb"DEBUG: Connected to (\S+):([0-9]+)\b")
_KINDS = {"socket": "socket", "lpd": "lpd", "ipp": "ipp", "ipps": "ipp", "http": "ipp", "https": "ipp"}
_SERVICES = {"_pdl-datastream": "socket", "_printer": "lpd", "_ipp": "ipp", "_ipps": "ipp", "_ipp-tls": "ipp"}
_SERVICE = re.compile(r"dnssd://[^/?]*\.(_[a-z-]+)\._tcp\b")
_CONNECTS = b"DEBUG: Connecting to "
_SENDS = {"socket": b"DEBUG: Connected to ", "lpd": b"DEBUG: Sending data file ", "ipp": b"DEBUG: Sending file "}
"""Said before the first byte of the document goes out."""
_DOCUMENT_TAKEN = re.compile(rb"DEBUG: (?:Send-Document|Print-Job): (successful-ok)?")
_ANSWERS = b"DEBUG: Received "
"""Said by socket of each answer; it waits on."""
_TCP_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_ENDING_IN_ORDER = frozenset({"04", "05", "06", "0B"})
"""FIN_WAIT1, FIN_WAIT2, TIME_WAIT, CLOSING (include/net/tcp_states.h): what a reset leaves nothing of."""

Connection = tuple[str, str]
"""Local and remote end, as the kernel's table writes them."""


class Words:
    """The words of one run of a backend; which one it is says its device URI."""

    def __init__(self, uri: str) -> None:
        self.kind = stock_backend(uri)
        self.reasons: dict[str, bool] = {}
        """Every state reason that stands, and whether it stopped the printer before any of the document was read."""
        self.hindrances: set[str] = set()
        """Those of them that stop a printer."""
        self.job_state: str | None = UNSAID if self.kind == "ipp" else None
        self._connects = self._sends = self._waits = self._breaks_off = False
        self._quiet_since: float | None = None
        self._connected_to: tuple[bytes, int] | None = None
        self._connections_before = set(_ending_connections() if self.kind == "socket" else ())

    @property
    def is_yet_to_send(self) -> bool:
        """It is one of those that tell, and has not begun: what it read went nowhere."""
        return self.kind is not None and self._connects and not self._sends

    @property
    def would_start_anew(self) -> bool:
        """CUPS's lpd backend sends the whole card again, 30 s after a printer that did not take it."""
        return self.kind == "lpd" and self._waits

    def hear(self, line: bytes, *, has_read: bool) -> None:
        """A line of its stderr."""
        said = _JOB_STATE.search(line)
        if said:
            self.job_state = said[1].decode()
        if self.kind is not None:
            self._hear_stock(line)
        if line.startswith(b"STATE:"):
            self._hear_state(line[len(b"STATE:") :].decode("ascii", "replace").strip(), has_read)

    def conclude(self, status: int) -> None:
        """It is over: what its success hides."""
        quiet = self._quiet_since
        if quiet is not None and self.job_state is None and time.monotonic() - quiet >= _SILENT_SECONDS:
            self.reasons.setdefault(SILENT, False)
        if status == 0 and self.kind == "socket" and self._connected_to:
            self._breaks_off = not self._ended_in_order()
        if self._breaks_off:
            self.reasons.setdefault(BROKEN_OFF, False)

    def _hear_stock(self, line: bytes) -> None:
        self._connects |= line.startswith(_CONNECTS)
        if self._sends and self.kind == "lpd" and line.startswith(b"WARNING:"):
            self.reasons.setdefault(SILENT, False)  # "The printer did not respond.", in whatever language
        self._sends |= line.startswith(_SENDS[str(self.kind)])
        if self._quiet_since is not None and line.startswith(_ANSWERS):
            self._quiet_since = time.monotonic()
        found = _DOCUMENT_TAKEN.match(line)
        if found:
            self._breaks_off = found[1] is None
        found = _CONNECTED.match(line)
        if found:
            self._connected_to = found[1], int(found[2])

    def _hear_state(self, text: str, has_read: bool) -> None:
        """What `STATE: +reason,reason` adds and `STATE: -reason` takes back; CUPS itself forgets all at the end.

        A jam is not taken back: a card was in it. A reason that is over explains no later failure.
        """
        if text == "+cups-waiting-for-job-completed":
            self._waits, self._quiet_since = True, time.monotonic()
        for reason in text.lstrip("+-").split(","):
            plain = _SEVERITY.sub("", reason.strip())
            if text.startswith("-"):
                self.hindrances.discard(plain)
                if plain != "media-jam":
                    self.reasons.pop(plain, None)
            elif plain not in ("", "none") and len(self.reasons) < _MOST_REASONS:
                stops = not reason.strip().endswith(_GOES_ON)
                self.reasons[plain] = self.reasons.get(plain, False) or (stops and not has_read)
                if stops:
                    self.hindrances.add(plain)

    def _ended_in_order(self) -> bool:
        """Whether the kernel still has the end of this connection; yes where it cannot be asked."""
        assert self._connected_to is not None
        try:
            remote = _in_table(*self._connected_to)
        except ValueError:
            return True
        ending = _ending_connections()
        return not ending.readable or any(
            there == remote for here, there in ending if (here, there) not in self._connections_before
        )


def stock_backend(uri: str) -> str | None:
    """The backend of CUPS's that tells what it does; None for any other, of which reading is all that is seen."""
    found = _SERVICE.match(uri)
    if found:
        return _SERVICES.get(found[1])
    return _KINDS.get(uri.partition(":")[0])


class _Ending(list[Connection]):
    """Connections that the kernel sees to their end."""

    readable = False


def _ending_connections() -> _Ending:
    found = _Ending()
    for table in _TCP_TABLES:
        try:
            with open(table, encoding="ascii") as rows:
                next(rows, None)
                for row in rows:
                    _, here, there, state, *_ = row.split()
                    if state in _ENDING_IN_ORDER:
                        found.append((here, there))
                found.readable = True
        except (OSError, ValueError):
            continue
    return found


def _in_table(address: bytes, port: int) -> str:
    """As the kernel writes it: words of 32 bits in this machine's order. CUPS writes IPv6 as [v1.ADDRESS+LINK]."""
    import ipaddress  # for this alone: CUPS waits for each of our imports

    plain = address.decode("ascii").strip("[]")
    plain = re.sub(r"^v1\.|[+%].*$", "", plain)
    packed = ipaddress.ip_address(plain).packed
    return "".join(f"{word:08X}" for word in struct.unpack(f"={len(packed) // 4}I", packed)) + f":{port:04X}"
