"""Names follow docs/glossary.md: what it gave up for a better word is no name of a class, function or module."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("daemon", "workers", "adapters")
_ROW = re.compile(r"^\|.*\|([^|]*)\|$", re.MULTILINE)


def given_up() -> set[str]:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return {name for cell in _ROW.findall(page) for name in re.findall(r"`(\w+)`", cell)}


def names() -> Iterator[tuple[str, str]]:
    """(name, where) of every module, and of every class, function and method in it, private ones too."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield file.stem, str(file)
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef | ast.FunctionDef):
                    yield node.name.lstrip("_"), f"{file}:{node.lineno}"


def test_no_name_is_one_that_the_glossary_gave_up() -> None:
    assert len(given_up()) > 20
    assert [f"{where}: {name}" for name, where in names() if name in given_up()] == []
