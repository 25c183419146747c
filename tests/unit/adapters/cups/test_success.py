import pytest

from adapters.cups.success import success_of


@pytest.mark.parametrize(
    ("uri", "means"),
    [
        ("usb://Evolis/Primacy?serial=1", "took the data; it cannot say whether a card came out"),
        ("socket://printer:9100", "took the data and ended the connection; it cannot say whether a card came out"),
        ("lpd://printer/card", "took the data and acknowledged it; it cannot say whether a card came out"),
        ("ipp://printer/ipp/print", "says that its own job is completed"),
        ("ipps://printer/ipp/print", "says that its own job is completed"),
        ("dnssd://Card._ipps._tcp.local/?uuid=1", "says that its own job is completed"),
        ("dnssd://Card._pdl-datastream._tcp.local/", "took the data and ended the connection"),
        ("dnssd://Card%20._ipp._tcp._printer._tcp.local/", "took the data and acknowledged it"),
        ("dnssd://Card._other._tcp.local/", "the same as for the backend through which the printer is found"),
        ("evolis://printer", "what its maker says; it is not one of CUPS's own"),
    ],
)
@pytest.mark.parametrize("guard", ["", "giliran:/"])
def test_what_a_success_means_is_said_by_backend(guard: str, uri: str, means: str) -> None:
    success = success_of(guard + uri)

    assert success.backend == uri.partition(":")[0]
    assert means in success.means
    assert success.warning is None


@pytest.mark.parametrize(
    ("uri", "warning"),
    [
        ("ipp://printer/ipp/print?waitjob=false", "every card is a question"),
        ("dnssd://Card._ipp._tcp.local/?waitjob=no", "every card is a question"),
        ("socket://printer/?snmp=false&waiteof=false", "the data was sent, and no more"),
        ("lpd://printer/card?mode=stream", "the data was sent, and no more"),
    ],
)
def test_a_device_uri_that_makes_a_success_worth_less_is_named(uri: str, warning: str) -> None:
    assert warning in str(success_of(uri).warning)


@pytest.mark.parametrize(
    "uri", ["ipp://printer/ipp/print?waitjob=true", "socket://printer/?waiteof", "lpd://p/q?mode=standard"]
)
def test_the_same_options_do_no_harm_otherwise(uri: str) -> None:
    assert success_of(uri).warning is None
