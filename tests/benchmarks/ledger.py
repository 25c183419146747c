"""The ledger with a year of an office in it, and with a nation's day: what a booking, a balance and a check cost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain import ledger
from daemon.domain.ledger import Movement
from daemon.ports import Store
from tests.benchmarks import bound
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import NOON, url
from tests.benchmarks.plan import Plan

ENTRIES_A_CARD = 6
AN_OFFICE_YEAR = 25_000
A_NATIONS_DAY = 514 * 200
"""Cards: every regency and city, two hundred each."""
BOOKINGS = 100
_WAY = (
    (ledger.CENTRE, ledger.STORE, "received"),
    (ledger.STORE, ledger.hopper("card-1"), "loaded"),
    (ledger.hopper("card-1"), ledger.IN_PROCESS, "print"),
    (ledger.IN_PROCESS, ledger.hopper("card-1"), "no_card"),
    (ledger.hopper("card-1"), ledger.IN_PROCESS, "print"),
    (ledger.IN_PROCESS, ledger.ISSUED, "printed"),
)
"""Of one blank: six entries, one try that made no card among them."""
_ENTRY = (
    "INSERT INTO ledger_entry (id, at, debit, credit, quantity, reason, actor, witnesses)"
    " VALUES (?, ?, ?, ?, 1, ?, 'bench', '[]')"
)
_BALANCE = "INSERT INTO balance (account, quantity) VALUES (?, ?)"
_BOOK = (
    "INSERT INTO ledger_entry (id, at, debit, credit, quantity, reason, actor, witnesses)"
    " SELECT coalesce(max(id), 0) + 1, ?, ?, ?, 1, ?, 'bench', '[]'"
    " FROM ledger_entry"
)
_OURS, _BARE, _EMPTY, _SUMS, _FOLD, _CHECK = "ours", "bare sqlite3", "empty ledger", "sums", "fold", "check"


def measure(plan: Plan) -> list[Figure]:
    sizes = (("a year of an office", 500),) if plan.quick else (
        ("a year of an office", AN_OFFICE_YEAR), ("a nation's day", A_NATIONS_DAY)
    )  # fmt: skip
    return [figure for name, cards in sizes for figure in _measure(plan, name, cards)]


def _measure(plan: Plan, name: str, cards: int) -> Iterator[Figure]:
    filled = plan.folder / f"ledger-{cards}"
    shutil.copytree(plan.offices.copy(0), filled)
    empty_bytes = (filled / "giliran.db").stat().st_size
    _fill(filled, cards)
    held = (filled / "giliran.db").stat().st_size - empty_bytes
    entries = cards * ENTRIES_A_CARD
    what = f"{name}, {entries:,} entries"

    sides: dict[str, Callable[[], float]] = {
        _OURS: partial(_booked, plan, filled),
        _EMPTY: partial(_booked, plan, None),
        _BARE: partial(_booked_bare, plan, filled),
    }
    booked = alternate(sides, plan.repetitions)
    yield compare(f"a booking: {what}", booked, _OURS, _EMPTY, unit="/s", target=Target(at_least=0.85))
    yield compare(f"a booking: {what}", booked, _OURS, _BARE, unit="/s")

    with closing(open_store(url(filled), "1205", SystemClock())) as store:
        read = alternate(
            {
                _SUMS: partial(_seconds, store.ledger.balances),
                _FOLD: partial(_fold_bare, filled),
                _CHECK: partial(_seconds, store.ledger.differences),
            },
            plan.repetitions,
        )
    yield compare(f"all balances: {what}", read, _SUMS, _FOLD, unit="s")
    yield compare(f"sums held against the entries: {what}", read, _CHECK, _FOLD, unit="s", target=Target(at_most=2))
    yield Figure(
        what=f"bytes an entry: {what}",
        against="its texts alone",
        ratios=[held / entries / _text_bytes()],
        seen=f"{held / entries:.0f} : {_text_bytes():.0f} bytes, {held / cards:.0f} a card",
    )
    shutil.rmtree(filled)


def _fill(folder: Path, cards: int) -> None:
    """By hand: a year of commits is not what is measured here. The sums are those of the entries."""
    with closing(bound.connect(folder)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = (
            (number * len(_WAY) + step, bound.AT + number, debit, credit, why)
            for number in range(cards)
            for step, (credit, debit, why) in enumerate(_WAY, start=1000)
        )
        connection.executemany(_ENTRY, rows)
        for account, change in ((ledger.CENTRE, -cards), (ledger.ISSUED, cards)):
            changed = connection.execute(
                "UPDATE balance SET quantity = quantity + ? WHERE account = ?", (change, account)
            )
            if changed.rowcount == 0:
                connection.execute(_BALANCE, (account, change))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
    with closing(open_store(url(folder), "1205", SystemClock())) as store:
        assert store.ledger.differences() == {}, "the bench books as the ledger does"


@contextmanager
def _copy(plan: Plan, filled: Path | None) -> Iterator[Path]:
    if filled is None:
        folder = plan.offices.copy(0)
    else:
        folder = plan.folder / "ledger-copy"
        shutil.copytree(filled, folder)
    yield folder
    shutil.rmtree(folder)


def _booked(plan: Plan, filled: Path | None) -> float:
    movement = Movement(quantity=1, credit=ledger.CENTRE, debit=ledger.STORE, reason="received", batch="B")
    with _copy(plan, filled) as folder, closing(open_store(url(folder), "1205", SystemClock())) as store:
        return BOOKINGS / _seconds(lambda: _book(store, movement))


def _book(store: Store, movement: Movement) -> None:
    for _ in range(BOOKINGS):
        store.ledger.move(movement, at=NOON, actor="bench")


def _booked_bare(plan: Plan, filled: Path) -> float:
    """The entry, both sums and a row of the log, one durable commit each."""
    with _copy(plan, filled) as folder, closing(bound.connect(folder)) as connection:
        return BOOKINGS / _seconds(lambda: _book_bare(connection))


def _book_bare(connection: sqlite3.Connection) -> None:
    for number in range(BOOKINGS):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_BOOK, (bound.AT, ledger.STORE, ledger.CENTRE, "received"))
        for account, change in ((ledger.CENTRE, -1), (ledger.STORE, 1)):
            connection.execute("UPDATE balance SET quantity = quantity + ? WHERE account = ?", (change, account))
        bound.write_log(connection, "blanks_moved", None, {"quantity": 1, "number": number})
        connection.execute("COMMIT")


def _fold_bare(folder: Path) -> float:
    with closing(bound.connect(folder)) as connection:
        statement = "SELECT debit, credit, sum(quantity) FROM ledger_entry GROUP BY debit, credit"
        return _seconds(lambda: connection.execute(statement).fetchall())


def _seconds(call: Callable[[], object]) -> float:
    started = perf_counter()
    call()
    return perf_counter() - started


def _text_bytes() -> float:
    """What one entry's words and numbers take as text, on average."""
    return sum(len(f"{bound.AT},{debit},{credit},1,{why},bench") for credit, debit, why in _WAY) / len(_WAY)
