import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from daemon.domain.flaw import Flaw
from daemon.domain.recovery import Mark, MarkKind, SpoolState, judge, recover
from daemon.locale.language import in_language
from daemon.locale.reasons import detail_in_words, in_words

MARKS = [
    *(Mark(kind=kind) for kind in MarkKind if kind is not MarkKind.ENDED),
    *(
        Mark(
            kind=MarkKind.ENDED,
            exit_status=status,
            took=took,
            size=9,
            stopped=stopped,
            job_state=state,
            reasons=reasons,
        )
        for status, took, stopped, state, reasons in product(
            (None, 0, 1, -9),
            (0, 3, 9),
            (False, True),
            (None, "unknown", "aborted"),
            (frozenset[str](), frozenset({"timed-out", "connection-broken-off", "cups-ipp-missing-job-history"})),
        )
    ),
]
PRINTERS_OWN = {"timed-out", "connection-broken-off", "cups-ipp-missing-job-history"}


def test_every_reason_that_a_judgement_gives_is_translated_but_for_the_printers_own_words() -> None:
    told = {
        judgement.reason
        for mark, spool, absent in product(MARKS, SpoolState, (False, True))
        for judgement in (judge(mark, spool), recover(mark, spool, cups_was_absent=absent))
        if judgement.reason is not None
    }
    assert len(told) > 20
    words = in_language("id")
    for reason in told:
        if in_words(reason, words) == reason:
            assert set(reason.split(", ")) <= PRINTERS_OWN
        for part in in_words(reason, words).split(", "):
            assert part in PRINTERS_OWN or part not in reason.split(", ")
        assert in_words(reason, in_language("en")) == reason


ADAPTERS = Path(__file__).parents[4] / "adapters"
GUARD = ADAPTERS / "cups" / "guard_document.py"
TELLS_A_FLAW = {"BadCard", "BadPdf", "BadPhoto", "BadDocument", "Unprintable", "broken"}
HOLE = re.compile(r"\{\w+\}")
WITHIN = Flaw.TOO_MANY_PAGES.format(pages="1,234", most="2")


def filled(flaw: Flaw) -> str:
    return HOLE.sub(lambda hole: WITHIN if hole[0] == "{flaw}" else "7.5", flaw)


@pytest.mark.parametrize("flaw", list(Flaw))
def test_every_flaw_of_what_the_centre_sent_is_told_in_both_languages(flaw: Flaw) -> None:
    english, indonesian = in_language("en"), in_language("id")
    text = filled(flaw)
    assert detail_in_words(text, english) == text
    values = {hole[1:-1]: "7.5" for hole in HOLE.findall(flaw)}
    within = indonesian.gettext(Flaw.TOO_MANY_PAGES, pages="1,234", most="2")
    told = indonesian.gettext(flaw, **{**values, "flaw": within})
    assert told != text
    assert detail_in_words(text, indonesian) == told
    assert detail_in_words(f"nik: is missing; fields.x: {text}", indonesian) == f"nik: tidak ada; fields.x: {told}"


@pytest.mark.parametrize("text", ["", "a page too many", "nik: 15 digits", "nik: is missing; and more", "the photo x"])
def test_a_detail_of_which_a_part_is_not_known_is_told_in_english_alone(text: str) -> None:
    assert detail_in_words(text, in_language("en")) == text
    assert detail_in_words(text, in_language("id")) is None


def told_flaws(file: Path) -> Iterator[str]:
    """What stands in the source where a flaw is told: letters, and {} for what is put in."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in TELLS_A_FLAW:
            for argument in node.args:
                match argument:
                    case ast.Constant():
                        yield str(argument.value)
                    case ast.JoinedStr():
                        yield "".join(
                            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in argument.values
                        )
                    case _:
                        yield "{}"


def test_no_adapter_has_words_of_its_own_for_a_flaw() -> None:
    told = {text for file in ADAPTERS.rglob("*.py") if file != GUARD for text in told_flaws(file)}
    assert told == {"{}", "{}: {}", "fields: {}", "fields.{}: {}", "fields.nik: {}", "fields.name: {}"}


def test_the_guards_words_are_known() -> None:
    filters = (Flaw.FILTERS_SLOW, Flaw.FILTERS_FAILED, Flaw.FILTERS_MADE_NOTHING)
    assert set(told_flaws(GUARD)) == {HOLE.sub("{}", flaw) for flaw in filters}
