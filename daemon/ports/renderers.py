"""What a printer gets."""

from collections.abc import Mapping
from typing import Protocol

from daemon.domain.errors import Retryable
from daemon.ports.central import Card


class RendererFailed(Retryable):
    """A card could not be looked into or made now. Nothing is known against the card: it is tried again."""


class CardRenderer(Protocol):
    """Turns what the centre sent into the PDF that a printer gets."""

    def admit(self, card: Card) -> Card:
        """Look into what the centre sent, once, when it is pulled: the card as it is kept and printed.

        BadCard, RendererFailed.
        """
        ...

    def render(self, card: Card, template: str) -> bytes:
        """PDF of ISO ID-1 size, or the centre's own PDF as it was admitted.

        BadCard when it cannot be printed; RendererFailed.
        """
        ...


class ReportRenderer(Protocol):
    """Makes papers of the office from a template and JSON-able content."""

    def render(self, template: str, content: Mapping[str, object]) -> bytes:
        """PDF; the texts in `codes` by name are drawn as QR codes. Fatal when the template fails."""
        ...
