"""`make bench`: ratios to peers and limits, each pair in the same run. It never fails for being slow."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from loguru import logger
from rich.console import Console

from adapters.clock import SystemClock
from tests.benchmarks import (
    backlog,
    claims,
    command_line,
    contention,
    dispatch,
    intake,
    ledger,
    link,
    postgresql,
    rendering,
    report,
    rest,
    restart,
    slow_sync,
    throughput,
)
from tests.benchmarks.figures import Figure
from tests.benchmarks.office import Offices
from tests.benchmarks.plan import Plan

BENCHMARKS: dict[str, tuple[str, Callable[[Plan], list[Figure]]]] = {
    "claims": ("Claim → printed", claims.measure),
    "backlog": ("A long line", backlog.measure),
    "contention": ("Beside an import", contention.measure),
    "restart": ("After a crash", restart.measure),
    "postgresql": ("On PostgreSQL", postgresql.measure),
    "intake": ("Taking the backlog in", intake.measure),
    "ledger": ("The ledger of blanks", ledger.measure),
    "link": ("The link to the centre", link.measure),
    "rendering": ("A card as PDF", rendering.measure),
    "throughput": ("The whole daemon on real CUPS", throughput.measure),
    "dispatch": ("Dispatch to printers that take no time", dispatch.measure),
    "rest": ("At rest", rest.measure),
    "command_line": ("The command line", command_line.measure),
}
"""One file each."""


def main() -> int:
    options = _options()
    logger.remove()
    slow_sync.load(Path(tempfile.gettempdir()))
    console = Console() if sys.stdout.isatty() else Console(width=150)
    for fact in report.machine():
        console.print(fact, highlight=False)
    titles = [title for title, _ in BENCHMARKS.values()]
    with tempfile.TemporaryDirectory(prefix="giliran-bench-") as folder:
        plan = Plan(
            folder=Path(folder), offices=Offices(Path(folder) / "offices"), quick=options.quick, full=options.full
        )
        for name in options.names or BENCHMARKS:
            title, measure = BENCHMARKS[name]
            load_before, started = os.getloadavg()[0], perf_counter()
            figures = measure(plan)
            took = f"load before {load_before:.1f}, took {perf_counter() - started:.0f} s"
            how = f"`{_command(name, options)}`, {SystemClock().now():%Y-%m-%d}, {took}."
            console.print(report.table(title, figures))
            console.print(how, highlight=False)
            if options.markdown is not None:
                report.write_into(options.markdown, report.markdown(title, figures, how), titles)
    return 0


def _command(name: str, options: argparse.Namespace) -> str:
    flags = "".join(f" --{flag}" for flag in ("quick", "full") if getattr(options, flag))
    return f'make bench ARGS="{name}{flags}"'


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; all if none is given")
    parser.add_argument("--quick", action="store_true", help="only to see that it works: little of everything")
    parser.add_argument("--full", action="store_true", help="a million people in line as well (some minutes more)")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables into it, others stay")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(BENCHMARKS))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
