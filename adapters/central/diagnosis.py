"""Whether a certificate is past its time, or this machine's clock is.

The centre is asked for its certificate and its time over a connection that proves nothing: without our token, and what
comes back is used for advice alone.
"""

import ssl
from datetime import datetime, timedelta

import httpcore2
from cryptography import x509

from adapters.central.quiet import http_date
from adapters.central.wire import BoundedNetwork
from daemon.domain.link import Cause, Stage
from daemon.ports import Clock, LinkFailure

CLOCKS_AGREE = timedelta(hours=1)


def of_certificate(failure: LinkFailure, url: str, clock: Clock) -> LinkFailure:
    """The failure with the cause that fits best; as it is when nothing more can be learned. Within the call's time."""
    try:
        certificate, theirs = _look(url)
    except (LinkFailure, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException, ValueError):
        return failure
    begins, ends, ours = certificate.not_valid_before_utc, certificate.not_valid_after_utc, clock.now()
    if theirs is not None and begins <= theirs <= ends and abs(ours - theirs) > CLOCKS_AGREE:
        return _clock_is_wrong(f"the clock here says {_moment(ours)}, the centre's {_moment(theirs)}")
    if ours < begins and theirs is None:
        return _clock_is_wrong(f"the clock here says {_moment(ours)}, the certificate begins {_moment(begins)}")
    if ours > ends:
        detail = f"the centre's certificate ended {_moment(ends)}"
        return LinkFailure(Stage.TLS, detail, Cause.CERTIFICATE_EXPIRED)
    return failure


def _look(url: str) -> tuple[x509.Certificate, datetime | None]:
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE
    with (
        httpcore2.ConnectionPool(ssl_context=anybody, network_backend=BoundedNetwork()) as pool,
        pool.stream("HEAD", f"{url}/health", headers={"Host": httpcore2.URL(url).host.decode()}) as response,
    ):
        encrypted = response.extensions["network_stream"].get_extra_info("ssl_object")
        certificate = x509.load_der_x509_certificate(encrypted.getpeercert(True))
        dates = [value.decode("latin-1") for name, value in response.headers if name.lower() == b"date"]
    return certificate, http_date(dates[0]) if dates else None


def _clock_is_wrong(detail: str) -> LinkFailure:
    return LinkFailure(Stage.TLS, detail, Cause.CLOCK_WRONG)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
