"""Whether a new card may be started, and if not, why: a pure function of what is known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from daemon.domain.link import LinkState
from daemon.domain.message import N_


class DispatchState(StrEnum):
    """running: cards are started. paused: for the reasons given. stopped: the daemon does not run."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class PauseReason(StrEnum):
    """Stable words of CONTRACT.md section 2."""

    CENTRAL_DOWN = "central_down"
    BEHIND = "behind"
    """The database is behind what outlives it."""
    OPERATOR = "operator"
    NO_BLANKS = "no_blanks"
    NO_PRINTER = "no_printer"
    DATABASE = "database_fails"
    """It cannot be written; nothing is started before it can."""


class PrinterState(StrEnum):
    """What a printer does, as `status` tells it."""

    IDLE = "idle"
    PRINTING = "printing"
    PAUSED = "paused"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"


NO_GUARD, IN_DOUBT = "guard", "in-doubt"
"""Reasons of a printer: the guard is not in its place, or has no journal; two cards in a row are in doubt."""

CUPS_FAILED = "cups"
"""The reason of a printer where CUPS did not answer, or would not take a card."""

RENDERER_FAILED = "renderer"
"""The reason of a printer, and of a job that is set back, where what makes cards was killed, hung or did not start."""

NO_QUEUE = "no-cups-queue"
"""The reason of a printer whose queue CUPS does not have."""


class Unfit(StrEnum):
    """Why a queue is given no card; the words stand among its printer's reasons."""

    CLASS = "class"
    """It is a class of printers: CUPS chooses one of them."""
    SHARED_DEVICE = "shared-device"
    """Another queue prints to the same device, past our order and past the ledger."""
    ERROR_POLICY = "error-policy"
    """CUPS would try a failed job again by itself, or stop the queue."""
    SENDS_AGAIN = "sends-again"
    """Its backend stands in front of others and sends a document again, or to another queue."""
    QUOTA = "quota"
    """CUPS counts what a user prints there, and turns the daemon's cards away once they are too many or too large."""
    DRIVER = "driver"
    """It has another driver than when it was guarded: what that makes of a card is nothing, or a mess."""


UNFIT_ADVICE: Mapping[Unfit, str] = {
    Unfit.CLASS: N_("{queue} is a class of printers; name one printer's own queue in printers[].queue"),
    Unfit.SHARED_DEVICE: N_("another queue prints to the device of {queue}: lpstat -v; delete it: lpadmin -x NAME"),
    Unfit.ERROR_POLICY: N_(
        "queue {queue} has another error policy; lpadmin -p {queue} -o printer-error-policy=abort-job"
    ),
    Unfit.SENDS_AGAIN: N_(
        "the device of {queue} is reached through a backend that sends a card again or elsewhere;"
        " give it the printer's own: lpadmin -p {queue} -v URI"
    ),
    Unfit.QUOTA: N_(
        "CUPS limits how much a user prints on queue {queue}, the daemon, too;"
        " lpadmin -p {queue} -o job-quota-period=0 -o job-k-limit=0 -o job-page-limit=0"
    ),
    Unfit.DRIVER: N_(
        "queue {queue} has another driver than when it was guarded; put the card printer's own back"
        " (lpadmin -p {queue} -P FILE), or if this one is right run giliran printer guard again"
    ),
}
"""What to do about it."""

OUT_OF_BLANKS = frozenset({"media-empty", "media-needed"})
"""By these reasons a card printer says that its hopper is empty."""


def hopper_mismatch(reasons: Iterable[str], blanks: int) -> bool:
    """Whether a printer with these reasons says that its hopper is empty, and the ledger has blanks in it."""
    return blanks > 0 and not OUT_OF_BLANKS.isdisjoint(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPrinter:
    """What dispatch needs to know of one card printer."""

    name: str
    state: PrinterState
    blanks: int
    """In its hopper, by the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Whether cards are started, and why not."""

    state: DispatchState
    reasons: tuple[PauseReason, ...] = ()


def dispatch(
    *,
    daemon_runs: bool,
    link: LinkState,
    draining: bool = False,
    behind: bool = False,
    printers: tuple[CardPrinter, ...],
) -> Dispatch:
    """The state of dispatch as a whole. A card in a printer finishes whatever this says.

    `draining`: cards that were pulled before the link went are started all the same.
    """
    if not daemon_runs:
        return Dispatch(state=DispatchState.STOPPED)
    reasons: list[PauseReason] = [PauseReason.BEHIND] if behind else []
    if not link.lets_cards_start and not draining:
        reasons.append(PauseReason.CENTRAL_DOWN)
    if printers and all(printer.state is PrinterState.PAUSED for printer in printers):
        reasons.append(PauseReason.OPERATOR)
    else:
        fit = [printer for printer in printers if printer.state in (PrinterState.IDLE, PrinterState.PRINTING)]
        if not fit:
            reasons.append(PauseReason.NO_PRINTER)
        elif not any(printer.blanks for printer in fit) and not any(
            printer.state is PrinterState.PRINTING for printer in fit
        ):
            reasons.append(PauseReason.NO_BLANKS)
    return Dispatch(state=DispatchState.PAUSED if reasons else DispatchState.RUNNING, reasons=tuple(reasons))
