from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from daemon.domain.job import Fault, Job, Verdict, WaitsFor
from daemon.domain.states import State
from daemon.ports import BadRecord, MovedAhead, Overtaking, Page
from daemon.queries.why import MOST_OVERTAKINGS, Standing, sentences
from tests.unit.daemon.cli.conftest import RECORDED, Office, record

AT = datetime(2026, 1, 5, 2, 12, tzinfo=UTC)


def standing(office: Office, **changes: object) -> Standing:
    job = Job(
        record_id="A-1",
        state=State.READY,
        reason=None,
        since=AT,
        recorded_at=RECORDED,
        central_status="PRINT_READY_RECORD",
    )
    facts: dict[str, object] = {
        "job": job,
        "at": AT,
        "place": 100,
        "ready": 41012,
        "overtakings": (),
        "per_day": 14.0,
        "days": 5,
        "timezone": office.settings.office.timezone,
        "language": "en",
    }
    return Standing(**{**facts, **changes})  # type: ignore[arg-type]


def overtaking(number: int) -> Overtaking:
    return Overtaking(
        record_id=f"Z-{number}",
        recorded_at=AT,
        started_at=AT,
        state=State.WAITING,
        reason="DUPLICATE_RECORD",
        waits_for=WaitsFor.CENTRE,
    )


def test_the_expected_date_is_the_place_at_the_rate_of_a_working_day(office: Office) -> None:
    assert standing(office).expected == date(2026, 1, 15)
    assert standing(office, place=101).expected == date(2026, 1, 16)
    assert "about 15 Jan 2026" in "\n".join(sentences(standing(office)))


def test_without_enough_days_of_cards_no_date_is_promised(office: Office) -> None:
    for early in (standing(office, per_day=None, days=0), standing(office, days=4)):
        assert early.expected is None
        assert sentences(early)[-1] == (
            "When it will be printed cannot be told yet: that takes 5 working days of cards, "
            f"and there were {early.days}."
        )


def test_a_date_beyond_the_calendar_is_none(office: Office) -> None:
    assert standing(office, place=10**9, per_day=1.0).expected is None


def test_who_came_later_and_was_served_earlier_is_told_with_the_reason(office: Office) -> None:
    told = sentences(standing(office, overtakings=tuple(overtaking(n) for n in range(7))))
    assert "Recorded later, but started earlier: 7." in told
    assert (
        "- Z-0, recorded 5 Jan 2026 09:12, was started 5 Jan 2026 09:12, because then this record was: waiting, not "
        "print-ready at the central server: the fingerprints or iris match another record; the centre has to decide."
    ) in told
    assert "- and 2 more." in told


def test_very_many_are_told_as_at_least_so_many(office: Office) -> None:
    told = sentences(standing(office, overtakings=(overtaking(1),) * MOST_OVERTAKINGS))
    assert "Recorded later, but started earlier: at least 1,000." in told


def test_the_office_speaks_its_own_language(office: Office) -> None:
    told = "\n".join(sentences(standing(office, language="id")))
    assert "urutan ke-100 dari 41.012 dalam antrean" in told
    assert "siap cetak" in told
    assert "15 Januari 2026" in told


def test_one_of_a_thing_is_told_as_one(office: Office) -> None:
    told = "\n".join(
        sentences(standing(office, per_day=1.0, moved_ahead=(MovedAhead(document="D", people=1, in_line=1),)))
    )
    assert "at 1 card on a working day" in told
    assert "put 1 person before the time" in told
    assert sentences(standing(office, days=1))[-1].endswith("and there was 1.")


def test_august_is_written_out(office: Office) -> None:
    august = datetime(2026, 8, 5, 2, tzinfo=UTC)
    for language, day in (("en", "recorded 5 Aug 2026 09:00"), ("id", "direkam 5 Agustus 2026 09:00")):
        job = replace(standing(office).job, recorded_at=august)
        assert day in sentences(standing(office, job=job, language=language))[0]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("the guard died while the card was in the printer", "program penjaga mati ketika kartu berada di pencetak"),
        (
            "media-jam, backend exit 1, it read 3 of 12 bytes",
            "media-jam, backend berakhir dengan status 1, hanya 3 dari 12 byte yang dibaca",
        ),
        ("the queue has no guard, CUPS says gone", "antreannya tidak memakai program penjaga, menurut CUPS gone"),
        ("Lost, it was me {who} wrote this", "Lost, it was me {who} wrote this"),
    ],
)
def test_our_own_reasons_are_translated_and_what_people_wrote_stays(office: Office, reason: str, told: str) -> None:
    doubt = replace(standing(office).job, state=State.UNCONFIRMED, reason=reason)
    assert f"Alasan: {told}." in "\n".join(sentences(standing(office, job=doubt, place=None, language="id")))
    assert f"Reason: {reason}." in "\n".join(sentences(standing(office, job=doubt, place=None)))


def test_who_asks_in_another_language_is_answered_in_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.ready("A-1")
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    monkeypatch.setenv("LC_ALL", "id_ID.UTF-8")
    assert "place 1 of 1 in line" in office("why", "A-1").out
    assert "urutan ke-1 dari 1" in office("why", "A-1", "--lang", "id").out
    office.configure(language="id")
    assert "urutan ke-1 dari 1" in office("why", "A-1").out
    assert "place 1 of 1 in line" in office("why", "A-1", "--lang", "en").out


def test_why_tells_the_facts_of_a_real_queue(office: Office) -> None:
    office.stock()
    office.take(record("EARLY", RECORDED, "DUPLICATE_RECORD"), record("LATE", RECORDED + timedelta(days=1)))
    office.start("LATE")
    office.finish("LATE", Verdict.PRINTED)
    told = office("why", "EARLY", "--json").json
    assert told["place"] is None
    assert told["state"] == "waiting"
    assert told["reason"] == "DUPLICATE_RECORD"
    assert told["expected_date"] is None
    assert (told["cards_per_working_day"], told["working_days_known"]) == (1.0, 1)
    assert [passed["record_id"] for passed in told["overtakings"]] == ["LATE"]
    words = office("why", "EARLY").out
    assert "Recorded later, but started earlier: 1." in words
    assert "DUPLICATE_RECORD" in words


def test_why_gives_a_ready_job_its_place_and_on_the_first_day_no_date(office: Office) -> None:
    office.stock()
    office.ready("A-1", "A-2", "A-3")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    told = office("why", "A-3", "--json").json
    assert told["place"] == 2
    assert told["expected_date"] is None
    assert "place 2 of 2 in line" in office("why", "A-3").out


def test_why_of_nobody_is_one_line(office: Office) -> None:
    outcome = office("why", "NOBODY")
    assert outcome.status == 1
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "meaning", "reason"),
    [
        ("en", "waiting for the central server to mend what it sent", "cannot be printed: a page of 210 x 297 mm."),
        ("id", "menunggu perbaikan data dari server pusat", "data kartu dari server pusat tidak dapat dicetak."),
    ],
)
def test_who_waits_for_what_the_centre_sent_is_not_told_to_be_unready(
    office: Office, language: str, meaning: str, reason: str
) -> None:
    faulty = replace(
        standing(office).job,
        state=State.WAITING,
        waits_for=WaitsFor.UNUSABLE,
        fault=Fault.CARD,
        reason="bad_card: a page of 210 x 297 mm",
    )
    told = "\n".join(sentences(standing(office, job=faulty, place=None, language=language)))
    assert meaning in told
    assert reason in told
    assert "not print-ready" not in told
    assert "belum siap cetak di server pusat" not in told
    assert ("210 x 297" in told) == (language == "en")


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "is faulty: nik: must be 16 digits, as text; name: is missing."),
        ("id", "keliru: nik: harus 16 angka, berupa teks; name: tidak ada."),
    ],
)
def test_what_is_wrong_with_it_is_told_in_the_language_of_whoever_asks(
    office: Office, language: str, reason: str
) -> None:
    faulty = replace(
        standing(office).job,
        state=State.WAITING,
        waits_for=WaitsFor.UNUSABLE,
        fault=Fault.RECORD,
        reason="bad_record: nik: must be 16 digits, as text; name: is missing",
    )
    told = "\n".join(sentences(standing(office, job=faulty, place=None, language=language)))
    assert reason in told


@pytest.mark.parametrize(
    ("language", "meaning", "reason"),
    [
        ("en", "waiting for the office to decide", "another record with the same NIK, R-7, gets the first card"),
        ("id", "menunggu keputusan petugas", "rekaman lain dengan NIK yang sama, R-7, mendapat kartu pertama"),
    ],
)
def test_who_waits_for_a_person_is_told_which_other_record_it_is(
    office: Office, language: str, meaning: str, reason: str
) -> None:
    second = replace(standing(office).job, state=State.WAITING, waits_for=WaitsFor.PERSON, reason="same_nik: R-7")
    passing = replace(overtaking(1), reason="same_nik: R-7", waits_for=WaitsFor.PERSON)
    told = sentences(standing(office, job=second, place=None, language=language, overtakings=(passing,)))
    [state] = [line for line in told if meaning in line and reason in line and not line.startswith("-")]
    [passed] = [line for line in told if line.startswith("- ")]
    assert meaning in passed
    assert reason in passed
    assert "belum siap cetak di server pusat" not in "\n".join(told)
    assert state


def test_of_whom_no_usable_date_is_known_no_date_is_told(office: Office) -> None:
    bad = BadRecord(
        record_id="A-1", recorded_at=None, problem="recorded_at lies before the year 2000", status="PRINT_READY_RECORD"
    )
    with office.store() as store:
        store.records.take_page(Page(records=(), bad=(bad,), next="1", more=False), office.now)
    assert "A-1: no usable date of recording is known" in office("why", "A-1").out
    assert "A-1, recorded" not in office("why", "A-1").out
    office.configure(language="id")
    assert "A-1: tanggal perekaman yang benar belum diketahui" in office("why", "A-1").out


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    "status",
    [
        "try_again_after_enrolment",
        "try_again",
        "bad_fingerprint_quality",
        "bad_card",
        "same_nik",
        "same_nik: R-7",
        "absent_at_centre",
        "withdrawn_at_centre",
        "bad_record: x",
    ],
)
def test_a_status_that_reads_like_a_reason_of_ours_is_quoted(office: Office, language: str, status: str) -> None:
    said = replace(
        standing(office).job, state=State.WAITING, waits_for=WaitsFor.CENTRE, reason=status, central_status=status
    )
    passing = replace(overtaking(1), reason=status)
    told = sentences(standing(office, job=said, place=None, language=language, overtakings=(passing,)))
    plain = {"en": "waiting, not print-ready at the central server", "id": "menunggu, belum siap cetak di server pusat"}
    quotes = {"en": "The central server says: {}.", "id": "Menurut server pusat: {}."}
    assert quotes[language].format(status) in told
    assert len([line for line in told if line.endswith(f": {status}.")]) == 3
    assert len([line for line in told if plain[language] in line]) == 2


def test_a_persons_reason_is_quoted_too(office: Office) -> None:
    held = replace(standing(office).job, state=State.HELD, reason="bad_card: a scratch")
    assert sentences(standing(office, job=held, place=None, language="id"))[1].endswith("Alasan: bad_card: a scratch.")


@pytest.mark.parametrize(
    ("state", "waits_for", "reason", "said"),
    [
        (State.WAITING, WaitsFor.CENTRE, "not_print_ready_any_more", "took back that it is print-ready"),
        (State.WAITING, WaitsFor.ABSENT, "absent_at_centre", "absent at the central server"),
        (State.WAITING, WaitsFor.RETRY, "try_again: answer", "it is tried again by itself: answer"),
        (State.WAITING, WaitsFor.CENTRE, "SENT_FOR_ENROLLMENT", "sent for enrolment, not finished yet"),
        (State.CANCELLED, WaitsFor.CENTRE, "withdrawn_at_centre", "the central server has withdrawn the record"),
    ],
)
def test_reasons_of_ours_and_statuses_that_are_known_are_told_in_words(
    office: Office, state: State, waits_for: WaitsFor, reason: str, said: str
) -> None:
    job = replace(standing(office).job, state=state, waits_for=waits_for, reason=reason)
    assert any(said in line for line in sentences(standing(office, job=job, place=None)))
