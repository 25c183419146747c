"""What a record of a person must hold before a card is made of it, whoever sends it: the centre or the office.

Each rule gives what is wrong in words that fit behind a field's name, and never a word of the content; None: nothing.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from daemon.domain.flaw import Flaw

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Electronic cards began in 2011. A slip of the pen (1926), or what programs write for "no date" (the years 1, 1900
and 1970), would stand at the head of the queue."""
CLOCKS_DIFFER = timedelta(days=1)
"""So far another machine's clock may be ahead of ours before its times count as times to come."""

_BETWEEN_WORDS = re.compile(r"[\s_\-]+")
_NIK = re.compile(r"[0-9]{16}")
_LOST = "\ufffd"
"""What programs write in place of a letter that they could not read."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")

_SCRIPTS = frozenset(
    # Written in Indonesia, by its peoples and by those who came to live there.
    (
        *("LATIN", "ARABIC", "JAVANESE", "BALINESE", "SUNDANESE", "BATAK", "BUGINESE", "MAKASAR", "REJANG", "KAWI"),
        *("HANGUL", "CJK", "DEVANAGARI", "TAMIL", "GURMUKHI", "TELUGU", "MALAYALAM", "THAI"),
    )
)
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02bb\u02bc\u02be\u02bf")
"""Jum'at and Ma'ruf as keyboards, word processors and scholars write them."""
_WITHOUT_APOSTROPHES = dict.fromkeys(map(ord, _APOSTROPHES))
_BETWEEN_LETTERS = frozenset(' .,-/()"\u2010\u2011\u2013\u201c\u201d') | _APOSTROPHES
_PLAIN = re.compile(r"[A-Za-z][A-Za-z .,'-]*")
"""What nearly all names are made of."""
_DIGITS = frozenset("0123456789")
"""Rare, and not allowed in new names since 2022; those who have one keep it."""
_JOINERS = frozenset("\u200c\u200d")
"""They shape letters of scripts other than Latin."""
_SHAPES = ("<isolated>", "<initial>", "<medial>", "<final>")
"""Arabic letters as old programs store them."""
_MOST_MARKS = 4
"""On one letter; more are no script's."""


def text_fault(text: str) -> str | None:
    """Of any text about a person that ends on a card: letters that were lost on its way."""
    if _LOST in text:
        return Flaw.LOST_LETTERS
    if any(map(_is_misread, _BEYOND_ASCII.findall(text))):
        return Flaw.MISREAD
    return None


def name_fault(name: str) -> str | None:
    """Of a name as it stands on a card: letters of one script in each word, and what stands between them."""
    if _PLAIN.fullmatch(name):
        return None
    fault = text_fault(name)
    if fault is not None:
        return fault
    for place, sign in enumerate(name, start=1):
        if not (sign in _BETWEEN_LETTERS or sign in _DIGITS or sign in _JOINERS or _script(sign)):
            return Flaw.NO_SIGN_OF_NAMES.format(place=place)
    if not any(map(str.isalpha, name)):
        return Flaw.NO_LETTER
    if any(len(set(_scripts(word))) > 1 for word in re.split(r"[ /,.()\-]", name)):
        return Flaw.SEVERAL_SCRIPTS
    return Flaw.LOOSE_MARKS if _has_loose_marks(name) else None


def as_class(text: str) -> str:
    """A request class as classes are compared: `FIRST-TIME` and `First Time` are first_time."""
    return _BETWEEN_WORDS.sub("_", text.strip().lower())


def as_sought(name: str) -> str:
    """A name as it is compared with what somebody types: without regard to capitals and apostrophes (NUR’AINI)."""
    return unicodedata.normalize("NFC", name).casefold().translate(_WITHOUT_APOSTROPHES)


def initials(name: str) -> str:
    """S. C.: enough to tell two people apart."""
    return " ".join(f"{word[0]}." for word in name.split())


def nik_fault(nik: str) -> str | None:
    """Of a citizen's number: region and birth in 12 digits, then a serial from 0001 on."""
    if _NIK.fullmatch(nik) is None:
        return Flaw.NOT_A_NIK
    return Flaw.NO_SERIAL if nik.endswith("0000") else None


def recorded_at_fault(moment: datetime, latest: datetime | None) -> str | None:
    """Of the time that a place in line goes by. `latest`: now, by a clock that is behind nobody's who wrote it."""
    if latest is not None and moment > latest:
        return Flaw.IN_FUTURE
    return Flaw.TOO_EARLY if moment < EARLIEST else None


def _is_misread(run: str) -> bool:
    """Whether these signs are the bytes of others: no name has Ã followed by what stands for a second byte."""
    try:
        return len(run.encode("cp1252").decode()) < len(run)
    except UnicodeError:
        return False


def _script(sign: str) -> str | None:
    """Of a letter, or of a mark that belongs to one; None: it is neither, or of no script that names are written in.

    By the first word of its name in Unicode: letters of formulas, of full width or in circles begin otherwise.
    """
    if unicodedata.category(sign)[0] not in "LM":
        return None
    word = unicodedata.name(sign, "").partition(" ")[0]
    if word == "COMBINING":
        return word
    shape = unicodedata.decomposition(sign)
    if word not in _SCRIPTS or (shape.startswith("<") and not shape.startswith(_SHAPES)):
        return None
    return word


def _scripts(word: str) -> Iterator[str]:
    for sign in word:
        script = "JOINER" if sign in _JOINERS else _script(sign)
        if script == "JOINER":
            if "LATIN" in map(_script, word):
                yield script
        elif script not in (None, "COMBINING") and sign not in _APOSTROPHES:
            yield script or ""


def _has_loose_marks(name: str) -> bool:
    marks = _MOST_MARKS
    for sign in name:
        if unicodedata.category(sign).startswith("M"):
            marks += 1
            if marks > _MOST_MARKS:
                return True
        elif sign not in _JOINERS:
            marks = 0 if sign.isalpha() else _MOST_MARKS
    return False
