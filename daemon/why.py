"""Why somebody stands where they stand: the facts about one job, and the words for the person at the counter."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.job import Job
from daemon.domain.order import RecordingTimes, Source
from daemon.domain.states import State
from daemon.domain.supply import ENOUGH_DAYS
from daemon.ports import MovedAhead, Overtaking, Store
from daemon.settings import Settings
from daemon.status import moved_ahead_to_json, rfc3339
from daemon.supply import look_ahead

WEEK, WORKING_WEEK = 7, 5
"""A working day of cards is taken for so much of the calendar."""
MOST_OVERTAKINGS = 1000
MOST_TOLD = 5
"""So many are told one by one; `why --json` has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The facts about one job."""

    job: Job
    at: datetime
    place: int | None
    ready: int
    """How many are in line."""
    overtakings: tuple[Overtaking, ...]
    """At most MOST_OVERTAKINGS, earliest start first."""
    per_day: float | None
    """Cards on a working day: the rate by which `status` tells how long the blanks last."""
    days: int
    """Working days that it is reckoned from."""
    moved_ahead: tuple[MovedAhead, ...] = ()
    """Whom papers of the office put before the time that the centre says, by paper."""
    timezone: ZoneInfo
    language: str

    @property
    def expected(self) -> date | None:
        """When the card will be made at the present rate, in the office's calendar; None if nobody can tell."""
        if self.place is None or self.per_day is None or self.days < ENOUGH_DAYS:
            return None
        days = math.ceil(self.place / self.per_day * WEEK / WORKING_WEEK)
        today = self.at.astimezone(self.timezone).date()
        return today + timedelta(days=days) if days <= (date.max - today).days else None


def find_standing(store: Store, settings: Settings, record_id: str, at: datetime) -> Standing:
    """Read the facts. UnknownRecord."""
    job = store.jobs.job(record_id)
    rate = look_ahead(store, (), at, settings.office.timezone)
    return Standing(
        job=job,
        at=at,
        place=store.view.place(job),
        ready=store.view.counts().get(State.READY, 0),
        overtakings=tuple(store.view.overtakings(job, MOST_OVERTAKINGS)),
        per_day=rate.per_day,
        days=rate.days,
        moved_ahead=tuple(store.view.moved_ahead()),
        timezone=settings.office.timezone,
        language=settings.office.language,
    )


def to_json(standing: Standing) -> dict[str, object]:
    """The facts, for programs."""
    job = standing.job
    return {
        "record_id": job.record_id,
        "state": job.state.value,
        "reason": job.reason,
        "since": rfc3339(job.since),
        "recorded_at": rfc3339(job.recorded_at),
        "recorded_at_by": times_to_json(job.times),
        "central_status": job.central_status,
        "place": standing.place,
        "overtakings": [
            {
                "record_id": overtaking.record_id,
                "recorded_at": rfc3339(overtaking.recorded_at),
                "started_at": rfc3339(overtaking.started_at),
                "why": overtaking.why,
            }
            for overtaking in standing.overtakings
        ],
        "expected_date": standing.expected.isoformat() if standing.expected else None,
        "cards_per_working_day": None if standing.per_day is None else round(standing.per_day, 1),
        "working_days_known": standing.days,
        "moved_ahead": moved_ahead_to_json(standing.moved_ahead),
    }


def times_to_json(times: RecordingTimes) -> dict[str, object]:
    """When somebody was recorded as each side says, and whose word counts."""
    return {
        "office": rfc3339(times.office) if times.office else None,
        "document": times.document,
        "centre": rfc3339(times.centre) if times.centre else None,
        "counts": times.source.value if times.source else None,
    }


# --- in words ---------------------------------------------------------------------------------------------


def sentences(standing: Standing) -> list[str]:
    """What to tell the person, in the office's language, one sentence or two a line."""
    words = _INDONESIAN if standing.language == "id" else _ENGLISH
    return [
        _place(standing, words),
        *_times(standing, words),
        _state(standing, words),
        _central(standing, words),
        *_overtaken(standing, words),
        *_moved_ahead(standing, words),
        *_expected(standing, words),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The phrases of one language."""

    place: str
    no_place: str
    times: str
    office_counts: str
    centre_counts: str
    state: str
    states: Mapping[State, str]
    because: str
    central: str
    central_silent: str
    reasons: Mapping[str, str]
    nobody_passed: str
    passed: str
    passed_by: str
    more_passed: str
    moved_ahead: str
    expected: str
    cannot_tell: str
    not_in_line: str
    many: str
    months: tuple[str, ...]
    separator: str


def _place(standing: Standing, words: _Words) -> str:
    record, recorded = standing.job.record_id, _moment(standing.job.recorded_at, standing, words)
    if standing.place is None:
        return words.no_place.format(record=record, recorded=recorded)
    return words.place.format(
        record=record,
        recorded=recorded,
        place=_number(standing.place, words),
        ready=_number(max(standing.ready, standing.place), words),
    )


def _times(standing: Standing, words: _Words) -> list[str]:
    """Both, where office and centre say something different."""
    times = standing.job.times
    if times.office is None or times.centre is None or times.office == times.centre:
        return []
    office, centre = (_exactly(at, standing, words) for at in (times.office, times.centre))
    counts = words.office_counts if times.source is Source.OFFICE else words.centre_counts
    return [words.times.format(office=office, centre=centre) + " " + counts.format(document=times.document)]


def _moved_ahead(standing: Standing, words: _Words) -> list[str]:
    papers = standing.moved_ahead
    if not papers:
        return []
    named = ", ".join(f"{paper.document} ({_number(paper.people, words)})" for paper in papers[:MOST_TOLD])
    people = _number(sum(paper.people for paper in papers), words)
    return [words.moved_ahead.format(people=people, papers=named + (", …" if len(papers) > MOST_TOLD else ""))]


def _state(standing: Standing, words: _Words) -> str:
    job = standing.job
    said = words.state.format(meaning=words.states[job.state], since=_moment(job.since, standing, words))
    return said + words.because.format(reason=_reason(job.reason, words)) if job.reason else said


def _central(standing: Standing, words: _Words) -> str:
    status = standing.job.central_status
    if status is None:
        return words.central_silent
    known = words.reasons.get(status)
    return words.central.format(status=f"{status} ({known})" if known else status)


def _overtaken(standing: Standing, words: _Words) -> list[str]:
    overtakings = standing.overtakings
    if not overtakings:
        return [words.nobody_passed]
    count = _number(len(overtakings), words)
    if len(overtakings) == MOST_OVERTAKINGS:
        count = words.many.format(count=count)
    lines = [words.passed.format(count=count)]
    lines += (
        words.passed_by.format(
            record=overtaking.record_id,
            recorded=_moment(overtaking.recorded_at, standing, words),
            started=_moment(overtaking.started_at, standing, words),
            why=_passed_because(overtaking.why, words),
        )
        for overtaking in overtakings[:MOST_TOLD]
    )
    if len(overtakings) > MOST_TOLD:
        lines.append(words.more_passed.format(count=_number(len(overtakings) - MOST_TOLD, words)))
    return lines


def _expected(standing: Standing, words: _Words) -> list[str]:
    if standing.job.state in (State.WAITING, State.HELD):
        return [words.not_in_line]
    if standing.job.state is not State.READY:
        return []
    if standing.expected is None or standing.per_day is None:
        return [words.cannot_tell.format(days=standing.days, enough=ENOUGH_DAYS)]
    per_day = _number(round(standing.per_day), words)
    return [words.expected.format(day=_day(standing.expected, words), per_day=per_day)]


def _reason(reason: str, words: _Words) -> str:
    """A stable word (alone, or before a colon and a detail) in the office's language; else as people wrote it."""
    word, colon, detail = reason.partition(": ")
    return words.reasons.get(word, word) + colon + detail


def _passed_because(why: str, words: _Words) -> str:
    """ "state: reason", as the store tells it."""
    state, _, reason = why.partition(": ")
    if state not in set(State):
        return _reason(why, words)
    meaning = words.states[State(state)]
    return f"{meaning}: {_reason(reason, words)}" if reason else meaning


def _moment(at: datetime, standing: Standing, words: _Words) -> str:
    local = at.astimezone(standing.timezone)
    return f"{_day(local.date(), words)} {local:%H:%M}"


def _exactly(at: datetime, standing: Standing, words: _Words) -> str:
    return f"{_moment(at, standing, words)}:{at:%S}"


def _day(day: date, words: _Words) -> str:
    return f"{day.day} {words.months[day.month - 1]} {day.year}"


def _number(number: int, words: _Words) -> str:
    return f"{number:,}".replace(",", words.separator)


_ENGLISH = _Words(
    place="{record}, recorded {recorded}: place {place} of {ready} in line.",
    no_place="{record}, recorded {recorded}: has no place among those ready to be printed.",
    times="Recorded by this office's registration {office}, by the central server {centre}.",
    office_counts="The office's time counts, under its paper {document}.",
    centre_counts="The central server's time counts.",
    state="State since {since}: {meaning}.",
    states={
        State.WAITING: "waiting, not print-ready at the central server",
        State.READY: "print-ready, in line by recording time",
        State.PRINTING: "being printed now",
        State.UNCONFIRMED: "the office is checking whether the card came out of the printer",
        State.PRINTED: "the card is made and can be collected",
        State.HANDED_OVER: "the card was handed over",
        State.HELD: "set aside by the office; the place in line is kept",
        State.CANCELLED: "withdrawn",
    },
    because=" Reason: {reason}.",
    central="The central server says: {status}.",
    central_silent="The central server has said nothing about this record.",
    reasons={
        "PRINT_READY_RECORD": "ready to be printed",
        "SENT_FOR_ENROLLMENT": "sent for enrolment, not finished yet",
        "DUPLICATE_RECORD": "the fingerprints or iris match another record; the centre has to decide",
        "ENROLL_FAILURE_AT_CENTRAL": "enrolment failed at the centre; it may have to be recorded again",
        "BIO_CAPTURED": "recorded, not sent to the centre yet",
        "PROCESSING": "the centre is working on it",
        "SEARCH_FAILURE_AT_CENTRAL": "the search at the centre failed; it has to be repeated there",
        "absent_at_centre": "recorded at this office, but absent at the central server",
        "not_print_ready_any_more": "the central server took back that it is print-ready",
        "withdrawn_at_centre": "the central server has withdrawn the record",
        "bad_card": "what the central server sent for the card cannot be printed",
        "bad_record": "what the central server sent about this record is faulty",
        "same_nik": "another record with the same NIK gets the first card; the office has to decide",
        "try_again": "the card could not be delivered or taken for printing; it is tried again by itself",
    },
    nobody_passed="Nobody who was recorded later was started earlier.",
    passed="Recorded later, but started earlier: {count}.",
    passed_by="- {record}, recorded {recorded}, was started {started}, because then this record was: {why}.",
    more_passed="- and {count} more.",
    moved_ahead="Papers of this office put {people} people before the time that the central server says: {papers}.",
    expected="Expected: about {day}, at {per_day} cards on a working day, as in the last four weeks.",
    cannot_tell=(
        "When it will be printed cannot be told yet: that takes {enough} working days of cards, and there were {days}."
    ),
    not_in_line="When it will be printed cannot be told before it is in line.",
    many="at least {count}",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    separator=",",
)

_INDONESIAN = _Words(
    place="{record}, direkam {recorded}: urutan ke-{place} dari {ready} dalam antrean.",
    no_place="{record}, direkam {recorded}: belum atau tidak lagi berada dalam antrean siap cetak.",
    times="Direkam menurut pendaftaran kantor ini {office}, menurut server pusat {centre}.",
    office_counts="Yang berlaku waktu kantor, berdasarkan surat {document}.",
    centre_counts="Yang berlaku waktu server pusat.",
    state="Keadaan sejak {since}: {meaning}.",
    states={
        State.WAITING: "menunggu, belum siap cetak di server pusat",
        State.READY: "siap cetak, dalam antrean menurut waktu perekaman",
        State.PRINTING: "sedang dicetak",
        State.UNCONFIRMED: "petugas sedang memastikan apakah kartunya sudah keluar dari mesin cetak",
        State.PRINTED: "kartu sudah dicetak dan dapat diambil",
        State.HANDED_OVER: "kartu sudah diserahkan",
        State.HELD: "ditahan oleh petugas; urutannya tetap",
        State.CANCELLED: "dibatalkan",
    },
    because=" Alasan: {reason}.",
    central="Menurut server pusat: {status}.",
    central_silent="Server pusat belum menyampaikan apa pun tentang rekaman ini.",
    reasons={
        "PRINT_READY_RECORD": "siap cetak",
        "SENT_FOR_ENROLLMENT": "sudah dikirim ke pusat, belum selesai diproses",
        "DUPLICATE_RECORD": "terdeteksi ganda dengan rekaman lain; menunggu keputusan pusat",
        "ENROLL_FAILURE_AT_CENTRAL": "gagal diproses di pusat; mungkin perlu perekaman ulang",
        "BIO_CAPTURED": "sudah direkam, belum terkirim ke pusat",
        "PROCESSING": "sedang diproses di pusat",
        "SEARCH_FAILURE_AT_CENTRAL": "pencarian di pusat gagal; harus diulang di pusat",
        "absent_at_centre": "sudah direkam di kantor ini, tetapi tidak ada di server pusat",
        "not_print_ready_any_more": "server pusat menarik kembali status siap cetak",
        "withdrawn_at_centre": "rekaman ditarik oleh server pusat",
        "bad_card": "data kartu dari server pusat tidak dapat dicetak",
        "bad_record": "data rekaman dari server pusat keliru",
        "same_nik": "rekaman lain dengan NIK yang sama mendapat kartu pertama; petugas harus memutuskan",
        "try_again": "kartunya belum dapat dikirim atau dicetak; dicoba lagi dengan sendirinya",
    },
    nobody_passed="Tidak ada yang direkam lebih akhir yang dicetak lebih dahulu.",
    passed="Direkam lebih akhir tetapi dicetak lebih dahulu: {count}.",
    passed_by="- {record}, direkam {recorded}, mulai dicetak {started}, karena saat itu rekaman ini: {why}.",
    more_passed="- dan {count} lagi.",
    moved_ahead="Surat kantor ini mendahulukan {people} orang dari waktu menurut server pusat: {papers}.",
    expected="Perkiraan: sekitar {day}, dengan {per_day} kartu per hari kerja seperti empat minggu terakhir.",
    cannot_tell=("Belum dapat diperkirakan kapan dicetak: perlu {enough} hari kerja pencetakan, baru ada {days}."),
    not_in_line="Belum dapat diperkirakan kapan dicetak sebelum masuk antrean siap cetak.",
    many="sedikitnya {count}",
    months=(
        "Januari",
        "Februari",
        "Maret",
        "April",
        "Mei",
        "Juni",
        "Juli",
        "Agustus",
        "September",
        "Oktober",
        "November",
        "Desember",
    ),
    separator=".",
)
