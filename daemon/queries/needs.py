"""The facts of what needs a person, read from the store: for `status` and for alerts alike."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from daemon.domain import ledger
from daemon.domain.errors import UnknownRecord
from daemon.domain.link import Link
from daemon.domain.needs import DamageFacts, Facts, PrinterFacts, Trouble
from daemon.domain.states import IN_LINE, State
from daemon.domain.supply import Outlook
from daemon.ports import Damage, Store
from daemon.queries.printers import KnownPrinter
from daemon.queries.tree import uncosigned_since

MOST = 1000
"""Of each kind."""
DAMAGE_COUNTS_FOR = timedelta(days=7)
"""A disk that flips one bit flips more."""


def facts(
    store: Store,
    at: datetime,
    *,
    link: Link,
    printers: tuple[KnownPrinter, ...],
    balances: Mapping[str, int],
    own: Mapping[str, str],
    low: int,
    low_days: int,
    outlook: Outlook | None,
    machine: tuple[Trouble, ...] = (),
    witnesses: Sequence[str] = (),
    foreign: tuple[tuple[str, int, datetime], ...] = (),
    absent: Mapping[str, str] | None = None,
    is_silent: bool = False,
    most: int = MOST,
) -> Facts:
    """`balances`: blanks by account, as the printers were found with. `own`: CUPS queue by printer, as configured here.
    `low`, `low_days`: fewer blanks, or blanks for fewer working days, are too few. `witnesses`: the names
    of their keys. `absent`: CUPS's word on queues that
    it does not have, by printer. `most`: of each kind."""
    intake = store.records.intake()
    names = frozenset(printer.name for printer in printers)
    return Facts(
        at=at,
        link=link,
        daemon_runs=any(printer.is_served for printer in printers) and not is_silent,
        behind=store.past.behind(),
        machine=machine,
        printers=tuple(_printer(printer, own, balances, absent or {}) for printer in printers),
        unconfirmed=tuple(row.job for row in store.view.queue(State.UNCONFIRMED, most)),
        rejected=tuple(store.issuances.rejected()),
        faulty=tuple(store.view.faulty(most)),
        awaiting_person=tuple(store.view.awaiting_person(most)),
        damages=tuple(_damage(store, damage) for damage in store.view.damages(at - DAMAGE_COUNTS_FOR)),
        round_since=None if intake is None else intake.round_since,
        uncosigned_since=uncosigned_since(store.tree, witnesses) if witnesses else None,
        serials=tuple(store.serials.troubles(most)),
        foreign=foreign,
        balances=balances,
        low=low,
        outlook=outlook,
        low_days=low_days,
        consumables={name: those for name, those in store.printers.consumables().items() if name in names},
    )


def _printer(
    printer: KnownPrinter, own: Mapping[str, str], balances: Mapping[str, int], absent: Mapping[str, str]
) -> PrinterFacts:
    return PrinterFacts(
        name=printer.name,
        queue=printer.queue,
        state=printer.report.state,
        reasons=printer.report.reasons,
        since=printer.report.since,
        record_id=printer.report.record_id,
        blanks=balances.get(ledger.hopper(printer.name), 0),
        is_served=printer.is_served,
        is_configured=printer.name in own,
        absent=absent.get(printer.name),
    )


def _damage(store: Store, damage: Damage) -> DamageFacts:
    return DamageFacts(
        record_id=damage.record_id,
        kept=damage.kept.value,
        found_at=damage.found_at,
        is_mended=damage.mended_at is not None,
        is_wanted=_is_in_line(store, damage.record_id),
    )


def _is_in_line(store: Store, record_id: str) -> bool:
    """Whether what is kept of it will be wanted, and so is pulled again."""
    try:
        return store.jobs.job(record_id).state in IN_LINE
    except UnknownRecord:
        return False
