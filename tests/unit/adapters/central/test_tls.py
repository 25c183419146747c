"""TLS: whom we trust, who trusts us, and which failures are failures of this stage."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from daemon.domain.errors import Rejected
from daemon.domain.link import Cause, Stage
from daemon.ports import LinkFailure
from tests.unit.adapters.central.conftest import Connect
from tests.unit.adapters.central.scripted_server import Conversation, ScriptedServer, always, answer

OK = answer('{"status": "ok"}')
MakeCertificate = Callable[..., tuple[Path, Path]]


@pytest.fixture
def make_certificate(tmp_path: Path) -> MakeCertificate:
    """Self-signed, for a numeric address or a name; certificate file and key file."""

    def make(name: str = "127.0.0.1", *, days: int = 1, password: bytes | None = None) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        known_as = x509.IPAddress(IPv4Address(name)) if name[0].isdigit() else x509.DNSName(name)
        until = datetime.now(UTC) + timedelta(days=days)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(until - timedelta(days=10))
            .not_valid_after(until)
            .add_extension(x509.SubjectAlternativeName([known_as]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        certificate_file, key_file = tmp_path / f"{name}.pem", tmp_path / f"{name}.key"
        certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
        return certificate_file, key_file

    return make


def server_side(files: tuple[Path, Path], *, clients_ca: Path | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    if clients_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients_ca)
    return context


def test_a_certificate_of_the_ca_file_is_accepted(connect: Connect, make_certificate: MakeCertificate) -> None:
    files = make_certificate()
    with ScriptedServer(always(OK), server_side(files)) as server:
        assert connect(server.url, ca_file=files[0]).probe().ok


def test_an_unknown_certificate_is_not_accepted(connect: Connect, make_certificate: MakeCertificate) -> None:
    with ScriptedServer(always(OK), server_side(make_certificate())) as server:
        probe = connect(server.url).probe()
    assert probe.failed_stage is Stage.TLS
    assert "certificate" in str(probe.detail)


def test_a_certificate_for_another_name_is_not_accepted(connect: Connect, make_certificate: MakeCertificate) -> None:
    files = make_certificate("central.example")
    with ScriptedServer(always(OK), server_side(files)) as server:
        assert connect(server.url, ca_file=files[0]).probe().failed_stage is Stage.TLS


def said_at(moment: datetime) -> bytes:
    """A healthy answer that tells the time."""
    return answer('{"status": "ok"}', more=f"Date: {format_datetime(moment, usegmt=True)}\r\n")


@pytest.mark.parametrize(("days", "years_off"), [(-360, -1), (370, 1)], ids=["a year ahead", "a year behind"])
def test_a_clock_that_is_a_year_off_is_told_from_an_expired_certificate(
    connect: Connect, make_certificate: MakeCertificate, days: int, years_off: int
) -> None:
    """To whom the clock is a year ahead, the centre and its certificate are a year behind."""
    files = make_certificate(days=days)
    theirs = datetime.now(UTC) + years_off * timedelta(days=365)
    with ScriptedServer(always(said_at(theirs)), server_side(files)) as server:
        client = connect(server.url, ca_file=files[0])
        probe = client.probe()
        with pytest.raises(LinkFailure) as caught:
            client.records(None, 10)
    assert (probe.failed_stage, probe.why) == (Stage.TLS, Cause.CLOCK_WRONG)
    assert f"the centre's {theirs:%Y-%m-%d}" in str(probe.detail)
    assert caught.value.cause is Cause.CLOCK_WRONG


def test_a_certificate_that_begins_later_is_the_clock_s_fault_where_the_centre_tells_no_time(
    connect: Connect, make_certificate: MakeCertificate
) -> None:
    files = make_certificate(days=370)
    with ScriptedServer(always(OK), server_side(files)) as server:
        assert connect(server.url, ca_file=files[0]).probe().why is Cause.CLOCK_WRONG


def test_the_question_after_the_time_shows_no_token(connect: Connect, make_certificate: MakeCertificate) -> None:
    files = make_certificate(days=-1)
    with ScriptedServer(always(said_at(datetime.now(UTC))), server_side(files)) as server:
        assert connect(server.url, ca_file=files[0]).probe().why is Cause.CERTIFICATE_EXPIRED
        assert [b"authorization" in request.lower() for request in server.requests] == [False]


def test_an_expired_certificate_is_not_accepted(connect: Connect, make_certificate: MakeCertificate) -> None:
    files = make_certificate(days=-1)
    with ScriptedServer(always(OK), server_side(files)) as server:
        probe = connect(server.url, ca_file=files[0]).probe()
    assert (probe.failed_stage, probe.why) == (Stage.TLS, Cause.CERTIFICATE_EXPIRED)
    assert f"ended {datetime.now(UTC) - timedelta(days=1):%Y-%m-%d}" in str(probe.detail)


def test_a_server_that_speaks_no_tls_fails_at_this_stage(connect: Connect) -> None:
    with ScriptedServer(always(OK)) as server:
        url = server.url.replace("http:", "https:")
        assert connect(url, probe_timeout_seconds=0.5).probe().failed_stage is Stage.TLS


def test_a_handshake_that_hangs_ends_at_the_deadline_and_fails_at_this_stage(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.ended.wait()

    with ScriptedServer(script) as server:
        url = server.url.replace("http:", "https:")
        assert connect(url, probe_timeout_seconds=0.5).probe().failed_stage is Stage.TLS


def test_our_certificate_is_shown(connect: Connect, make_certificate: MakeCertificate) -> None:
    files, ours = make_certificate(), make_certificate("office.example")
    with ScriptedServer(always(OK), server_side(files, clients_ca=ours[0])) as server:
        client = connect(server.url, ca_file=files[0], client_cert_file=ours[0], client_key_file=ours[1])
        assert client.probe().ok


def test_a_missing_certificate_of_ours_fails_at_this_stage(connect: Connect, make_certificate: MakeCertificate) -> None:
    files, others = make_certificate(), make_certificate("office.example")
    with ScriptedServer(always(OK), server_side(files, clients_ca=others[0])) as server:
        assert connect(server.url, ca_file=files[0]).probe().failed_stage is Stage.TLS


@pytest.mark.parametrize("setting", ["ca_file", "client_cert_file"])
@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_a_certificate_file_that_cannot_be_used_is_named(tmp_path: Path, setting: str, content: bytes | None) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(Rejected, match=rf"central\.{setting} .*file\.pem"):
        HttpCentralServer(
            url="https://central.example",
            token=None,
            timeout_seconds=1,
            probe_timeout_seconds=1,
            clock=SystemClock(),
            **{setting: file},
        )


def test_a_locked_key_is_refused_and_nobody_is_asked_for_a_password(make_certificate: MakeCertificate) -> None:
    certificate, key = make_certificate("office.example", password=b"secret")
    with pytest.raises(Rejected, match="encrypted"):
        HttpCentralServer(
            url="https://central.example",
            token=None,
            timeout_seconds=1,
            probe_timeout_seconds=1,
            client_cert_file=certificate,
            client_key_file=key,
            clock=SystemClock(),
        )
