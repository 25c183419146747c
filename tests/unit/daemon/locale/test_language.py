import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon.locale.language import LanguageCode, Plural, in_language

JAKARTA = ZoneInfo("Asia/Jakarta")
AT = datetime(2026, 8, 5, 2, 3, tzinfo=UTC)
BLANKS = Plural(
    "{left:,} blank is left (the limit is {low:,})", "{left:,} blanks are left (the limit is {low:,})", "left"
)


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [
        ("en", "1 blank is left (the limit is 2,000)", "1,234 blanks are left (the limit is 2,000)"),
        ("id", "blangko tinggal 1 (batas 2.000)", "blangko tinggal 1.234 (batas 2.000)"),
    ],
)
def test_a_message_goes_by_its_number_and_groups_thousands(language: str, one: str, many: str) -> None:
    words = in_language(language)
    assert words.say(BLANKS, left=1, low=2000) == one
    assert words.say(BLANKS, left=1234, low=2000) == many


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("0.3 %", "5 Aug 2026", "5 Aug 2026", "2026-08-05 09:03")),
        ("id", ("0,3 %", "5 Agustus 2026", "5 Agu 2026", "05/08/2026 09.03")),
    ],
)
def test_figures_and_days_are_written_as_the_language_has_them(language: str, told: tuple[str, ...]) -> None:
    words, on = in_language(language), date(2026, 8, 5)
    assert (words.share(0.0034), words.day(on), words.short_day(on), words.moment(AT, JAKARTA)) == told


@pytest.mark.parametrize(
    ("seconds", "english", "indonesian"),
    [
        (0, "0 seconds", "0 detik"),
        (61, "1 minute 1 second", "1 menit 1 detik"),
        (7200, "2 hours", "2 jam"),
        (90_061, "1 day 1 hour", "1 hari 1 jam"),
    ],
)
def test_a_length_of_time_has_its_two_largest_units(seconds: int, english: str, indonesian: str) -> None:
    length = timedelta(seconds=seconds)
    assert in_language("en").length(length) == english
    assert in_language("id").length(length) == indonesian


@pytest.mark.parametrize("code", LanguageCode)
def test_what_is_no_message_of_ours_stays_as_it_is(code: str) -> None:
    for text in ("", "{", "ditulis orang"):
        assert in_language(code).known(text) == text


def test_english_without_a_date_loads_no_babel() -> None:
    said = (
        "import sys; from daemon.locale.language import in_language; print(in_language('en').gettext('{n:,}', n=1234))"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"{said}; sys.exit('babel' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert told.stdout == "1,234\n"


def test_a_language_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="jv"):
        in_language("jv")
