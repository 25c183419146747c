"""Whether a queue is fit for cards: what no option of a job can put right."""

from typing import Any

from adapters.cups.guard_backend import PREFIX, SENDS_AGAIN
from adapters.cups.ipp import Connections
from adapters.cups.queues import attributes
from daemon.domain.dispatch import Unfit

ERROR_POLICY = "abort-job"
"""A failed job is over; every other policy retries behind our back or stops the queue."""

_CLASS = 0x0001
"""CUPS_PRINTER_CLASS in printer-type (cups/cups.h)."""


def unfitness(connections: Connections, queue: str) -> frozenset[Unfit]:
    """Why no card is to be sent there; empty when it is fit. NoSuchQueue, SpoolerUnreachable, SpoolerRefused."""
    found = attributes(connections, queue, ["printer-type", "device-uri", "printer-error-policy"])
    if found.get("printer-type", 0) & _CLASS:
        return frozenset({Unfit.CLASS})
    unfit = set()
    if found.get("printer-error-policy") != ERROR_POLICY:
        unfit.add(Unfit.ERROR_POLICY)
    if _device(found).partition(":")[0] in SENDS_AGAIN:
        unfit.add(Unfit.SENDS_AGAIN)
    if _has_others(connections, queue, _device(found)):
        unfit.add(Unfit.SHARED_DEVICE)
    return frozenset(unfit)


def _has_others(connections: Connections, queue: str, device: str) -> bool:
    with connections.use() as connection:
        queues = connection.getPrinters()
    return any(name != queue and _device(other) == device for name, other in queues.items())


def _device(found: dict[str, Any]) -> str:
    """Without the guard in front of it."""
    return str(found.get("device-uri", "")).removeprefix(PREFIX)
