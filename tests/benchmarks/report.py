"""The tables, for the terminal and for docs/benchmarks.md."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from rich.table import Table

from tests.benchmarks.figures import Figure

HEADINGS = ("what", "over", "median", "min", "max", "target", "", "seen, median : median")
PACKAGES = ("SQLAlchemy", "psycopg", "typst", "typer", "pydantic", "huey", "pgqueuer", "procrastinate")
BEGIN, END = "<!-- begin: written by make bench -->", "<!-- end -->"


def table(title: str, figures: Sequence[Figure]) -> Table:
    shown = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        shown.add_column(heading, justify="right" if heading in ("median", "min", "max", "target") else "left")
    for figure in figures:
        shown.add_row(*_cells(figure), style="bold red" if figure.verdict == "missed" else None)
    return shown


def markdown(title: str, figures: Sequence[Figure], circumstances: str) -> str:
    """A section of its own: when, where and how it was measured stands in it."""
    lines = [f"### {title}", "", circumstances, *(f"{fact}." for fact in machine()), ""]
    lines += [f"| {' | '.join(HEADINGS)} |", "|---|---|---:|---:|---:|---:|---|---|"]
    lines += [f"| {' | '.join(_cells(figure))} |" for figure in figures]
    return "\n".join(lines)


def write_into(file: Path, section: str, titles: Sequence[str]) -> None:
    """Between the marks, in the order of the titles. Sections measured at another time stay, as does what people wrote
    around the marks."""
    old = file.read_text(encoding="utf-8") if file.exists() else f"{BEGIN}\n{END}\n"
    head, _, rest = old.partition(BEGIN)
    inside, _, tail = rest.partition(END)
    sections = [f"### {part.strip()}" for part in inside.split("### ")[1:]]
    by_title = {each.partition("\n")[0].removeprefix("### "): each for each in [*sections, section]}
    written = "\n\n".join(by_title[title] for title in titles if title in by_title)
    file.write_text(f"{head}{BEGIN}\n{written}\n{END}{tail}", encoding="utf-8")


def machine() -> list[str]:
    """What the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    postgresql = _said("psql", "--version").replace("psql (PostgreSQL)", "PostgreSQL")
    return [
        f"Machine: {os.cpu_count()} cores, {_processor()}, {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"CUPS {_said('cups-config', '--version')}, {postgresql}, {packages}",
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


def _said(*command: str) -> str:
    """What a program says of its version."""
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "?"
    return asked.stdout.partition(" (Debian")[0].strip() or "?"
