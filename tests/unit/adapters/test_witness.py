"""A witness over HTTP, and whatever else may answer in its place."""

import threading
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from adapters.clock import SystemClock
from adapters.log_key import Ed25519LogKey
from adapters.witness import MOST_ANSWER_BYTES, HttpWitness
from daemon.domain.errors import Rejected
from daemon.domain.note import COSIGNATURE, parts, verifier_key
from daemon.domain.witness import Request
from daemon.ports import OtherSize, WitnessUnreachable
from tests.fakes.witness import AT
from tests.unit.daemon.domain.test_witness import LEAVES, request

KEY = Ed25519LogKey("giliran/1275", bytes([7] * 32))
ANOTHER = Ed25519LogKey("giliran/1275", bytes([8] * 32))
REQUEST: Request = request(3, LEAVES)
TEXT = parts(REQUEST.checkpoint)[0]


class Answering(HTTPServer):
    answer: tuple[int, bytes] = (200, b"")
    asked: tuple[str, str] = ("", "")


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Answering)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked = (self.path, body)
        status, content = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Answering]:
    with Answering(("127.0.0.1", 0), _Answer) as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


@pytest.fixture
def witness(server: Answering) -> Iterator[HttpWitness]:
    key = verifier_key(KEY.witness_key, COSIGNATURE)
    url = f"http://127.0.0.1:{server.server_port}/w"
    with closing(HttpWitness("Kota Binjai", key, url, SystemClock())) as there:
        yield there


def test_a_cosignature_is_verified_and_picked_out_of_others(server: Answering, witness: HttpWitness) -> None:
    line = KEY.cosign(TEXT, AT)
    server.answer = (200, (ANOTHER.cosign(TEXT, AT) + line).encode())
    found = witness.add_checkpoint(REQUEST)
    assert (found.at, found.line) == (AT, line)
    assert server.asked == ("/w/add-checkpoint", REQUEST.text)
    assert witness.cosignature(REQUEST.checkpoint + line) == found


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nothing\n",
        "— giliran/1275 AAAA\n",
        ANOTHER.cosign(TEXT, AT),
        KEY.cosign(TEXT.replace("\n40\n", "\n41\n"), AT),
        KEY.sign(TEXT).rpartition("\n\n")[2],
        KEY.cosign(TEXT, AT).removesuffix("\n"),
    ],
)
def test_what_is_no_cosignature_of_this_head_is_refused(server: Answering, witness: HttpWitness, body: str) -> None:
    server.answer = (200, body.encode())
    with pytest.raises(Rejected, match="no signature of its key"):
        witness.add_checkpoint(REQUEST)


def test_the_size_that_it_cosigned_last_is_told(server: Answering, witness: HttpWitness) -> None:
    server.answer = (409, b"17\n")
    with pytest.raises(OtherSize) as told:
        witness.add_checkpoint(REQUEST)
    assert told.value.size == 17


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (400, b"", "cannot read"),
        (403, b"", "by another key"),
        (404, b"", "does not know the log"),
        (409, b"3\n", "another log of this size"),
        (409, b"", "another log of this size"),
        (422, b"", "not the beginning"),
    ],
)
def test_a_refusal_is_told(server: Answering, witness: HttpWitness, status: int, body: bytes, why: str) -> None:
    server.answer = (status, body)
    with pytest.raises(Rejected, match=why):
        witness.add_checkpoint(REQUEST)


@pytest.mark.parametrize("status", [204, 302, 429, 500, 503])
def test_whatever_else_answers_is_no_witness_now(server: Answering, witness: HttpWitness, status: int) -> None:
    server.answer = (status, b"")
    with pytest.raises(WitnessUnreachable, match=str(status)):
        witness.add_checkpoint(REQUEST)


@pytest.mark.parametrize("body", [b"x" * (MOST_ANSWER_BYTES + 1), b"\xff\xfe"])
def test_a_flood_or_noise_is_no_answer(server: Answering, witness: HttpWitness, body: bytes) -> None:
    server.answer = (200, body)
    with pytest.raises(WitnessUnreachable):
        witness.add_checkpoint(REQUEST)


def test_nobody_at_that_address_is_told() -> None:
    key = verifier_key(KEY.witness_key, COSIGNATURE)
    with (
        closing(HttpWitness("Kota Binjai", key, "http://127.0.0.1:9", SystemClock())) as witness,
        pytest.raises(WitnessUnreachable, match=r"127\.0\.0\.1"),
    ):
        witness.add_checkpoint(REQUEST)
