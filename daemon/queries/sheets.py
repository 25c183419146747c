"""Sheets to hand out, as config/templates/sheet.typ gets them: a citizen's receipt, the key of the log."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from daemon.domain.report import LogStamp
from daemon.locale.language import Language, in_language
from daemon.queries.reports.frame import frame
from daemon.queries.tree import Proof
from daemon.queries.why import Standing, sentences

if TYPE_CHECKING:
    from daemon.settings import Office

MOST_CODE_BYTES = 2200
"""With more of them the parts of a code are smaller than an office's printer and a telephone's camera can do."""
_PROOF, _KEY = "proof", "key"


def receipt(
    standing: Standing,
    initials: str | None,
    office: "Office",
    seal: LogStamp | None,
    evidence: tuple[Proof, bytes] | None,
) -> Mapping[str, object]:
    """How one person stands: the record and initials, and nothing else of the person.

    `evidence`: the proof of the newest entry about it, and the salt that opens its subject.
    """
    words = in_language(standing.language)
    rows = [
        (words.gettext("Record"), standing.job.record_id),
        (words.gettext("Name"), initials or "–"),
        (words.gettext("As of"), words.moment(standing.at, office.timezone)),
    ]
    told = [] if evidence is None else [_told_proof(*evidence, words)]
    sheet = _sheet(words.gettext("How the Card Stands"), rows, sentences(standing, history=False), told)
    return _framed(sheet, office, seal, standing.at, words)


def key_sheet(
    verifier_key: str, office: "Office", seal: LogStamp | None, at: datetime, words: Language
) -> Mapping[str, object]:
    """The key that the log's checkpoints are verified with, to be kept by others."""
    lines = [
        words.gettext(
            "This office writes every decision about every card into a log, and signs how it stands. Whoever keeps"
            " this key, and any paper with a checkpoint at its foot, can see without this office whether the past was"
            " changed later."
        ),
        words.gettext(
            "Any program for C2SP signed notes and transparency logs (tlog-tiles, tlog-proof) takes the key as it"
            " stands here."
        ),
    ]
    told: dict[str, object] = {
        "title": words.gettext("Verifier key"),
        "explanation": words.gettext("Compare it with a copy that somebody else keeps."),
        "text": verifier_key,
        "code": _KEY,
    }
    sheet = _sheet(words.gettext("Key of the Log"), [], lines, [told])
    return _framed(sheet, office, seal, at, words)


def _told_proof(proof: Proof, salt: bytes, words: Language) -> dict[str, object]:
    fits = len(proof.text.encode()) <= MOST_CODE_BYTES
    explanation = words.gettext(
        "That the newest decision about this record is in the log, as a tlog-proof. It is about this record if its"
        " subject is SHA-256 of these bytes and the record: {salt}",
        salt=salt.hex(),
    )
    return {
        "title": words.gettext("Proof, entry {number:,}", number=proof.entry.sequence),
        "explanation": explanation,
        "text": proof.text,
        "code": _PROOF if fits else None,
    }


def _sheet(
    title: str, rows: list[tuple[str, str]], lines: list[str], told: list[dict[str, object]]
) -> dict[str, object]:
    return {"title": title, "rows": rows, "lines": lines, "told": told}


def _framed(
    sheet: dict[str, object], office: "Office", seal: LogStamp | None, at: datetime, words: Language
) -> Mapping[str, object]:
    framed = frame(office, seal, at, words)
    told = sheet["told"]
    assert isinstance(told, list), "as it was made"
    drawn = {str(each["code"]): str(each["text"]) for each in told if each["code"] is not None}
    return {**framed, **sheet, "codes": {**framed["codes"], **drawn}}
