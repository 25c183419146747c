"""The tables, for the terminal and for docs/benchmarks.md."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.table import Table

from tests.benchmarks.figures import Figure

HEADINGS = ("what", "over", "median", "min", "max", "target", "", "seen, median : median")
BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end -->"


def table(title: str, figures: Sequence[Figure]) -> Table:
    shown = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, justify="right" if heading in ("median", "min", "max", "target") else "left")
    for figure in figures:
        shown.add_row(*_cells(figure), style="bold red" if figure.verdict == "missed" else None)
    return shown


def markdown(results: Mapping[str, Sequence[Figure]], command: str, load: str) -> str:
    lines = [f"Command: `{command}`", "", *(f"- {fact}" for fact in machine()), f"- {load}"]
    for title, figures in results.items():
        lines += ["", f"### {title}", "", f"| {' | '.join(HEADINGS)} |", "|---|---|---:|---:|---:|---:|---|---|"]
        lines += [f"| {' | '.join(_cells(figure))} |" for figure in figures]
    return "\n".join(lines)


def write_into(file: Path, text: str) -> None:
    """Between the marks, so that what people wrote around them stays."""
    old = file.read_text(encoding="utf-8") if file.exists() else f"{BEGIN}\n{END}\n"
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    file.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def machine() -> list[str]:
    """What the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {_version(name)}" for name in ("SQLAlchemy", "typst", "typer", "pydantic", "huey"))
    return [
        f"Machine: {os.cpu_count()} cores, {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, CUPS {_cups()}, {packages}",
    ]


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        figure.against,
        _ratio(figure.median),
        _ratio(min(figure.ratios)),
        _ratio(max(figure.ratios)),
        str(figure.target or ""),
        figure.verdict,
        figure.seen,
    )


def _ratio(ratio: float) -> str:
    if 0.9 < ratio < 1.1:
        return f"{ratio:.3f}"
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.1f}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _cups() -> str:
    asked = subprocess.run(["cups-config", "--version"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() or "?"
