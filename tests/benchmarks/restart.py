"""From a start after SIGKILL to the first claim: what it takes of the processor and of memory, and with a long line."""

import statistics
import subprocess
import sys
from pathlib import Path

from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.plan import Plan
from tests.benchmarks.rest import resident_mebibytes

SHORT = 1_000
MOST_SECONDS = 0.5
"""Of the processor."""


def measure(plan: Plan) -> list[Figure]:
    long = 2_000 if plan.quick else 1_000_000 if plan.full else 100_000
    folders = {f"{waiting:,} ready": plan.offices.copy(waiting) for waiting in (SHORT, long)}
    for folder in folders.values():
        _start_and_kill(folder)  # leaves a claim open and its log not written back
    memory: dict[str, list[float]] = {side: [] for side in folders}

    def start(side: str) -> float:
        seconds, mebibytes = _start_and_kill(folders[side])
        memory[side].append(mebibytes)
        return seconds

    took = alternate({side: lambda side=side: start(side) for side in folders}, plan.repetitions)  # type: ignore[misc]
    short, line = folders
    what = f"start to first claim after SIGKILL, {line}"
    return [
        Figure(
            what=what,
            against=f"{MOST_SECONDS:g} s of processor",
            ratios=[seconds / MOST_SECONDS for seconds in took[line]],
            seen=f"{statistics.median(took[line]):.2f} s of processor",
            target=Target(at_most=1),
        ),
        compare(what, took, line, short, unit="s of processor", target=Target(at_most=1.2)),
        compare(f"memory at the first claim, {line}", memory, line, short, unit="MiB", target=Target(at_most=1.5)),
    ]


def _start_and_kill(folder: Path) -> tuple[float, float]:
    """Seconds of the processor to the first claim, and MiB then."""
    worker = [sys.executable, "-m", "tests.benchmarks.restart_worker", str(folder)]
    with subprocess.Popen(worker, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said, seconds = process.stdout.readline().split()
        assert said == "claimed", "a start that fails"
        mebibytes = resident_mebibytes(process.pid)
        process.kill()
    return float(seconds), mebibytes
