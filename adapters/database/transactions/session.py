"""The connection of the writer. Its transactions begin and end on the driver: SQLAlchemy, which lends the connection
and carries out what is not a card's, takes as long for that as for half of a card."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine

from adapters.database.sql.connections import Begin
from adapters.database.sql.failures import database_errors
from adapters.database.transactions.change import CarriedOver, Change
from adapters.database.transactions.log_end import LogEnd, place
from adapters.database.transactions.subjects import Remembered


class Session:
    """One connection, opened with the first transaction, and anew after one that broke."""

    def __init__(self, engine: Engine, begin: Begin, remembered: Remembered) -> None:
        """`engine`: whose transactions SQLAlchemy does not begin by itself."""
        self._remembered = remembered
        self._engine = engine
        self._begin = begin
        self._connection: Connection | None = None
        self._driver: Any = None
        self._carried: CarriedOver | None = None
        self._may_be_open = False
        """A transaction: one that was interrupted is rolled back before the next begins."""

    def begun(self) -> Change:
        """A transaction. Where the connection broke while it lay idle, on another one: nothing is done yet."""
        if self._may_be_open:
            self.roll_back()
        was_open = self._connection is not None
        try:
            return self._begun()
        except database_errors():
            if not was_open or self._connection is not None:
                raise
        return self._begun()

    def commit(self, change: Change) -> None:
        """With all that it put off; durable on return."""
        change.finish()
        self._driver.commit()
        self._may_be_open = False
        self._carried = change.carried_over()

    def roll_back(self) -> None:
        """Nothing of it has happened. Where that cannot be said to the database, the connection is let go, which says
        the same."""
        self._carried = None
        try:
            if self._driver is not None:
                self._driver.rollback()
        except database_errors():
            self._let_go()
        else:
            if self._is_broken():
                self._let_go()
        self._may_be_open = False

    def close(self) -> None:
        """Let go of the connection. More than once is fine."""
        if self._connection is not None:
            self._connection.close()
        self._connection = self._driver = None

    def _begun(self) -> Change:
        if self._connection is None:
            self._connection = self._engine.connect()
            self._driver = self._connection.connection.driver_connection
        self._may_be_open = True
        try:
            end = place(self._begin(self._driver, LogEnd.READ.text))
        except BaseException:
            self.roll_back()  # it may have begun
            raise
        self._remembered.hold_against(end.sequence, end.hash)
        return Change(self._connection, self._driver, end, self._carried, self._remembered)

    def _is_broken(self) -> bool:
        """psycopg says so; a file does not break."""
        return self._connection is None or self._connection.invalidated or bool(getattr(self._driver, "closed", False))

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()
            with suppress(*database_errors()):
                self._driver.close()  # a pool leaves one that is broken to the garbage collector
        self.close()
