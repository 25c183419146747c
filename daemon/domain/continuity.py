"""Whether a database is behind what outlives it: it may have been put back from a copy, and forgotten cards that exist.

What outlives it is the guard's journal: its tokens are facts about cards, and beside them lies the newest entry of the
log that was seen there (a checkpoint). A journal that was lost cannot vouch for the database, however new that looks.
"""

from dataclasses import dataclass
from datetime import datetime

from daemon.domain.message import N_

TELLING_UNSURE = "the database went back in time, and whether the centre was told of it is not known"
"""Why a card that was brought in is not reported until a person says whether it is to be."""

_SHORTER = N_("its log ends with #{ends} and was at #{kept} before")
_OTHER_ENTRY = N_("its log has another entry #{kept} than before")
_NEWER_CARDS = N_("the guard's journal has {cards} cards that it does not know")
_PUT_BACK = N_("a copy was put back")
_JOURNAL_LOST = N_(
    "the guard's journal was lost or exchanged, so nothing here tells whether the database is the newest"
)
_CENTRE_KNOWS = N_("the central server knows of cards of this office that it does not know")
REASONS = (_SHORTER, _OTHER_ENTRY, _NEWER_CARDS, _PUT_BACK, _JOURNAL_LOST, _CENTRE_KNOWS)
"""Why a database is behind, in words."""


def is_centres_word(reason: str) -> bool:
    """Whether it is the centre that will not take a card, and not we who cannot tell if it has."""
    return reason != TELLING_UNSURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An entry of the log, by number and hash: no other database has it, and none from before it."""

    sequence: int
    hash: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """That it is, why in words, and since when."""

    why: str
    since: datetime | None
    """The newest that it knows."""
    journal_lost: bool
    """Then what was printed since stands nowhere on this machine."""


def needs_word(behind: Behind) -> bool:
    """Whether a person has to answer for those of whom the journal knows nothing: it was lost, or the database is from
    before its first card. Otherwise the journal is the one that the copy knew, and no token ever leaves it."""
    return behind.journal_lost or behind.since is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is held against each other."""

    head: Checkpoint | None
    """The newest entry of the database's log; None: it has none."""
    kept: Checkpoint | None
    """The checkpoint beside the journal."""
    hash_there: str | None
    """Of the database's entry with the kept one's number."""
    identity: str | None
    """The journal's; None: there is none."""
    known: frozenset[str]
    """Journals that the database knows for this machine's printers."""
    newer_tokens: int
    """Tokens in the journal of attempts that the database does not know of its own people."""

    @property
    def is_vouched_for(self) -> bool:
        """Something here knows both the database and what was printed on this machine."""
        return self.kept is not None or reaches_back(self)


def reaches_back(evidence: Evidence) -> bool:
    """Whether the journal is one that the database knows: from there on it has every token. One that a database from
    before its first start does not know may have been made after cards were."""
    return evidence.identity in evidence.known


def put_back(evidence: Evidence) -> Behind:
    """What it is when somebody has just put a copy in its place, however new that looks."""
    since = None if evidence.head is None else evidence.head.at
    return weigh(evidence) or Behind(why=_PUT_BACK, since=since, journal_lost=not reaches_back(evidence))


def weigh(evidence: Evidence) -> Behind | None:
    """None: the database is as new as all that is known of it."""
    head, kept = evidence.head, evidence.kept
    since = None if head is None else head.at
    if evidence.known and evidence.identity not in evidence.known:
        return Behind(why=_JOURNAL_LOST, since=since, journal_lost=True)
    lost = not reaches_back(evidence)
    if kept is not None and evidence.hash_there != kept.hash:
        ends = 0 if head is None else head.sequence
        older = _SHORTER.format(ends=ends, kept=kept.sequence)
        other = _OTHER_ENTRY.format(kept=kept.sequence)
        return Behind(why=older if ends < kept.sequence else other, since=since, journal_lost=lost)
    if evidence.newer_tokens:
        return Behind(why=_NEWER_CARDS.format(cards=evidence.newer_tokens), since=since, journal_lost=lost)
    return None


def unknown_to(head: Checkpoint | None) -> Behind:
    """Of a database to which nothing here can be held, and the centre knows of cards that it does not."""
    return Behind(why=_CENTRE_KNOWS, since=None if head is None else head.at, journal_lost=True)
