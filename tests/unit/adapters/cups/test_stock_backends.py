"""CUPS's own backends behind the guard, each in front of a device that is good, off, refuses, goes away or hangs.

What counts is the verdict on the card. `PRINTED` only where the device took the whole card and ended well; `NO_CARD`,
and no question, where no byte of it went out; a question wherever it cannot be known.
"""

import datetime
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.cups import FileGuardJournal
from adapters.cups.installation import SYSTEM_BACKENDS
from daemon.domain.job import Verdict
from daemon.domain.recovery import Mark, SpoolState, judge
from daemon.domain.token import Token
from tests.unit.adapters.cups import devices
from tests.unit.adapters.cups.conftest import Bench
from tests.unit.adapters.cups.devices import Behaviour, Lpd, LpdPrinter, free_port, listening
from tests.unit.adapters.cups.ipp_printer import Fault, IppPrinter, JobState, Operation, printing

BACKENDS = ("socket", "lpd", "ipp", "ipps", "usb", "dnssd")
pytestmark = pytest.mark.skipif(
    not all(os.access(SYSTEM_BACKENDS / name, os.R_OK) for name in BACKENDS), reason="CUPS's own backends are not here"
)
TOKEN = Token("1205-000001", 1)
TITLE = str(TOKEN)
SMALL, CARD, LARGE = b"c" * 3000, b"c" * 60_000, b"c" * 12_000_000
"""A large one finds no room in the buffers between two programs of one machine."""
PRINTED, NO_CARD, IN_DOUBT = Verdict.PRINTED, Verdict.NO_CARD, Verdict.IN_DOUBT


@dataclass(kw_only=True)
class Queue:
    """A queue's guard in front of one of CUPS's backends, run as CUPS runs it: with its channels open."""

    bench: Bench
    journal: FileGuardJournal
    said: list[str] = field(default_factory=list)
    """What the backend said."""

    def impatient(self, constant: str, seconds: float) -> None:
        """The guard waits no longer than that where it would by this constant."""
        guard = self.bench.backends / "giliran"
        lines = guard.read_text().splitlines()
        (number,) = (at for at, line in enumerate(lines) if line.startswith(f"{constant} = "))
        lines[number] = f"{constant} = {seconds}"
        guard.write_text("\n".join(lines))

    def print_to(
        self,
        uri: str,
        card: bytes = CARD,
        *,
        when: str | None = None,
        then: Callable[[], None] | None = None,
        stop_when: threading.Event | None = None,
    ) -> Mark:
        """Once the backend says `when`, `then`: or else CUPS stops it, as it does once the device is where it hangs.
        The mark that is left."""
        self.bench.server.offer(TOKEN, 7, "card-1", card, {})
        back, front = os.pipe()
        side, other_side = socket.socketpair()
        channels = f'exec "$0" "$@" 3>&{front} 4>&{other_side.fileno()}'
        guard = subprocess.Popen(
            ["/bin/bash", "-c", channels, *self.bench.command(TITLE)],
            env=self.bench.env({"DEVICE_URI": f"giliran:/{uri}", "CUPS_SERVERROOT": str(self.bench.backends.parent)}),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(front, other_side.fileno()),
        )
        os.close(front)
        other_side.close()

        def stop() -> None:
            if stop_when is not None and stop_when.wait(20):
                guard.terminate()

        stopping = threading.Thread(target=stop)
        stopping.start()
        assert guard.stderr is not None
        try:
            with closing(guard.stderr):
                for line in guard.stderr:
                    self.said.append(line)
                    if when is not None and when in line:
                        (then or guard.terminate)()
                        when = None
            guard.wait(30)
        finally:
            os.close(back)
            side.close()
            stopping.join()
        return self.journal.read(TOKEN)


@pytest.fixture
def queue(bench: Bench, journal: FileGuardJournal) -> Queue:
    for name in BACKENDS:
        copy = bench.backends / name
        shutil.copy(SYSTEM_BACKENDS / name, copy)
        copy.chmod(0o755)
    made = Queue(bench=bench, journal=journal)
    made.impatient("_LONGEST_CARD_SECONDS", 0.5)
    made.impatient("_DEAF_SECONDS", 0.5)
    return made


def verdict(mark: Mark) -> Verdict | None:
    return judge(mark, SpoolState.COMPLETED).verdict


# --- socket -------------------------------------------------------------------------------------------------------


def socket_uri(port: int, options: str = "") -> str:
    return f"socket://127.0.0.1:{port}/?snmp=false{options}"


@pytest.mark.parametrize("card", [SMALL, CARD, LARGE], ids=["small", "card", "large"])
def test_socket_a_device_that_takes_the_card_and_ends_well_printed_it(queue: Queue, card: bytes) -> None:
    with listening(devices.take_all) as device:
        mark = queue.print_to(socket_uri(device.port), card)

    assert (verdict(mark), bytes(device.received)) == (PRINTED, card)


@pytest.mark.parametrize("card", [SMALL, CARD, LARGE], ids=["small", "card", "large"])
@pytest.mark.parametrize("gone", [devices.leave_in_mid_card, devices.break_off])
def test_socket_a_device_that_goes_away_in_mid_card_is_a_question(queue: Queue, gone: Behaviour, card: bytes) -> None:
    with listening(gone) as device:
        mark = queue.print_to(socket_uri(device.port), card)

    assert len(device.received) < len(card)
    assert verdict(mark) is IN_DOUBT


@pytest.mark.parametrize("card", [SMALL, CARD], ids=["small", "card"])
def test_socket_a_device_that_is_gone_when_all_is_on_its_way_is_a_question_though_the_backend_ends_well(
    queue: Queue, card: bytes
) -> None:
    """A reset is the end of an answer to the backend, and the card was in the buffers between the two."""
    with listening(devices.leave_when_told) as device:
        mark = queue.print_to(socket_uri(device.port), card, when="+cups-waiting-for-job-completed", then=device.go)

    assert len(device.received) < len(card)
    assert (verdict(mark), mark.exit_status, mark.took) == (IN_DOUBT, 0, len(card))


@pytest.mark.parametrize("card", [CARD, LARGE], ids=["card", "large"])
@pytest.mark.parametrize("hanging", [devices.take_nothing, devices.take_all_and_stay])
def test_socket_a_device_that_hangs_is_a_question_and_its_deaf_backend_is_ended(
    queue: Queue, hanging: Behaviour, card: bytes
) -> None:
    """While it sends, and ever after, CUPS's socket backend ignores SIGTERM."""
    with listening(hanging) as device:
        mark = queue.print_to(socket_uri(device.port), card, when="Wrote")

    assert (verdict(mark), mark.exit_status, mark.stopped) == (IN_DOUBT, -signal.SIGKILL, True)


def test_socket_a_device_that_is_silent_for_too_long_is_a_question(queue: Queue) -> None:
    queue.impatient("_SILENT_SECONDS", 0.2)
    with listening(devices.take_all_slowly) as device:
        mark = queue.print_to(socket_uri(device.port), when="+cups-waiting-for-job-completed", then=device.go)

    assert (verdict(mark), "timed-out" in mark.reasons) == (IN_DOUBT, True)


def test_socket_a_device_that_refuses_connections_got_nothing(queue: Queue) -> None:
    mark = queue.print_to(socket_uri(free_port()), when="Connection error")

    assert (verdict(mark), mark.took) == (NO_CARD, 0)


def test_socket_a_device_that_the_backend_gives_up_got_nothing(queue: Queue) -> None:
    mark = queue.print_to(socket_uri(free_port(), "&contimeout=1"))

    assert (verdict(mark), mark.exit_status, mark.stopped) == (NO_CARD, 1, False)


@pytest.mark.parametrize("where", ["192.0.2.1:9100", "printer.invalid"])
def test_socket_a_device_that_is_nowhere_got_nothing(queue: Queue, where: str) -> None:
    mark = queue.print_to(f"socket://{where}/?snmp=false", when="Looking up" if "invalid" in where else "Connecting to")

    assert verdict(mark) is NO_CARD


# --- lpd ----------------------------------------------------------------------------------------------------------


def lpd_uri(port: int) -> str:
    return f"lpd://127.0.0.1:{port}/card?snmp=false&reserve=none&timeout=1"


def test_lpd_a_device_that_acknowledges_the_card_printed_it(queue: Queue) -> None:
    with listening(LpdPrinter()) as device:
        mark = queue.print_to(lpd_uri(device.port))

    assert (verdict(mark), bytes(device.received)) == (PRINTED, CARD)


@pytest.mark.parametrize(
    "printer",
    [
        LpdPrinter(job=Lpd.NO),
        LpdPrinter(job=Lpd.SILENCE),
        LpdPrinter(job=Lpd.HANG_UP),
        LpdPrinter(control=Lpd.NO),
        LpdPrinter(control=Lpd.HANG_UP),
    ],
    ids=repr,
)
def test_lpd_a_device_that_refuses_before_the_data_got_nothing(queue: Queue, printer: LpdPrinter) -> None:
    queue.impatient("_AGAIN_SECONDS", 0.5)
    with listening(printer) as device:
        mark = queue.print_to(lpd_uri(device.port))

    assert (verdict(mark), mark.took, bytes(device.received)) == (NO_CARD, 0, b"")


@pytest.mark.parametrize(
    "printer",
    [
        LpdPrinter(data=Lpd.NO),
        LpdPrinter(data=Lpd.SILENCE),
        LpdPrinter(data=Lpd.HANG_UP),
        LpdPrinter(data=Lpd.HANG_UP, reads=1000),
        LpdPrinter(data=Lpd.SILENCE, reads=1000),
    ],
    ids=repr,
)
def test_lpd_a_device_that_does_not_acknowledge_the_data_is_a_question_and_gets_it_once(
    queue: Queue, printer: LpdPrinter
) -> None:
    """Left alone, CUPS's lpd backend sends a refused card again every 30 s, and ends well without an answer."""
    queue.impatient("_AGAIN_SECONDS", 0.5)
    with listening(printer) as device:
        mark = queue.print_to(lpd_uri(device.port))

    assert (verdict(mark), device.connections) == (IN_DOUBT, 1)


def test_lpd_a_device_that_refuses_connections_got_nothing(queue: Queue) -> None:
    mark = queue.print_to(lpd_uri(free_port()), when="Connection error")

    assert (verdict(mark), mark.took) == (NO_CARD, 0)


# --- ipp and ipps -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A printer's own, for `localhost`, as CUPS takes it at first sight."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "printer.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture(params=["ipp", "ipps"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@dataclass(kw_only=True)
class Line:
    """From a queue to an IPP printer, in the clear or not."""

    queue: Queue
    scheme: str
    certificate: ssl.SSLContext

    def print_to(
        self, printer: IppPrinter, card: bytes = CARD, *, options: str = "", stop: bool = False, host: str = "localhost"
    ) -> Mark:
        """Stopped once the printer is where it hangs."""
        with printing(printer, self.certificate if self.scheme == "ipps" else None):
            return self.queue.print_to(
                f"{self.scheme}://{host}:{printer.port}/ipp/print?snmp=false{options}",
                card,
                stop_when=printer.reached if stop else None,
            )


@pytest.fixture
def line(queue: Queue, scheme: str, certificate: ssl.SSLContext) -> Line:
    return Line(queue=queue, scheme=scheme, certificate=certificate)


def test_ipp_a_printer_that_completes_its_job_printed_the_card_however_long_it_took(line: Line) -> None:
    line.queue.impatient("_SILENT_SECONDS", 0.0)
    printer = IppPrinter()

    mark = line.print_to(printer)

    assert (verdict(mark), mark.job_state, bytes(printer.received)) == (PRINTED, "completed", CARD)


@pytest.mark.parametrize("state", [JobState.ABORTED, JobState.CANCELED, JobState.HELD])
def test_ipp_a_printer_whose_job_ends_otherwise_is_a_question(line: Line, state: JobState) -> None:
    mark = line.print_to(IppPrinter(ends=state))

    assert (verdict(mark), mark.exit_status) == (IN_DOUBT, 0)


@pytest.mark.parametrize("fault", [Fault.FORGET, Fault.HANG_UP])
def test_ipp_a_printer_that_does_not_say_what_became_of_its_job_is_a_question(line: Line, fault: Fault) -> None:
    mark = line.print_to(IppPrinter(faults={Operation.GET_JOB_ATTRIBUTES: fault}))

    assert (verdict(mark), mark.exit_status) == (IN_DOUBT, 0)


def test_ipp_a_backend_that_does_not_wait_for_its_printer_is_a_question(line: Line) -> None:
    assert verdict(line.print_to(IppPrinter(), options="&waitjob=false")) is IN_DOUBT


@pytest.mark.parametrize(
    "faults",
    [{}, {Operation.GET_JOB_ATTRIBUTES: Fault.HANG}, {Operation.SEND_DOCUMENT: Fault.HANG}],
    ids=["prints for ever", "hangs after the document", "hangs in the document"],
)
def test_ipp_a_printer_that_hangs_with_the_data_is_a_question(line: Line, faults: dict[Operation, Fault]) -> None:
    mark = line.print_to(IppPrinter(ends=JobState.PROCESSING, faults=faults), stop=True)

    assert (verdict(mark), mark.stopped) == (IN_DOUBT, True)


@pytest.mark.parametrize(("fault", "card"), [(Fault.HANG_UP, SMALL), (Fault.FAIL, CARD), (Fault.CANCEL, CARD)])
def test_ipp_a_printer_that_fails_in_mid_document_is_a_question(line: Line, fault: Fault, card: bytes) -> None:
    printer = IppPrinter(ends=JobState.ABORTED, faults={Operation.SEND_DOCUMENT: fault})

    assert verdict(line.print_to(printer, card)) is IN_DOUBT


@pytest.mark.parametrize(("fault", "card"), [(Fault.REFUSE, CARD), (Fault.CANCEL, SMALL)])
def test_ipp_a_printer_that_refuses_the_job_got_nothing(line: Line, fault: Fault, card: bytes) -> None:
    printer = IppPrinter(faults={Operation.CREATE_JOB: fault})

    mark = line.print_to(printer, card)

    assert (verdict(mark), mark.took, bytes(printer.received)) == (NO_CARD, 0, b"")


@pytest.mark.parametrize(("fault", "card"), [(None, SMALL), (Fault.HANG, CARD)])
def test_ipp_a_printer_that_takes_no_jobs_or_hangs_before_got_nothing(
    line: Line, fault: Fault | None, card: bytes
) -> None:
    faults = {Operation.GET_PRINTER_ATTRIBUTES: fault} if fault else {}
    printer = IppPrinter(accepts_jobs=False, faults=faults)

    mark = line.print_to(printer, card, stop=True)

    assert (verdict(mark), mark.took, bytes(printer.received)) == (NO_CARD, 0, b"")


def test_ipp_a_printer_that_is_off_got_nothing(queue: Queue, scheme: str) -> None:
    """Told to stop, the backend ends with 0."""
    queue.impatient("_DEAF_SECONDS", 5.0)
    uri = f"{scheme}://localhost:{free_port()}/ipp/print?snmp=false"

    mark = queue.print_to(uri, SMALL, when="Connection error")

    assert (verdict(mark), mark.took, mark.exit_status) == (NO_CARD, 0, 0)


def test_ipps_a_printer_with_the_certificate_of_another_got_nothing(queue: Queue, certificate: ssl.SSLContext) -> None:
    printer = IppPrinter()

    (queue.bench.backends.parent / "client.conf").write_text("ValidateCerts Yes\n")
    mark = Line(queue=queue, scheme="ipps", certificate=certificate).print_to(printer, host="127.0.0.1")

    assert (verdict(mark), mark.took, printer.asked) == (NO_CARD, 0, [])


# --- usb and dnssd ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "sign"),
    [
        ("usb://Nobody/Card%20Printer?serial=0", "Printing on printer with URI"),
        ("dnssd://Nobody._ipp._tcp.local/", ""),
        ("dnssd://Nobody._pdl-datastream._tcp.local/", ""),
    ],
)
def test_a_printer_that_nobody_finds_got_nothing(queue: Queue, uri: str, sign: str) -> None:
    mark = queue.print_to(uri, when=sign)

    assert (verdict(mark), mark.took) == (NO_CARD, 0)
