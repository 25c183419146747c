"""The client against a server that misbehaves byte for byte."""

import base64
import gzip
import itertools
import json
import random
import socket
import time
import tracemalloc
import zlib
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from adapters.central import HttpCentralServer
from adapters.central.quiet import asked_for
from adapters.central.unpacking import TooLarge, body
from adapters.clock import SystemClock
from daemon.domain.errors import Rejected
from daemon.domain.link import Cause, Stage
from daemon.domain.token import Token
from daemon.ports import AbsentAtCentre, BadCard, Issuance, LinkFailure
from tests.fakes.clock import ManualClock
from tests.unit.adapters.central.conftest import Connect
from tests.unit.adapters.central.scripted_server import Conversation, ScriptedServer, always, answer, in_turn

PACKED_PAGE = gzip.compress(b'{"records": [], "next": "1", "more": false}', mtime=0)
"""With no time in it, or each run's tests would have other names."""
EMPTY_PAGE = answer('{"records": [], "next": "1", "more": false}')
MIB = 1024 * 1024
ISSUANCE = Issuance(
    token=Token("R1", 1),
    record_id="R1",
    printed_at=datetime(2026, 1, 5, 2, 11, 9, tzinfo=UTC),
    printer="card-1",
    card_serial=None,
)


def failure_of(client: HttpCentralServer, after: str | None = None) -> LinkFailure:
    with pytest.raises(LinkFailure) as caught:
        client.records(after, 10)
    return caught.value


def seconds_of(begin: float) -> float:
    return time.monotonic() - begin  # noqa: TID251 - what a test measures


def now() -> float:
    return time.monotonic()  # noqa: TID251


def test_a_dripping_body_ends_at_the_deadline(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.hear()
        conversation.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        conversation.drip(b" " * 1000, every_seconds=0.2)

    with ScriptedServer(script) as server:
        begin = now()
        failure = failure_of(connect(server.url, timeout_seconds=1.0))
        assert seconds_of(begin) < 3.0
    assert failure.stage is Stage.ANSWER
    assert "1 s" in failure.detail


def test_a_dripping_head_ends_at_the_deadline(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.hear()
        conversation.drip(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000, every_seconds=0.2)

    with ScriptedServer(script) as server:
        begin = now()
        probe = connect(server.url, probe_timeout_seconds=1.0).probe()
        assert seconds_of(begin) < 3.0
    assert probe.failed_stage is Stage.ANSWER


def test_interim_answers_without_end_end_at_the_deadline(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.hear()
        while not conversation.ended.wait(0.05):
            conversation.say(b"HTTP/1.1 102 Processing\r\n\r\n")

    with ScriptedServer(script) as server:
        begin = now()
        assert failure_of(connect(server.url, timeout_seconds=0.6)).stage is Stage.ANSWER
        assert seconds_of(begin) < 3.0


def test_an_answer_cut_in_the_middle_is_tried_again(connect: Connect) -> None:
    with ScriptedServer(in_turn(EMPTY_PAGE[:-9], EMPTY_PAGE)) as server:
        assert connect(server.url).records(None, 10).next == "1"
        assert server.connections == 2


def test_it_gives_up_after_three_tries(connect: Connect) -> None:
    with ScriptedServer(always(EMPTY_PAGE[:-9])) as server:
        assert failure_of(connect(server.url)).stage is Stage.ANSWER
        assert server.connections == 3


@pytest.mark.parametrize("status", ["502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"])
def test_a_gateway_that_fails_once_is_asked_again(connect: Connect, status: str) -> None:
    with ScriptedServer(in_turn(answer("", status=status), EMPTY_PAGE)) as server:
        assert connect(server.url).records(None, 10).next == "1"


def test_a_broken_server_is_not_asked_again_at_once(connect: Connect) -> None:
    with ScriptedServer(always(answer("", status="500 Internal Server Error"))) as server:
        assert failure_of(connect(server.url)).stage is Stage.ANSWER
        assert server.connections == 1


def test_a_short_retry_after_is_obeyed(connect: Connect) -> None:
    busy = answer("", status="503 Service Unavailable", more="Retry-After: 1\r\n")
    with ScriptedServer(in_turn(busy, EMPTY_PAGE)) as server:
        begin = now()
        connect(server.url).records(None, 10)
        assert 1.0 <= seconds_of(begin) < 4.0


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
def test_a_long_retry_after_is_not_waited_for_and_nothing_is_sent_until_then(connect: Connect, status: str) -> None:
    with ScriptedServer(always(answer("", status=status, more="Retry-After: 3600\r\n"))) as server:
        begin = now()
        client = connect(server.url)
        assert failure_of(client).cause is Cause.BUSY
        assert client.probe().why is Cause.BUSY
        failure = failure_of(client)
        assert seconds_of(begin) < 3.0
        assert server.connections == 1
    assert "left alone for another" in failure.detail


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("30", 30, 37.5),
        ("0", 0, 0),
        ("86400", 900, 1125),
        ("Mon, 05 Jan 2026 02:01:00 GMT", 60, 75),
        ("Mon, 05 Jan 2026 01:00:00 GMT", 0, 0),
        ("Mon, 05 Jan 2037 01:00:00 GMT", 900, 1125),
        ("soon", None, None),
        ("-5", None, None),
        ("", None, None),
    ],
)
def test_how_long_the_centre_is_left_alone(header: str, least: float | None, most: float | None) -> None:
    headers = {"Retry-After": header, "Date": "Mon, 05 Jan 2026 02:00:00 GMT"}
    asked = {asked_for(httpx2.Response(503, headers=headers), ManualClock()) for _ in range(20)}
    if least is None or most is None:
        assert asked == {None}
    else:
        assert all(seconds is not None and least <= seconds <= most for seconds in asked)
        assert len(asked) > 1 or most == 0, "offices that were sent away together come back at different times"


def test_a_probe_asks_once(connect: Connect) -> None:
    with ScriptedServer(always(answer("", status="503 Service Unavailable"))) as server:
        assert connect(server.url).probe().failed_stage is Stage.ANSWER
        assert server.connections == 1


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
def test_a_redirect_is_a_captive_portal_and_not_followed(connect: Connect, status: str) -> None:
    with ScriptedServer(always(EMPTY_PAGE)) as elsewhere:
        redirect = answer("", status=status, more=f"Location: {elsewhere.url}/records\r\n")
        with ScriptedServer(always(redirect)) as server:
            failure = failure_of(connect(server.url))
        assert elsewhere.connections == 0
    assert failure.stage is Stage.ANSWER
    assert "captive portal" in failure.detail


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
def test_a_token_that_is_not_accepted_is_a_failed_login(connect: Connect, status: str) -> None:
    with ScriptedServer(always(answer("{}", status=status))) as server:
        client = connect(server.url)
        assert failure_of(client).stage is Stage.LOGIN
        assert client.probe().failed_stage is Stage.LOGIN


def test_the_token_is_shown_and_never_told(connect: Connect) -> None:
    with ScriptedServer(always(answer("{}", status="401 Unauthorized"))) as server:
        failure = failure_of(connect(server.url, token=lambda: "t0psecret"))
        assert b"authorization: bearer t0psecret" in server.requests[0].lower()
    assert "t0psecret" not in str(failure)


def test_a_new_token_is_taken_up_by_the_next_call(connect: Connect) -> None:
    tokens = iter(["old", "new"])
    with ScriptedServer(always(EMPTY_PAGE)) as server:
        client = connect(server.url, token=lambda: next(tokens))
        client.records(None, 10)
        client.records(None, 10)
        assert [b"Bearer new" in request for request in server.requests] == [False, True]


@pytest.mark.parametrize("token", ["two\nlines", "schlüssel", "nul\0"])
def test_a_token_that_no_header_takes_is_a_failed_login(connect: Connect, token: str) -> None:
    with ScriptedServer(always(EMPTY_PAGE)) as server:
        failure = failure_of(connect(server.url, token=token))
    assert failure.stage is Stage.LOGIN
    assert token not in str(failure)


def test_a_token_file_that_is_gone_is_a_failed_login(connect: Connect) -> None:
    def read() -> str:
        raise FileNotFoundError(2, "No such file or directory", "/nowhere")

    with ScriptedServer(always(EMPTY_PAGE)) as server:
        assert connect(server.url, token=read).probe().failed_stage is Stage.LOGIN


@pytest.mark.parametrize(
    "response",
    [
        answer("<html>Log in</html>", content_type="text/html"),
        answer("<html>Log in</html>"),
        answer('{"records": [], "next": "1", "mo'),
        answer('{"records": [], "next": "1", "next": "2", "more": false}'),
        answer('{"records": [NaN], "next": "1", "more": false}'),
        answer('{"records": [1e999], "next": "1", "more": false}'),
        answer('{"records": [' + "9" * 5000 + '], "next": "1", "more": false}'),
        answer('{"records": ' + "[" * 200_000 + "]" * 200_000 + ', "next": "1", "more": false}'),
        answer(b"\xff\xfe{\x00}\x00"),
        answer(""),
        answer("null"),
        answer("[]"),
        answer('{"records": {}, "next": "1", "more": false}'),
        answer('{"records": [], "next": 1, "more": false}'),
        answer('{"records": [], "next": null, "more": false}'),
        answer('{"records": [], "next": "\\ud800", "more": false}'),
        answer('{"records": [], "next": "1", "more": 0}'),
        answer('{"records": [], "next": "1"}'),
        answer(
            '{"records": [{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}], "next": "1", "more": true}'
        ),
        answer("", status="204 No Content"),
        answer('{"records": [], "next": "1", "more": false}', status="404 Not Found"),
        answer('{"records": [], "next": "1", "more": false}', status="511 Network Authentication Required"),
        answer(b"\x1f\x8b\x08", more="Content-Encoding: gzip\r\n"),
        answer("not gzip at all", more="Content-Encoding: gzip\r\n"),
        answer(
            PACKED_PAGE[:-6],
            more="Content-Encoding: gzip\r\n",
        ),
        answer(gzip.compress(b"{}", mtime=0) + b"more", more="Content-Encoding: gzip\r\n"),
        answer(b"", more="Content-Encoding: gzip\r\n"),
        answer(b"\x0b\x02\x80", more="Content-Encoding: br\r\n"),
        b"220 smtp.example ready\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
        b"",
    ],
    ids=lambda response: response[-40:].decode("latin-1").strip()[:24] or "nothing",
)
def test_what_is_no_page_is_a_failed_answer(connect: Connect, response: bytes) -> None:
    with ScriptedServer(always(response)) as server:
        assert failure_of(connect(server.url)).stage is Stage.ANSWER


def test_a_cursor_that_stands_still_is_a_failed_answer(connect: Connect) -> None:
    with ScriptedServer(always(answer('{"records": [], "next": "7", "more": true}'))) as server:
        client = connect(server.url)
        assert client.records("6", 10).more
        assert failure_of(client, "7").stage is Stage.ANSWER


def test_an_endless_page_is_not_read_to_its_end(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.hear()
        conversation.say(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not conversation.ended.is_set():
            conversation.say(b" " * MIB)

    with ScriptedServer(script) as server:
        assert "16 MiB" in failure_of(connect(server.url, timeout_seconds=20.0)).detail
        assert "1 MiB" in str(connect(server.url, probe_timeout_seconds=20.0).probe().detail)


def test_a_packed_answer_is_unpacked(connect: Connect) -> None:
    body = gzip.compress(json.dumps({"records": [], "next": "1", "more": False, "of": "x" * 100_000}).encode())
    with ScriptedServer(always(answer(body, more="Content-Encoding: gzip\r\n"))) as server:
        assert connect(server.url).records(None, 10).next == "1"
        assert b"accept-encoding: gzip" in server.requests[0].lower()


@pytest.mark.parametrize("size", [1_000, 65_535, 65_536, 65_537, 131_072, 300_000])
@pytest.mark.parametrize("chunk", [1, 7, 65_536])
def test_what_was_packed_comes_out_whole_however_it_is_cut(size: int, chunk: int) -> None:
    whole = random.Random(size).randbytes(size // 2) + b"0" * (size - size // 2)
    packed = gzip.compress(whole, mtime=0)
    chunks = [packed[start : start + chunk] for start in range(0, len(packed), chunk)]
    assert body(chunks, packed=True, most_bytes=size) == whole
    with pytest.raises(TooLarge):
        body(chunks, packed=True, most_bytes=size - 1)


def test_a_bomb_costs_no_memory(connect: Connect) -> None:
    """256 MiB of blanks in 256 KiB: what is over the limit is never unpacked."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join([*(packer.compress(b" " * MIB) for _ in range(256)), packer.flush()])
    with ScriptedServer(always(answer(bomb, more="Content-Encoding: gzip\r\n"))) as server:
        client = connect(server.url, timeout_seconds=20.0)
        tracemalloc.start()
        try:
            failure = failure_of(client)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert "16 MiB" in failure.detail
    assert peak < 48 * MIB


def test_packed_bytes_that_hold_nothing_are_limited_too() -> None:
    endless = itertools.chain([gzip.compress(b"", mtime=0)[:10]], itertools.repeat(b"\x00\x00\x00\xff\xff" * 1000))
    with pytest.raises(TooLarge):
        body(endless, packed=True, most_bytes=MIB)


def test_a_captive_portal_has_a_cause_of_its_own(connect: Connect) -> None:
    for page in (
        answer("<html>", content_type="text/html"),
        answer("", status="302 Found", more="Location: http://login.wifi.example/\r\n"),
        answer("", status="511 Network Authentication Required"),
    ):
        with ScriptedServer(always(page)) as server:
            assert connect(server.url).probe().why is Cause.CAPTIVE_PORTAL


def test_a_card_that_is_too_large_is_a_bad_card_and_no_outage(connect: Connect) -> None:
    with ScriptedServer(always(answer(b" " * (8 * MIB + 1)))) as server, pytest.raises(BadCard, match="8 MiB"):
        connect(server.url, timeout_seconds=20.0).card("R1")


def test_nobody_answering_in_time_is_a_failed_answer(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        conversation.ended.wait()

    with ScriptedServer(script) as server:
        begin = now()
        assert failure_of(connect(server.url, timeout_seconds=0.5)).stage is Stage.ANSWER
        assert seconds_of(begin) < 3.0


def test_nobody_listening_is_a_failed_connection(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        failure = failure_of(connect(f"http://127.0.0.1:{unused.getsockname()[1]}"))
    assert failure.stage is Stage.CONNECT
    assert "refused" in failure.detail


def test_a_connection_that_is_never_taken_is_a_failed_connection(connect: Connect) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
        begin = now()
        failure = failure_of(connect(f"http://127.0.0.1:{full.getsockname()[1]}", timeout_seconds=0.7))
        assert seconds_of(begin) < 3.0
    assert failure.stage is Stage.CONNECT


def test_a_name_that_cannot_be_looked_up_is_a_failed_resolution(connect: Connect) -> None:
    assert failure_of(connect(f"http://{'a' * 64}.test")).stage is Stage.RESOLVE


def test_ids_made_of_dots_stay_in_their_place_in_the_path(connect: Connect) -> None:
    with ScriptedServer(always(answer("{}", status="404 Not Found"))) as server:
        for record_id in ("..", ".", "a.b"):
            with pytest.raises(AbsentAtCentre):
                connect(server.url + "/api").card(record_id)
        paths = [request.split(b" ")[1] for request in server.requests]
    assert paths == [b"/api/records/%2E%2E/card", b"/api/records/%2E/card", b"/api/records/a.b/card"]


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed", "501 Not Implemented"])
def test_an_older_centre_that_cannot_tell_what_it_was_told_is_no_failed_line(connect: Connect, status: str) -> None:
    with ScriptedServer(always(answer("{}", status=status))) as server:
        assert connect(server.url).issued(None, 10) is None


@pytest.mark.parametrize("status", ["404 Not Found", "409 Conflict", "410 Gone"])
def test_an_html_page_says_nothing_of_a_record(connect: Connect, status: str) -> None:
    page = answer("<html>", status=status, content_type="text/html; charset=utf-8")
    with ScriptedServer(always(page)) as server, pytest.raises(LinkFailure) as caught:
        connect(server.url).card("R1")
    assert caught.value.stage is Stage.ANSWER


def card_answer(**parts: Any) -> bytes:
    return answer(json.dumps({"record_id": "R1", "fields": {"name": "SITI CONTOH"}, **parts}))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"record_id": "R2"}, "another record"),
        ({"record_id": 1}, "another record"),
        ({"fields": None}, "fields"),
        ({"fields": ["SITI CONTOH"]}, "fields"),
        ({"fields": {"name": ["SITI CONTOH"]}}, "fields.name"),
        ({"fields": {"name": True}}, "fields.name"),
        ({"fields": {"name": "SITI\nCONTOH"}}, "fields.name"),
        ({"fields": {"name": "SITI\u202eCONTOH"}}, "fields.name"),
        ({"fields": {"SITI CONTOH": "x"}}, "a field's name"),
        ({"fields": {"nik": "120501010190001"}}, "fields.nik"),
        ({"fields": {f"f{n}": "" for n in range(101)}}, "fields"),
        ({"photo": "***"}, "photo"),
        ({"photo": "YWJ"}, "photo"),
        ({"photo": "ü"}, "photo"),
        ({"photo": 7}, "photo"),
        ({"photo": base64.b64encode(b"\x89PNG").decode()}, "photo"),
        ({"document": base64.b64encode(b"<html>").decode()}, "document"),
        ({"document": {}}, "document"),
    ],
)
def test_what_cannot_be_printed_is_a_bad_card_that_names_the_field_only(
    connect: Connect, parts: dict[str, Any], field: str
) -> None:
    with ScriptedServer(always(card_answer(**parts))) as server, pytest.raises(BadCard) as caught:
        connect(server.url).card("R1")
    assert str(caught.value).startswith("R1: ")
    assert field in str(caught.value)
    assert "CONTOH" not in str(caught.value)
    assert "120501" not in str(caught.value)


def test_a_card_comes_with_numbers_as_text_and_without_nulls(connect: Connect) -> None:
    fields = {"nik": 1205010101900001, "rt": 7, "height": 1.5, "note": None, "name": "SITI CONTOH"}
    photo, document = b"\xff\xd8\xff\xe0rest", b"%PDF-1.7 rest"
    encoded = {
        "photo": base64.b64encode(photo).decode(),
        "document": base64.b64encode(document).decode(),
        "new_in_2027": {},
    }
    with ScriptedServer(always(card_answer(fields=fields, **encoded))) as server:
        card = connect(server.url).card("R1")
    assert card.fields == {"nik": "1205010101900001", "rt": "7", "height": "1.5", "name": "SITI CONTOH"}
    assert (card.photo, card.document) == (photo, document)


@pytest.mark.parametrize("body", ["[]", "{}", '{"error": "who are you"}'])
def test_what_is_no_card_at_all_is_a_failed_answer(connect: Connect, body: str) -> None:
    with ScriptedServer(always(answer(body))) as server, pytest.raises(LinkFailure):
        connect(server.url).card("R1")


def test_the_receipt_speaks_only_of_what_was_sent(connect: Connect) -> None:
    receipt = answer('{"accepted": ["R1", "R9"], "rejected": [{"record_id": "R8", "reason": "?"}]}')
    with ScriptedServer(always(receipt)) as server:
        got = connect(server.url).report([ISSUANCE], "key-1")
        assert b"idempotency-key: key-1" in server.requests[0].lower()
    assert got.accepted == {"R1"}
    assert got.rejected == {}


def test_a_record_both_accepted_and_rejected_counts_as_rejected(connect: Connect) -> None:
    receipt = answer('{"accepted": ["R1"], "rejected": [{"record_id": "R1", "reason": "no such blank"}]}')
    with ScriptedServer(always(receipt)) as server:
        got = connect(server.url).report([ISSUANCE], "key-1")
    assert (got.accepted, got.rejected) == (frozenset(), {"R1": "no such blank"})


def test_a_nik_in_a_reason_is_masked(connect: Connect) -> None:
    receipt = answer('{"accepted": [], "rejected": [{"record_id": "R1", "reason": "1205010101900001 has a card"}]}')
    with ScriptedServer(always(receipt)) as server:
        assert connect(server.url).report([ISSUANCE], "key-1").rejected == {"R1": "… has a card"}


@pytest.mark.parametrize("body", ["{}", '{"accepted": [1], "rejected": []}', '{"accepted": [], "rejected": [{}]}'])
def test_what_is_no_receipt_is_a_failed_answer(connect: Connect, body: str) -> None:
    with ScriptedServer(always(answer(body))) as server, pytest.raises(LinkFailure):
        connect(server.url).report([ISSUANCE], "key-1")


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "413 Too Large", "422 Unprocessable"])
def test_a_report_that_is_refused_as_a_whole_is_rejected(connect: Connect, status: str) -> None:
    with ScriptedServer(always(answer("{}", status=status))) as server, pytest.raises(Rejected):
        connect(server.url).report([ISSUANCE], "key-1")


@pytest.mark.parametrize("status", ["408 Request Timeout", "429 Too Many Requests", "500 Internal Server Error"])
def test_a_report_that_can_be_made_later_is_a_link_failure(connect: Connect, status: str) -> None:
    with ScriptedServer(always(answer("{}", status=status))) as server, pytest.raises(LinkFailure):
        connect(server.url).report([ISSUANCE], "key-1")


@pytest.mark.parametrize("body", ['{"status": "bad"}', "{}", '"ok"', '{"status": ["ok"]}', "<html>"])
def test_a_centre_that_does_not_say_ok_is_not_up(connect: Connect, body: str) -> None:
    with ScriptedServer(always(answer(body))) as server:
        assert connect(server.url).probe().failed_stage is Stage.ANSWER


def test_a_probe_passes_every_stage_on_a_connection_of_its_own(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        while True:
            conversation.hear()
            conversation.say(answer('{"status": "ok", "version": 7}').replace(b"Connection: close\r\n", b""))

    with ScriptedServer(script) as server:
        client = connect(server.url)
        assert client.probe().ok
        assert client.probe().ok
        assert server.connections == 2
        client.close()


def test_where_no_connection_is_open_the_calls_go_on_over_that_of_the_probe(connect: Connect) -> None:
    def script(conversation: Conversation) -> None:
        for response in (answer('{"status": "ok", "version": 7}'), EMPTY_PAGE):
            conversation.hear()
            conversation.say(response.replace(b"Connection: close\r\n", b""))

    with ScriptedServer(script) as server:
        client = connect(server.url)
        assert client.probe().ok
        assert client.records(None, 10).next == "1"
        assert server.connections == 1
        client.close()


@pytest.mark.parametrize("url", ["", "central.example", "ftp://central.example", "http://", "http://a:port/"])
def test_an_address_that_is_none_is_rejected(url: str) -> None:
    with pytest.raises(Rejected, match=r"central\.url"):
        HttpCentralServer(url=url, token=None, timeout_seconds=1, probe_timeout_seconds=1, clock=SystemClock())
