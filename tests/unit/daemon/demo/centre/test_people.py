import csv
import io
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from daemon.demo.centre.people import make_people, ready_schedule, registrations_csv
from daemon.demo.centre.portrait import portrait
from daemon.domain.errors import Rejected
from daemon.domain.token import RECORD_ID


def test_the_same_seed_makes_the_same_people() -> None:
    assert make_people(20, seed=1, missing=2) == make_people(20, seed=1, missing=2)
    assert make_people(20, seed=1) != make_people(20, seed=2)


def test_people_come_in_order_of_recording_and_nobody_twice() -> None:
    people = make_people(500, seed=3)
    times = [person.recorded_at for person in people]
    assert times == sorted(set(times))
    assert len({person.record_id for person in people}) == len({person.nik for person in people}) == 500
    assert all(RECORD_ID.fullmatch(person.record_id) for person in people)
    assert [person.record_id for person in people] != sorted(person.record_id for person in people)


def test_a_nik_tells_regency_birthday_and_sex() -> None:
    for person in make_people(200, seed=4):
        day, month, year = (int(person.nik[start : start + 2]) for start in (6, 8, 10))
        assert person.nik.startswith("1205")
        assert len(person.nik) == 16
        assert (day > 40) is (person.sex == "PEREMPUAN")
        assert (day % 40, month, year) == (
            person.birth_date.day % 40,
            person.birth_date.month,
            person.birth_date.year % 100,
        )
        assert person.birth_date < date(2009, 1, 1)


def test_so_many_stay_unready_and_so_many_are_missing() -> None:
    people = make_people(60, seed=5, not_ready=5, missing=1)
    assert sum(person.missing for person in people) == 1
    assert sum(not person.becomes_ready for person in people) == 6
    with pytest.raises(Rejected):
        make_people(5, seed=5, not_ready=5, missing=1)


def test_records_become_ready_in_no_order_at_all() -> None:
    people = make_people(60, seed=6, not_ready=5)
    schedule = ready_schedule(people, within_seconds=30, seed=6)
    assert set(schedule) == {person.record_id for person in people if person.becomes_ready}
    later = [record_id for record_id, after in schedule.items() if after > 0]
    assert all(0 <= after <= 30 for after in schedule.values())
    assert later != sorted(later, key=schedule.__getitem__)
    assert schedule == ready_schedule(people, within_seconds=30, seed=6)


def test_the_csv_holds_everyone_the_missing_included() -> None:
    people = make_people(30, seed=7, missing=3)
    rows = list(csv.DictReader(io.StringIO(registrations_csv(people))))
    assert [row["record_id"] for row in rows] == [person.record_id for person in people]
    assert set(rows[0]) == {"record_id", "nik", "name", "recorded_at", "district", "village", "request_class"}


def test_everyone_has_a_face_of_their_own() -> None:
    assert portrait("1205-000001") == portrait("1205-000001") != portrait("1205-000002")
    image = Image.open(BytesIO(portrait("1205-000001")))
    assert (image.format, image.size) == ("JPEG", (300, 400))
