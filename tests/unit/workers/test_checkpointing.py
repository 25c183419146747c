"""Tiles and signed heads are made behind the entries."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.log_key import Ed25519LogKey
from daemon.domain.tiles import WIDTH
from daemon.ports import Store
from tests.fakes.clock import ManualClock
from workers.checkpointing import EVERY_SECONDS, Checkpointing


@pytest.fixture
def loop(store: Store, clock: ManualClock) -> Checkpointing:
    key = Ed25519LogKey("giliran/1205", bytes(32))
    return Checkpointing(origin="giliran/1205", tree=store.tree, key=key, clock=clock)


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
