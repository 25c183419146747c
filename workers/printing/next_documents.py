"""Tells CUPS's side which documents come next, so that they are made ready for the device while others are printed."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from daemon.ports import (
    BadCard,
    Card,
    CardRenderer,
    NextCards,
    RendererFailed,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
)
from workers.runner import Loop, Pause, pause
from workers.situation import Topic

IDLE = pause(5.0, Topic.TURN)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardQueue:
    """Of one card printer."""

    queue: str
    options: Mapping[str, str]
    template: str


@dataclass(slots=True, kw_only=True)
class NextDocuments(Loop):
    """A guess that binds nobody: who is next is decided by the claim."""

    queues: tuple[CardQueue, ...]
    cards: NextCards
    renderer: CardRenderer
    spooler: Spooler
    name: str = "next-documents"
    _told: list[Card] | None = field(default_factory=list)
    """None: not every queue was told."""

    def step(self) -> Pause:
        """As many as there are printers: each may take the first of them."""
        cards = self.cards.cards(len(self.queues))
        if cards != self._told:
            were_passed_on = [self._pass_on(each, cards) for each in self.queues]
            self._told = cards if all(were_passed_on) else None
        return IDLE

    def _pass_on(self, queue: CardQueue, cards: list[Card]) -> bool:
        """Whether it need not be told again. What is wrong is the printer watch's to report."""
        try:
            with suppress(SpoolerRefused):  # a queue that is not in order; the next change tells it
                self.spooler.expect(queue.queue, self._rendered(cards, queue.template), queue.options)
        except SpoolerUnreachable:
            return False
        return True

    def _rendered(self, cards: list[Card], template: str) -> list[bytes]:
        documents = []
        for card in cards:
            with suppress(BadCard, RendererFailed):  # it is told when its turn comes
                documents.append(self.renderer.render(card, template))
        return documents
