"""Watches ribbon and film: what a printer reports, or what is left by the cards made since it was put in new."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.domain.supply import Consumable, consumables
from daemon.ports import PrinterStore, QueueView, Spooler, SpoolerRefused, SpoolerUnreachable
from workers.runner import Loop

LOOK_SECONDS = 300.0
"""The call leaks in pycups, so not more often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSupplies:
    """A card printer as it is configured."""

    printer: str
    queue: str
    yields: Mapping[str, int]
    """Cards from a full one, by name."""


@dataclass(slots=True, kw_only=True)
class SupplyWatch(Loop):
    """One for all card printers."""

    printers: tuple[PrinterSupplies, ...]
    store: PrinterStore
    view: QueueView
    spooler: Spooler
    name: str = "supply-watch"

    def step(self) -> float:
        """Look at each. What CUPS does not tell now stays as it was."""
        for supplied in self.printers:
            try:
                reported = self.spooler.consumables(supplied.queue)
            except (SpoolerUnreachable, SpoolerRefused):
                continue  # the printer watch has told it
            self.store.save_consumables(supplied.printer, self._found(supplied, reported))
        return LOOK_SECONDS

    def _found(self, supplied: PrinterSupplies, reported: tuple[Consumable, ...]) -> tuple[Consumable, ...]:
        def made(consumable: str) -> int | None:
            since = self.store.renewed(supplied.printer, consumable)
            return None if since is None else self.view.printed_since(since, supplied.printer)

        return consumables(reported, supplied.yields, made)
