"""What the daemon costs when there is nothing to do: four idle printers, the link up, everybody still waiting."""

import os
import threading
from pathlib import Path
from time import perf_counter

import yaml

from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.domain.states import State
from tests.benchmarks.figures import Figure, Target
from tests.benchmarks.plan import Plan
from tests.waiting import eventually

PRINTERS = 4
PEOPLE = 50
SETTLING_SECONDS = 5.0
WINDOW_SECONDS = 6.0
"""A repetition; five make half a minute."""
MOST_MIB = 80
MOST_SHARE = 0.01
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def measure(plan: Plan) -> list[Figure]:
    # As the contract's configuration has it, not at the demo's pace.
    probe = {"interval": "15s", "timeout": "5s", "down_after": 3, "up_after": 2}
    cast = Cast(people=PEOPLE, not_ready=PEOPLE, printers=PRINTERS, probe=probe)
    with stage_folder() as folder, Stage(folder, cast, giliran) as stage:
        _sync_every_minute(stage.config)
        stage.start_daemon()
        eventually(lambda: _is_at_rest(stage), timeout_seconds=60, what="a daemon at rest")
        _let_pass(SETTLING_SECONDS)
        assert stage.daemon is not None, "it was started"
        shares, mebibytes = _watch(stage.daemon.pid, plan.repetitions)
        stage.stop_daemon()
    mean = sum(shares) / len(shares)
    return [
        Figure(
            what=f"memory at rest, {PRINTERS} printers",
            against=f"{MOST_MIB} MiB",
            ratios=[used / MOST_MIB for used in mebibytes],
            seen=f"{mebibytes[-1]:.0f} MiB resident",
            target=Target(at_most=1),
        ),
        Figure(
            what=f"processor at rest, {PRINTERS} printers",
            against="1 % of a core",
            ratios=[share / MOST_SHARE for share in shares],
            seen=f"{mean * 100:.2f} % of a core over {WINDOW_SECONDS * len(shares):.0f} s",
            target=Target(at_most=1),
        ),
    ]


def _is_at_rest(stage: Stage) -> bool:
    seen = stage.look()
    return seen.counts[State.WAITING] == PEOPLE and seen.link.state.lets_cards_start


def _sync_every_minute(config: Path) -> None:
    settings = yaml.safe_load(config.read_text(encoding="utf-8"))
    settings["central"]["sync"]["interval"] = "60s"
    config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")


def _watch(pid: int, windows: int) -> tuple[list[float], list[float]]:
    """The share of a core in each window, and the resident memory at its end."""
    shares, mebibytes = [], []
    for _ in range(windows):
        started, before = perf_counter(), _processor_seconds(pid)
        _let_pass(WINDOW_SECONDS)
        shares.append((_processor_seconds(pid) - before) / (perf_counter() - started))
        mebibytes.append(resident_mebibytes(pid))
    return shares, mebibytes


def _processor_seconds(pid: int) -> float:
    """utime and stime, proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


def resident_mebibytes(pid: int) -> float:
    """VmRSS."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("proc(5) has VmRSS for every process")


def _let_pass(seconds: float) -> None:
    """Here it is the time itself that is waited for."""
    threading.Event().wait(seconds)
