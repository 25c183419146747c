"""An IPP printer (RFC 8010, RFC 8011) as CUPS's ipp backend finds it, that does with its job what a test says."""

import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.unit.adapters.cups.devices import hang_up

_PATIENCE_SECONDS = 30.0
_LOCAL_END = b"\x03"
_OPERATION, _JOB, _PRINTER = b"\x01", b"\x02", b"\x04"
_ENUM, _INTEGER, _BOOLEAN, _KEYWORD, _URI, _CHARSET, _LANGUAGE, _MIME = 0x23, 0x21, 0x22, 0x44, 0x45, 0x47, 0x48, 0x49


class Operation(IntEnum):
    """Those that the backend asks for (RFC 8011, section 4)."""

    PRINT_JOB = 0x02
    VALIDATE_JOB = 0x04
    CREATE_JOB = 0x05
    SEND_DOCUMENT = 0x06
    CANCEL_JOB = 0x08
    GET_JOB_ATTRIBUTES = 0x09
    GET_PRINTER_ATTRIBUTES = 0x0B


class JobState(IntEnum):
    """RFC 8011, section 5.3.7."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class Fault(StrEnum):
    """What it does to the conversation instead of its part in it."""

    HANG_UP = "hangs up"
    HANG = "hangs"
    REFUSE = "refuses"
    CANCEL = "says that the job was cancelled"
    FAIL = "fails"
    FORGET = "knows no such job"


_STATUS = {Fault.REFUSE: 0x040B, Fault.CANCEL: 0x0508, Fault.FAIL: 0x0500, Fault.FORGET: 0x0406}
"""client-error-attributes-or-values-not-supported, server-error-job-canceled, server-error-internal-error,
client-error-not-found."""


@dataclass(slots=True, kw_only=True)
class IppPrinter:
    """Its script, and what came of it."""

    ends: JobState = JobState.COMPLETED
    """The state of its job once it has the document."""
    faults: dict[Operation, Fault] = field(default_factory=dict)
    accepts_jobs: bool = True
    creates_jobs: bool = True
    """It takes Create-Job and Send-Document; else Print-Job alone."""
    port: int = 0
    received: bytearray = field(default_factory=bytearray)
    asked: list[Operation] = field(default_factory=list)
    reached: threading.Event = field(default_factory=threading.Event)
    """It hangs, or all that it will ever say has been said."""
    let_go: threading.Event = field(default_factory=threading.Event)

    def answer(self, operation: Operation) -> list[tuple[bytes, list[tuple[int, str, list[Any]]]]]:
        """Groups of attributes."""
        match operation:
            case Operation.GET_PRINTER_ATTRIBUTES:
                return [(_PRINTER, self._attributes())]
            case Operation.VALIDATE_JOB | Operation.CANCEL_JOB:
                return []
            case Operation.CREATE_JOB:
                return [(_JOB, [*_JOB_NAMES, (_ENUM, "job-state", [JobState.PENDING])])]
            case Operation.PRINT_JOB | Operation.SEND_DOCUMENT:
                return [(_JOB, [*_JOB_NAMES, (_ENUM, "job-state", [JobState.PROCESSING])])]
            case Operation.GET_JOB_ATTRIBUTES:
                return [(_JOB, [*_JOB_NAMES, (_ENUM, "job-state", [self.ends])])]

    def _attributes(self) -> list[tuple[int, str, list[Any]]]:
        unknown = set() if self.creates_jobs else {Operation.CREATE_JOB, Operation.SEND_DOCUMENT}
        return [
            (_ENUM, "printer-state", [3]),
            (_KEYWORD, "printer-state-reasons", ["none"]),
            (_BOOLEAN, "printer-is-accepting-jobs", [self.accepts_jobs]),
            (_MIME, "document-format-supported", ["application/pdf", "application/octet-stream"]),
            (_ENUM, "operations-supported", sorted(set(Operation) - unknown)),
            (_KEYWORD, "ipp-versions-supported", ["1.1", "2.0"]),
        ]


_JOB_NAMES: list[tuple[int, str, list[Any]]] = [
    (_INTEGER, "job-id", [1]),
    (_URI, "job-uri", ["ipp://localhost/ipp/print/1"]),
]


@contextmanager
def printing(printer: IppPrinter, certificate: ssl.SSLContext | None = None) -> Iterator[IppPrinter]:
    """It listens on a free port of this machine while the test lasts."""

    class Handler(_Handler):
        it = printer

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    printer.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield printer
    finally:
        printer.let_go.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5.0
    it: IppPrinter

    def do_POST(self) -> None:
        head = self._read(8)
        version, operation, number = struct.unpack(">HHI", head)
        asked = Operation(operation)
        self.it.asked.append(asked)
        fault = self.it.faults.get(asked)
        if fault in (Fault.HANG, Fault.HANG_UP):
            self._read(64)
            self.close_connection = True
            if fault is Fault.HANG:
                self.it.reached.set()
                self.it.let_go.wait(_PATIENCE_SECONDS)
            hang_up(self.connection)
            return
        self._skip_attributes()
        if asked in (Operation.PRINT_JOB, Operation.SEND_DOCUMENT):
            self.it.received += self._read_rest()
        else:
            self._read_rest()
        status = _STATUS[fault] if fault is not None else 0
        groups = [] if status else self.it.answer(asked)
        if not self.it.accepts_jobs or (asked is Operation.GET_JOB_ATTRIBUTES and self.it.ends is JobState.PROCESSING):
            self.it.reached.set()
        self._send(struct.pack(">HHI", version, status, number) + _encoded(groups))

    def _send(self, body: bytes) -> None:
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "application/ipp")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    _left = 0
    """Of this chunk, or of the whole body."""
    _is_last = False

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (part := self._part(size - len(data))):
            data += part
        return data

    def _read_rest(self) -> bytes:
        data = b""
        while part := self._part(65536):
            data += part
        del self._left, self._is_last  # the next request's begin anew
        return data

    def _part(self, most: int) -> bytes:
        if not self._left:
            self._next_chunk()
        data = self.rfile.read(min(most, self._left))
        self._left -= len(data)
        return data

    def _next_chunk(self) -> None:
        if self._is_last:
            return
        length = self.headers.get("Content-Length")
        if length is not None:
            self._left, self._is_last = int(length), True
            return
        line = self.rfile.readline().strip() or self.rfile.readline().strip()
        self._left = int(line, 16)
        if not self._left:
            self._is_last = True
            self.rfile.readline()

    def _skip_attributes(self) -> None:
        while (tag := self._read(1)) not in (_LOCAL_END, b""):
            if tag[0] > 0x0F:
                for _ in range(2):
                    self._read(struct.unpack(">H", self._read(2))[0])

    def log_message(self, format: str, *args: object) -> None:
        """Not here."""


def _encoded(groups: list[tuple[bytes, list[tuple[int, str, list[Any]]]]]) -> bytes:
    body = _OPERATION + _attribute(_CHARSET, "attributes-charset", ["utf-8"])
    body += _attribute(_LANGUAGE, "attributes-natural-language", ["en"])
    for tag, attributes in groups:
        body += tag + b"".join(_attribute(*attribute) for attribute in attributes)
    return body + _LOCAL_END


def _attribute(tag: int, name: str, values: list[Any]) -> bytes:
    encoded = b""
    for number, value in enumerate(values):
        if tag == _BOOLEAN:
            data = bytes([value])
        elif isinstance(value, int):
            data = struct.pack(">i", value)
        else:
            data = value.encode()
        said = b"" if number else name.encode()
        encoded += struct.pack(">BH", tag, len(said)) + said + struct.pack(">H", len(data)) + data
    return encoded
