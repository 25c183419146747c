"""`python -m tests.simulation`: runs seeds and says what was found; a failing seed prints how to replay it."""

import argparse
import os
import statistics
import sys
import time
from collections import Counter

from tests.simulation.bugs import BUGS, NO_BUG
from tests.simulation.database import database
from tests.simulation.fleet import Total, first_found, results
from tests.simulation.outages import soak
from tests.simulation.run import Result, run

SHOWN_FAILURES = 5


def main() -> int:
    """0 when every invariant held in every run (with --bugs: when every bug was found)."""
    asked = _arguments()
    if asked.bugs:
        return _bug_table()
    if asked.outages:
        return _soak(asked.first, asked.outages)
    if asked.trace:
        return _trace(asked.first, asked.bug)
    total = Total()
    started = time.perf_counter()
    seeds = range(asked.first, asked.first + asked.seeds)
    for result in results(seeds, processes=max(1, min(asked.processes, asked.seeds)), bug=asked.bug):
        total.add(result)
        if result.violation is not None and len(total.failed) <= SHOWN_FAILURES:
            _tell(result, asked.bug)
        if total.seeds % 500 == 0:
            print(f"… {total.seeds} runs, {len(total.failed)} failed", flush=True)
    _summary(total, time.perf_counter() - started)
    return 1 if total.failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many runs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--bug", choices=sorted(BUGS), help="with this seeded bug")
    parser.add_argument("--bugs", action="store_true", help="how many runs until each seeded bug is found")
    parser.add_argument("--outages", type=int, help="instead: one run with so many outages of every kind in a row")
    parser.add_argument("--trace", action="store_true", help="the whole trace of the first seed")
    return parser.parse_args()


def _trace(seed: int, bug: str | None) -> int:
    with database() as disk:
        result = run(seed, disk, NO_BUG if bug is None else BUGS[bug])
    print("\n".join(result.lines))
    print(f"seed {seed}: {result.violation or 'every invariant held'}; trace {result.digest[:16]}")
    return 1 if result.violation else 0


def _tell(result: Result, bug: str | None) -> None:
    with_bug = f" --bug {bug}" if bug else ""
    print(f"\nseed {result.seed} VIOLATES {result.violation}")
    print("\n".join(f"    {line}" for line in result.lines))
    print(f"replay: python -m tests.simulation --first {result.seed} --seeds 1 --trace{with_bug}\n", flush=True)


def _soak(seed: int, outages: int) -> int:
    """Outages of every kind, one after another."""
    with database() as disk:
        found = soak(seed, outages, disk)
    told = Counter(outage.cause for outage in found.told)
    wrong = sum(gone.cause != outage.cause for gone, outage in zip(found.gone, found.told, strict=False))
    for name, value in (
        ("outages", len(found.gone)),
        ("told in the history", len(found.told)),
        ("told with another cause", wrong),
        *((f"    {cause}", count) for cause, count in sorted(told.items())),
        ("cards made", found.cards),
        ("order, losses, duplicates", found.violation or "kept"),
        ("return to first card, median of an interval", f"{statistics.median(found.waits):.2f}"),
        ("return to first card, longest", f"{max(found.waits):.2f}"),
    ):
        print(f"{name:<48} {value!s:>10}")
    return 0 if found.violation is None and not wrong and len(found.told) == len(found.gone) else 1


def _summary(total: Total, seconds: float) -> None:
    counts = total.counts
    rows: list[tuple[str, object]] = [
        ("runs", f"{total.seeds:,} in {seconds:,.0f} s, {total.seeds / seconds:.1f} a second"),
        ("runs that failed", len(total.failed)),
        ("calls to the outside", f"{counts['calls']:,}"),
        ("deaths of the daemon", f"{counts['deaths']:,}"),
        ("cards made", f"{counts['cards']:,}"),
        ("duplicates", total.violations_of("one card at most", "authorised before it is printed")),
        ("lost", total.violations_of("nobody is lost", "everything is settled in the end", "printed means a card")),
        ("passed over in line", total.violations_of("order")),
        ("unconfirmed", f"{counts['unconfirmed']:,}"),
        ("wrongly unconfirmed", total.violations_of("wrongly unconfirmed")),
        ("settled only when the wall clock was set right", counts["waited_for_clock"]),
        ("faults injected", f"{sum(total.injected.values()):,}"),
        *((f"    {name}", f"{count:,}") for name, count in sorted(total.injected.items())),
    ]
    if total.failed:
        rows.insert(2, ("failed seeds", " ".join(str(seed) for seed in sorted(result.seed for result in total.failed))))
    for name, value in rows:
        print(f"{name:<48} {value!s:>10}")


def _bug_table() -> int:
    print(f"{'seeded bug':<24} {'found in run':>12}  {'stated':>6}  by the invariant")
    missed = 0
    with database() as disk:
        for name, bug in BUGS.items():
            found = first_found(name, disk)
            missed += found is None
            run_number, invariant = found or ("-", "NOT FOUND")
            print(f"{name:<24} {run_number:>12}  {bug.found_within:>6}  {invariant}   ({bug.what})", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
