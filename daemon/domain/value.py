"""Values of a card's path: dataclasses that nobody changes once they are made.

`frozen=True` sets each field by a call of object.__setattr__, some four times as long as setting it, and every card
makes a dozen values. Here it is the type checker that lets nobody change one; at run time it is a plain dataclass.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=True)
def value(kind: type[T]) -> type[T]:
    """The class as a value: its fields by name, compared and hashed by what they hold."""
    return dataclass(slots=True, kw_only=True, unsafe_hash=True)(kind)
