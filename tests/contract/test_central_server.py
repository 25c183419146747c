"""The port CentralServer, over real HTTP against the simulated centre and its line."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from daemon.demo.centre import CentralSimulator, Inhabitant, make_people
from daemon.demo.centre.line import Condition, Weather
from daemon.domain.job import PRINT_READY
from daemon.domain.link import Stage
from daemon.domain.token import Token
from daemon.ports import (
    AbsentAtCentre,
    CentralServer,
    Issuance,
    LinkFailure,
    NotPrintReady,
    Record,
    Withdrawn,
)
from tests.waiting import eventually

TOKEN = "demo-token"
TIMEOUT_SECONDS = 2.5

OUTAGES = [
    (Weather.REFUSE, Stage.CONNECT),
    (Weather.TIMEOUT, Stage.ANSWER),
    (Weather.CUT, Stage.ANSWER),
    (Weather.ERROR500, Stage.ANSWER),
    (Weather.UNAVAILABLE, Stage.ANSWER),
    (Weather.CAPTIVE_PORTAL, Stage.ANSWER),
    (Weather.CAPTIVE_REDIRECT, Stage.ANSWER),
    (Weather.GARBAGE, Stage.ANSWER),
    (Weather.TRUNCATED, Stage.ANSWER),
]


@pytest.fixture(scope="module")
def people() -> list[Inhabitant]:
    return make_people(30, seed=7, not_ready=3, missing=2)


@pytest.fixture
def centre(people: list[Inhabitant]) -> Iterator[CentralSimulator]:
    schedule = {person.record_id: 0.0 for person in people if person.becomes_ready}
    with CentralSimulator(people, token=TOKEN, ready_schedule=schedule, clock=SystemClock()) as simulator:
        yield simulator


@pytest.fixture
def central(centre: CentralSimulator) -> Iterator[CentralServer]:
    with closing(client_of(centre)) as client:
        yield client


def client_of(centre: CentralSimulator, token: str | None = TOKEN) -> HttpCentralServer:
    return HttpCentralServer(
        url=centre.url,
        token=token,
        timeout_seconds=TIMEOUT_SECONDS,
        probe_timeout_seconds=TIMEOUT_SECONDS,
        clock=SystemClock(),
    )


def ready_ones(people: list[Inhabitant]) -> list[str]:
    return [person.record_id for person in people if person.becomes_ready]


def issuance(record_id: str, attempt: int = 1) -> Issuance:
    return Issuance(
        token=Token(record_id, attempt),
        record_id=record_id,
        printed_at=datetime(2026, 1, 5, 2, 11, 9, tzinfo=UTC),
        printer="card-1",
        card_serial=None,
    )


def all_changes(central: CentralServer, limit: int) -> tuple[list[Record], str]:
    records: list[Record] = []
    cursor: str | None = None
    while True:
        page = central.records(cursor, limit)
        assert not page.bad
        assert len(page.records) <= limit
        records += page.records
        cursor = page.next
        if not page.more:
            return records, cursor


def test_a_line_that_is_well_passes_every_stage(central: CentralServer) -> None:
    probe = central.probe()
    assert (probe.ok, probe.detail) == (True, None)
    assert probe.at.utcoffset() is not None


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_all_changes_come_whatever_the_size_of_the_page(
    central: CentralServer, people: list[Inhabitant], limit: int
) -> None:
    records, _ = all_changes(central, limit)
    known = {person.record_id: person for person in people if not person.missing}
    assert sorted(record.record_id for record in records) == sorted(known)
    for record in records:
        person = known[record.record_id]
        assert record.recorded_at == person.recorded_at
        assert (record.person.nik, record.person.birth_date) == (person.nik, person.birth_date)
        assert record.status == (PRINT_READY if person.becomes_ready else person.first_status)


def test_a_cursor_goes_on_with_what_changed_since(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant]
) -> None:
    _, cursor = all_changes(central, 500)
    assert central.records(cursor, 500).records == ()
    changed = ready_ones(people)[4]
    centre.state.set_status(changed, "DUPLICATE_RECORD")
    page = central.records(cursor, 500)
    assert [(record.record_id, record.status) for record in page.records] == [(changed, "DUPLICATE_RECORD")]


def test_an_unknown_cursor_is_a_failed_answer(central: CentralServer) -> None:
    with pytest.raises(LinkFailure):
        central.records("no cursor of theirs", 10)


def test_a_card_comes_with_fields_and_a_photo(central: CentralServer, people: list[Inhabitant]) -> None:
    person = next(person for person in people if person.becomes_ready)
    card = central.card(person.record_id)
    assert card.record_id == person.record_id
    assert (card.fields["nik"], card.fields["name"]) == (person.nik, person.name)
    assert card.photo is not None
    assert Image.open(BytesIO(card.photo)).size == (300, 400)


def test_a_card_that_is_not_ready_absent_or_withdrawn_says_so(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant]
) -> None:
    unready = next(person for person in people if not person.becomes_ready and not person.missing)
    missing = next(person for person in people if person.missing)
    withdrawn = ready_ones(people)[0]
    centre.state.withdraw(withdrawn)
    with pytest.raises(NotPrintReady):
        central.card(unready.record_id)
    with pytest.raises(AbsentAtCentre):
        central.card(missing.record_id)
    with pytest.raises(Withdrawn):
        central.card(withdrawn)


def test_a_report_is_taken_once_however_often_it_is_made(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant]
) -> None:
    first, second, *_ = ready_ones(people)
    report = [issuance(first), issuance(second), issuance("nobody")]
    receipt = central.report(report, "key-1")
    assert receipt.accepted == {first, second}
    assert receipt.rejected == {"nobody": "unknown record"}
    assert central.report(report, "key-1") == receipt
    assert centre.state.double_issuances == []
    assert set(centre.state.issued) == {first, second}


def test_a_second_card_under_another_key_is_noticed(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant]
) -> None:
    record_id = ready_ones(people)[0]
    central.report([issuance(record_id)], "key-1")
    central.report([issuance(record_id, 2)], "key-2")
    assert [double.idempotency_key for double in centre.state.double_issuances] == ["key-2"]


def test_a_report_whose_answer_is_cut_off_is_taken_once(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant]
) -> None:
    report = [issuance(record_id) for record_id in ready_ones(people)]
    centre.line.switch(Condition(weather=Weather.CUT, cut_after_bytes=150))
    with pytest.raises(LinkFailure):
        central.report(report, "key-1")
    assert len(centre.state.issued) == len(report)
    centre.line.switch(Weather.UP)
    assert len(central.report(report, "key-1").accepted) == len(report)
    assert centre.state.double_issuances == []


@pytest.mark.parametrize("token", ["wrong", None, ""])
def test_a_wrong_token_fails_at_the_login(centre: CentralSimulator, token: str | None) -> None:
    with closing(client_of(centre, token)) as client:
        assert client.probe().failed_stage is Stage.LOGIN
        with pytest.raises(LinkFailure) as caught:
            client.records(None, 10)
    assert caught.value.stage is Stage.LOGIN


@pytest.mark.parametrize(("weather", "stage"), OUTAGES)
def test_an_outage_fails_every_call_at_its_stage_and_in_time_and_ends_with_it(
    central: CentralServer, centre: CentralSimulator, people: list[Inhabitant], weather: Weather, stage: Stage
) -> None:
    record_id = ready_ones(people)[0]
    before = central.records(None, 500)
    centre.line.switch(weather)
    begin = time.monotonic()  # noqa: TID251
    assert central.probe().failed_stage is stage
    for call in (
        lambda: central.records(None, 500),
        lambda: central.card(record_id),
        lambda: central.report([issuance(record_id)], "key-1"),
    ):
        with pytest.raises(LinkFailure) as caught:
            call()
        assert caught.value.stage is stage
    assert time.monotonic() - begin < 4 * TIMEOUT_SECONDS + 1  # noqa: TID251
    centre.line.switch(Weather.UP)
    assert central.probe().ok
    assert central.records(None, 500) == before
    assert central.card(record_id).record_id == record_id
    assert record_id in central.report([issuance(record_id)], "key-1").accepted


def test_a_slow_line_lets_small_answers_through_and_ends_large_ones_in_time(
    central: CentralServer, centre: CentralSimulator
) -> None:
    centre.line.switch(Condition(weather=Weather.SLOW, bytes_per_second=400))
    assert central.probe().ok
    with pytest.raises(LinkFailure) as caught:
        central.records(None, 500)
    assert caught.value.stage is Stage.ANSWER


def test_a_line_that_goes_in_the_middle_of_an_answer_is_a_failed_link(
    central: CentralServer, centre: CentralSimulator
) -> None:
    centre.line.switch(Condition(weather=Weather.SLOW, bytes_per_second=2000))
    failures: list[LinkFailure] = []

    def pull() -> None:
        try:
            central.records(None, 500)
        except LinkFailure as failure:
            failures.append(failure)

    puller = threading.Thread(target=pull)
    puller.start()
    eventually(lambda: centre.line.carried_bytes > 500, what="the answer under way")
    centre.line.switch(Weather.REFUSE)
    puller.join(5)
    assert [failure.stage for failure in failures] == [Stage.CONNECT]


def test_threads_may_call_at_once(central: CentralServer, people: list[Inhabitant]) -> None:
    got: list[str] = []
    threads = [
        threading.Thread(target=lambda record_id=record_id: got.append(central.card(record_id).record_id))
        for record_id in ready_ones(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(got) == sorted(ready_ones(people))
