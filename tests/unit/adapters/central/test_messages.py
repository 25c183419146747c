"""What comes in is a Record, a BadRecord or a LinkFailure, and never anything else."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.central import messages, strict_json
from daemon.domain.one_card import FIRST_TIME
from daemon.domain.token import RECORD_ID
from daemon.ports import BadCard, BadRecord, Card, LinkFailure, Page, Record

INPUTS = Path(__file__).parents[3] / "inputs" / "records"
GOOD: dict[str, Any] = {
    "record_id": "1205-000001",
    "nik": "1205010101900001",
    "name": "SITI CONTOH",
    "birth_place": "STABAT",
    "birth_date": "1990-01-01",
    "sex": "PEREMPUAN",
    "district": "Stabat",
    "village": "Perdamaian",
    "recorded_at": "2025-10-02T09:00:00+07:00",
    "status": "PRINT_READY_RECORD",
    "request_class": "first_time",
    "updated_at": "2026-01-05T02:00:00Z",
}


def page_of(*records: object) -> Page:
    return messages.page({"records": list(records), "next": "1", "more": False}, after=None, limit=100)


def bad(**changed: object) -> BadRecord:
    page = page_of({**GOOD, **changed})
    assert not page.records
    return page.bad[0]


def test_a_good_record_comes_in_whole() -> None:
    (record,) = page_of({**GOOD, "new_in_2027": {"x": 1}}).records
    assert record.recorded_at == datetime(2025, 10, 2, 2, 0, tzinfo=UTC)
    assert record.recorded_at.tzinfo is UTC
    assert record.person.birth_date == date(1990, 1, 1)
    assert record.updated_at == datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
    assert (record.record_id, record.person.nik, record.status) == (GOOD["record_id"], GOOD["nik"], GOOD["status"])


def test_what_is_optional_may_be_absent_null_or_empty() -> None:
    needed = {name: GOOD[name] for name in ("record_id", "nik", "name", "recorded_at", "status")}
    assert page_of(needed).records[0].district is None
    assert page_of({**GOOD, "district": None, "birth_date": ""}).records[0].person.birth_date is None


@pytest.mark.parametrize("text", ["FIRST_TIME", "First-Time", " first time "])
def test_a_class_is_known_in_every_spelling(text: str) -> None:
    assert page_of({**GOOD, "request_class": text}).records[0].request_class == FIRST_TIME


def test_an_unknown_status_is_kept_as_it_is() -> None:
    assert page_of({**GOOD, "status": "SOMETHING_NEW"}).records[0].status == "SOMETHING_NEW"


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("record_id", "a b", "must be 1 to 64 of"),
        ("record_id", "x" * 65, "must be 1 to 64 of"),
        ("record_id", "a\n", "must be 1 to 64 of"),
        ("record_id", 7, "must be 1 to 64 of"),
        ("nik", "120501010190001", "must be 16 digits"),
        ("nik", 1205010101900001, "must be 16 digits"),
        ("nik", "1205010101900001\n", "must be 16 digits"),
        ("nik", "١٢٠٥٠١٠١٠١٩٠٠٠٠١", "must be 16 digits"),
        ("name", "", "must not be empty"),
        ("name", "  ", "must not be empty"),
        ("name", "x" * 201, "longer than 200"),
        ("name", "SITI\x00CONTOH", "control characters"),
        ("name", "SITI\ud800", "control characters"),
        ("name", "SITI\u202eHTOTNOC", "control characters"),
        ("name", ["SITI"], "must be text"),
        ("name", "SIT\ufffd CONTOH", "letters that were lost on the way (U+FFFD)"),
        ("name", "SITÃ© CONTOH", "another encoding"),
        ("name", "SIT? CONTOH", "a sign that is in no name"),
        ("name", "12", "no letter"),
        ("village", "DES\ufffd", "letters that were lost on the way (U+FFFD)"),
        ("nik", "1205010101900000", "ends in 0000, as no NIK does"),
        ("recorded_at", "0001-01-01T00:00:00Z", "lies before the year 2000"),
        ("recorded_at", "1970-01-01T07:00:00+07:00", "lies before the year 2000"),
        ("recorded_at", "2025-10-02T09:00:00", "with an offset"),
        ("recorded_at", "2025-10-02", "with an offset"),
        ("recorded_at", "2025-W40-4T09:00:00Z", "with an offset"),
        ("recorded_at", "2025-02-30T09:00:00Z", "must be a time that exists"),
        ("recorded_at", "0001-01-01T00:00:00+10:00", "must be a time that exists"),
        ("recorded_at", 1759370400, "with an offset"),
        ("birth_date", "01-01-1990", "must be a date"),
        ("birth_date", "1990-02-30", "must be a date that exists"),
        ("status", None, "must be text"),
        ("district", 5, "must be text"),
    ],
)
def test_a_bad_value_names_field_and_rule_and_never_itself(field: str, value: object, rule: str) -> None:
    problem = bad(**{field: value}).problem
    assert problem.startswith(f"{field}: ")
    assert rule in problem
    assert not any(text in problem for text in ("SITI", "1205", "1990", "2025"))


def inputs(name: str) -> list[object]:
    records: list[object] = json.loads((INPUTS / name).read_text(encoding="utf-8"))
    return records


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("record-mangled-name.json", [], [("FLD-0005", True)]),
        ("record-time-without-offset.json", [], [("FLD-0004", False)]),
        ("records-placeholder-dates.json", ["FLD-0001"], [("FLD-0002", False), ("FLD-0003", False)]),
    ],
)
def test_what_no_card_is_made_from_is_told_apart(name: str, good: list[str], bad: list[tuple[str, bool]]) -> None:
    page = page_of(*inputs(name))
    assert [record.record_id for record in page.records] == good
    assert [(record.record_id, record.recorded_at is not None) for record in page.bad] == bad
    assert all(record.person is not None and record.status == "PRINT_READY_RECORD" for record in page.bad)


def test_nobody_is_recorded_in_time_to_come_but_clocks_differ() -> None:
    now = datetime(2025, 10, 2, tzinfo=UTC)
    times = {"A": "2025-10-02T23:00:00Z", "B": "2025-10-03T01:00:00Z", "C": "2099-01-01T00:00:00Z"}
    records = [{**GOOD, "record_id": name, "recorded_at": at} for name, at in times.items()]
    page = messages.page({"records": records, "next": "1", "more": False}, after=None, limit=100, now=now)
    assert [record.record_id for record in page.records] == ["A"]
    assert [record.problem for record in page.bad] == ["recorded_at: lies in the future"] * 2


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "SIT\ufffd"}, "fields.name: has letters that were lost"),
        ({"name": "SIT?"}, "fields.name: has a sign that is in no name"),
        ({"nik": "1205010101900000"}, "fields.nik: ends in 0000"),
        ({"address": "JL. CONTOH \ufffd"}, "fields.address: has letters that were lost"),
    ],
)
def test_a_card_is_held_to_the_same_rules_as_its_record(fields: dict[str, str], problem: str) -> None:
    with pytest.raises(BadCard, match=problem):
        messages.card({"record_id": "A", "fields": fields}, "A")


def test_an_address_may_hold_what_no_name_does() -> None:
    fields = {"name": "MA'RUF", "address": "JL. CONTOH NO. 7 #B; RT?"}
    assert messages.card({"record_id": "A", "fields": fields}, "A").fields == fields


def test_a_field_that_is_missing_is_named() -> None:
    page = page_of({name: value for name, value in GOOD.items() if name not in ("nik", "status")})
    assert page.bad[0].problem == "nik: is missing; status: is missing"


def test_a_bad_record_keeps_its_place_in_line_when_that_can_be_read() -> None:
    record = bad(nik="120501")
    assert (record.record_id, record.recorded_at) == (GOOD["record_id"], datetime(2025, 10, 2, 2, 0, tzinfo=UTC))
    record = bad(record_id="", recorded_at="yesterday")
    assert (record.record_id, record.recorded_at) == (None, None)


def test_a_bad_record_does_not_spoil_the_others() -> None:
    page = page_of(GOOD, {**GOOD, "record_id": "2", "nik": "1"}, "nonsense", {**GOOD, "record_id": "3"})
    assert [record.record_id for record in page.records] == [GOOD["record_id"], "3"]
    assert [record.record_id for record in page.bad] == ["2", None]


def test_neither_a_person_nor_a_card_shows_what_is_in_it() -> None:
    record = page_of(GOOD).records[0]
    card = messages.card({"record_id": "1", "fields": {"name": "SITI CONTOH"}}, "1")
    assert "SITI" not in repr((record, card))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEARLY_A_RECORD = st.builds(
    lambda changed, dropped: {name: value for name, value in {**GOOD, **changed}.items() if name not in dropped},
    st.dictionaries(st.sampled_from(sorted(GOOD)), JSON | st.sampled_from(sorted(GOOD.values())), max_size=4),
    st.sets(st.sampled_from(sorted(GOOD)), max_size=3),
)


@given(st.lists(NEARLY_A_RECORD | JSON, max_size=5), JSON, JSON)
@settings(max_examples=300, deadline=None)
def test_whatever_comes_is_a_record_a_bad_record_or_a_link_failure(
    records: list[Any], following: Any, more: Any
) -> None:
    text = json.dumps({"records": records, "next": following, "more": more})
    try:
        page = messages.page(strict_json.loads(text.encode()), after=None, limit=5)
    except LinkFailure:
        assert not (isinstance(following, str) and isinstance(more, bool)) or not following.isprintable()
        return
    assert len(page.records) + len(page.bad) == len(records)
    for record in page.records:
        assert isinstance(record, Record)
        assert RECORD_ID.fullmatch(record.record_id)
        assert record.recorded_at.utcoffset() is not None
        (record.person.name + (record.status or "")).encode()
    for bad_record in page.bad:
        assert bad_record.problem
        assert GOOD["nik"] not in bad_record.problem
        assert bad_record.record_id is None or RECORD_ID.fullmatch(bad_record.record_id)


@given(JSON | st.fixed_dictionaries({"record_id": st.just("R1")}, optional={"fields": JSON, "photo": JSON}))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_a_card_a_bad_card_or_a_link_failure(message: Any) -> None:
    try:
        card = messages.card(message, "R1")
    except (BadCard, LinkFailure):
        return
    assert isinstance(card, Card)
    assert all(isinstance(value, str) for value in card.fields.values())


@given(JSON | st.fixed_dictionaries({"accepted": JSON, "rejected": JSON}))
@settings(max_examples=200, deadline=None)
def test_whatever_comes_is_a_receipt_or_a_link_failure(message: Any) -> None:
    try:
        receipt = messages.receipt(message, frozenset({"R1"}))
    except LinkFailure:
        return
    assert receipt.accepted | receipt.rejected.keys() <= {"R1"}


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,0123456789eE+-.truefalsn \\u', max_size=60).map(str.encode))
@settings(max_examples=400, deadline=None)
def test_whatever_bytes_come_are_json_or_bad_json(body: bytes) -> None:
    try:
        value = strict_json.loads(body)
    except strict_json.BadJson:
        return
    json.dumps(value, allow_nan=False)
