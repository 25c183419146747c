"""What no card is made from: names, NIKs and times as no person has them."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.records import (
    EARLIEST,
    NO_BIRTH,
    NO_PLACE,
    NO_SERIAL,
    ONE_DIGIT,
    name_fault,
    nik_fault,
    recorded_at_fault,
    text_fault,
)

LOST = "has letters that were lost on the way (U+FFFD)"
MISREAD = "was read in another encoding than it was written in (UTF-8 as Windows-1252)"
MIXED = "has letters of several scripts in one word"
LOOSE = "has marks without a letter of their own"


@pytest.mark.parametrize(
    "name",
    [
        "SITI CONTOH",
        "N",
        "H",
        "JUM'AT",
        "Ma’ruf",
        "MA`RUF",
        "Maʼruf ʿAbd",
        "H. CONTOH WARGA, S.Pd., M.Si.",
        "Dr. (H.C.) CONTOH",
        'SITI "ANI" CONTOH',
        "ABD. RAHMAN A/L CONTOH",
        "NUR-AINI",
        "JOÃO CONTOH",
        "NÚÑEZ",
        "NUN\u0303EZ",
        "CONTOH 2",
        "محمد",
        "مُحَمَّد",
        "\ufb58\ufeee",
        "ꦱꦶꦠꦶ ꦕꦺꦴꦤ꧀ꦠꦺꦴꦃ",
        "ᯘᯪᯖᯪ ᯔᯔ᯲",
        "ᬲᬶᬢᬶ",
        "ᮞᮤᮒᮤ",
        "ᨔᨗᨈᨗ",
        "சித்தி",
        "张伟",
        "김철수",
    ],
)
def test_names_that_people_have(name: str) -> None:
    assert name_fault(name) is None


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("SIT\ufffd CONTOH", LOST),
        ("SITÃ© CONTOH", MISREAD),
        ("JUMâ€™AT", MISREAD),
        ("SITÃŸ", MISREAD),
        ("SIT? CONTOH", "has a sign that is in no name (number 4)"),
        ("JUM&#39;AT", "has a sign that is in no name (number 4)"),
        ("SITI ☃", "has a sign that is in no name (number 6)"),
        ("SITI □", "has a sign that is in no name (number 6)"),
        ("ＳＩＴＩ", "has a sign that is in no name (number 1)"),
        ("𝐒𝐈𝐓𝐈", "has a sign that is in no name (number 1)"),
        ("\ufb01na", "has a sign that is in no name (number 1)"),
        ("S\u0406TI", "has a sign that is in no name (number 2)"),
        ("SI\u200bTI", "has a sign that is in no name (number 3)"),
        ("\ue000SITI", "has a sign that is in no name (number 1)"),
        ("SIT\u0378", "has a sign that is in no name (number 4)"),
        ("SIT𓀀", "has a sign that is in no name (number 4)"),
        ("SIمTI", MIXED),
        ("SI\u200dTI", MIXED),
        ("\u0301SITI", LOOSE),
        ("S\u0301\u0301\u0301\u0301\u0301ITI", LOOSE),
        ("", "has no letter"),
        ("12", "has no letter"),
        ("-", "has no letter"),
        ("...", "has no letter"),
    ],
)
def test_names_that_nobody_has(name: str, fault: str) -> None:
    assert name_fault(name) == fault


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzÀÁÉÑÖÜàáéñöü .,'-", min_size=1))
def test_every_spelling_of_latin_letters_is_a_name(text: str) -> None:
    expected = None if any(map(str.isalpha, text)) else "has no letter"
    assert name_fault(text) == name_fault(unicodedata.normalize("NFC", text)) == expected


@given(st.text(), st.text())
def test_no_rule_ever_gives_away_what_it_was_shown(before: str, after: str) -> None:
    secret = "QXZJV"
    for fault in (name_fault(before + secret + after), text_fault(before + secret + after), nik_fault(secret + after)):
        assert fault is None or secret not in fault


@given(st.text(), st.text())
def test_a_letter_that_was_lost_is_found_wherever_it_stood(before: str, after: str) -> None:
    assert name_fault(f"{before}\ufffd{after}") == text_fault(f"{before}\ufffd{after}") == LOST


@given(st.text(st.characters(min_codepoint=0xA0, max_codepoint=0x24F), min_size=1))
def test_text_that_was_read_in_the_wrong_encoding_is_known(text: str) -> None:
    try:
        misread = text.encode().decode("cp1252")
    except UnicodeDecodeError:
        return
    assert text_fault(misread) == MISREAD


@given(
    st.integers(11, 97), st.integers(1, 99), st.integers(1, 99), st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.booleans(), st.integers(1, 9999),
)  # fmt: skip
def test_a_nik_is_made_of_place_birth_and_serial(
    province: int, regency: int, district: int, born: date, woman: bool, serial: int
) -> None:
    birth = f"{born.day + 40 * woman:02}{born:%m%y}"
    nik = f"{province:02}{regency:02}{district:02}{birth}{serial:04}"
    assert nik_fault(nik) == (ONE_DIGIT if nik == "1" * 16 else None)
    assert nik_fault(nik[:-4] + "0000") == NO_SERIAL
    for place in ("00", "10", "98", "99"):
        assert nik_fault(place + nik[2:]) == NO_PLACE
    assert nik_fault(nik[:2] + "00" + nik[4:]) == nik_fault(nik[:4] + "00" + nik[6:]) == NO_PLACE
    for day_and_month in ("0001", "3201", "4001", "7201", "0100", "0113", "3002", "7104", "3111"):
        assert nik_fault(nik[:6] + day_and_month + nik[10:]) == NO_BIRTH


@pytest.mark.parametrize(
    ("nik", "fault"),
    [
        ("0000000000000000", NO_SERIAL),
        ("0000000000000001", NO_PLACE),
        ("1111111111111111", ONE_DIGIT),
        ("9999999999999999", ONE_DIGIT),
        ("1234567890123456", NO_BIRTH),
        ("1205016902000001", None),
        ("1205013112990001", None),
    ],
)
def test_placeholders_are_no_niks(nik: str, fault: str | None) -> None:
    assert nik_fault(nik) == fault


@pytest.mark.parametrize(
    "nik", ["", "120501010190000", "12050101019000010", "１２０５０１０１０１９００００１", "1.20501E+15"]
)
def test_a_nik_is_16_digits(nik: str) -> None:
    assert nik_fault(nik) == "must be 16 digits"


NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("year", [1, 1900, 1926, 1970, 1999, 2000, 2010])
def test_a_placeholder_is_no_time_of_recording(year: int) -> None:
    assert recorded_at_fault(datetime(year, 1, 1, tzinfo=UTC), NOW) == "lies before the year 2011"


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=30_000)))
def test_nobody_was_recorded_in_time_to_come(ahead: timedelta) -> None:
    assert recorded_at_fault(NOW + ahead, NOW) == "lies in the future"


@given(st.datetimes(EARLIEST.replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)))
def test_any_time_in_between_is_one_of_recording(moment: datetime) -> None:
    assert recorded_at_fault(moment, NOW) is None
