"""`make soak`: outages of every kind in real time on a whole stage, and how soon printing goes on after each."""

import argparse
import statistics
import sys
from contextlib import closing
from random import Random

from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.main import open_store
from tests.acceptance.scene import end, titles
from tests.soak.outages import CAUSES, INTERVAL_SECONDS, LONG_PATIENCE_SECONDS, go_through

CARDS_FOR_EACH = 12


def main() -> int:
    """0 when the order was kept, nobody lost, and every outage told with its cause."""
    asked = _arguments()
    rng = Random(asked.seed)
    weathers = [list(CAUSES)[number % len(CAUSES)] for number in range(asked.outages)]
    rng.shuffle(weathers)
    cast = Cast(people=CARDS_FOR_EACH * asked.outages, printers=2, seconds_per_card=1.0, ready_within_seconds=30)
    waits: list[float] = []
    with stage_folder() as folder, Stage(folder, cast, giliran) as stage:
        stage.start_daemon()
        for number, weather in enumerate(weathers, start=1):
            waits.append(go_through(stage, weather, rng.uniform(0, 4)))
            print(f"{number:>4} {weather:<18} {waits[-1]:.2f} intervals to the first card, {len(titles(stage))} cards")
        with closing(open_store(stage.settings)) as store:
            told = [outage.cause for outage in store.links.outages(10 * asked.outages)][::-1]
        end(stage, LONG_PATIENCE_SECONDS)
    expected = [CAUSES[weather] for weather in weathers]
    wrong = [pair for pair in zip(expected, told, strict=False) if pair[0] != pair[1]]
    print(f"\n{len(told)} of {asked.outages} outages in the history, {len(wrong)} with another cause {wrong or ''}")
    print("order kept, nobody lost, nobody twice; blanks, log and reports agree")
    print(
        f"return to first card: median {statistics.median(waits):.2f}, longest {max(waits):.2f} "
        f"probe intervals of {INTERVAL_SECONDS:g} s"
    )
    return 0 if told == expected else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--outages", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
