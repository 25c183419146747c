"""What CUPS's side hears of the cards that come next."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from daemon.ports import BadCard, Card, RendererFailed, SpoolerUnreachable, Store
from tests.fakes.clock import ManualClock
from tests.unit.workers.office import card, take_in
from workers.printing.next_documents import CardQueue, NextDocuments

OPTIONS = {"media": "CR80"}


class Told:
    """A spooler that hears of them, and of nothing else."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, list[bytes], Mapping[str, str]]] = []
        self.unreachable: str | None = None
        """A queue of which it cannot hear now."""

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        if queue == self.unreachable:
            raise SpoolerUnreachable("CUPS does not answer")
        self.heard.append((queue, list(documents), options))

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asks it for {name}")


class Named:
    """Renders the record's name, and nothing of one that is spoiled."""

    def __init__(self, spoiled: Exception | None = None) -> None:
        self._spoiled = spoiled

    def admit(self, card: Card) -> Card:
        return card

    def render(self, card: Card, template: str) -> bytes:
        if card.record_id == "R-BAD" and self._spoiled is not None:
            raise self._spoiled
        return f"{template} {card.record_id}".encode()


@pytest.mark.parametrize("spoiled", [BadCard("no photo"), RendererFailed("the typesetter was ended by SIGKILL")])
def test_each_queue_hears_of_as_many_as_there_are_printers_and_only_when_they_change(
    store: Store, clock: ManualClock, spoiled: Exception
) -> None:
    told = Told()
    queues = tuple(CardQueue(queue=name, options=OPTIONS, template=f"for {name}") for name in ("A", "B"))
    loop = NextDocuments(queues=queues, cards=store.next_cards, renderer=Named(spoiled), spooler=told)
    take_in(store, clock, "R-BAD", "R-1", "R-2")
    store.pulled_cards.save(card("R-1"))
    loop.step()
    loop.step()
    assert told.heard == [("A", [b"for A R-1"], OPTIONS), ("B", [b"for B R-1"], OPTIONS)]
    store.pulled_cards.save(card("R-BAD"))
    loop.step()
    assert told.heard[2:] == told.heard[:2], "one that cannot be rendered is left to its turn"


def test_a_queue_that_could_not_be_told_is_told_again(store: Store, clock: ManualClock) -> None:
    told = Told()
    queues = tuple(CardQueue(queue=name, options=OPTIONS, template="of") for name in ("A", "B"))
    loop = NextDocuments(queues=queues, cards=store.next_cards, renderer=Named(), spooler=told)
    take_in(store, clock, "R-1")
    store.pulled_cards.save(card("R-1"))
    told.unreachable = "A"
    loop.step()
    told.unreachable = None
    loop.step()
    assert ("A", [b"of R-1"], OPTIONS) in told.heard
    heard = len(told.heard)
    loop.step()
    assert len(told.heard) == heard
