"""The CentralServer port over HTTP."""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx2

from adapters.central import messages
from adapters.central.exchange import TRIES, Exchange, Question
from adapters.central.quiet import Quiet
from adapters.central.unpacking import MIB, TooLarge
from daemon.domain.errors import Rejected
from daemon.domain.link import Probe, Stage
from daemon.ports import (
    AbsentAtCentre,
    BadCard,
    Card,
    Clock,
    Issuance,
    Issued,
    LinkFailure,
    NotPrintReady,
    Page,
    Receipt,
    Withdrawn,
)

PAGE_BYTES = 16 * MIB
CARD_BYTES = 8 * MIB

_REFUSED = frozenset(range(400, 500))


class HttpCentralServer:
    """The centre, over HTTP/JSON. Safe to use from several threads.

    Every call ends within its time-out, repeats included; a repeat is made only where it is harmless.
    """

    def __init__(
        self,
        *,
        url: str,
        token: Callable[[], str | None] | str | None,
        timeout_seconds: float,
        probe_timeout_seconds: float,
        ca_file: Path | str | None = None,
        client_cert_file: Path | str | None = None,
        client_key_file: Path | str | None = None,
        clock: Clock,
    ) -> None:
        """Connects to nothing yet. Rejected when the address or a certificate file cannot be used.

        `token` is asked for before each request when it is a function, so that a new one is taken up by itself.
        """
        _check_address(url)
        tls = _tls(ca_file, client_cert_file, client_key_file)
        ask_token = token if callable(token) else lambda: token
        self._clock = clock
        self._timeout_seconds = timeout_seconds
        self._probe_timeout_seconds = probe_timeout_seconds
        quiet = Quiet(clock)
        self._calls = Exchange(url=url, token=ask_token, tls=tls, keep_alive=True, clock=clock, left_alone=quiet)
        self._probes = Exchange(url=url, token=ask_token, tls=tls, keep_alive=False, clock=clock, left_alone=quiet)

    def probe(self) -> Probe:
        """Pass every stage once, on a connection of its own. Where the calls have none, they are left this one: after
        an outage nobody need connect twice."""
        exchange = self._probes if self._calls.is_connected else self._calls
        try:
            answer = exchange.ask(
                Question(method="GET", path="/health", timeout_seconds=self._probe_timeout_seconds)
            ).message()
            if not isinstance(answer, dict) or answer.get("status") != "ok":
                raise LinkFailure(Stage.ANSWER, "the centre does not say that its status is ok")
        except LinkFailure as failure:
            return Probe(at=self._clock.now(), failed_stage=failure.stage, cause=failure.cause, detail=failure.detail)
        return Probe(at=self._clock.now(), failed_stage=None)

    def records(self, after: str | None, limit: int) -> Page:
        question = Question(
            method="GET",
            path="/records",
            params={"limit": limit} if after is None else {"after": after, "limit": limit},
            timeout_seconds=self._timeout_seconds,
            most_bytes=PAGE_BYTES,
        )
        answer = self._calls.ask(question, tries=TRIES)
        return messages.page(answer.message(), after=after, limit=limit, now=self._clock.now())

    def card(self, record_id: str) -> Card:
        question = Question(
            method="GET",
            path=f"/records/{_segment(record_id)}/card",
            timeout_seconds=self._timeout_seconds,
            most_bytes=CARD_BYTES,
            means=frozenset({404, 409, 410}),
        )
        try:
            answer = self._calls.ask(question, tries=TRIES)
        except TooLarge as failure:
            raise BadCard(f"{record_id}: {failure.detail}") from failure
        match answer.status:
            case 404:
                raise AbsentAtCentre(f"{record_id}: the centre does not know this record")
            case 409:
                raise NotPrintReady(f"{record_id}: not print-ready at the centre any more")
            case 410:
                raise Withdrawn(f"{record_id}: withdrawn by the centre")
            case _:
                return messages.card(answer.message(), record_id)

    def report(self, issuances: Sequence[Issuance], idempotency_key: str) -> Receipt:
        """Tell of cards made. Rejected when the centre refuses the report as a whole."""
        question = Question(
            method="POST",
            path="/issuances",
            body={"issuances": [messages.issuance(issuance) for issuance in issuances]},
            headers={"Idempotency-Key": idempotency_key},
            timeout_seconds=self._timeout_seconds,
            means=_REFUSED,
        )
        answer = self._calls.ask(question, tries=TRIES)
        if answer.status != 200:
            raise Rejected(f"the centre refuses the report of {len(issuances)} cards ({answer.status})")
        return messages.receipt(answer.message(), frozenset(issuance.record_id for issuance in issuances))

    def issued(self, after: str | None, limit: int) -> Issued | None:
        """One page of what this office has reported. None: this centre cannot tell (404, 405 or 501)."""
        question = Question(
            method="GET",
            path="/issuances",
            params={"limit": limit} if after is None else {"after": after, "limit": limit},
            timeout_seconds=self._timeout_seconds,
            most_bytes=PAGE_BYTES,
            means=frozenset({404, 405, 501}),
        )
        answer = self._calls.ask(question, tries=TRIES)
        return None if answer.status != 200 else messages.issued(answer.message(), after=after)

    def close(self) -> None:
        """Close every connection; calls under way fail."""
        self._calls.close()
        self._probes.close()


def _check_address(url: str) -> None:
    try:
        address = httpx2.URL(url)
        usable = address.scheme in ("http", "https") and bool(address.host)
    except httpx2.InvalidURL:
        usable = False
    if not usable:
        raise Rejected("central.url is not an http or https address")


def _tls(
    ca_file: Path | str | None, client_cert_file: Path | str | None, client_key_file: Path | str | None
) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ValueError) as error:
        raise Rejected(f"central.ca_file {ca_file} cannot be used: {_why(error)}") from error
    if client_cert_file is not None:
        try:
            context.load_cert_chain(client_cert_file, client_key_file, password=_no_password)
        except (OSError, ValueError) as error:
            files = f"central.client_cert_file {client_cert_file} or its key"
            raise Rejected(f"{files} cannot be used: {_why(error)}") from error
    return context


def _no_password() -> str:
    """An encrypted key must not make OpenSSL ask on the terminal of a daemon."""
    raise ValueError("the key is encrypted")


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not PEM").replace("_", " ").lower()
    return getattr(error, "strerror", None) or str(error)


def _segment(record_id: str) -> str:
    """An id made of dots alone would otherwise be read as a folder in the path."""
    return record_id.replace(".", "%2E") if record_id in (".", "..") else record_id
