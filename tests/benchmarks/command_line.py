"""The processor time of a command, over that of a Python that does nothing."""

import resource
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import yaml

from adapters.database import migrate
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.plan import Plan

NOTHING = "python -c pass"
TARGETS = {"giliran --help": Target(at_most=3), "giliran status": Target(at_most=6)}
_ROOT = Path(__file__).resolve().parents[2]


def measure(plan: Plan) -> list[Figure]:
    config = _config(plan.folder)
    giliran = [sys.executable, "-m", "daemon", "--config", str(config)]
    sides = {
        "giliran --help": partial(_milliseconds, [*giliran, "--help"]),
        "giliran status": partial(_milliseconds, [*giliran, "status"]),
        NOTHING: partial(_milliseconds, [sys.executable, "-c", "pass"]),
    }
    for run in sides.values():
        run()  # once, so that everything lies in the page cache
    measured = alternate(sides, plan.repetitions + 2)
    return [
        compare(command, measured, command, NOTHING, unit="ms of processor", target=target)
        for command, target in TARGETS.items()
    ]


def _milliseconds(command: Sequence[str]) -> float:
    """Of the processor, as the kernel counts it for children that have ended."""
    before = _children_seconds()
    subprocess.run(command, check=True, capture_output=True, cwd=_ROOT, timeout=60)
    return (_children_seconds() - before) * 1000


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _config(folder: Path) -> Path:
    """The least that is valid."""
    url = f"sqlite:///{folder}/command-line.db"
    migrate(url, "1205")
    token = folder / "token"
    token.write_text("token", encoding="utf-8")
    token.chmod(0o600)
    config = folder / "giliran.yaml"
    settings = {
        "office": {"code": "1205", "name": "Contoh"},
        "database": {"url": url},
        "central": {"url": "http://127.0.0.1:9/api", "token_file": str(token)},
        "printers": [{"name": "card-1", "kind": "card", "queue": "Card_1"}],
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return config
