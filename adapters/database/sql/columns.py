"""Column types that SQLite's STRICT tables and PostgreSQL both take."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Long = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits; STRICT tables know INTEGER alone."""

RecordId = Text().with_variant(Text(collation="C"), "postgresql")
"""Sorted by its bytes on every engine, as the order of turns is."""

E = TypeVar("E", bound=StrEnum)


def micros(at: datetime) -> int:
    """As a Moment is kept: whole microseconds since the epoch. Refuses a naive datetime."""
    assert at.tzinfo is not None, "times are aware"
    return (at - EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """Back again, UTC."""
    return EPOCH + timedelta(microseconds=micros)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as whole microseconds since the epoch, UTC."""

    impl = Long
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuses a naive datetime."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Always UTC."""
        return None if value is None else moment(value)


class Flag(TypeDecorator[bool]):
    """True or False as 1 or 0."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """1 or 0."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """Back again."""
        return None if value is None else bool(value)


class Day(TypeDecorator[date]):
    """A date as ISO 8601 writes it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        """2026-01-05."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        """Back again."""
        return None if value is None else date.fromisoformat(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """Some names as a JSON list; none at all as NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        """["Siti", "Budi"]."""
        return json.dumps(value, ensure_ascii=False) if value else None

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """Back again."""
        return () if value is None else tuple(json.loads(value))


class Word(TypeDecorator[E], Generic[E]):
    """A member of a StrEnum as its word."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[E]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """The plain word."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """The member."""
        return None if value is None else self.words(value)


def for_driver(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes of a value of this column what both drivers take; None: they take it as it is."""
    if isinstance(kind, Moment):
        return micros
    if isinstance(kind, Word):
        return str
    if isinstance(kind, Flag):
        return int
    return None
