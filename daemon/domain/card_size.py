"""What size a card has, and how far a page may be from it."""

from collections.abc import Sequence

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
    return f"has a page of {width:.1f} × {height:.1f} mm, a card is {CARD_MM[0]:.1f} × {CARD_MM[1]:.1f} mm"
