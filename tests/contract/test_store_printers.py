"""What printers do and what operators want of them."""

from daemon.domain.dispatch import PrinterState
from daemon.ports import PrinterReport, Store
from tests.contract.office import CLERK, NOON, events


def say(store: Store, state: PrinterState, *reasons: str, record_id: str | None = None) -> PrinterReport:
    report = PrinterReport(name="card-1", state=state, reasons=reasons, record_id=record_id, since=NOON)
    store.printers.report(report, NOON)
    return report


def test_the_latest_report_is_kept(store: Store) -> None:
    assert store.printers.reports() == {}
    say(store, PrinterState.IDLE)
    latest = say(store, PrinterState.PRINTING, record_id="A")
    assert store.printers.reports() == {"card-1": latest}


def test_only_trouble_is_logged(store: Store) -> None:
    say(store, PrinterState.IDLE)
    say(store, PrinterState.PRINTING, record_id="A")
    say(store, PrinterState.IDLE)
    assert events(store) == []
    say(store, PrinterState.STOPPED, "media-jam")
    say(store, PrinterState.STOPPED, "media-jam")
    say(store, PrinterState.STOPPED, "cover-open", "media-jam")
    say(store, PrinterState.IDLE)
    assert [entry.details.get("reasons") for entry in store.log.entries()] == [
        ["media-jam"],
        ["cover-open", "media-jam"],
        [],
    ]
    assert set(events(store)) == {"printer_state"}


def test_pausing_is_remembered_and_logged_once(store: Store) -> None:
    store.printers.set_paused("card-1", True, NOON, CLERK)
    store.printers.set_paused("card-1", True, NOON, CLERK)
    assert store.printers.wishes("card-1") == (True, 0)
    say(store, PrinterState.PAUSED)
    assert store.printers.wishes("card-1") == (True, 0)
    assert events(store) == ["printer_paused", "printer_state"]


def test_resuming_ends_a_rest_as_well(store: Store) -> None:
    store.printers.set_paused("card-1", False, NOON, CLERK)
    assert store.printers.wishes("card-1") == (False, 1)
    store.printers.set_paused("card-1", True, NOON, CLERK)
    store.printers.set_paused("card-1", False, NOON, CLERK)
    assert store.printers.wishes("card-1") == (False, 2)
    assert events(store) == ["printer_resumed", "printer_paused", "printer_resumed"]
