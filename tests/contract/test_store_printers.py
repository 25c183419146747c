"""What printers do and what operators want of them."""

from dataclasses import replace

from daemon.domain.dispatch import PrinterState
from daemon.domain.job import Verdict, conclude
from daemon.domain.supply import Consumable
from daemon.ports import Controls, PrinterReport, Store
from tests.contract.office import CLERK, NOON, events, in_line, minutes, print_next, start, stock


def say(store: Store, state: PrinterState, *reasons: str) -> PrinterReport:
    report = PrinterReport(name="card-1", state=state, reasons=reasons)
    store.printers.report(report, NOON)
    return report


def test_the_latest_report_is_kept(store: Store) -> None:
    assert store.printers.reports() == {}
    say(store, PrinterState.IDLE)
    latest = say(store, PrinterState.STOPPED, "cover-open")
    assert store.printers.reports() == {"card-1": latest}


def test_a_printer_prints_while_a_card_is_under_way(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    say(store, PrinterState.IDLE)
    start(store)
    printing = PrinterReport(name="card-1", state=PrinterState.PRINTING, record_id="A", since=NOON)
    assert store.printers.reports() == {"card-1": printing}
    say(store, PrinterState.PRINTING, "media-low")
    assert store.printers.reports() == {"card-1": replace(printing, reasons=("media-low",))}
    store.jobs.apply(conclude(store.jobs.job("A"), Verdict.PRINTED, reason=None, at=NOON))
    assert store.printers.reports() == {"card-1": PrinterReport(name="card-1", state=PrinterState.IDLE)}


def test_only_trouble_is_logged(store: Store) -> None:
    say(store, PrinterState.IDLE)
    say(store, PrinterState.PRINTING)
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
    assert store.printers.controls("card-1") == Controls(paused=True)
    say(store, PrinterState.PAUSED)
    assert store.printers.controls("card-1") == Controls(paused=True)
    assert events(store) == ["printer_paused", "printer_state"]


def test_resuming_ends_a_rest_as_well(store: Store) -> None:
    store.printers.set_paused("card-1", False, NOON, CLERK)
    assert store.printers.controls("card-1") == Controls(nudges=1)
    store.printers.set_paused("card-1", True, NOON, CLERK)
    store.printers.set_paused("card-1", False, NOON, CLERK)
    assert store.printers.controls("card-1") == Controls(nudges=2)
    assert events(store) == ["printer_resumed", "printer_paused", "printer_resumed"]


def test_what_is_left_of_ribbon_and_film_is_kept_by_printer(store: Store) -> None:
    assert store.printers.consumables() == {}
    say(store, PrinterState.IDLE)
    ribbon = Consumable(name="Ribbon", percent=40, full=250)
    store.printers.save_consumables("card-1", [ribbon])
    store.printers.save_consumables("card-2", [])
    assert store.printers.consumables() == {"card-1": (ribbon,)}
    store.printers.save_consumables("card-1", [replace(ribbon, percent=39)])
    assert store.printers.consumables() == {"card-1": (replace(ribbon, percent=39),)}
    assert store.printers.reports()["card-1"].state is PrinterState.IDLE


def test_who_put_in_a_new_one_when(store: Store) -> None:
    assert store.printers.renewed("card-1", "ribbon") is None
    store.printers.renew("card-1", "ribbon", NOON, CLERK)
    store.printers.renew("card-1", "film", NOON + minutes(1), CLERK)
    assert store.printers.renewed("card-1", "ribbon") == NOON
    assert store.printers.renewed("card-1", "film") == NOON + minutes(1)
    assert [(entry.event, entry.actor) for entry in store.log.entries()] == [("consumable_renewed", CLERK)] * 2


def test_cards_made_since_then_on_one_printer(store: Store) -> None:
    stock(store, "card-1")
    stock(store, "card-2")
    in_line(store, "A", "B", "C")
    for printer, minute in (("card-1", 1), ("card-2", 2), ("card-1", 3)):
        print_next(store, printer, NOON + minutes(minute))
    assert store.view.printed_since(NOON + minutes(2)) == 2
    assert store.view.printed_since(NOON, "card-1") == 2
    assert store.view.printed_since(NOON + minutes(2), "card-1") == 1
