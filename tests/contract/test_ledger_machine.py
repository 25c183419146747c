"""Whatever people book, twice, at once, and whenever the power fails: no blank is lost, made or booked twice."""

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain.ledger import MAY_GO_BELOW_ZERO, Movement
from daemon.ports import LedgerRow, Store
from tests.contract.ledger_model import BOOKED, COMMANDS, KNOWN, Books, Command, Reversal, give, without_zeros
from tests.fixtures.sqlite import NewFile
from tests.ledger_fold import fold

Found = tuple[dict[str, int], list[tuple[object, ...]], int]
"""Balances, entries, and how many entries the log has."""

UNTIL_A_CHECKPOINT_BYTES = 900 * 4096
"""Until then nothing of the write-ahead log is in the file yet, so any part of it may be missing."""


class Ledger(RuleBasedStateMachine):
    """A real ledger beside a model of it."""

    new_file: NewFile

    @initialize()
    def open(self) -> None:
        in_memory = Path("/dev/shm")
        self.folder = tempfile.TemporaryDirectory(dir=in_memory if in_memory.is_dir() else None)
        self.file = type(self).new_file(Path(self.folder.name) / "0")
        self.store: Store = self.reopened()
        self.crashes = 0
        self.course = [Books()]
        """After every commit, from the first."""
        self.given: list[Command] = []

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    def reopened(self) -> Store:
        return open_store(f"sqlite:///{self.file}", "1205", SystemClock())

    def found(self) -> Found:
        return (
            without_zeros(self.store.ledger.balances()),
            [gist(entry) for entry in self.store.ledger.between(None, None)],
            len(self.store.log.entries(limit=10_000)),
        )

    def keep(self, books: Books, answer: str, command: Command) -> None:
        if answer == BOOKED:
            self.course.append(books)
            self.given.append(command)

    @rule(command=COMMANDS)
    def somebody_books(self, command: Command) -> None:
        books, answer = self.course[-1].after(command)
        assert give(self.store, command) == answer
        self.keep(books, answer, command)

    @rule(which=st.floats(0, 1, exclude_max=True))
    def somebody_gives_a_command_again(self, which: float) -> None:
        papers = self.course[-1].papers  # a number whose booking was reversed is free
        numbered = [command for command in self.given if papers.get(command.document or "") == gist_of(command)]
        if numbered:
            assert give(self.store, numbered[int(which * len(numbered))]) == KNOWN

    @rule(commands=st.lists(COMMANDS, min_size=2, max_size=4))
    def several_book_at_once(self, commands: list[Command]) -> None:
        """Each from a connection of its own, as from a process. It must have come out as in some order."""
        others = [self.reopened() for _ in commands]
        try:
            with ThreadPoolExecutor(len(commands)) as pool:
                answers = list(pool.map(give, others, commands))
        finally:
            for other in others:
                other.close()
        found = self.found()
        for order in permutations(range(len(commands))):
            course, told = [self.course[-1]], dict[int, str]()
            for place in order:
                books, told[place] = course[-1].after(commands[place])
                if told[place] == BOOKED:
                    course.append(books)
            if [told[place] for place in range(len(commands))] == answers and found == of(course[-1]):
                self.course += course[1:]
                self.given += [commands[place] for place in order if told[place] == BOOKED]
                # All of it is in the file from here on: which of the possible orders it was, no power cut may ask.
                self.store.close()
                self.store = self.reopened()
                return
        raise AssertionError(f"{answers} and {found} are of no order of {commands}")

    @rule(kept=st.floats(0, 1))
    def the_power_fails(self, kept: float) -> None:
        """What is on the disk then: the file and as much of its write-ahead log as had been written."""
        self.crashes += 1
        after = self.file.parents[1] / str(self.crashes) / self.file.name
        shutil.copytree(self.file.parent, after.parent, ignore=shutil.ignore_patterns("*-shm"))
        wal = after.with_name(f"{after.name}-wal")
        if wal.exists() and wal.stat().st_size < UNTIL_A_CHECKPOINT_BYTES:
            with wal.open("r+b") as file:
                file.truncate(int(wal.stat().st_size * kept))
        self.store.close()
        self.file = after
        self.store = self.reopened()
        # Some first commits are there, each of them whole.
        (commits,) = [number for number, books in enumerate(self.course) if of(books) == self.found()]
        self.course = self.course[: commits + 1]
        self.given = self.given[:commits]

    @rule()
    def the_daemon_restarts(self) -> None:
        self.store.close()
        self.store = self.reopened()

    @invariant()
    def the_books_are_those_of_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        balances = self.store.ledger.balances()
        assert without_zeros(balances) == without_zeros(self.course[-1].balances)
        assert sum(balances.values()) == 0
        assert all(quantity >= 0 for account, quantity in balances.items() if account not in MAY_GO_BELOW_ZERO)
        assert self.store.ledger.differences() == {}
        assert self.store.ledger.lent() == without_zeros(self.course[-1].lent)
        folded = fold(
            Movement(quantity=entry.quantity, credit=entry.credit, debit=entry.debit, reason=entry.reason)
            for entry in self.store.ledger.between(None, None)
        )
        assert without_zeros(folded) == without_zeros(balances)


def of(books: Books) -> Found:
    return without_zeros(books.balances), [gist(entry) for entry in books.entries], books.logged


def gist_of(command: Command) -> str:
    return "" if isinstance(command, Reversal) else command.gist


def gist(entry: Movement | LedgerRow) -> tuple[object, ...]:
    """In their order: it is by their numbers that they are reversed."""
    return entry.quantity, entry.credit, entry.debit, entry.batch, entry.document, entry.office, entry.reverses


# When it fails it is made smaller for up to five minutes.
@pytest.mark.timeout(600)
def test_no_blank_is_lost_made_or_booked_twice(new_file: NewFile) -> None:
    Ledger.new_file = staticmethod(new_file)
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
