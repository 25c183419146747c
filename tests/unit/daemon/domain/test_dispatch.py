from daemon.domain.dispatch import CardPrinter, DispatchState, PauseReason, PrinterState, dispatch
from daemon.domain.link import LinkState


def printer(state: PrinterState = PrinterState.IDLE, blanks: int = 10) -> CardPrinter:
    return CardPrinter(name="card-1", state=state, blanks=blanks)


def reasons(link: LinkState, *printers: CardPrinter) -> tuple[PauseReason, ...]:
    return dispatch(daemon_runs=True, link=link, printers=printers).reasons


def test_a_stopped_daemon_is_stopped_whatever_else_is_so() -> None:
    assert dispatch(daemon_runs=False, link=LinkState.DOWN, printers=()).state is DispatchState.STOPPED


def test_all_well_is_running() -> None:
    assert dispatch(daemon_runs=True, link=LinkState.UP, printers=(printer(),)).state is DispatchState.RUNNING


def test_each_reason_has_its_word() -> None:
    assert reasons(LinkState.DOWN, printer()) == (PauseReason.CENTRAL_DOWN,)
    assert reasons(LinkState.UP, printer(PrinterState.PAUSED)) == (PauseReason.OPERATOR,)
    assert reasons(LinkState.UP, printer(PrinterState.STOPPED)) == (PauseReason.NO_PRINTER,)
    assert reasons(LinkState.UP, printer(blanks=0)) == (PauseReason.NO_BLANKS,)


def test_one_fit_printer_is_enough() -> None:
    assert reasons(LinkState.UP, printer(PrinterState.STOPPED), printer()) == ()


def test_the_last_blank_in_the_printer_is_no_lack_yet() -> None:
    assert reasons(LinkState.UP, printer(PrinterState.PRINTING, blanks=0)) == ()
