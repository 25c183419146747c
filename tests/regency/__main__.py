"""`python -m tests.regency`: three daemons, twelve printers, one PostgreSQL, 2,000 people, and somebody who kills.

Prints what was killed as it goes, and the promises with what became of them at the end; exit status 1 if one broke.
"""

import argparse
import sys
import threading
from collections import Counter
from dataclasses import replace
from random import Random

from adapters.clock import SystemClock
from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.demo.verdict import judge
from daemon.domain.states import State
from tests.acceptance.scene import titles
from tests.fixtures.postgresql import PrivatePostgresql, running
from tests.regency.office import is_running, leader, made

STANDSTILL_SECONDS = 300.0
SERVER_AWAY_SECONDS = (0.0, 8.0)
DAEMON_AWAY_SECONDS = (0.0, 15.0)
LOOK_SECONDS = 1.0

_CLOCK = SystemClock()


def main(arguments: list[str]) -> int:
    """Exit status 0 if every promise was kept."""
    asked = _parser().parse_args(arguments)
    cast = Cast(
        people=asked.people,
        points=asked.points,
        printers=asked.printers,
        seconds_per_card=asked.seconds_per_card,
        ready_within_seconds=asked.people / 20,
        seed=asked.seed,
    )
    began = _CLOCK.monotonic()
    with (
        running() as server,
        stage_folder() as folder,
        Stage(folder, replace(cast, database=server.url()), giliran) as stage,
    ):
        killed = _disturb(stage, server, Random(asked.seed), asked.every)
        for point in stage.points:
            if is_running(point):
                point.stop_daemon()
        checks = judge(stage.evidence())
        by_point = [len(made(point)) for point in stage.points]
    for check in checks:
        print(f"{'kept' if check.kept else 'BROKEN':<7} {check.promise}: {check.found}")
    print(f"cards by machine: {by_point}; killed: {dict(killed)}; {_CLOCK.monotonic() - began:.0f} s")
    return 0 if all(check.kept for check in checks) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.regency", description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--points", type=int, default=3, help="machines, each with a daemon and a CUPS")
    parser.add_argument("--printers", type=int, default=4, help="at each machine")
    parser.add_argument("--seconds-per-card", type=float, default=2.0)
    parser.add_argument("--every", type=float, default=20.0, help="seconds between two kills, on average")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def _disturb(stage: Stage, server: PrivatePostgresql, rng: Random, every: float) -> Counter[str]:
    """Until everybody has a card: kill, wait, start again; and settle by the tape what only a person can."""
    killed: Counter[str] = Counter()
    cards, moved_at = 0, _CLOCK.monotonic()
    next_at = moved_at + every
    while True:
        for point in stage.points:
            if not is_running(point):  # as systemd does
                if point.daemon is not None:
                    killed["(started again after it ended by itself)"] += 1
                    print(f"ended by itself: {point.log.read_text(encoding='utf-8').splitlines()[-1:]}", flush=True)
                point.start_daemon()
        _wait(LOOK_SECONDS)
        seen = stage.look()
        if stage.is_over(seen):
            return killed
        for job in seen.unconfirmed:
            answer = "--printed" if str(job.token) in set(titles(stage)) else "--not-printed"
            stage.giliran("job", "confirm", job.record_id, answer, "--yes", "--reason", "looked into the printer")
            killed["(settled by a person)"] += 1
        if len(titles(stage)) > cards:
            cards, moved_at = len(titles(stage)), _CLOCK.monotonic()
        if _CLOCK.monotonic() - moved_at > STANDSTILL_SECONDS:
            print(f"nothing moves any more: {dict(seen.counts)}", file=sys.stderr)
            return killed
        if _CLOCK.monotonic() >= next_at:
            what = _kill(stage, server, rng)
            killed[what] += 1
            printed = seen.counts[State.PRINTED]
            print(f"{_CLOCK.now():%H:%M:%S} {printed:>5} printed; killed and started again: {what}", flush=True)
            next_at = _CLOCK.monotonic() + rng.uniform(0.5, 1.5) * every


def _kill(stage: Stage, server: PrivatePostgresql, rng: Random) -> str:
    what = rng.choice(("the leader", "a daemon", "a daemon", "the database"))
    if what == "the database":
        server.kill()
        _wait(rng.uniform(*SERVER_AWAY_SECONDS))
        server.start()
        return what
    point = (leader(stage) if what == "the leader" else None) or rng.choice(stage.points)
    point.kill_daemon()
    _wait(rng.uniform(*DAEMON_AWAY_SECONDS))
    point.start_daemon()
    return what


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
