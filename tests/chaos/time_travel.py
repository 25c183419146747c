"""The database goes back in time, as an administrator puts it back: `giliran restore` of a copy, then reconciling."""

from pathlib import Path

from adapters.database.copying import copy_sqlite
from daemon.demo.point import CommandFailed
from daemon.demo.stage import Stage
from daemon.main import open_store
from daemon.ports import Store

CARDS_FORGOTTEN = 2
"""At least."""


def copy(stage: Stage) -> Path:
    """Of the database as it is, whoever writes meanwhile."""
    made = stage.folder / "copy.db"
    made.unlink(missing_ok=True)
    copy_sqlite(stage.folder / "giliran.db", made)
    return made


def put_back(stage: Stage, store: Store, made: Path) -> Store:
    """The daemon is dead, and nobody else may have the old file open: `store` is closed, and opened on the new one."""
    store.close()
    stage.prepare("restore", str(made))
    return open_store(stage.settings)


def left_to_do(stage: Stage, store: Store) -> str | None:
    """Try to reconcile, as a person does until nothing is left; what the command says is."""
    if store.past.behind() is None:
        return None
    try:
        stage.prepare("restore", "--reconcile")
    except CommandFailed as failed:
        return str(failed)
    return None if store.past.behind() is None else "it is behind still"
