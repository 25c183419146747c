"""Several processes on one database, and processes that die."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain import ledger
from daemon.domain.job import PRINT_READY, hold, release
from daemon.domain.ledger import Movement
from daemon.domain.log import is_intact
from daemon.domain.states import State
from daemon.ports import Store
from tests.contract.office import CLERK, NOON, events, in_line, page, print_next, record, stock
from tests.ledger_fold import fold

ROOT = Path(__file__).parents[2]


def printing_process(url: str, printer: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.contract.printing_process", url, printer]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def people(store: Store, count: int) -> list[str]:
    names = [f"R-{number:05}" for number in range(count)]
    store.records.take_page(page(*(record(name, minute) for minute, name in enumerate(names))), NOON)
    return names


def assert_books_agree(store: Store) -> None:
    balances, counts = store.ledger.balances(), store.view.counts()
    assert sum(balances.values()) == 0
    assert counts == {state: len(store.view.queue(state, None)) for state in State}
    assert balances[ledger.IN_PROCESS] == counts[State.PRINTING] == len(store.jobs.open_attempts())
    assert balances[ledger.ISSUED] == counts[State.PRINTED] == store.issuances.undelivered()
    folded = fold(
        Movement(quantity=entry.quantity, credit=entry.credit, debit=entry.debit, reason=entry.reason)
        for entry in reversed(store.ledger.entries(100_000))
    )
    assert {name: n for name, n in balances.items() if n} == {name: n for name, n in folded.items() if n}
    entries = store.log.entries(limit=100_000)
    assert all(map(is_intact, entries))


def test_three_processes_print_everybody_once(store: Store, url: str) -> None:
    names = people(store, 60)
    printers = ("card-1", "card-2", "card-3")
    for printer in printers:
        stock(store, printer, 60)
    processes = [printing_process(url, printer) for printer in printers]
    printed = [line for process in processes for line in process.communicate(timeout=120)[0].split()[1:]]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(printed) == names
    assert [row.job.attempt for row in store.view.queue(State.PRINTED, None)] == [1] * 60
    assert_books_agree(store)
    started = [entry.record_id for entry in store.log.entries(limit=10_000) if entry.event == "started"]
    assert started == names


def test_two_operators_and_a_daemon_book_at_once_and_every_blank_is_accounted_for(store: Store, url: str) -> None:
    people(store, 40)
    stock(store, "card-1", 60)
    rounds = 15
    module = [sys.executable, "-m", "tests.contract.booking_process", url]
    operators = [
        subprocess.Popen([*module, name, str(rounds)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for name in ("SITI", "BUDI")
    ]
    daemon = printing_process(url, "card-1")
    assert [process.wait(120) for process in (*operators, daemon)] == [0, 0, 0]
    assert store.ledger.differences() == {}
    balances = store.ledger.balances()
    assert sum(balances.values()) == 0
    assert all(left >= 0 for account, left in balances.items() if account not in ledger.MAY_GO_BELOW_ZERO)
    assert balances[ledger.CENTRE] == -(60 + 10 * rounds), "a paper is booked once, whoever books it"
    assert balances[ledger.ISSUED] == store.view.counts()[State.PRINTED]
    for process in (*operators, daemon):
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.parametrize("cards_before_it_dies", [0, 1, 7])
def test_a_process_killed_in_mid_write_leaves_books_that_agree(
    store: Store, url: str, cards_before_it_dies: int
) -> None:
    people(store, 300)
    stock(store, "card-1", 300)
    process = printing_process(url, "card-1")
    assert process.stdout is not None
    said = [process.stdout.readline().strip() for _ in range(cards_before_it_dies + 1)]
    process.kill()
    said += process.communicate(timeout=60)[0].split()
    assert_books_agree(store)
    # What it said was durable; at most one more was, of which it could not say so any more.
    printed = [row.job.record_id for row in store.view.queue(State.PRINTED, None)]
    assert said[1:] == printed[: len(said) - 1]
    assert len(printed) <= len(said)
    store.close()
    reopened = open_store(url, "1205", SystemClock())
    assert_books_agree(reopened)
    reopened.close()


def test_who_only_reads_is_never_kept_waiting_or_refused(store: Store, url: str) -> None:
    names = people(store, 30)
    stock(store, quantity=30)
    stop = threading.Event()
    looked: list[int] = []
    failed: list[BaseException] = []

    def look() -> None:
        try:
            while not stop.is_set():
                reader = open_store(url, "1205", SystemClock())
                looked.append(len(reader.view.queue(None, None)))
                assert sum(reader.ledger.balances().values()) == 0
                reader.close()
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    onlooker = threading.Thread(target=look)
    onlooker.start()
    try:
        in_line(store, *names)
        for _ in names:
            print_next(store)
    finally:
        stop.set()
        onlooker.join()
    assert failed == []
    assert looked


def test_many_threads_share_one_writer(store: Store) -> None:
    names = people(store, 8)
    failed: list[BaseException] = []

    def move_about(name: str) -> None:
        try:
            for _ in range(5):
                job = store.jobs.apply(hold(store.jobs.job(name), reason="x", at=NOON, actor=CLERK))
                store.jobs.apply(release(job, at=NOON, actor=CLERK))
        except BaseException as error:  # noqa: BLE001 - told below
            failed.append(error)

    threads = [threading.Thread(target=move_about, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert store.view.counts()[State.READY] == 8
    assert_books_agree(store)
    assert len(events(store)) == 8 + 8 * 10
    assert store.jobs.job(names[0]).central_status == PRINT_READY
