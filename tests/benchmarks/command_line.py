"""The processor time of a command: over that of a Python that does nothing, and with a long line over a short one."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import yaml

from adapters.database import migrate
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import people, url
from tests.benchmarks.plan import Plan

SHORT = 1_000
NOTHING = "python -c pass"
TARGETS = {"giliran --help": Target(at_most=3), "giliran status": Target(at_most=6)}
_ROOT = Path(__file__).resolve().parents[2]
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""An installed Giliran is compiled; here the first run does it."""


def measure(plan: Plan) -> list[Figure]:
    return [*_over_nothing(plan), *_with_a_long_line(plan)]


def _over_nothing(plan: Plan) -> list[Figure]:
    folder = plan.folder / "command-line"
    folder.mkdir()
    migrate(url(folder), "1205")
    giliran = _giliran(folder)
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


def _with_a_long_line(plan: Plan) -> Iterator[Figure]:
    """What people ask most, of a person in the middle of the line."""
    long = 2_000 if plan.quick else 1_000_000 if plan.full else 100_000
    folders = {waiting: plan.offices.copy(waiting) for waiting in (SHORT, long)}
    for words in (["status"], ["queue", "--limit", "20"], ["why", "MIDDLE"]):
        sides = {f"{waiting:,} people": partial(_asked, folder, waiting, words) for waiting, folder in folders.items()}
        for run in sides.values():
            run()
        measured = alternate(sides, plan.repetitions)
        yield compare(
            f"giliran {' '.join(words).replace('MIDDLE', 'RECORD')}, {long:,} people",
            measured,
            f"{long:,} people",
            f"{SHORT:,} people",
            unit="ms of processor",
            target=Target(at_most=1.2),
        )


def _asked(folder: Path, waiting: int, words: Sequence[str]) -> float:
    middle = people(1, first=waiting // 2)[0].record_id
    return _milliseconds([*_giliran(folder), *(middle if word == "MIDDLE" else word for word in words)])


def _milliseconds(command: Sequence[str]) -> float:
    """Of the processor, as the kernel counts it for children that have ended."""
    before = _children_seconds()
    subprocess.run(command, check=True, capture_output=True, cwd=_ROOT, env=_ENVIRONMENT, timeout=60)
    return (_children_seconds() - before) * 1000


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _giliran(folder: Path) -> list[str]:
    """The command, for the office in this folder; its configuration is the least that is valid."""
    token = folder / "token"
    token.write_text("token", encoding="utf-8")
    token.chmod(0o600)
    config = folder / "giliran.yaml"
    settings = {
        "office": {"code": "1205", "name": "Contoh"},
        "database": {"url": url(folder)},
        "central": {"url": "http://127.0.0.1:9/api", "token_file": str(token)},
        "printers": [{"name": "card-1", "kind": "card", "queue": "Card_1"}],
    }
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    return [sys.executable, "-m", "daemon", "--config", str(config)]
