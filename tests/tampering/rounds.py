"""So many tamperings of each kind, and how many of them `audit verify` finds."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from daemon.queries.audit import AuditResult, of_checkpoint, verify
from tests.tampering.hands import HANDS, TABLES
from tests.tampering.office import KEY, ORIGIN, Scene, opened


def found(scene: Scene, file: Path) -> AuditResult:
    """What is found in this copy, held against the paper."""
    with closing(opened(file)) as store:
        return verify(store, KEY, known=of_checkpoint(scene.paper, KEY, ORIGIN))


def rounds(scene: Scene, folder: Path, count: int, seed: int) -> Iterator[tuple[str, int, AuditResult | None]]:
    """Kind, the round's own seed, and what was found; None: the hand changed nothing. `folder`: an empty one."""
    shutil.copy(scene.now.parent / "key", folder)
    untouched = books(scene.now)
    kinds = list(HANDS)
    for number in range(count):
        kind, own = kinds[number % len(kinds)], seed + number
        file = folder / "copy.db"
        for each in folder.glob("copy.db*"):
            each.unlink()
        shutil.copy(scene.now, file)
        HANDS[kind](Random(own), scene, file)
        yield kind, own, found(scene, file) if books(file) != untouched else None


def books(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Log and tables as they are; a log that was made again from the same entries is the same."""
    with closing(sqlite3.connect(file)) as connection:
        return {table: sorted(connection.execute(f"SELECT * FROM {table}"), key=repr) for table in ("log", *TABLES)}
