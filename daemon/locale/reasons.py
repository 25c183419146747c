"""The reasons of jobs and printers, in words: ours are known, whatever people or the centre wrote stays as it is.

A reason is kept as an English text: a stable word (`bad_card`), one of the domain's phrases, or several with commas
between. What is none of these is somebody's own words.
"""

import re
from functools import cache

from daemon.domain import continuity, recovery
from daemon.domain.flaw import Flaw
from daemon.domain.message import N_
from daemon.locale.language import SOURCE, Language

OURS = {
    "absent_at_centre": N_("recorded at this office, but absent at the central server"),
    "not_print_ready_any_more": N_("the central server took back that it is print-ready"),
    "withdrawn_at_centre": N_("the central server has withdrawn the record"),
    "bad_card": N_("what the central server sent for the card cannot be printed"),
    "bad_record": N_("what the central server sent about this record is faulty"),
    "same_nik": N_("another record with the same NIK gets the first card; the office has to decide"),
    "printed_elsewhere": N_("the card was made at another office; ask there for it, or here if that is wrong"),
    "class_shut": N_("cards of this class are not printed for now, by instruction"),
    "not_checked_in": N_("only those who checked in today are printed; come and check in"),
    "try_again": N_("the card could not be delivered or taken for printing; it is tried again by itself"),
}
"""What a stable word of ours means to the person who waits."""

_PHRASES = (*recovery.REASONS, *continuity.REASONS)


def in_words(reason: str, words: Language) -> str:
    """One of our phrases, or several with commas between, in that language; what is none of ours as it is."""
    whole = _phrase(reason, words)
    return whole if whole != reason else ", ".join(_phrase(part, words) for part in reason.split(", "))


def detail_in_words(detail: str, words: Language) -> str | None:
    """What is wrong with what the centre sent; None: not all of it is known, and it is English."""
    if words.code == SOURCE:
        return detail
    flaws = [_flaw(text, words) for text in detail.split("; ")]
    told = [flaw for flaw in flaws if flaw is not None]
    return "; ".join(told) if len(told) == len(flaws) else None


def _flaw(text: str, words: Language) -> str | None:
    """One, alone or behind a field's name."""
    for flaw in Flaw:
        if found := _pattern(flaw, ".+").fullmatch(text):
            values = found.groupdict()
            inner = _flaw(values["flaw"], words) if "flaw" in values else ""
            return None if inner is None else words.gettext(flaw, **{**values, "flaw": inner})
    field, colon, rest = text.partition(": ")
    told = _flaw(rest, words) if colon else None
    return None if told is None else f"{field}: {told}"


def _phrase(text: str, words: Language) -> str:
    for message in _PHRASES:
        if found := _pattern(message).fullmatch(text):
            return words.gettext(message, **found.groupdict())
    return text


@cache
def _pattern(message: str, value: str = "[^,]+") -> re.Pattern[str]:
    """What the message is once its values are in it."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", rf"(?P<\1>{value})", re.escape(message)))
