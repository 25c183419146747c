"""What no card is made from: names, NIKs and times as no person has them."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.records import EARLIEST, name_fault, nik_fault, recorded_at_fault, text_fault

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


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_a_nik_has_a_serial(nik: str) -> None:
    assert (nik_fault(nik) is None) == (nik[-4:] != "0000")


@pytest.mark.parametrize(
    "nik", ["", "120501010190000", "12050101019000010", "１２０５０１０１０１９００００１", "1.20501E+15"]
)
def test_a_nik_is_16_digits(nik: str) -> None:
    assert nik_fault(nik) == "must be 16 digits"


NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize("year", [1, 1900, 1926, 1970, 1999])
def test_a_placeholder_is_no_time_of_recording(year: int) -> None:
    assert recorded_at_fault(datetime(year, 1, 1, tzinfo=UTC), NOW) == "lies before the year 2000"


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=30_000)))
def test_nobody_was_recorded_in_time_to_come(ahead: timedelta) -> None:
    assert recorded_at_fault(NOW + ahead, NOW) == "lies in the future"


@given(st.datetimes(EARLIEST.replace(tzinfo=None), NOW.replace(tzinfo=None), timezones=st.just(UTC)))
def test_any_time_in_between_is_one_of_recording(moment: datetime) -> None:
    assert recorded_at_fault(moment, NOW) is None
