"""`make chaos`: every named death many times over, on several stages at once, and the toll."""

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from rich.console import Console
from rich.table import Table

from tests.chaos.deaths import DEATHS, WITHOUT_GUARD, Death, Victim
from tests.chaos.rounds import Toll, play

ROUND = len(DEATHS)


def main() -> int:
    options = _options()
    console = Console(width=120)
    jobs = [(options.seed + number, options.unguarded, options.victim) for number in range(options.rounds)]
    total = Toll()
    with ProcessPoolExecutor(options.stages) as pool:
        for number, toll in enumerate(pool.map(_one_round, jobs), 1):
            total.add(toll)
            console.print(
                f"round {number} of {options.rounds}: {total.deaths.total()} deaths, {total.cards} cards, "
                f"{total.duplicates} duplicates, {total.lost} lost, {total.unconfirmed.total()} unconfirmed, "
                f"{total.wrongly_unconfirmed} wrongly"
            )
    console.print(_table(total))
    for broken in total.broken:
        console.print(f"[bold red]BROKEN[/] {broken}")
    return 1 if total.broken or total.duplicates or total.lost or total.wrongly_unconfirmed else 0


def _one_round(job: tuple[int, bool, Victim | None]) -> Toll:
    """Every named death once, in an order of its own; CUPS forgetful in every second round, and in every second pair of
    rounds other rules of the order with every daemon."""
    seed, unguarded, victim = job
    every = WITHOUT_GUARD if unguarded else DEATHS
    deaths: list[Death] = [death for death in every if victim in (None, death.victim)]
    random.Random(seed).shuffle(deaths)
    return play(
        deaths,
        people=6 * ROUND,
        seed=seed,
        guarded=not unguarded,
        dirty_clean_seconds=30 if seed % 2 else 0,
        instructed=seed // 2 % 2 == 1,
    )


def _table(total: Toll) -> Table:
    table = Table(title="The toll")
    table.add_column("what")
    table.add_column("count", justify="right")
    for what, count in (
        ("deaths", total.deaths.total()),
        ("named deaths", len(total.deaths)),
        ("each at least", min(total.deaths.values(), default=0)),
        *((f"    {kind}", count) for kind, count in sorted(_by_kind(total).items())),
        ("cards made, by the printers' tape", total.cards),
        ("duplicates", total.duplicates),
        *([("printed again by CUPS itself", total.again)] if total.again else []),
        ("lost", total.lost),
        *((f"unconfirmed: journal says {what}", count) for what, count in sorted(total.unconfirmed.items())),
        ("wrongly unconfirmed", total.wrongly_unconfirmed),
        *((f"started before others by {rule}", count) for rule, count in sorted(total.by_rule.items())),
    ):
        table.add_row(what, str(count))
    return table


def _by_kind(total: Toll) -> Counter[str]:
    """By who dies, or what else happens."""
    return sum((Counter({name.rpartition(": ")[2]: count}) for name, count in total.deaths.items()), Counter[str]())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help=f"of {ROUND} deaths each")
    parser.add_argument("--stages", type=int, default=2, help="at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--victim", type=Victim, choices=list(Victim), help="only the deaths of this one")
    parser.add_argument("--unguarded", action="store_true", help="without the guard: doubts instead of duplicates")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
