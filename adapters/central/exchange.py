"""One question to the centre and its answer: bounded in time and size, repeated where that is harmless."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore2
import httpx2
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_random_exponential
from tenacity.nap import sleep_using_event

from adapters.central import quiet, strict_json, unpacking
from adapters.central.deadline import Deadline, call_within
from adapters.central.unpacking import MIB, CutShort
from adapters.central.wire import BoundedTransport
from daemon.domain.link import Cause, Stage
from daemon.ports import Clock, LinkFailure

TRIES = 3
_WAIT = wait_random_exponential(multiplier=0.2, max=2)
_PASSING = (502, 503, 504)


class PassingFailure(LinkFailure):
    """The link or a gateway failed in a way that often is over at once."""

    def __init__(self, detail: str, retry_after_seconds: float | None = None, stage: Stage = Stage.ANSWER) -> None:
        super().__init__(stage, detail, None if retry_after_seconds is None else Cause.BUSY)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask, and what is allowed for the answer."""

    method: str
    path: str
    timeout_seconds: float
    most_bytes: int = MIB
    params: Mapping[str, str | int] | None = None
    body: Any = None
    """Sent as JSON."""
    headers: Mapping[str, str] | None = None
    means: frozenset[int] = frozenset()
    """Status codes besides 200 that mean something to the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the centre said. Not the link: a page of a captive portal never gets this far."""

    status: int
    body: bytes

    def message(self) -> Any:
        """The JSON in it. LinkFailure."""
        try:
            return strict_json.loads(self.body)
        except strict_json.BadJson as problem:
            raise LinkFailure(Stage.ANSWER, str(problem)) from None


class Exchange:
    """A client of one server. Safe to use from several threads."""

    def __init__(
        self,
        *,
        url: str,
        token: Callable[[], str | None],
        tls: ssl.SSLContext,
        keep_alive: bool,
        clock: Clock,
        left_alone: quiet.Quiet,
    ) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._clock = clock
        self._quiet = left_alone
        self._transport = BoundedTransport(tls=tls, keep_alive=keep_alive)
        self._client = httpx2.Client(
            transport=self._transport,
            headers={"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "giliran"},
            follow_redirects=False,
            trust_env=False,
            timeout=None,
        )
        self._closed = threading.Event()

    def ask(self, question: Question, *, tries: int = 1) -> Answer:
        """The answer, all tries and the waiting between them within the time of the question. LinkFailure."""
        with call_within(self._clock, question.timeout_seconds) as deadline:
            retrying = Retrying(
                sleep=sleep_using_event(self._closed),
                retry=retry_if_exception_type(PassingFailure),
                wait=_wait_seconds,
                stop=lambda state: self._is_enough(state, tries, deadline),
                reraise=True,
            )
            return retrying(self._ask_once, question, deadline)

    @property
    def is_connected(self) -> bool:
        """Whether a connection is open."""
        return self._transport.is_connected

    def close(self) -> None:
        """Close every connection; who waits to try again gives up."""
        self._closed.set()
        self._client.close()

    def _is_enough(self, state: RetryCallState, tries: int, deadline: Deadline) -> bool:
        too_late = state.upcoming_sleep >= deadline.left()
        return state.attempt_number >= tries or too_late or self._closed.is_set()

    def _ask_once(self, question: Question, deadline: Deadline) -> Answer:
        self._quiet.check()
        request = self._client.build_request(
            question.method,
            self._url + question.path,
            params=question.params,
            json=question.body,
            headers={**self._authorization(), **(question.headers or {})},
            timeout=httpx2.Timeout(None, pool=deadline.left()),
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                _check(response, question.means, self._clock)
                return Answer(status=response.status_code, body=_body(response, question.most_bytes))
            finally:
                response.close()
        except httpcore2.TimeoutException as error:
            raise LinkFailure(Stage.ANSWER, f"no whole answer within {question.timeout_seconds:g} s") from error
        except httpcore2.NetworkError as error:
            raise PassingFailure("the connection was cut") from error
        except (httpcore2.ProtocolError, CutShort) as error:
            raise PassingFailure("the answer was cut short or is not HTTP") from error
        except PassingFailure as failure:
            if failure.retry_after_seconds is not None:
                self._quiet.extend(failure.retry_after_seconds)
            raise
        except LinkFailure as failure:
            if failure.cause is Cause.CERTIFICATE_EXPIRED:
                from adapters.central import diagnosis  # a megabyte that is needed on a bad day

                raise diagnosis.of_certificate(failure, self._url, self._clock) from failure
            if failure.stage in (Stage.RESOLVE, Stage.CONNECT):
                raise PassingFailure(failure.detail, stage=failure.stage) from failure
            raise

    def _authorization(self) -> dict[str, str]:
        try:
            token = self._token()
        except OSError as error:
            raise LinkFailure(Stage.LOGIN, f"the token cannot be read: {error.strerror}") from None
        if not token:
            return {}
        if not (token.isascii() and token.isprintable()):
            raise LinkFailure(Stage.LOGIN, "the token has characters that cannot stand in an HTTP header")
        return {"Authorization": f"Bearer {token}"}


def _wait_seconds(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, PassingFailure) and failure.retry_after_seconds is not None:
        return failure.retry_after_seconds
    return _WAIT(state)


def _check(response: httpx2.Response, means: frozenset[int], clock: Clock) -> None:
    """Whether it is the centre that speaks, and whether it says something that the caller knows."""
    status = response.status_code
    quiet_seconds = quiet.asked_for(response, clock)
    if status in (401, 403):
        raise LinkFailure(Stage.LOGIN, f"the centre does not accept the token ({status})")
    if 300 <= status < 400 or status == 511:
        raise LinkFailure(Stage.ANSWER, f"redirected ({status}), as a captive portal does", Cause.CAPTIVE_PORTAL)
    if status in _PASSING or (status == 429 and quiet_seconds is not None):
        raise PassingFailure(f"the centre answered {status}", quiet_seconds)
    if (status >= 500 and status not in means) or status in (408, 429):
        raise LinkFailure(Stage.ANSWER, f"the centre answered {status}")
    if response.headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml")):
        raise LinkFailure(Stage.ANSWER, f"an HTML page ({status}), as a captive portal sends", Cause.CAPTIVE_PORTAL)
    if status != 200 and status not in means:
        raise LinkFailure(Stage.ANSWER, f"the centre answered {status}")
    if _encoding(response) not in ("identity", "gzip"):
        raise LinkFailure(Stage.ANSWER, "compressed in a way that was not asked for")


def _encoding(response: httpx2.Response) -> str:
    return response.headers.get("content-encoding", "identity").strip().lower()


def _body(response: httpx2.Response, most_bytes: int) -> bytes:
    return unpacking.body(response.iter_raw(), packed=_encoding(response) == "gzip", most_bytes=most_bytes)
