"""A centre that sends everything wrong at once: page, photo and PDF, over real HTTP, into a real store."""

import base64
import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from adapters.documents import TypstCards
from daemon.domain.link import Link, LinkState
from daemon.domain.states import State
from daemon.locale.language import in_language
from daemon.locale.reasons import detail_in_words
from daemon.main import TEMPLATES
from daemon.ports import LinkFailure, Store
from tests.fixtures.cups import one_page_pdf
from workers.centre.card_documents import CardDocuments
from workers.centre.central_sync import CentralSync
from workers.situation import Situation
from workers.start_gate import StartGate


def record(number: int, **changed: object) -> dict[str, object]:
    good = {
        "record_id": f"R-{number}",
        "nik": f"12050101019{number:05}",
        "name": "SITI CONTOH",
        "recorded_at": f"2026-01-05T09:{number:02}:00+07:00",
        "status": "PRINT_READY_RECORD",
    }
    return {**good, **changed}


def card(number: int, photo: bytes | None = None, document: bytes | None = None, **fields: object) -> dict[str, object]:
    parts = {"photo": photo, "document": document}
    encoded = {name: base64.b64encode(data).decode() for name, data in parts.items() if data is not None}
    nik_and_name = {"nik": f"12050101019{number:05}", "name": "SITI CONTOH"}
    return {"record_id": f"R-{number}", "fields": {**nik_and_name, **fields}, **encoded}


def portrait(size: tuple[int, int] = (30, 40)) -> bytes:
    out = io.BytesIO()
    Image.new("L", size).save(out, "JPEG")
    return out.getvalue()


RECORDS = [
    record(1),
    record(2, nik="120501"),
    record(3, name="SITI\u202eCONTOH"),
    record(4, status=["PRINT_READY_RECORD"]),
    record(5),
    record(6),
    record(7),
    record(8),
    record(9),
    record(15),
    record(10, name="SIT\ufffd CONTOH"),
    record(11, recorded_at="1970-01-01T07:00:00+07:00"),
    record(12, recorded_at="2026-01-05T09:12:00"),
    record(13, recorded_at="2999-01-01T00:00:00Z"),
    record(14, nik="1205010101900000"),
    {"nik": "1205010101900010"},
    7,
]
CARDS = {
    1: card(1, photo=portrait()),
    5: card(5, photo=portrait((30_000, 10))),
    6: card(6, photo=b"\xff\xd8\xff\xe0 and no more"),
    7: card(7, document=b"%PDF-1.7\nno page in it\n%%EOF\n"),
    8: card(8, blood_type=["A"]),
    9: card(9, document=one_page_pdf()),
    15: card(15, photo=portrait(), name="SIT\ufffd"),
}


@contextmanager
def centre(answers: Mapping[str, object]) -> Iterator[str]:
    """Its URL. It answers each path with this, and nothing else."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(answers[self.path.partition("?")[0]]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_whatever_it_sends_those_alone_wait_who_are_concerned_and_each_with_a_reason(store: Store) -> None:
    answers = {
        "/records": {"records": RECORDS, "next": "1", "more": False},
        **{f"/records/R-{number}/card": answer for number, answer in CARDS.items()},
    }
    failures: list[LinkFailure] = []
    clock = SystemClock()
    situation = Situation(Link(state=LinkState.UP, since=clock.now()))
    with (
        centre(answers) as url,
        closing(
            HttpCentralServer(url=url, token=None, timeout_seconds=10, probe_timeout_seconds=5, clock=clock)
        ) as line,
        closing(TypstCards(TEMPLATES, office="Disdukcapil Contoh")) as documents,
    ):
        sync = CentralSync(
            central=line, records=store.records, situation=situation, clock=clock, interval_seconds=60, page_size=100,
            on_failure=failures.append,
        )  # fmt: skip
        pulling = CardDocuments(
            central=line, renderer=documents, store=store.pulled_cards,
            jobs=store.jobs, situation=situation, gate=StartGate(situation=situation, clock=clock, drain_for=None),
            clock=clock, templates=("card",), depth=20, printers=1, on_failure=failures.append,
        )  # fmt: skip
        sync.step()
        while pulling.step() == 0.0:
            pass

    assert failures == []
    assert [row.job.record_id for row in store.view.queue(State.READY, None)] == ["R-1", "R-9"]
    assert store.pulled_cards.wanted(20, None) == []
    waiting = {job.record_id: str(job.reason) for job in store.view.faulty(20)}
    assert waiting == {
        "R-2": "bad_record: nik: must be 16 digits, as text",
        "R-3": "bad_record: name: must not have control characters",
        "R-4": "bad_record: status: must be text",
        "R-5": "bad_card: the photo has too many pixels",
        "R-6": "bad_card: the photo is not a JPEG that can be opened",
        "R-7": "bad_card: the document is broken",
        "R-8": "bad_card: fields.blood_type: must be text or a number",
        "R-10": "bad_record: name: has letters that were lost on the way (U+FFFD)",
        "R-11": "bad_record: recorded_at: lies before the year 2000",
        "R-12": "bad_record: recorded_at: must be an RFC 3339 time with an offset",
        "R-13": "bad_record: recorded_at: lies in the future",
        "R-14": "bad_record: nik: ends in 0000, as no NIK does",
        "R-15": "bad_card: fields.name: has letters that were lost on the way (U+FFFD)",
    }
    details = {reason.partition(": ")[2] for reason in waiting.values()}
    assert None not in {detail_in_words(detail, in_language("id")) for detail in details}
    assert store.view.counts()[State.WAITING] == len(waiting)
    told = " ".join(f"{entry.details}" for entry in store.log.entries())
    assert "CONTOH" not in told
    assert "12050101" not in told
