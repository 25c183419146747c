"""What `giliran central-simulator` runs."""

import threading
from pathlib import Path

from loguru import logger

from adapters.clock import SystemClock
from adapters.simulator.central.people import make_people, ready_schedule, registrations_csv
from adapters.simulator.central.script import OutagePlayer, parse_script
from adapters.simulator.central.server import CentralSimulator


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
    stop: threading.Event,
) -> None:
    """Serve the contract until `stop` is set. Rejected (BadScript too) or OSError when it cannot begin."""
    script = parse_script(outages)
    inhabitants = make_people(people, seed=seed, not_ready=not_ready, missing=missing)
    if csv_path is not None:
        csv_path.write_text(registrations_csv(inhabitants), encoding="utf-8")
    clock = SystemClock()
    schedule = ready_schedule(inhabitants, within_seconds=ready_within_seconds, seed=seed)
    with CentralSimulator(
        inhabitants, token=token, ready_schedule=schedule, clock=clock, host=host, port=port
    ) as centre:
        logger.info("simulated central server at {} with {} people", centre.url, len(inhabitants))
        player = OutagePlayer(centre.line, script, clock)
        player.start()
        try:
            stop.wait()
        finally:
            player.stop()
        logger.info(
            "simulated central server ends: {} cards reported, {} of them twice",
            len(centre.state.issued),
            len(centre.state.double_issuances),
        )
