"""The card printers of the office, on whatever machine they stand, and whether a daemon serves them."""

from collections.abc import Mapping
from dataclasses import dataclass

from daemon.domain import ledger
from daemon.domain.dispatch import PrinterState
from daemon.ports import Lease, PrinterReport, Store, serving

DAEMON_NOT_RUNNING = "daemon_not_running"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPrinter:
    """One of them."""

    name: str
    queue: str
    is_served: bool
    report: PrinterReport
    """What it said last; while no daemon serves it, that it is stopped."""


def known_printers(
    own: Mapping[str, str], store: Store, lease: Lease, balances: Mapping[str, int]
) -> tuple[KnownPrinter, ...]:
    """Our own (CUPS queue by name), in their order; then those of other daemons on this store, by name.

    Others count while they are served, have a card under way or blanks in their hopper: then somebody misses them.
    """
    reports = store.printers.reports()
    elsewhere = {name: queue for name, queue in store.printers.served().items() if name not in own}
    taken = lease.held(*(serving(name) for name in (*own, *elsewhere)))
    busy = {attempt.printer for attempt in store.jobs.open_attempts()} if elsewhere else set()

    def is_missed(name: str) -> bool:
        return serving(name) in taken or name in busy or balances.get(ledger.hopper(name), 0) > 0

    there = {**own, **{name: elsewhere[name] for name in sorted(elsewhere) if is_missed(name)}}
    return tuple(
        KnownPrinter(
            name=name,
            queue=queue,
            is_served=serving(name) in taken,
            report=_reported(name, reports.get(name), serving(name) in taken),
        )
        for name, queue in there.items()
    )


def _reported(name: str, report: PrinterReport | None, is_served: bool) -> PrinterReport:
    """What it said last, corrected by what is known to have changed since."""
    said = report or PrinterReport(name=name, state=PrinterState.IDLE)
    if is_served or said.state not in (PrinterState.IDLE, PrinterState.PRINTING):
        return said
    return PrinterReport(
        name=name,
        state=PrinterState.STOPPED,
        reasons=(DAEMON_NOT_RUNNING,),
        record_id=said.record_id,
        since=said.since,
    )
