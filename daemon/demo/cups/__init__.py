"""A private CUPS server with virtual printers: the demo and the tests go through the real scheduler and filters."""

from daemon.demo.cups.card_printer import Fault, MadeCard, VirtualCardPrinter
from daemon.demo.cups.paper_printer import VirtualPaperPrinter
from daemon.demo.cups.private_cups import PrivateCups

__all__ = ["Fault", "MadeCard", "PrivateCups", "VirtualCardPrinter", "VirtualPaperPrinter"]
