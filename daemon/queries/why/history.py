"""What happened to a job so far, from its own entries of the log."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from daemon.domain.bringing_in import EVENT as BROUGHT_IN
from daemon.domain.log import LogEntry
from daemon.domain.message import N_
from daemon.domain.states import State
from daemon.locale.language import Language
from daemon.locale.reasons import OURS
from daemon.locale.statuses import status

MOST_TOLD = 12
"""The newest; `why --json` has all."""
_EVENTS: Mapping[str, str] = {
    "recorded": N_("entered at this office"),
    "ready": N_("print-ready, in line"),
    "not_ready": N_("not print-ready any more"),
    "started": N_("printing began"),
    "attempt_printed": N_("the card was printed"),
    "attempt_no_card": N_("no card came out; back in line in the old place"),
    "attempt_spoiled": N_("the card was spoiled; back in line in the old place"),
    "attempt_in_doubt": N_("it is not certain whether a card came out"),
    "held": N_("set aside by the office"),
    "released": N_("released by the office"),
    "cancelled": N_("withdrawn by the office"),
    "withdrawn": N_("withdrawn by the central server"),
    "reprint": N_("to be printed again"),
    "handed_over": N_("the card was handed over"),
    "handover_undone": N_("the handover was taken back"),
    "lane_changed": N_("the lane was changed"),
    "checked_in": N_("checked in at the office"),
    "request_class_changed": N_("the class of the request was changed"),
    "recorded_at_changed": N_("the time of recording was changed"),
}
_CONFIRMED: Mapping[str, str] = {
    State.PRINTED: N_("the office says that a card came out"),
    State.READY: N_("the office says that there is no usable card; back in line in the old place"),
}
_BROUGHT_IN: Mapping[str, str] = {
    State.PRINTED: N_("a card that had been made before was entered"),
    State.READY: N_("a card that had been made before, and was spoiled, was entered"),
}


def happened(entries: Sequence[LogEntry], words: Language, moment: Callable[[datetime], str]) -> list[str]:
    """One line each, oldest first; what concerns the office alone is left out."""
    told = [(entry.at, what) for entry in entries if (what := _what(entry, words)) is not None]
    lines = [words.gettext("- {at}: {what}.", at=moment(at), what=what) for at, what in told[-MOST_TOLD:]]
    if not lines:
        return []
    earlier = len(told) - len(lines)
    first = words.gettext("What happened so far:")
    return [first, *([words.gettext("- and {count:,} earlier entries.", count=earlier)] if earlier else []), *lines]


def _what(entry: LogEntry, words: Language) -> str | None:
    after = str(entry.details.get("after"))
    if entry.event == "status_changed":
        reason = str(entry.details.get("reason"))
        known = status(reason)
        said = words.known(OURS.get(reason, reason)) if known is None else words.gettext(known.meaning)
        return words.gettext("the central server said: {status}", status=said)
    message = {"confirmed": _CONFIRMED, BROUGHT_IN: _BROUGHT_IN}.get(entry.event, {}).get(after)
    message = message or _EVENTS.get(entry.event)
    return None if message is None else words.gettext(message)
