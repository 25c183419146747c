"""Witnesses of the log (C2SP tlog-witness). Every call comes back in time, and nothing is repeated here."""

import re
import ssl

import httpcore2
import httpx2

from adapters.central.deadline import call_within
from adapters.central.wire import BoundedTransport
from adapters.log_key import cosignature_on
from daemon.domain.errors import Rejected
from daemon.domain.note import VerifierKey
from daemon.domain.witness import Request
from daemon.ports import Clock, Cosignature, LinkFailure, OtherSize, WitnessUnreachable

TIMEOUT_SECONDS = 15.0
MOST_ANSWER_BYTES = 16 * 1024
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")
_REFUSALS = {
    400: "it cannot read the request",
    403: "it knows the log by another key: give it the one of `giliran audit key`",
    404: "it does not know the log: give it the key of `giliran audit key`",
    409: "it has another log of this size",
    422: "what it cosigned before is not the beginning of this log",
}


class KnownWitness:
    """The Witness port: its key is known."""

    def __init__(self, name: str, key: VerifierKey) -> None:
        self.name = name
        self.key = key

    def cosignature(self, checkpoint: str) -> Cosignature | None:
        """By its key."""
        found = cosignature_on(self.key, checkpoint)
        return None if found is None else Cosignature(at=found[0], line=found[1])


class HttpWitness(KnownWitness):
    """The ReachableWitness port, over HTTP."""

    def __init__(self, name: str, key: VerifierKey, url: str, clock: Clock) -> None:
        """Connects to nothing yet. `url`: the submission prefix."""
        super().__init__(name, key)
        self._url = f"{url}/add-checkpoint"
        self._clock = clock
        self._client = httpx2.Client(
            transport=BoundedTransport(tls=ssl.create_default_context(), keep_alive=True),
            headers={"Content-Type": "text/plain", "User-Agent": "giliran"},
            follow_redirects=False,
            trust_env=False,
            timeout=None,
        )

    def add_checkpoint(self, request: Request) -> Cosignature:
        """One request, one answer."""
        status, body = self._post(request.text)
        if status == 200:
            found = self._found(request.checkpoint + body)
            if found is None:
                raise Rejected("its answer bears no signature of its key that is right")
            return found
        if status == 409 and (size := _SIZE.fullmatch(body)) is not None and int(size[1]) != request.old_size:
            raise OtherSize(int(size[1]))
        if status in _REFUSALS:
            raise Rejected(_REFUSALS[status])
        raise WitnessUnreachable(f"it answers {status}")

    def close(self) -> None:
        """The connection."""
        self._client.close()

    def _found(self, note: str) -> Cosignature | None:
        try:
            return self.cosignature(note)
        except Rejected:
            return None

    def _post(self, text: str) -> tuple[int, str]:
        """Status and body. WitnessUnreachable."""
        with call_within(self._clock, TIMEOUT_SECONDS):
            try:
                with self._client.stream("POST", self._url, content=text.encode()) as response:
                    body = b""
                    for piece in response.iter_raw():
                        body += piece
                        if len(body) > MOST_ANSWER_BYTES:
                            raise WitnessUnreachable("its answer is too long to be a witness's")
                    return response.status_code, body.decode()
            except LinkFailure as failure:
                raise WitnessUnreachable(failure.detail) from failure
            except httpcore2.TimeoutException as error:
                raise WitnessUnreachable(f"no whole answer within {TIMEOUT_SECONDS:g} s") from error
            except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.StreamError) as error:
                raise WitnessUnreachable("the connection was cut, or what answers is no HTTP server") from error
            except UnicodeDecodeError as error:
                raise WitnessUnreachable("its answer is no text") from error
