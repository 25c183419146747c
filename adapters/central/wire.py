"""Connections to the centre that keep to the deadline of the call, and whose failures name the stage they failed at.

An HTTP client's time-outs are per operation: an answer that drips outlives them. So the deadline is kept here,
below HTTP, where look-up, connect, TLS, headers and body all pass.
"""

import ssl
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore2
import httpx2

from adapters.central import deadline
from adapters.central.resolver import Resolver
from daemon.domain.link import Cause, Stage
from daemon.ports import LinkFailure

CONNECTIONS = 20
"""More than there are loops that call."""
IDLE_SECONDS = 30.0
_WRITE_BYTES = 64 * 1024


class BoundedTransport(httpx2.BaseTransport):
    """HTTP/1.1 over a pool of connections. With `keep_alive` false each request passes every stage anew."""

    def __init__(self, *, tls: ssl.SSLContext, keep_alive: bool) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=tls,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS if keep_alive else 0,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=BoundedNetwork(),
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it and read the answer's head. LinkFailure or an exception of httpcore2."""
        url = request.url
        assert isinstance(request.stream, httpx2.SyncByteStream)
        response = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(response.status, headers=response.headers, stream=_Body(response))

    @property
    def is_connected(self) -> bool:
        """Whether a connection is open that a request could use, or uses."""
        return any(not each.is_closed() and not each.has_expired() for each in self._pool.connections)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class BoundedNetwork(httpcore2.NetworkBackend):
    """TCP within the deadline of the call."""

    def __init__(self) -> None:
        self._resolver = Resolver()
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try each address; a dead one may use up its share of the time only."""
        until = deadline.current()
        addresses = self._resolver.addresses(host, until.left())
        failure: Exception | None = None
        for tried, address in enumerate(addresses):
            share_seconds = until.left() / (len(addresses) - tried)
            if share_seconds <= 0:
                break
            try:
                stream = self._network.connect_tcp(address, port, share_seconds, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _BoundedStream(stream)
        raise LinkFailure(Stage.CONNECT, f"{host} port {port}: {_reason(failure)}") from failure


class _BoundedStream(httpcore2.NetworkStream):
    """Takes its time-outs from the deadline of the call instead of the operation's."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            return self._stream.read(max_bytes, _seconds_left(httpcore2.ReadTimeout))
        except httpcore2.ReadError as error:
            _raise_if_tls(error)
            raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            for start in range(0, len(buffer), _WRITE_BYTES):
                piece = buffer[start : start + _WRITE_BYTES]
                self._stream.write(piece, _seconds_left(httpcore2.WriteTimeout))
        except httpcore2.WriteError as error:
            _raise_if_tls(error)
            raise

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        seconds = deadline.current().left()
        if seconds <= 0:
            self.close()
            raise LinkFailure(Stage.TLS, _reason(None))
        try:
            return _BoundedStream(self._stream.start_tls(ssl_context, server_hostname, seconds))
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise LinkFailure(Stage.TLS, _reason(error), _cause(error)) from error

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _seconds_left(too_late: type[Exception]) -> float:
    seconds = deadline.current().left()
    if seconds <= 0:
        raise too_late("the deadline of the call has passed")
    return seconds


def _raise_if_tls(error: Exception) -> None:
    """With TLS 1.3 the other side refuses our certificate only after the handshake, as an alert on the first read."""
    cause = error.__cause__
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        raise LinkFailure(Stage.TLS, _reason(error)) from error


_NOT_AT_THIS_TIME = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


def _cause(error: Exception) -> Cause | None:
    cause = error.__cause__
    is_past = isinstance(cause, ssl.SSLCertVerificationError) and cause.verify_code in _NOT_AT_THIS_TIME
    return Cause.CERTIFICATE_EXPIRED if is_past else None


def _reason(error: Exception | None) -> str:
    """What the system said, in its words."""
    cause = error.__cause__ if error is not None else None
    match cause:
        case ssl.SSLCertVerificationError():
            return f"certificate not accepted: {cause.verify_message}"
        case ssl.SSLError():
            return (cause.reason or "the handshake failed").replace("_", " ").lower()
        case None | TimeoutError():
            return "no answer in time"
        case OSError():
            return (cause.strerror or type(cause).__name__).lower()
        case _:
            return type(cause).__name__
