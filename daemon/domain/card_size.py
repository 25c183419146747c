"""What size a card has, and how far a page may be from it."""

from collections.abc import Sequence

from daemon.domain.flaw import Flaw

CARD_MM = (85.6, 53.98)
"""ISO/IEC 7810, ID-1, the longer side first."""
TOLERANCE_MM = 3.0
"""Of each side: what makers of documents round, or add for a printer that prints over the edge."""


def is_card(page_mm: Sequence[float]) -> bool:
    """Whether a page of these sides is a card's, lying or standing: CUPS's filters turn it as the medium lies."""
    return all(
        abs(side - card) <= TOLERANCE_MM for side, card in zip(sorted(page_mm, reverse=True), CARD_MM, strict=True)
    )


def wrong_size(page_mm: Sequence[float]) -> str:
    """Both sizes, for the reason that is kept."""
    width, height = page_mm
    sides = {"width": width, "height": height, "card_width": CARD_MM[0], "card_height": CARD_MM[1]}
    return Flaw.PAGE_OF_OTHER_SIZE.format(**{name: f"{mm:.1f}" for name, mm in sides.items()})
