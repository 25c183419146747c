"""When two queues print to one device."""

import pytest

from adapters.cups.fitness import same_device

NETWORK = "socket://printer.local:9100"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NETWORK, "socket://printer.local"),
        (NETWORK, "socket://PRINTER.local.:9100/?waiteof=false"),
        ("socket://localhost", "socket://127.0.0.1:9100"),
        ("ipp://printer/ipp/print", "ipp://printer:631/ipp/print/"),
        ("lpd://printer/q", "lpd://user@printer:515/q?banner=off"),
        ("cardsim:/folder", "cardsim:///folder/"),
        ("usb://Evolis/Primacy", "usb://Evolis/Primacy?serial=1"),
        ("usb://Evolis/Primacy?serial=1", "usb://Evolis/Primacy?serial=1&interface=1"),
    ],
)
def test_one_device_by_two_names(one: str, other: str) -> None:
    assert same_device(one, other)
    assert same_device(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NETWORK, "socket://printer.local:9101"),
        (NETWORK, "socket://printer-2.local:9100"),
        ("lpd://server/q1", "lpd://server/q2"),
        ("usb://Evolis/Primacy?serial=1", "usb://Evolis/Primacy?serial=2"),
        ("usb://Evolis/Primacy", "usb://Evolis/Zenius"),
        ("socket://[broken", "socket://printer:no-port"),
    ],
)
def test_two_devices(one: str, other: str) -> None:
    assert not same_device(one, other)
