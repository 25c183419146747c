from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from daemon.domain.alarm import END_IS_TOLD, Announcement
from daemon.domain.dispatch import Unfit
from daemon.domain.needs import Help, Kind, needs
from daemon.locale.alerts import line, sentence
from tests.unit.daemon.domain.build import NOON
from tests.unit.daemon.domain.test_alarm import TROUBLED

JAKARTA = ZoneInfo("Asia/Jakarta")
RUNBOOK = Path(__file__).parents[4] / "docs" / "runbook.md"


def news_of(kind: Kind, *, over: bool = False) -> Announcement:
    (trouble,) = (trouble for trouble in needs(TROUBLED[kind]) if trouble.kind is kind)
    return Announcement(trouble=trouble, begun=NOON, at=NOON + timedelta(minutes=20), over=over)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", list(Kind))
def test_there_are_words_for_every_kind(kind: Kind, language: str) -> None:
    text = sentence(news_of(kind), language=language, timezone=JAKARTA)
    assert "{" not in text
    assert text.isprintable()
    if kind in END_IS_TOLD:
        assert sentence(news_of(kind, over=True), language=language, timezone=JAKARTA) != text


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", [*Help, *Unfit])
def test_there_are_words_for_everything_that_helps_a_printer(word: str, language: str) -> None:
    news = news_of(Kind.PRINTER_STOPPED)
    trouble = replace(news.trouble, details={**news.trouble.details, "help": word, "absent": "no queue Evolis_1"})
    text = sentence(replace(news, trouble=trouble), language=language, timezone=JAKARTA)
    assert "{" not in text
    assert "media-jam, door-open; " in text


def test_a_doubt_names_what_a_person_needs_to_look_for() -> None:
    text = line(news_of(Kind.UNCONFIRMED), language="en", timezone=JAKARTA)
    assert text.startswith("2026-01-05 12:20  card-1, R-1, NIK ending …1234: did a card come out?")


def test_an_outage_is_told_by_the_offices_clock() -> None:
    text = sentence(news_of(Kind.LINE_DOWN), language="id", timezone=JAKARTA)
    assert "sejak 2026-01-05 12:00 (connect): alamat server pusat tidak menjawab" in text


@pytest.mark.parametrize(
    ("language", "reason", "told"),
    [
        ("en", "bad_card: the photo has too many pixels", "(bad_card: the photo has too many pixels)"),
        ("id", "bad_card: the photo has too many pixels", "(bad_card: foto terlalu banyak pikselnya)"),
        ("id", "bad_card: not known", "(bad_card: not known)"),
    ],
)
def test_what_the_centre_sent_is_told_with_the_word_that_lists_have_of_it(
    language: str, reason: str, told: str
) -> None:
    news = news_of(Kind.CENTRE_FAULTY)
    trouble = replace(news.trouble, details={**news.trouble.details, "reason": reason})
    assert told in sentence(replace(news, trouble=trouble), language=language, timezone=JAKARTA)


def test_the_runbook_has_a_line_for_every_alert() -> None:
    lines = RUNBOOK.read_text().splitlines()
    assert [kind for kind in Kind if not any(line.startswith(f"| `{kind}` |") for line in lines)] == []
