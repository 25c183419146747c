"""The statuses of the national registry (Dukcapil), as the centre sends them: what each means, who acts next, and what
the person who waits can do. One that is not here is told as it came."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from daemon.domain.message import N_


class Mover(StrEnum):
    """Who or what moves a job next."""

    TURN = "turn"
    """Its turn, without anybody's doing."""
    RULE = "rule"
    """The end of an instruction."""
    PRINTER = "printer"
    OFFICE = "office"
    CENTRE = "centre"
    PERSON = "person"
    """Whose card it is."""
    NOBODY = "nobody"
    """Nothing is left to do."""


class Status(NamedTuple):
    """One of them, in words."""

    meaning: str
    mover: Mover
    advice: str


_WAIT = N_("Nothing can be done but wait; it takes days, sometimes weeks, until the centre has compared everybody.")
_AGAIN = N_("Come to the office to have photo, fingerprints and iris recorded again.")
_CLEAR_UP = N_(
    "Bring every identity card and family card that you have to the office; it asks the centre to decide which record"
    " is yours."
)
_NO_CARD = N_("If you have no such card, tell the office.")

_STATUSES: Mapping[str, Status] = {
    "UNREGISTERED": Status(
        N_("not recorded yet"),
        Mover.PERSON,
        N_("Come to the office to be recorded: photo, fingerprints, iris and signature."),
    ),
    "BIO_CAPTURED": Status(
        N_("recorded, not sent to the centre yet"),
        Mover.OFFICE,
        N_("The office has to send it to the centre; if it stays like this, ask the office to send it again."),
    ),
    "PROCESSING": Status(
        N_("being prepared for the centre, not sent there yet"),
        Mover.OFFICE,
        N_("It is sent to the centre by itself; if it stays like this, ask the office to send it again."),
    ),
    "SENT_FOR_ENROLLMENT": Status(N_("sent for enrolment, not finished yet"), Mover.CENTRE, _WAIT),
    "RECEIVED_AT_CENTRAL": Status(N_("arrived at the centre, not examined yet"), Mover.CENTRE, _WAIT),
    "PRINT_READY_RECORD": Status(
        N_("ready to be printed"), Mover.TURN, N_("It is printed when its turn comes; nothing has to be done for that.")
    ),
    "DUPLICATE_RECORD": Status(
        N_("the fingerprints or iris match another record; the centre has to decide"), Mover.CENTRE, _CLEAR_UP
    ),
    "ADJUDICATE_RECORD": Status(
        N_("the fingerprints or iris resemble another record's; somebody at the centre has to compare them"),
        Mover.CENTRE,
        _CLEAR_UP,
    ),
    "ADJUDICATE_IN_PROCESS": Status(
        N_("somebody at the centre is comparing the fingerprints or iris with another record's"), Mover.CENTRE, _WAIT
    ),
    "ENROLL_FAILURE_AT_CENTRAL": Status(
        N_("enrolment failed at the centre; it may have to be recorded again"), Mover.PERSON, _AGAIN
    ),
    "ENROLL_FAILURE_AT_REGIONAL": Status(
        N_("enrolment failed at the regional server; it may have to be recorded again"), Mover.PERSON, _AGAIN
    ),
    "SEARCH_FAILURE_AT_CENTRAL": Status(
        N_("the search at the centre failed; it has to be repeated there"),
        Mover.CENTRE,
        N_("The office asks the centre to repeat the search; nothing has to be recorded again."),
    ),
    "CARD_PRINTED": Status(N_("a card was printed, as the centre has it"), Mover.OFFICE, _NO_CARD),
    "CARD_SHIPPED": Status(N_("a card was sent to the office, as the centre has it"), Mover.OFFICE, _NO_CARD),
    "CARD_ISSUED": Status(N_("a card was handed over, as the centre has it"), Mover.OFFICE, _NO_CARD),
    "PRINTED_ELSEWHERE": Status(
        N_("the card was made at another office"),
        Mover.PERSON,
        N_("Ask for the card at the office that made it; if that is wrong, tell this office."),
    ),
}
_ADJUDICATE = "ADJUDICATE_"
"""Several begin like this: two records resemble each other, and people decide."""


def status(word: str | None) -> Status | None:
    """None: it is not known. Another text that reads like a word of ours is none of these."""
    if word is None:
        return None
    found = _STATUSES.get(word)
    if found is None and word.startswith(_ADJUDICATE) and word.isupper():
        return _STATUSES["ADJUDICATE_RECORD"]
    return found
