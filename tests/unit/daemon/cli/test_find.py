"""People are found by what they say at the counter; who looked is logged, and never what for."""

import os
import pwd
from dataclasses import replace

import pytest

from daemon.ports import Person
from tests.unit.daemon.cli.conftest import RECORDED, Office, record

NIK = "1205010101900001"


def found(office: Office, *text: str) -> list[str]:
    return [told["record_id"] for told in office("find", *text, "--json").json]


def test_people_are_found_by_nik_record_and_a_part_of_the_name(office: Office) -> None:
    office.ready("A-1", "A-2")
    assert found(office, NIK) == ["A-1", "A-2"]
    assert found(office, "A-2") == ["A-2"]
    assert found(office, "siti") == ["A-1", "A-2"]
    assert found(office, "contoh", "SITI") == ["A-1", "A-2"]
    assert found(office, "1205010101900002") == []
    assert found(office, "A-3") == []
    assert office("find", "nobody").out == "Nobody was found.\n"


def somebody(office: Office, record_id: str, name: str) -> None:
    office.take(replace(record(record_id, RECORDED), person=Person(nik=NIK, name=name)))


def test_a_name_with_a_digit_is_found_by_its_full_text(office: Office) -> None:
    somebody(office, "A-1", "TEST 123")
    assert found(office, "TEST 123") == found(office, "test", "123") == found(office, "est 12") == ["A-1"]
    assert found(office, "TEST 124") == found(office, "123") == []


@pytest.mark.parametrize("kept", ["NUR'AINI", "NUR\u2019AINI", "NUR`AINI", "NURAINI"])
@pytest.mark.parametrize("typed", ["nur'aini", "NUR\u2019AINI", "NUR\u02bcAINI", "nuraini", "'aini"])
def test_a_name_is_found_whichever_apostrophe_is_typed(office: Office, kept: str, typed: str) -> None:
    somebody(office, "A-1", kept)
    assert found(office, typed) == ["A-1"]


@pytest.mark.parametrize(
    "typed", ["1205 0101 0190 0001", "12.0501.010190.0001", "'1205010101900001", "120501-010190-0001"]
)
def test_a_nik_is_found_however_its_digits_are_grouped(office: Office, typed: str) -> None:
    office.ready("A-1")
    assert found(office, typed) == found(office, *typed.split()) == ["A-1"]


def test_apostrophes_alone_find_nobody(office: Office) -> None:
    office.ready("A-1")
    assert office("find", "' ' ' '").status == 2


def test_the_list_says_enough_to_tell_people_apart_and_no_more(office: Office) -> None:
    office.ready("A-1")
    out = office("find", NIK).out
    assert "S. C." in out
    assert "…0001" in out
    assert "SITI" not in out
    assert NIK not in out


@pytest.mark.parametrize(("text", "kind"), [(NIK, "nik"), ("A-1", "record"), ("siti", "name")])
def test_each_look_up_is_logged_without_what_was_looked_for(office: Office, text: str, kind: str) -> None:
    office.ready("A-1")
    office("find", text)
    with office.store() as store:
        last = store.log.last()
    assert last is not None
    assert (last.event, last.actor, last.record_id) == ("looked_up", pwd.getpwuid(os.getuid()).pw_name, None)
    assert {name: value for name, value in last.details.items() if value is not None} == {"by": kind, "found": 1}


def test_more_than_asked_for_are_announced(office: Office) -> None:
    office.ready("A-1", "A-2", "A-3")
    out = office("find", "siti", "--limit", "2").out
    assert out.splitlines()[-1].startswith("and more: another word of the name, or --limit")
    assert "A-3" not in out


def test_two_letters_are_too_few(office: Office) -> None:
    outcome = office("find", "si")
    assert outcome.status == 2
    assert "at least 3 letters" in outcome.err


@pytest.mark.parametrize(("asked", "digits"), [("120507190873000", 15), ("0001", 4)])
def test_a_number_that_is_no_nik_is_told_so(office: Office, asked: str, digits: int) -> None:
    assert f"A NIK has 16 digits, this has {digits}" in office("find", asked).out
