"""Whether a queue is fit for cards: what no option of a job can put right."""

from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from adapters.cups.guard_backend import PREFIX, SENDS_AGAIN
from adapters.cups.ipp import Connections
from adapters.cups.queues import attributes
from daemon.domain.dispatch import Unfit

ERROR_POLICY = "abort-job"
"""A failed job is over; every other policy retries behind our back or stops the queue."""

_CLASS = 0x0001
"""CUPS_PRINTER_CLASS in printer-type (cups/cups.h)."""

_LIMITS = ("job-k-limit", "job-page-limit")
"""Of what one user prints within job-quota-period; without a period, of all that CUPS remembers. 0: none."""

_DEFAULT_PORTS = {"socket": 9100, "lpd": 515, "ipp": 631, "ipps": 631, "http": 80, "https": 443}
_LOOPBACK = {"127.0.0.1": "localhost", "::1": "localhost"}


def unfitness(connections: Connections, queue: str) -> frozenset[Unfit]:
    """Why no card is to be sent there; empty when it is fit. NoSuchQueue, SpoolerUnreachable, SpoolerRefused."""
    found = attributes(connections, queue, ["printer-type", "device-uri", "printer-error-policy", *_LIMITS])
    if found.get("printer-type", 0) & _CLASS:
        return frozenset({Unfit.CLASS})
    unfit = set()
    if found.get("printer-error-policy") not in _policies(found):
        unfit.add(Unfit.ERROR_POLICY)
    if _device(found).partition(":")[0] in SENDS_AGAIN:
        unfit.add(Unfit.SENDS_AGAIN)
    if any(found.get(limit) for limit in _LIMITS):
        unfit.add(Unfit.QUOTA)
    if _has_others(connections, queue, _device(found)):
        unfit.add(Unfit.SHARED_DEVICE)
    return frozenset(unfit)


def _has_others(connections: Connections, queue: str, device: str) -> bool:
    with connections.use() as connection:
        queues = connection.getPrinters()
    return any(name != queue and same_device(_device(other), device) for name, other in queues.items())


def _policies(found: dict[str, Any]) -> frozenset[str]:
    """Without a guard a queue that stops at a failure prints no card twice either; a person sees to it."""
    guarded = str(found.get("device-uri", "")).startswith(PREFIX)
    return frozenset({ERROR_POLICY}) if guarded else frozenset({ERROR_POLICY, "stop-printer"})


def _device(found: dict[str, Any]) -> str:
    """Without the guard in front of it."""
    return str(found.get("device-uri", "")).removeprefix(PREFIX)


def same_device(one: str, other: str) -> bool:
    """Whether two device URIs lead to one device, as far as it can be told without asking it.

    Options do not count (`?waiteof=false`), nor how a host or a default port is written. A USB device is told from
    another of its model by its serial number alone.
    """
    try:
        here, there = urlsplit(one), urlsplit(other)
        if _address(here) != _address(there):
            return False
    except ValueError:  # no URI that anything could be told of
        return one == other
    if here.scheme != "usb":
        return True
    serials = {serial for uri in (here, there) for serial in parse_qs(uri.query).get("serial", ())}
    return len(serials) < 2


def _address(uri: SplitResult) -> tuple[str, str, int | None, str]:
    host = (uri.hostname or "").rstrip(".")
    path = "/".join(filter(None, uri.path.split("/")))
    return uri.scheme, _LOOPBACK.get(host, host), uri.port or _DEFAULT_PORTS.get(uri.scheme), path
