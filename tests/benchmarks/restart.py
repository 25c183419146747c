"""From a start after SIGKILL to the first claim, and the memory that it takes: with a long line over a short one."""

import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.plan import Plan
from tests.benchmarks.rest import resident_mebibytes

SHORT = 1_000


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
        compare(what, took, line, short, unit="s", target=Target(at_most=1.2)),
        compare(f"memory at the first claim, {line}", memory, line, short, unit="MiB", target=Target(at_most=1.5)),
    ]


def _start_and_kill(folder: Path) -> tuple[float, float]:
    """Seconds to the first claim, and MiB then."""
    started = perf_counter()
    worker = [sys.executable, "-m", "tests.benchmarks.restart_worker", str(folder)]
    with subprocess.Popen(worker, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "claimed\n", "a start that fails"
        seconds = perf_counter() - started
        mebibytes = resident_mebibytes(process.pid)
        process.kill()
    return seconds, mebibytes
