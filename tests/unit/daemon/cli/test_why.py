from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from daemon.domain.job import Fault, Job, Verdict, WaitsFor
from daemon.domain.states import State
from daemon.locale.language import LanguageCode
from daemon.locale.statuses import Mover, status
from daemon.ports import BadRecord, MovedAhead, Overtaking, Page
from daemon.queries.why import MOST_OVERTAKINGS, Standing, sentences
from daemon.queries.why.next_move import next_move
from daemon.queries.why.words import MOST_TOLD
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
    held = replace(overtaking(9), state=State.HELD, reason="photo", waits_for=None)
    told = sentences(standing(office, overtakings=(*(overtaking(n) for n in range(7)), held)))
    assert "Recorded later, but started earlier: 8." in told
    assert (
        "- 7, as this record was then: waiting, not "
        "print-ready at the central server: the fingerprints or iris match another record; the centre has to decide."
    ) in told
    assert "- 1, as this record was then: set aside by the office; the place in line is kept: photo." in told
    assert "Z-" not in "".join(told)


def test_reasons_beyond_the_first_are_told_by_their_number(office: Office) -> None:
    passed = [replace(overtaking(n), reason=f"STATUS_{n}") for n in range(MOST_TOLD + 2)]
    assert "- and 2 more." in sentences(standing(office, overtakings=tuple(passed)))


def test_very_many_are_told_as_at_least_so_many(office: Office) -> None:
    many = (overtaking(1),) * MOST_OVERTAKINGS
    told = sentences(standing(office, overtakings=many, overtakings_complete=False))
    assert "Recorded later, but started earlier: at least 1,000." in told
    none = "\n".join(sentences(standing(office, overtakings_complete=False)))
    assert "Nobody who was recorded later" not in none
    assert "nobody recorded later was found" in none


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


DUKCAPIL = (
    "UNREGISTERED",
    "BIO_CAPTURED",
    "PROCESSING",
    "SENT_FOR_ENROLLMENT",
    "RECEIVED_AT_CENTRAL",
    "DUPLICATE_RECORD",
    "ADJUDICATE_RECORD",
    "ADJUDICATE_IN_PROCESS",
    "ADJUDICATE_BY_HAND",
    "ENROLL_FAILURE_AT_CENTRAL",
    "ENROLL_FAILURE_AT_REGIONAL",
    "SEARCH_FAILURE_AT_CENTRAL",
    "CARD_PRINTED",
    "CARD_SHIPPED",
    "CARD_ISSUED",
)


@pytest.mark.parametrize("language", LanguageCode)
@pytest.mark.parametrize("word", DUKCAPIL)
def test_every_status_of_the_registry_is_told_in_words_with_what_can_be_done(
    office: Office, word: str, language: str
) -> None:
    waiting = replace(
        standing(office).job, state=State.WAITING, waits_for=WaitsFor.CENTRE, reason=word, central_status=word
    )
    told = "\n".join(sentences(standing(office, job=waiting, place=None, language=language)))
    known = status(word)
    assert known is not None
    says = {"en": (known.meaning, known.advice), "id": ()}[language]
    assert all(text in told for text in says)
    assert f"{word} (" in told  # the code itself stays, for whoever asks the centre
    assert ("What comes next: " in told) == (language == "en")
    assert ("Selanjutnya: " in told) == (language == "id")
    assert language == "en" or not any(text in told for text in (known.meaning, known.advice))


@pytest.mark.parametrize(
    ("changes", "mover"),
    [
        ({}, Mover.TURN),
        ({"state": State.PRINTING}, Mover.PRINTER),
        ({"state": State.PRINTED}, Mover.PERSON),
        ({"state": State.HANDED_OVER}, Mover.NOBODY),
        ({"state": State.HELD, "reason": "photo"}, Mover.OFFICE),
        ({"state": State.CANCELLED, "reason": "x"}, Mover.OFFICE),
        ({"state": State.CANCELLED, "waits_for": WaitsFor.CENTRE}, Mover.CENTRE),
        ({"state": State.WAITING, "waits_for": WaitsFor.PERSON}, Mover.OFFICE),
        ({"state": State.WAITING, "waits_for": WaitsFor.RETRY}, Mover.TURN),
        ({"state": State.WAITING, "waits_for": WaitsFor.ABSENT, "central_status": None}, Mover.OFFICE),
        ({"state": State.WAITING, "waits_for": WaitsFor.CENTRE, "central_status": "BIO_CAPTURED"}, Mover.OFFICE),
        ({"state": State.WAITING, "waits_for": WaitsFor.CENTRE, "central_status": "NEVER_HEARD_OF"}, Mover.CENTRE),
        ({"state": State.WAITING, "waits_for": WaitsFor.CENTRE, "reason": "not_print_ready_any_more"}, Mover.CENTRE),
        ({"state": State.WAITING, "waits_for": WaitsFor.ELSEWHERE}, Mover.PERSON),
    ],
)
def test_it_is_told_who_moves_it_next(office: Office, changes: dict[str, object], mover: Mover) -> None:
    assert next_move(replace(standing(office).job, **changes)).mover is mover  # type: ignore[arg-type]


def test_every_state_and_everything_that_is_waited_for_has_a_next_move(office: Office) -> None:
    job = standing(office).job
    for state in set(State) - {State.WAITING}:
        assert next_move(replace(job, state=state)).advice
    for waits_for in WaitsFor:
        assert next_move(replace(job, state=State.WAITING, waits_for=waits_for)).advice
    for held in (WaitsFor.SHUT, WaitsFor.PRESENCE):
        assert next_move(job, held).advice != next_move(job).advice


def test_why_tells_what_happened_so_far(office: Office) -> None:
    office.stock()
    office.take(record("A-1", RECORDED, "BIO_CAPTURED"))
    office.take(replace(record("A-1", RECORDED, "DUPLICATE_RECORD"), updated_at=RECORDED + timedelta(hours=1)))
    office.take(replace(record("A-1", RECORDED), updated_at=RECORDED + timedelta(hours=2)))
    office.start("A-1")
    office.finish("A-1", Verdict.SPOILED, reason="a scratch")
    lines = office("why", "A-1").out.splitlines()
    happened = [line.partition(": ")[2] for line in lines[lines.index("What happened so far:") + 1 :]]
    assert happened == [
        "entered at this office.",
        "the central server said: the fingerprints or iris match another record; the centre has to decide.",
        "print-ready, in line.",
        "printing began.",
        "the card was spoiled; back in line in the old place.",
    ]
    told = office("why", "A-1", "--json").json
    assert [entry["event"] for entry in told["history"]][-2:] == ["started", "attempt_spoiled"]
    assert told["moved_next_by"] == "turn"


def test_a_nik_finds_every_record_that_has_it_and_is_logged_without_it(office: Office) -> None:
    nik = "1205010101900001"
    office.ready("A-1", "A-2")
    told = office("why", nik, "--json").json
    assert [each["record_id"] for each in told] == ["A-1", "A-2"]
    assert office("why", f"'{nik[:8]} {nik[8:]}").out.count("What comes next:") == 2
    unknown = office("why", "1205010101900009")
    assert (unknown.status, "nobody here has this NIK" in unknown.err) == (1, True)
    with office.store() as store:
        found = [entry.details for entry in store.log.entries() if entry.event == "looked_up"]
    assert [(each["by"], each["found"]) for each in found] == [("nik", 2), ("nik", 2), ("nik", 0)]
    assert nik not in str(found)


def test_a_record_whose_id_looks_like_a_nik_is_found(office: Office) -> None:
    office.ready("9999999999999999")
    assert office("why", "9999999999999999", "--json").json["place"] == 1
