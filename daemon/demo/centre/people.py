"""Invented people of an invented Langkat: the same seed makes the same people."""

import csv
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from faker import Faker

from daemon.domain.errors import Rejected

RECORDED_UNTIL = date(2026, 1, 3)
RECORDED_WITHIN = timedelta(days=150)
_OPENS_UTC = time(1, 0)
"""Eight in the morning, western Indonesian time."""
_OFFICE_HOURS = timedelta(hours=7)
NEVER_READY = ("SENT_FOR_ENROLLMENT", "DUPLICATE_RECORD", "ENROLL_FAILURE_AT_CENTRAL", "SEARCH_FAILURE_AT_CENTRAL")
NOT_YET_READY = ("BIO_CAPTURED", "PROCESSING", "SENT_FOR_ENROLLMENT")

_REGENCY = "1205"
_DISTRICTS = {
    "Stabat": ("Kwala Bingai", "Perdamaian", "Dendang", "Pantai Gemi"),
    "Binjai": ("Tandem Hilir", "Sambirejo", "Suka Makmur"),
    "Tanjung Pura": ("Pekan Tanjung Pura", "Lalang", "Pematang Cengal"),
    "Babalan": ("Brandan Timur", "Pelawi Utara", "Securai Selatan"),
    "Hinai": ("Kebun Lada", "Batu Melenggang", "Cempa"),
    "Secanggang": ("Hinai Kiri", "Karang Gading", "Telaga Jernih"),
    "Kuala": ("Pekan Kuala", "Bela Rakyat", "Namo Mbelin"),
    "Bahorok": ("Pekan Bahorok", "Timbang Lawan", "Sampe Raya"),
}
_REQUEST_CLASSES = ("first_time",) * 6 + ("damaged", "lost", "data_change", "moved_in")
_BIRTH_PLACES = ("STABAT", "BINJAI", "MEDAN", "TANJUNG PURA", "PANGKALAN BRANDAN", "KUALA", "BAHOROK")
_RELIGIONS = ("ISLAM",) * 7 + ("KRISTEN", "KATHOLIK", "BUDDHA")
_OCCUPATIONS = ("PETANI/PEKEBUN", "WIRASWASTA", "PELAJAR/MAHASISWA", "MENGURUS RUMAH TANGGA", "NELAYAN", "GURU")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhabitant:
    """One invented person and what becomes of the recording."""

    record_id: str
    nik: str
    name: str
    birth_place: str
    birth_date: date
    sex: str
    district: str
    village: str
    recorded_at: datetime
    request_class: str
    first_status: str
    """The centre's word until the record becomes ready."""
    becomes_ready: bool
    missing: bool
    """Recorded at the office, unknown to the centre."""
    also_on_the_card: dict[str, str] = field(default_factory=dict)


def make_people(
    count: int, *, seed: int, not_ready: int = 0, missing: int = 0, recorded_until: date = RECORDED_UNTIL
) -> list[Inhabitant]:
    """People in the order of recording; `not_ready` of them never become ready, `missing` are unknown to the centre."""
    if not_ready < 0 or missing < 0 or not_ready + missing > count:
        raise Rejected(f"of {count} people, {not_ready} cannot stay unready and {missing} be missing")
    chance = random.Random(seed)  # noqa: S311  the same people each time, nothing secret
    faker = Faker("id_ID", use_weighting=False)
    faker.seed_instance(seed)
    apart = chance.sample(range(count), not_ready + missing)
    unready, absent = set(apart[:not_ready]), set(apart[not_ready:])
    serials = chance.sample(range(1, max(count * 3, 1000)), count)
    return [
        _inhabitant(
            chance,
            faker,
            record_id=f"{_REGENCY}-{serials[place]:06d}",
            serial=place,
            recorded_at=moment,
            first_status=chance.choice(NEVER_READY if place in unready else NOT_YET_READY),
            becomes_ready=place not in unready and place not in absent,
            missing=place in absent,
        )
        for place, moment in enumerate(_recording_times(chance, count, recorded_until))
    ]


def ready_schedule(people: Iterable[Inhabitant], *, within_seconds: float, seed: int) -> dict[str, float]:
    """Seconds after the start at which each record becomes print-ready: in no order at all, a third at once."""
    chance = random.Random(seed)  # noqa: S311
    return {
        person.record_id: 0.0 if chance.random() < 1 / 3 else chance.uniform(0, within_seconds)
        for person in people
        if person.becomes_ready
    }


def registrations_csv(people: Iterable[Inhabitant]) -> str:
    """The office's own registrations, the missing ones included, as `giliran import` takes them."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("record_id", "nik", "name", "recorded_at", "district", "village", "request_class"))
    for person in people:
        rows.writerow(
            (
                person.record_id,
                person.nik,
                person.name,
                person.recorded_at.isoformat(),
                person.district,
                person.village,
                person.request_class,
            )
        )
    return text.getvalue()


def _recording_times(chance: random.Random, count: int, until: date) -> list[datetime]:
    """Office hours of the days before, in order; distinct while there is room, as at one counter."""
    seconds = range(int(RECORDED_WITHIN.days * _OFFICE_HOURS.total_seconds()))
    picked = chance.sample(seconds, count) if count <= len(seconds) else chance.choices(seconds, k=count)
    opening = datetime.combine(until - RECORDED_WITHIN, _OPENS_UTC, tzinfo=UTC)
    times = []
    for second in sorted(picked):
        days, into_the_day = divmod(second, int(_OFFICE_HOURS.total_seconds()))
        times.append(opening + timedelta(days=days, seconds=into_the_day))
    return times


def _inhabitant(
    chance: random.Random,
    faker: Faker,
    *,
    record_id: str,
    serial: int,
    recorded_at: datetime,
    first_status: str,
    becomes_ready: bool,
    missing: bool,
) -> Inhabitant:
    woman = chance.random() < 0.5
    born = _birth_date(chance, recorded_at)
    first_name = faker.first_name_female() if woman else faker.first_name_male()
    district = chance.choice(tuple(_DISTRICTS))
    return Inhabitant(
        record_id=record_id,
        nik=_nik(district, born, woman, serial),
        name=f"{first_name} {faker.last_name()}".upper(),
        birth_place=chance.choice(_BIRTH_PLACES),
        birth_date=born,
        sex="PEREMPUAN" if woman else "LAKI-LAKI",
        district=district,
        village=chance.choice(_DISTRICTS[district]),
        recorded_at=recorded_at,
        request_class=chance.choice(_REQUEST_CLASSES),
        first_status=first_status,
        becomes_ready=becomes_ready,
        missing=missing,
        also_on_the_card={
            "province": "SUMATERA UTARA",
            "regency": "KABUPATEN LANGKAT",
            "address": faker.street_address().upper(),
            "rt_rw": f"{chance.randint(1, 12):03d}/{chance.randint(1, 8):03d}",
            "blood_type": chance.choice(("A", "B", "AB", "O", "-")),
            "religion": chance.choice(_RELIGIONS),
            "marital_status": chance.choice(("BELUM KAWIN", "KAWIN", "KAWIN", "CERAI MATI")),
            "occupation": chance.choice(_OCCUPATIONS),
            "nationality": "WNI",
            "valid_until": "SEUMUR HIDUP",
        },
    )


def _birth_date(chance: random.Random, recorded_at: datetime) -> date:
    """Seventeen or older when recorded."""
    return recorded_at.date() - timedelta(days=chance.randint(17 * 366, 80 * 365))


def _nik(district: str, born: date, woman: bool, serial: int) -> str:
    """Province and regency, district, day of birth (a woman's plus 40), month, year, serial."""
    number = list(_DISTRICTS).index(district) + 1
    day = born.day + 40 if woman else born.day
    return f"{_REGENCY}{number:02d}{day:02d}{born:%m%y}{serial % 9999 + 1:04d}"
