"""Numbers that are given in order, from 1, without gaps, each office its own: whoever writes has the write lock."""

from typing import Any

from sqlalchemy import Column, ScalarSelect, func, select


def following(column: Column[Any]) -> ScalarSelect[Any]:
    """The number after the highest that is there."""
    return select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
