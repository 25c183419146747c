import gc
import random
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from adapters.database.schema.tables import balance
from adapters.database.sql.connections import reading_engine, writers_engine
from adapters.database.transactions.change import Change
from adapters.database.transactions.session import Session
from adapters.database.transactions.subjects import Remembered
from adapters.database.transactions.writer import Writer
from daemon.domain.errors import Fatal, Overdrawn, Rejected, Retryable
from tests.waiting import eventually

Work = Callable[[Change], object]


class Counted(Session):
    """Counts its commits."""

    commits = 0

    def commit(self, change: Change) -> None:
        super().commit(change)
        self.commits += 1


@pytest.fixture
def session(url: str) -> Iterator[Counted]:
    engine, begin = writers_engine(url, "1205")
    yield Counted(engine, begin, Remembered())
    engine.dispose()


@pytest.fixture
def writer(session: Counted) -> Iterator[Writer]:
    writer = Writer(session, "here")
    yield writer
    writer.close()


def put(account: str, quantity: int = 1) -> "Put":
    return Put(account, quantity)


class Put:
    def __init__(self, account: str, quantity: int) -> None:
        self.row = {"account": account, "quantity": quantity}

    def __call__(self, change: Change) -> str:
        change.execute(balance.insert(), self.row)
        return str(self.row["account"])


def accounts(url: str) -> set[str]:
    engine = reading_engine(url, "1205")
    with engine.begin() as connection:
        found = {row.account for row in connection.execute(balance.select()) if row.account.startswith("hopper")}
    engine.dispose()
    return found


class Gathering:
    """Holds the writer up until so many others wait behind it, then counts the commits that they take."""

    def __init__(self, session: Counted, writer: Writer) -> None:
        self.writer = writer
        self.commits = 0
        self.outcomes: dict[str, object] = {}
        self._session = session
        self._blocked, self._go = threading.Event(), threading.Event()

    def _block(self, _change: Change) -> None:
        self._blocked.set()
        assert self._go.wait(10)

    def run(self, **works: Work | tuple[Work, bool]) -> None:
        blocker = threading.Thread(target=self.writer.do, args=(self._block,))
        blocker.start()
        assert self._blocked.wait(10)
        threads = []
        for size, (name, work) in enumerate(works.items(), start=1):
            thread = threading.Thread(target=self._do, args=(name, work))
            thread.start()
            threads.append(thread)
            self._wait_for(size)
        before = self._session.commits
        self._go.set()
        for thread in [blocker, *threads]:
            thread.join(10)
        self.commits = self._session.commits - before

    def _wait_for(self, size: int) -> None:
        deadline = threading.Event()
        while len(self.writer._waiting) < size:
            deadline.wait(0.005)

    def _do(self, name: str, work: Work | tuple[Work, bool]) -> None:
        run, alone = work if isinstance(work, tuple) else (work, False)
        try:
            self.outcomes[name] = self.writer.do(run, alone=alone)
        except BaseException as error:  # noqa: BLE001 - looked at below
            self.outcomes[name] = error


def test_what_is_done_is_durable_on_return(writer: Writer, url: str) -> None:
    assert writer.do(put("hopper:1")) == "hopper:1"
    assert accounts(url) == {"hopper:1"}


def test_what_waits_together_shares_one_commit(session: Counted, writer: Writer, url: str) -> None:
    gathering = Gathering(session, writer)
    gathering.run(a=put("hopper:a"), b=put("hopper:b"), c=put("hopper:c"))
    assert gathering.outcomes == {"a": "hopper:a", "b": "hopper:b", "c": "hopper:c"}
    # The one that held the others up, and one for all of these.
    assert gathering.commits == 2
    assert accounts(url) == {"hopper:a", "hopper:b", "hopper:c"}


def test_one_that_fails_undoes_itself_alone(session: Counted, writer: Writer, url: str) -> None:
    def overdraw(change: Change) -> None:
        put("hopper:lost")(change)
        raise Overdrawn("not so many")

    gathering = Gathering(session, writer)
    gathering.run(a=put("hopper:a"), bad=overdraw, twice=put("hopper:a"), c=put("hopper:c"))
    assert isinstance(gathering.outcomes["bad"], Overdrawn)
    assert isinstance(gathering.outcomes["twice"], Fatal)
    assert accounts(url) == {"hopper:a", "hopper:c"}


def test_a_full_disk_fails_everybody_in_the_commit_and_nothing_stays(
    session: Counted, writer: Writer, url: str
) -> None:
    def fill_up(change: Change) -> None:
        connection = change.connection
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(1000):
            put(f"hopper:{number}")(change)

    gathering = Gathering(session, writer)
    gathering.run(a=put("hopper:a"), full=fill_up, c=put("hopper:c"))
    for outcome in gathering.outcomes.values():
        assert isinstance(outcome, Retryable)
        assert str(outcome) == "database here: the disk is full; make room"
    assert accounts(url) == set()
    writer.do(lambda change: change.connection.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
    assert writer.do(put("hopper:a")) == "hopper:a"


def test_a_mistake_of_ours_reaches_the_caller_and_not_the_others(writer: Writer) -> None:
    with pytest.raises(ZeroDivisionError):
        writer.do(lambda _: 1 // 0)
    assert writer.do(put("hopper:1")) == "hopper:1"


def test_closing_commits_what_waits_and_then_refuses(writer: Writer, url: str) -> None:
    writer.do(put("hopper:1"))
    writer.close()
    writer.close()
    with pytest.raises(Rejected, match="closed"):
        writer.do(put("hopper:2"))
    assert accounts(url) == {"hopper:1"}


def test_a_writer_that_never_wrote_closes(session: Counted) -> None:
    threads = threading.active_count()
    writer = Writer(session, "here")
    assert threading.active_count() == threads
    writer.close()
    with pytest.raises(Rejected):
        writer.do(put("hopper:1"))


def test_it_needs_no_thread_of_its_own(writer: Writer) -> None:
    by: list[int] = []
    writer.do(lambda _: by.append(threading.get_ident()))
    assert by == [threading.get_ident()]


def test_what_takes_long_has_a_commit_of_its_own(session: Counted, writer: Writer, url: str) -> None:
    gathering = Gathering(session, writer)
    gathering.run(a=put("hopper:a"), long=(put("hopper:long"), True), b=put("hopper:b"), c=put("hopper:c"))
    # The one that held the others up, a, the long one, b and c.
    assert gathering.commits == 4
    assert accounts(url) == {"hopper:a", "hopper:long", "hopper:b", "hopper:c"}


def test_closing_waits_for_who_is_writing(writer: Writer, url: str) -> None:
    started, go = threading.Event(), threading.Event()

    def slow(change: Change) -> None:
        started.set()
        assert go.wait(10)
        put("hopper:1")(change)

    work = threading.Thread(target=writer.do, args=(slow,))
    work.start()
    assert started.wait(10)
    closing = threading.Thread(target=writer.close)
    closing.start()
    go.set()
    for thread in (work, closing):
        thread.join(10)
    assert accounts(url) == {"hopper:1"}


class Interrupted(BaseException):
    """As KeyboardInterrupt is."""


def test_a_leader_that_is_interrupted_fails_its_commit_and_hands_the_lead_on(
    session: Counted, writer: Writer, url: str
) -> None:
    def interrupt(change: Change) -> None:
        put("hopper:lost")(change)
        raise Interrupted

    gathering = Gathering(session, writer)
    gathering.run(leads=interrupt, shares=put("hopper:shares"), after=(put("hopper:after"), True))
    assert isinstance(gathering.outcomes["leads"], Interrupted)
    assert str(gathering.outcomes["shares"]) == "database here: the change was interrupted"
    assert gathering.outcomes["after"] == "hopper:after"
    assert accounts(url) == {"hopper:after"}


@pytest.mark.parametrize("others", [0, 2])
def test_one_that_is_interrupted_while_it_waits_is_left_out(
    session: Counted, writer: Writer, url: str, others: int
) -> None:
    """Python lets no thread but the main one be interrupted, so the wait is."""
    started, go = threading.Event(), threading.Event()

    def slow(_change: Change) -> None:
        started.set()
        assert go.wait(10)

    first = threading.Thread(target=writer.do, args=(slow,))
    first.start()
    assert started.wait(10)

    def alarm(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted):
            writer.do(put("hopper:given-up"))
    finally:
        signal.signal(signal.SIGALRM, before)
    threads = [threading.Thread(target=writer.do, args=(put(f"hopper:{n}"),)) for n in range(others)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in (first, *threads):
        thread.join(10)
    assert writer.do(put("hopper:after")) == "hopper:after"
    assert accounts(url) == {"hopper:after", *(f"hopper:{n}" for n in range(others))}


def test_a_transaction_that_is_interrupted_as_it_begins_is_rolled_back_before_the_next(
    session: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its own thread: two on one connection at once are the end of the process."""
    said: list[str] = []
    begun, roll_back = session.begun, session.roll_back

    def interrupted() -> Change:
        change = begun()
        said.append("begun")
        if len(said) == 1:
            raise Interrupted
        return change

    def rolled_back() -> None:
        said.append("rolled back")
        roll_back()

    monkeypatch.setattr(session, "begun", interrupted)
    monkeypatch.setattr(session, "roll_back", rolled_back)
    writer = Writer(session, "here")
    with pytest.raises(Interrupted):
        writer.do(put("hopper:first"))
    assert writer.do(put("hopper:second")) == "hopper:second"
    assert said == ["begun", "rolled back", "begun"]


def test_an_interrupt_at_any_moment_leaves_nobody_behind(writer: Writer) -> None:
    """One in the main thread, where Python raises it, beside two that change something all the time."""
    stop = threading.Event()
    counted = [0, 0]

    def change_all_the_time(n: int) -> None:
        while not stop.is_set():
            with suppress(Retryable):  # it shared a commit with the one that was interrupted
                writer.do(lambda _: counted.__setitem__(n, counted[n] + 1))

    def alarm(*_: object) -> None:
        raise Interrupted

    others = [threading.Thread(target=change_all_the_time, args=(n,)) for n in range(2)]
    before = signal.signal(signal.SIGALRM, alarm)
    moments = random.Random(1)
    gc.collect()
    gc.disable()  # an alarm in a callback of the collector would be lost
    for thread in others:
        thread.start()
    try:
        for _ in range(300):
            with suppress(Interrupted):
                signal.setitimer(signal.ITIMER_REAL, moments.uniform(1e-5, 3e-3))
                while True:
                    writer.do(lambda _: None)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()
        seen = list(counted)
        eventually(lambda: all(now > was for now, was in zip(counted, seen, strict=True)), 10, "both go on")
        stop.set()
        for thread in others:
            thread.join(10)
    assert not any(thread.is_alive() for thread in others)
    closing = threading.Thread(target=writer.close, daemon=True)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()
