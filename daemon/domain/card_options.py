"""CUPS's own options that change what stands on a card: nobody sets them for a card printer, by a default or by hand.

A driver's options (the ribbon, the medium, how a chip is fed) are another matter: they are the printer's to have.
"""

from collections.abc import Mapping

NEUTRAL: Mapping[str, str | None] = {
    "booklet": "off",
    "fill": "false",
    "fit-to-page": "false",
    "fitplot": "false",
    "landscape": "false",
    "media-bottom-margin": None,
    "media-left-margin": None,
    "media-right-margin": None,
    "media-top-margin": None,
    "mirror": "false",
    "multiple-document-handling": None,
    "natural-scaling": "100",
    "number-up": "1",
    "number-up-layout": None,
    "orientation-requested": "3",
    "outputorder": "normal",
    "page-border": "none",
    "page-bottom": None,
    "page-delivery": "same-order-face-up",
    "page-label": "",
    "page-left": None,
    "page-ranges": "1-9999",
    "page-right": None,
    "page-set": "all",
    "page-top": None,
    "position": "center",
    "ppi": None,
    "print-scaling": "none",
    "scaling": None,
    "sides": "one-sided",
}
"""By name: the value that changes nothing; None: there is none."""


def option_fault(name: str, value: object) -> str | None:
    """Why a card printer cannot have this option; None: it can. CUPS does not tell capitals from small letters."""
    name = name.lower()
    if name not in NEUTRAL or str(value).lower() == NEUTRAL[name]:
        return None
    return "would change the card (half of it, mirrored, turned, or nothing at all); take it out"
