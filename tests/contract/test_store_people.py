"""Finding people by NIK and by name, though both are sealed."""

import pytest

from daemon.ports import Person, Store
from tests.contract.office import NOON, page, record, somebody


@pytest.fixture
def people(store: Store) -> Store:
    named = {"A": "SITI CONTOH", "B": "Budi Contoh", "C": "Ni Made Siti", "D": "ŞTEFAN ßtraße"}
    records = [
        record(record_id, minute, person=Person(nik=somebody(minute % 3).nik, name=name))
        for minute, (record_id, name) in enumerate(named.items())
    ]
    store.records.take_page(page(*records), NOON)
    return store


def test_everybody_of_a_nik_is_found_by_turn(people: Store) -> None:
    assert [job.record_id for job in people.people.of_nik(somebody(0).nik)] == ["A", "D"]
    assert [job.record_id for job in people.people.of_nik(somebody(1).nik)] == ["B"]
    assert people.people.of_nik("9999999999999999") == []


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("siti", ["A", "C"]),
        ("CONTOH", ["A", "B"]),
        ("contoh budi", ["B"]),
        ("ştefan", ["D"]),
        ("STRASSE", ["D"]),
        ("nobody", []),
        ("\u2019", []),
    ],
)
def test_a_part_of_a_name_finds_everybody_who_has_it(people: Store, part: str, found: list[str]) -> None:
    assert [job.record_id for job in people.people.named(part, 10)] == found


def test_no_more_are_found_than_were_asked_for(people: Store) -> None:
    looked_at: list[None] = []
    assert [job.record_id for job in people.people.named("contoh", 1, lambda: looked_at.append(None))] == ["A"]
    assert len(looked_at) == 1
    assert people.people.count() == 4


def test_everybody_is_looked_at_however_many_there_are(store: Store) -> None:
    many = [record(f"R-{number:05}", number, person=somebody(number)) for number in range(2100)]
    last = record("Z", 9999, person=Person(nik=somebody(7).nik, name="DEWI UNIK"))
    store.records.take_page(page(*many, last), NOON)
    looked_at: list[None] = []
    assert [job.record_id for job in store.people.named("unik", 5, lambda: looked_at.append(None))] == ["Z"]
    assert len(looked_at) == store.people.count() == 2101
