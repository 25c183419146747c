"""The writer's connection outlives what goes wrong on it."""

import sqlite3
from typing import Any

import pytest

from adapters.database.sql.connections import writers_engine
from adapters.database.transactions.change import Change
from adapters.database.transactions.session import Session
from adapters.database.transactions.subjects import Remembered
from adapters.database.transactions.writer import Writer
from daemon.domain.errors import Fatal


def test_a_transaction_that_fails_while_it_begins_is_not_left_open(url: str) -> None:
    engine, begin = writers_engine(url, "1205")
    failures = iter(["SELECT nothing"])

    def fails_once(driver: Any, query: str) -> Any:
        return begin(driver, next(failures, query))

    writer = Writer(Session(engine, fails_once, Remembered()), "here")
    with pytest.raises(Fatal):
        writer.do(lambda _: None)
    assert writer.do(lambda change: change.log.start.sequence) == 0
    writer.close()
    engine.dispose()


def test_a_connection_that_cannot_be_rolled_back_is_let_go(url: str) -> None:
    engine, begin = writers_engine(url, "1205")
    writer = Writer(Session(engine, begin, Remembered()), "here")
    drivers: list[object] = []

    def breaks(change: Change) -> None:
        driver: sqlite3.Connection = change._driver
        drivers.append(driver)
        driver.close()
        change.row(change.log.READ)

    with pytest.raises(Fatal):
        writer.do(breaks)
    writer.do(lambda change: drivers.append(change._driver))
    first, second = drivers
    assert first is not second
    writer.close()
    engine.dispose()
