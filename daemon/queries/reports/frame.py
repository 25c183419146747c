"""What stands around every paper of the office: its head, and at its foot the log as it stood."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from daemon.domain.message import N_
from daemon.domain.report import LogStamp
from daemon.locale.language import Language

if TYPE_CHECKING:
    from daemon.settings import Office

_PAGES = N_("Page {page} of {pages}")
"""The template puts the numbers in: it alone knows them."""
CHECKPOINT = "checkpoint"


def frame(office: "Office", seal: LogStamp | None, made_at: datetime, words: Language) -> dict[str, Any]:
    """JSON-able; `codes` are texts that are drawn as QR codes."""
    return {
        "office": {"name": office.name, "code": office.code, "address": office.address},
        "language": words.code,
        "seal": None if seal is None else {"hash": seal.hash, "note": seal.note},
        "codes": {} if seal is None or seal.note is None else {CHECKPOINT: seal.note},
        "labels": _labels(office, seal, made_at, words),
    }


def _labels(office: "Office", seal: LogStamp | None, made_at: datetime, words: Language) -> Mapping[str, str]:
    labels = {"code": words.gettext("Area code {code}", code=office.code), "pages": words.known(_PAGES)}
    if seal is None:
        return {**labels, "log": words.gettext("The audit log is still empty."), "made": ""}
    at = words.moment(made_at, office.timezone)
    return {
        **labels,
        "log": words.gettext("Audit log, entry {sequence:,}:", sequence=seal.sequence),
        "made": words.gettext("Made {at}. This seal vouches for every entry before it.", at=at),
    }
