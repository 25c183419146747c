"""The catalogs: all is translated, nothing is a guess. `make check` holds that they have what the source says."""

import string
from collections.abc import Iterator, Sequence

import pytest
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as Entry
from babel.messages.pofile import read_po

from daemon.locale.language import CATALOGS, SOURCE, LanguageCode

TRANSLATED = [code for code in LanguageCode if code != SOURCE]


def catalog(code: str) -> Catalog:
    with (CATALOGS / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


def texts(of: str | Sequence[str] | None) -> tuple[str, ...]:
    return (of,) if isinstance(of, str) else tuple(of or ())


def holes(text: str) -> set[tuple[str, str]]:
    """(name, format) of what is put in."""
    return {(name, spec or "") for _, name, spec, _ in string.Formatter().parse(text) if name is not None}


def faults(of: Catalog) -> Iterator[str]:
    """Everything that is wrong with its messages."""
    for entry in of:
        if entry.id:
            yield from (f"{what}: {texts(entry.id)[0]!r}" for what in wrong(entry, of.num_plurals))


def wrong(entry: Entry, plurals: int) -> Iterator[str]:
    ids, told = texts(entry.id), texts(entry.string)
    if not all(told) or len(told) != (plurals if entry.pluralizable else 1):
        yield "not translated"
    if entry.fuzzy:
        yield "fuzzy"
    wanted = [holes(text) for text in ids]
    if any(each != wanted[0] for each in wanted) or any(holes(text) != wanted[0] for text in told if text):
        yield "other placeholders"


def test_there_is_a_catalog_for_each_language_and_no_other() -> None:
    assert {file.stem for file in CATALOGS.glob("*.po")} == set(TRANSLATED)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_message_is_translated_with_the_same_placeholders_and_none_is_a_guess(code: str) -> None:
    found = catalog(code)
    assert len(found) > 200
    assert list(faults(found)) == []
    assert not found.obsolete


def test_what_is_wrong_with_a_catalog_is_found() -> None:
    bad = Catalog(locale="ja")
    assert bad.num_plurals == 1
    bad.add("missing", "")
    bad.add("guessed", "x", flags=["fuzzy"])
    bad.add("{left:,} left", "{left} x")
    bad.add(("{n} card", "{n} cards"), ("{m} x",))
    bad.add(("one", "{n} cards"), ("x",))
    bad.add("good {one}", "{one} x")
    assert list(faults(bad)) == [
        "not translated: 'missing'",
        "fuzzy: 'guessed'",
        "other placeholders: '{left:,} left'",
        "other placeholders: '{n} card'",
        "other placeholders: 'one'",
    ]
