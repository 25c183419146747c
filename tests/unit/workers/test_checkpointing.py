"""Tiles and signed heads are made behind the entries."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.cups import FolderMemory
from adapters.database import open_store
from adapters.log_key import Ed25519LogKey
from daemon.domain.log import FORKED
from daemon.domain.note import head, parts
from daemon.domain.tiles import WIDTH
from daemon.ports import Store
from tests.fakes.clock import ManualClock
from tests.fixtures.sqlite import NewFile
from workers.checkpointing import EVERY_SECONDS, Checkpointing

KEY = Ed25519LogKey("giliran/1205", bytes(32))


@pytest.fixture
def loop(store: Store, clock: ManualClock) -> Checkpointing:
    return Checkpointing(origin="giliran/1205", tree=store.tree, key=KEY, clock=clock)


def log(store: Store, clock: ManualClock, entries: int) -> None:
    for number in range(entries):
        store.log.append("seen", at=clock.now(), actor="ani", number=number)


def heads(store: Store) -> list[int]:
    return [kept.size for kept in store.tree.checkpoints()]


def test_what_was_decided_is_signed_within_a_minute(loop: Checkpointing, store: Store, clock: ManualClock) -> None:
    log(store, clock, 2)
    assert loop.step() == EVERY_SECONDS
    assert loop.step() == EVERY_SECONDS, "nothing new"
    log(store, clock, 1)
    loop.step()
    assert heads(store) == [3, 4]


def test_what_was_decided_last_is_signed_at_an_orderly_stop(
    loop: Checkpointing, store: Store, clock: ManualClock
) -> None:
    log(store, clock, 1)
    loop.close()
    assert heads(store) == [2]


def test_tiles_are_made_first_and_a_head_in_the_next_step(
    loop: Checkpointing, store: Store, clock: ManualClock
) -> None:
    log(store, clock, 2 * WIDTH)
    assert loop.step() == 0.0
    assert heads(store) == []
    assert loop.step() == EVERY_SECONDS
    assert heads(store) == [2 * WIDTH + 1]


def test_on_a_database_that_is_behind_nothing_is_signed(loop: Checkpointing, store: Store, clock: ManualClock) -> None:
    log(store, clock, 1)
    loop.is_behind = lambda: True
    assert loop.step() == EVERY_SECONDS
    loop.close()
    assert heads(store) == []


def test_a_log_that_was_rewritten_is_not_signed_and_nothing_else_ends(
    loop: Checkpointing, store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    log(store, clock, 2)
    loop.step()
    file = next(tmp_path.rglob("giliran.db"))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE log SET hash = ? WHERE sequence = 1", ("0" * 64,))
    log(store, clock, 1)
    assert loop.step() == loop.step() == EVERY_SECONDS
    loop.close()
    assert heads(store) == [3]


def test_a_second_history_is_not_signed_before_the_log_says_that_it_forked(
    loop: Checkpointing, store: Store, clock: ManualClock, tmp_path: Path, new_file: NewFile
) -> None:
    (tmp_path / "journal").mkdir()
    loop.memory = memory = FolderMemory(tmp_path / "journal")
    log(store, clock, 2)
    loop.step()
    log(store, clock, 3)
    loop.step()
    signed = memory.signed_head("giliran/1205")
    assert signed is not None
    assert signed == store.tree.checkpoints()[-1].note, "the newest"
    with closing(open_store(f"sqlite:///{new_file(tmp_path / 'copy')}", "1205", clock)) as copy:
        again = Checkpointing(origin="giliran/1205", tree=copy.tree, key=KEY, clock=clock, memory=memory)
        for entries in (1, 10):  # shorter, and longer than what was signed
            log(copy, clock, entries)
            again.step()
            assert heads(copy) == []
        left = head(parts(signed)[0])
        copy.log.append(FORKED, at=clock.now(), actor="ani", forked_size=left.size, forked_root="0" * 64)
        again.step()
        assert heads(copy) == [], "that is another one"
        copy.log.append(FORKED, at=clock.now(), actor="ani", forked_size=left.size, forked_root=left.root.hex())
        again.step()
        assert heads(copy) == [14]
        assert memory.signed_head("giliran/1205") == copy.tree.checkpoints()[0].note
        log(copy, clock, 1)
        again.step()
        assert heads(copy) == [14, 15]


def test_a_head_is_kept_outside_before_anybody_gets_it(
    loop: Checkpointing, store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    """Cut in between, the next one continues it; the other way round, a head could be out that nobody remembers."""

    class Cut(Exception):
        pass

    class CutMemory(FolderMemory):
        def save_signed_head(self, origin: str, checkpoint: str) -> None:
            super().save_signed_head(origin, checkpoint)
            raise Cut

    (tmp_path / "journal").mkdir()
    loop.memory = CutMemory(tmp_path / "journal")
    log(store, clock, 2)
    with pytest.raises(Cut):
        loop.step()
    assert heads(store) == []
    assert loop.memory.signed_head("giliran/1205") is not None
    loop.memory = FolderMemory(tmp_path / "journal")
    log(store, clock, 2)
    loop.step()
    assert heads(store) == [5]


def test_a_head_beside_the_journal_that_cannot_be_read_is_none(
    loop: Checkpointing, store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "journal").mkdir()
    loop.memory = FolderMemory(tmp_path / "journal")
    for content in ("", "nonsense", "giliran/1205\n9\n"):
        (tmp_path / "journal" / ".head-of-giliran-1205").write_text(content)
        log(store, clock, 1)
        loop.step()
    assert heads(store) == [2, 3, 4]
