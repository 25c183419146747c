"""Whether guard and driver of a card printer's queue are those that a person put there."""

from dataclasses import dataclass

from daemon.ports import GuardJournal, PrinterStore, QueueStatus


@dataclass(slots=True, kw_only=True)
class QueueGuard:
    """What stands between CUPS and one card printer."""

    printer: str
    printers: PrinterStore
    journal: GuardJournal
    _driver: str | None = None
    """That the queue had when it was guarded; None before a guard was seen."""

    def is_in_place(self, status: QueueStatus) -> bool:
        """A queue that had a guard prints nothing without one until a person takes it away (`printer unguard`)."""
        if not status.guarded:
            self._driver = self.printers.guarded_driver(self.printer)
            return self._driver is None
        if self._driver is None:
            self._adopt(status.driver)
        return self.journal.identity() is not None

    def has_its_driver(self, status: QueueStatus) -> bool:
        """Or another that a person has agreed to since (`printer guard`)."""
        if not status.guarded or status.driver == self._driver:
            return True
        self._driver = self.printers.guarded_driver(self.printer)
        return status.driver == self._driver

    def _adopt(self, driver: str) -> None:
        """At the first sight of a guard."""
        self._driver = self.printers.guarded_driver(self.printer)
        if self._driver is None:
            self.printers.set_guarded_driver(self.printer, driver)
            self._driver = driver
