"""The simulator as `giliran central-simulator` runs it."""

import csv
import socket
import threading
from contextlib import closing
from pathlib import Path

import pytest

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from adapters.courier import FolderCentralServer, read_key
from daemon.demo.centre.script import BadScript
from daemon.demo.centre.serve import Carried, serve
from daemon.domain.link import Stage
from tests.waiting import eventually


def start(
    stop: threading.Event, *, port: int, outages: str = "", csv_path: Path | None = None, carried: Carried | None = None
) -> None:
    serve(
        host="127.0.0.1",
        port=port,
        people=20,
        seed=1,
        token="t",
        outages=outages,
        ready_within_seconds=0,
        not_ready=2,
        missing=1,
        csv_path=csv_path,
        carried=carried,
        stop=stop,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_serves_plays_its_outages_and_stops(tmp_path: Path) -> None:
    stop, port, file = threading.Event(), free_port(), tmp_path / "registrations.csv"
    thread = threading.Thread(
        target=start, args=(stop,), kwargs={"port": port, "outages": "300ms error500 500ms", "csv_path": file}
    )
    thread.start()
    try:
        with closing(
            HttpCentralServer(
                url=f"http://127.0.0.1:{port}",
                token="t",
                timeout_seconds=5,
                probe_timeout_seconds=2,
                clock=SystemClock(),
            )
        ) as client:
            eventually(lambda: client.probe().ok, what="the simulator")
            assert len(client.records(None, 100).records) == 19
            eventually(lambda: client.probe().failed_stage is Stage.ANSWER, what="the outage")
            eventually(lambda: client.probe().ok, what="the end of the outage")
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    with file.open(encoding="utf-8") as rows:
        assert len(list(csv.DictReader(rows))) == 20


def test_a_bad_script_is_told_before_anything_is_served() -> None:
    with pytest.raises(BadScript):
        start(threading.Event(), port=0, outages="5s rain 5s")


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        start(threading.Event(), port=taken.getsockname()[1])


def test_it_packs_for_a_courier_whenever_a_stick_is_there(tmp_path: Path) -> None:
    stop, key_file, stick = threading.Event(), tmp_path / "courier-key", tmp_path / "stick"
    carried = Carried(stick=stick, key_file=key_file, office="1205")
    thread = threading.Thread(target=start, args=(stop,), kwargs={"port": free_port(), "carried": carried})
    thread.start()
    eventually(key_file.exists, what="the key")
    stick.mkdir()
    manifest = stick / "giliran-1205" / "to-office" / "manifest.sealed"
    eventually(manifest.exists, what="a pack")
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    office = FolderCentralServer(
        stick=stick, spool=tmp_path / "spool", key=read_key(key_file), office="1205", clock=SystemClock()
    )
    assert office.probe().ok
    assert len(office.records(None, 500).records) == 19
