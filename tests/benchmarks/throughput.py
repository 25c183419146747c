"""What the dispatcher loses: cards through the whole daemon over what CUPS's own queue makes of the same cards.

On one CUPS, in turns, with two printers each: the daemon's behind the guard, CUPS's own without it and with every
job queued beforehand. Guard and backend run as those of a USB printer do. The printers' tapes say what was made when.
"""

import statistics
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import cups

from adapters.clock import SystemClock
from daemon.cli import main as giliran
from daemon.demo.cups import VirtualCardPrinter
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.domain.job import PRINT_READY
from daemon.domain.states import State
from daemon.main import card_renderer, central, open_store
from daemon.ports import Store
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.plan import Plan
from tests.waiting import eventually

PRINTERS = 2
SECONDS_A_CARD = 1.0
CARDS = 8
"""On each printer, in each repetition."""
REAL_SECONDS_A_CARD = 14.4
CUPS_CLEANS = 30
"""CUPS's own DirtyCleanInterval: at 0 it writes its list of jobs anew for each that is added."""
MOST_SECONDS_IDLE = 0.04
OURS, CUPS_ALONE = "giliran", "CUPS's own queue"


def measure(plan: Plan) -> list[Figure]:
    repetitions = plan.repetitions
    # Everybody in line from the start, and so many that the daemon never runs out of people.
    people = PRINTERS * (repetitions * (CARDS + 3))
    cast = Cast(
        people=people,
        printers=PRINTERS,
        seconds_per_card=SECONDS_A_CARD,
        ready_within_seconds=0,
        dirty_clean_seconds=CUPS_CLEANS,
    )
    with stage_folder() as folder, Stage(folder, cast, giliran) as stage, closing(open_store(stage.settings)) as store:
        _run_as_usb(stage)
        alone = {f"Alone_{number}": _printer(stage, f"Alone_{number}") for number in range(PRINTERS)}
        document = _document(stage)
        _let_print(stage, store, False)
        stage.start_daemon()
        eventually(lambda: stage.look().counts[State.READY] == people, timeout_seconds=60, what="everybody in line")
        sides = {OURS: partial(_daemon, stage, store), CUPS_ALONE: partial(_cups_alone, stage, alone, document)}
        took = alternate(sides, repetitions)
        stage.stop_daemon()
    loss = [mine - other for mine, other in zip(took[OURS], took[CUPS_ALONE], strict=True)]
    rates = {side: [1 / seconds for seconds in took[side]] for side in took}
    return [
        compare(f"cards made, {SECONDS_A_CARD:g} s a card", rates, OURS, CUPS_ALONE, unit="cards/s a printer"),
        Figure(
            what="a printer's idle time a card beyond CUPS's own",
            against=f"{MOST_SECONDS_IDLE * 1000:.0f} ms",
            ratios=[seconds / MOST_SECONDS_IDLE for seconds in loss],
            seen=f"{statistics.median(loss) * 1000:.0f} ms a card",
            target=Target(at_most=1),
        ),
        Figure(
            what=f"the same loss at {REAL_SECONDS_A_CARD:g} s a card (reckoned)",
            against=CUPS_ALONE,
            ratios=[REAL_SECONDS_A_CARD / (REAL_SECONDS_A_CARD + seconds) for seconds in loss],
            seen=f"{statistics.median(loss) * 1000:.0f} ms lost a card",
            target=Target(at_least=0.995),
        ),
    ]


def _run_as_usb(stage: Stage) -> None:
    """As root, where CUPS was started by root: only there does the guard have the next document filtered ahead."""
    for backend in ("cardsim", "giliran"):
        (stage.cups.backend_dir / backend).chmod(0o700)


def _daemon(stage: Stage, store: Store) -> float:
    """Seconds a card while the daemon prints; afterwards it is paused and its last cards are out."""
    printers = list(stage.printers.values())
    before = [len(printer.tape()) for printer in printers]
    _let_print(stage, store, True)
    _wait_for_cards(printers, before)
    _let_print(stage, store, False)
    eventually(lambda: not stage.look().counts[State.PRINTING], timeout_seconds=60, what="the last card out")
    return _seconds_a_card(printers, before)


def _cups_alone(stage: Stage, queues: Mapping[str, VirtualCardPrinter], document: Path) -> float:
    """The same when CUPS has all the jobs from the start."""
    printers = list(queues.values())
    before = [len(printer.tape()) for printer in printers]
    connection = cups.Connection(host=stage.cups.server)
    for number in range(CARDS):
        for queue in queues:
            connection.printFile(queue, str(document), f"alone {number}", {"media": "CR80"})
    _wait_for_cards(printers, before)
    return _seconds_a_card(printers, before)


def _let_print(stage: Stage, store: Store, wanted: bool) -> None:
    for name in stage.printers:
        store.printers.set_paused(name, not wanted, SystemClock().now(), "bench")


def _wait_for_cards(printers: Sequence[VirtualCardPrinter], before: Sequence[int]) -> None:
    eventually(
        lambda: all(len(printer.tape()) >= had + CARDS for printer, had in zip(printers, before, strict=True)),
        timeout_seconds=60 + CARDS * SECONDS_A_CARD * 10,
        what=f"{CARDS} more cards on every printer",
    )


def _seconds_a_card(printers: Sequence[VirtualCardPrinter], before: Sequence[int]) -> float:
    """From the end of one card to the end of the next, the mean over the window and the printers."""
    ends = [
        [card.ended for card in printer.tape()[had : had + CARDS]]
        for printer, had in zip(printers, before, strict=True)
    ]
    return statistics.fmean((end[-1] - end[0]) / (CARDS - 1) for end in ends)


def _printer(stage: Stage, queue: str) -> VirtualCardPrinter:
    """With a queue that the daemon knows nothing of."""
    printer = VirtualCardPrinter(
        stage.cups.printer_folder(queue), seconds_per_card=SECONDS_A_CARD, hopper=10_000, ribbon=10_000
    )
    stage.cups.add_card_queue(queue, printer, guarded=False)
    return printer


def _document(stage: Stage) -> Path:
    """A card as the daemon would send it."""
    server = central(stage.settings)
    try:
        record_id = stage.people[0].record_id
        eventually(lambda: stage.central.state.status(record_id) == PRINT_READY, what="the first record ready")
        card = server.card(record_id)
    finally:
        server.close()
    file = stage.folder / "card.pdf"
    with closing(card_renderer(stage.settings)) as documents:
        file.write_bytes(documents.render(card, "card"))
    return file
