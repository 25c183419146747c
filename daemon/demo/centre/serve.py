"""What `giliran central-simulator` runs."""

import threading
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet
from loguru import logger

from adapters.clock import SystemClock
from adapters.courier import read_key
from adapters.folder import write_file
from daemon.demo.centre.courier import CentralCourier
from daemon.demo.centre.people import make_people, ready_schedule, registrations_csv
from daemon.demo.centre.script import OutagePlayer, parse_script
from daemon.demo.centre.server import CentralSimulator
from daemon.demo.centre.state import CentralState


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """By courier as well."""

    stick: Path
    key_file: Path
    office: str


def serve(
    host: str,
    port: int,
    people: int,
    seed: int,
    token: str | None,
    outages: str,
    ready_within_seconds: float,
    not_ready: int,
    missing: int,
    csv_path: Path | None,
    carried: Carried | None,
    stop: threading.Event,
) -> None:
    """Serve the contract until `stop` is set. Rejected (BadScript too) or OSError when it cannot begin."""
    script = parse_script(outages)
    inhabitants = make_people(people, seed=seed, not_ready=not_ready, missing=missing)
    if csv_path is not None:
        write_file(csv_path, registrations_csv(inhabitants).encode(), mode=0o644)
    clock = SystemClock()
    schedule = ready_schedule(inhabitants, within_seconds=ready_within_seconds, seed=seed)
    with CentralSimulator(
        inhabitants, token=token, ready_schedule=schedule, clock=clock, host=host, port=port
    ) as centre:
        logger.info("simulated central server at {} with {} people", centre.url, len(inhabitants))
        player = OutagePlayer(centre.line, script, clock)
        player.start()
        courier = threading.Thread(target=_carry, args=(carried, centre.state, stop), name="courier")
        courier.start()
        try:
            stop.wait()
        finally:
            player.stop()
            stop.set()
            courier.join()
        logger.info(
            "simulated central server ends: {} cards reported, {} of them twice",
            len(centre.state.issued),
            len(centre.state.double_issuances),
        )


def _carry(carried: Carried | None, state: CentralState, stop: threading.Event) -> None:
    if carried is None:
        return
    if not carried.key_file.exists():
        write_file(carried.key_file, Fernet.generate_key() + b"\n")
        logger.info("a courier's key was made: {}", carried.key_file)
    key = read_key(carried.key_file)
    CentralCourier(state, stick=carried.stick, key=key, office=carried.office).run(stop)
