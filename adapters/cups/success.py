"""What it means that a queue's backend succeeds: CUPS's own ones know more or less of what became of a card."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from adapters.cups.guard_backend import PREFIX
from adapters.cups.guard_words import stock_backend

_NO_MORE = "it cannot say whether a card came out"
_MEANS = {
    "ipp": "the printer says that its own job is completed",
    "socket": f"the printer took the data and ended the connection; {_NO_MORE}",
    "lpd": f"the printer took the data and acknowledged it; {_NO_MORE}",
    "usb": f"the printer took the data; {_NO_MORE}",
    "serial": f"the port took the data; {_NO_MORE}",
    "parallel": f"the port took the data; {_NO_MORE}",
}
_YES = frozenset({"", "on", "yes", "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Success:
    """A backend's, in words that go on after "a success of the backend means: "."""

    backend: str
    """As in the device URI."""
    means: str
    warning: str | None = None
    """What in the device URI takes away from it, and what to do."""


def success_of(device_uri: str) -> Success:
    """Of a queue's device, with the guard in front of it or not."""
    uri = device_uri.removeprefix(PREFIX)
    scheme = uri.partition(":")[0]
    kind = stock_backend(uri) or scheme
    means = _MEANS.get(kind)
    if kind == "dnssd":
        means = "the same as for the backend through which the printer is found"
    if means is None:
        return Success(backend=scheme, means="what its maker says; it is not one of CUPS's own")
    return Success(backend=scheme, means=means, warning=_warning(kind, uri))


def _warning(kind: str, uri: str) -> str | None:
    options = {name.lower(): value.lower() for name, value in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
    if kind == "ipp" and options.get("waitjob", "on") not in _YES - {""}:
        return f"waitjob={options['waitjob']}: the printer's word is not waited for, and every card is a question"
    if kind == "socket" and options.get("waiteof", "on") not in _YES:
        return f"waiteof={options['waiteof']}: a success means that the data was sent, and no more"
    if kind == "lpd" and options.get("mode") == "stream":
        return "mode=stream: a success means that the data was sent, and no more"
    return None
