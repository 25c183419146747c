import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, event

from adapters.database.schema.tables import balance
from adapters.database.sql.connections import reading_engine
from adapters.database.sql.writer import Writer
from daemon.domain.errors import Fatal, Overdrawn, Rejected, Retryable


@pytest.fixture
def writer(engine: Engine) -> Iterator[Writer]:
    writer = Writer(engine, "here")
    yield writer
    writer.close()


def put(account: str, quantity: int = 1) -> "Put":
    return Put(account, quantity)


class Put:
    def __init__(self, account: str, quantity: int) -> None:
        self.row = {"account": account, "quantity": quantity}

    def __call__(self, connection: Connection) -> str:
        connection.execute(balance.insert(), self.row)
        return str(self.row["account"])


def accounts(url: str) -> set[str]:
    engine = reading_engine(url, "1205")
    with engine.begin() as connection:
        found = {row.account for row in connection.execute(balance.select()) if row.account.startswith("hopper")}
    engine.dispose()
    return found


class Gathering:
    """Holds the writer up until so many others wait behind it, then counts the commits that they take."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self.writer = writer
        self.commits = 0
        self.outcomes: dict[str, object] = {}
        self._blocked, self._go = threading.Event(), threading.Event()
        event.listen(engine, "commit", self._count)

    def _count(self, _connection: Connection) -> None:
        self.commits += 1

    def _block(self, _connection: Connection) -> None:
        self._blocked.set()
        assert self._go.wait(10)

    def run(self, **works: object) -> None:
        blocker = threading.Thread(target=self.writer.do, args=(self._block,))
        blocker.start()
        assert self._blocked.wait(10)
        threads = []
        for size, (name, work) in enumerate(works.items(), start=1):
            thread = threading.Thread(target=self._do, args=(name, work))
            thread.start()
            threads.append(thread)
            self._wait_for(size)
        self.commits = 0
        self._go.set()
        for thread in [blocker, *threads]:
            thread.join(10)

    def _wait_for(self, size: int) -> None:
        deadline = threading.Event()
        while self.writer._waiting.qsize() < size:
            deadline.wait(0.005)

    def _do(self, name: str, work: object) -> None:
        try:
            self.outcomes[name] = self.writer.do(work)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - looked at below
            self.outcomes[name] = error


def test_what_is_done_is_durable_on_return(writer: Writer, url: str) -> None:
    assert writer.do(put("hopper:1")) == "hopper:1"
    assert accounts(url) == {"hopper:1"}


def test_what_waits_together_shares_one_commit(engine: Engine, writer: Writer, url: str) -> None:
    gathering = Gathering(engine, writer)
    gathering.run(a=put("hopper:a"), b=put("hopper:b"), c=put("hopper:c"))
    assert gathering.outcomes == {"a": "hopper:a", "b": "hopper:b", "c": "hopper:c"}
    # The one that held the others up, and one for all of these.
    assert gathering.commits == 2
    assert accounts(url) == {"hopper:a", "hopper:b", "hopper:c"}


def test_one_that_fails_undoes_itself_alone(engine: Engine, writer: Writer, url: str) -> None:
    def overdraw(connection: Connection) -> None:
        put("hopper:lost")(connection)
        raise Overdrawn("not so many")

    gathering = Gathering(engine, writer)
    gathering.run(a=put("hopper:a"), bad=overdraw, twice=put("hopper:a"), c=put("hopper:c"))
    assert isinstance(gathering.outcomes["bad"], Overdrawn)
    assert isinstance(gathering.outcomes["twice"], Fatal)
    assert accounts(url) == {"hopper:a", "hopper:c"}


def test_a_full_disk_fails_everybody_in_the_commit_and_nothing_stays(engine: Engine, writer: Writer, url: str) -> None:
    def fill_up(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(1000):
            put(f"hopper:{number}")(connection)

    gathering = Gathering(engine, writer)
    gathering.run(a=put("hopper:a"), full=fill_up, c=put("hopper:c"))
    for outcome in gathering.outcomes.values():
        assert isinstance(outcome, Retryable)
        assert str(outcome) == "database here: the disk is full; make room"
    assert accounts(url) == set()
    writer.do(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000").scalar())
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


def test_a_writer_that_never_wrote_closes(engine: Engine) -> None:
    threads = threading.active_count()
    writer = Writer(engine, "here")
    assert threading.active_count() == threads
    writer.close()
    with pytest.raises(Rejected):
        writer.do(put("hopper:1"))
