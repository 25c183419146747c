"""What stays of a demo: the cards' pictures, the daemon's log, and the office's books, to be asked like any other's."""

import shutil
from pathlib import Path

import yaml

from adapters.database.copying import copy_sqlite
from adapters.folder import write_file
from daemon.demo.stage import Stage

NOTE = """\
# Of a demo that is over. What reads the books works with it: status, queue, why, blanks, link history, audit verify, …
# Its centre and its CUPS are gone (nobody answers at 127.0.0.1:9), so nothing can be printed.
"""
NOBODY = "127.0.0.1:9"


def keep(stage: Stage, folder: Path) -> Path:
    """All of it in this folder, in the place of an earlier demo's; its configuration."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    cards, journal = folder / "cards", folder / "guard-journal"
    for old in (cards, journal):
        if old.is_dir():
            shutil.rmtree(old)
    for name, printer in stage.printers.items():
        shutil.copytree(printer.folder / "cards", cards / name, symlinks=True)  # CUPS's group writes there
    shutil.copytree(stage.cups.journal, journal, symlinks=True, ignore=_sockets)
    write_file(folder / stage.log.name, stage.log.read_bytes(), mode=0o644)
    return _keep_books(stage, folder, journal)


def _keep_books(stage: Stage, folder: Path, journal: Path) -> Path:
    whole = yaml.safe_load(stage.config.read_text(encoding="utf-8"))
    books, token = stage.folder / "giliran.db", Path(whole["central"]["token_file"])
    (folder / books.name).unlink(missing_ok=True)
    copy_sqlite(books, folder / books.name)
    for secret in (books.with_name(f"{books.name}.key"), token):
        write_file(folder / secret.name, secret.read_bytes())
    whole["database"]["url"] = f"sqlite:///{folder / books.name}"
    whole["central"]["token_file"] = str(folder / token.name)
    whole["cups"] |= {"server": NOBODY, "guard_journal": str(journal)}
    config = folder / stage.config.name
    write_file(config, (NOTE + yaml.safe_dump(whole, sort_keys=False)).encode(), mode=0o644)
    return config


def _sockets(folder: str, names: list[str]) -> set[str]:
    """What has no content to copy."""
    return {name for name in names if Path(folder, name).is_socket()}
