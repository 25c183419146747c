"""A private CUPS server with virtual printers: the demo and the tests go through the real scheduler and filters."""

from adapters.simulator.cups.card_printer import Fault, MadeCard, VirtualCardPrinter
from adapters.simulator.cups.paper_printer import VirtualPaperPrinter
from adapters.simulator.cups.private_cups import PrivateCups

__all__ = ["Fault", "MadeCard", "PrivateCups", "VirtualCardPrinter", "VirtualPaperPrinter"]
