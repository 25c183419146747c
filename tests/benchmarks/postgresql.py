"""Several daemons on PostgreSQL, beside two queues that live there; a long line there; and an old snapshot held open.

A server of our own with fsync on. The peers keep no ledger, no log and no order but their own; they have as many tasks
in line as they carry out, we have Langkat's people.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from adapters.database.sql.connections import schema_of
from daemon.domain import ledger
from daemon.domain.ledger import Movement
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.office import NOON, card
from tests.benchmarks.plan import Plan
from tests.benchmarks.postgresql_worker import CODE
from tests.fixtures.postgresql import PrivatePostgresql, new_database, running

CARDS = 600
SHORT = 1_000
HELD_CARDS = 2_000
OURS, PEERS = "giliran", ("pgqueuer", "procrastinate")

_names = count(1)
_FILL = """
    INSERT INTO job (record_id, state, since, recorded_at, attempt, central_status, registered, updated_at)
    SELECT '1205-' || lpad(n::text, 8, '0'), 'ready', 0, n, 0, 'PRINT_READY_RECORD', 0, 0
    FROM generate_series(1, %(people)s) AS n
"""


def measure(plan: Plan) -> list[Figure]:
    cards = 40 if plan.quick else CARDS
    with running(is_durable=True) as server:
        bench = _Bench(server, plan.folder / "postgresql-key")
        return [
            *_beside_peers(bench, plan, cards),
            *_long_line(bench, plan, cards),
            _old_snapshot(bench, plan, 200 if plan.quick else HELD_CARDS),
        ]


def _beside_peers(bench: "_Bench", plan: Plan, cards: int) -> Iterator[Figure]:
    bench.make(plan.backlog, cards)
    for daemons in (1, 4):
        sides: dict[str, Callable[[], float]] = {
            OURS: partial(bench.our_rate, plan.backlog, cards, daemons),
            **{peer: partial(bench.peer_rate, peer, cards, daemons) for peer in PEERS},
        }
        measured = alternate(sides, plan.repetitions)
        what = f"claim → printed, {plan.backlog:,} ready, {daemons} daemon{'s' if daemons > 1 else ''}"
        for peer in PEERS:
            target = Target(at_least=1.3 if daemons == 1 else 0.6)
            yield compare(what, measured, OURS, peer, unit="cards/s", target=target)


def _long_line(bench: "_Bench", plan: Plan, cards: int) -> Iterator[Figure]:
    lengths = [2_000] if plan.quick else [1_000_000, 10_000_000] if plan.full else [1_000_000]
    for waiting in (SHORT, *lengths):
        bench.make(waiting, cards)
    sides = {f"{waiting:,} ready": partial(bench.our_rate, waiting, cards, 1) for waiting in (SHORT, *lengths)}
    measured = alternate(sides, plan.repetitions)
    for waiting in lengths:
        long, short = f"{waiting:,} ready", f"{SHORT:,} ready"
        yield compare(f"rate with {long}", measured, long, short, unit="cards/s", target=Target(at_least=0.85))


def _old_snapshot(bench: "_Bench", plan: Plan, cards: int) -> Figure:
    """Somebody's report has read for an hour: nothing that was done since can be cleaned up."""
    bench.make(plan.backlog, cards, name="held")
    sides = {
        "held": partial(bench.our_rate, plan.backlog, cards, 1, name="held", holds_snapshot=True),
        "not held": partial(bench.our_rate, plan.backlog, cards, 1, name="held"),
    }
    measured = alternate(sides, plan.repetitions)
    what = f"{cards:,} cards while an old snapshot is held open"
    return compare(what, measured, "held", "not held", unit="cards/s", target=Target(at_least=0.85))


class _Bench:
    """Databases to be copied, and processes that work on the copies."""

    def __init__(self, server: PrivatePostgresql, key: Path) -> None:
        self._server, self._key = server, key
        self._originals: dict[str, str] = {}

    def make(self, people: int, cards: int, name: str | None = None) -> None:
        """An office with so many people ready, the documents of the first here."""
        original = self._originals[name or str(people)] = f"original_{next(_names)}"
        self._server.sql(f"CREATE DATABASE {original}")
        url = self._server.url(original)
        migrate(url, CODE, self._key)
        with self._connected(url) as connection:
            connection.execute(_FILL, {"people": people})
            connection.execute("UPDATE job_count SET n = %s WHERE state = 'ready'", (people,))
        with closing(open_store(url, CODE, SystemClock(), self._key)) as store:
            for credit, debit in ((ledger.CENTRE, ledger.STORE), *((ledger.STORE, hopper) for hopper in _hoppers())):
                quantity = 40_000 if debit == ledger.STORE else 10_000
                movement = Movement(quantity=quantity, credit=credit, debit=debit, reason="bench")
                store.ledger.move(movement, at=NOON, actor="bench")
            for job in store.pulled_cards.wanted(cards + 8):
                store.pulled_cards.save(card(job.record_id, b"0" * 16_000))
        with self._connected(url) as connection:
            connection.execute("VACUUM ANALYZE")

    def our_rate(
        self, people: int, cards: int, daemons: int, *, name: str | None = None, holds_snapshot: bool = False
    ) -> float:
        """Cards a second, all daemons together."""
        with self._copy(self._originals[name or str(people)]) as url, self._connected(url, autocommit=False) as old:
            if holds_snapshot:
                old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                old.execute("SELECT count(*) FROM office")
            share = cards // daemons
            workers = [
                ("giliran", url, str(share), str(self._key), f"card-{number}") for number in range(1, daemons + 1)
            ]
            seconds = _work(workers)
            old.rollback()
        return share * daemons / seconds

    def peer_rate(self, peer: str, cards: int, daemons: int) -> float:
        """Its tasks a second, all workers together."""
        with self._copy("template1") as url:
            plain = url.replace("+psycopg", "")
            asyncio.run(_FILLS[peer](plain, cards))
            return cards / _work([(peer, plain, "0", "-", "-")] * daemons)

    @contextmanager
    def _copy(self, original: str) -> Iterator[str]:
        name = new_database(self._server, original)
        self._server.sql("CHECKPOINT")
        try:
            yield self._server.url(name)
        finally:
            self._server.sql(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _connected(self, url: str, *, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        options = f"-c search_path={schema_of(CODE)}"
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=autocommit, options=options) as connection:
            yield connection


def _hoppers() -> tuple[str, ...]:
    return tuple(ledger.hopper(f"card-{number}") for number in range(1, 5))


def _work(workers: Sequence[Sequence[str]]) -> float:
    """Seconds from the first card to the last."""
    command = [sys.executable, "-m", "tests.benchmarks.postgresql_worker"]
    processes = [
        subprocess.Popen([*command, *worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for worker in workers
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", "a worker that does not start"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends: list[float] = []
    for process in processes:
        said, _ = process.communicate()
        assert process.returncode == 0, "a worker that fails"
        ends.extend(map(float, said.split()))
    return max(ends) - min(ends)


async def _fill_procrastinate(url: str, tasks: int) -> None:
    from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found,unused-ignore]

    app = App(connector=PsycopgConnector(conninfo=url))

    async def make() -> None:
        pass

    task = app.task(name="card")(make)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await task.batch_defer_async(*({} for _ in range(tasks)))


async def _fill_pgqueuer(url: str, tasks: int) -> None:
    from pgqueuer import PsycopgDriver, Queries  # type: ignore[import-not-found,unused-ignore]

    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        queries = Queries(PsycopgDriver(connection))
        await queries.install()
        await queries.enqueue(["card"] * tasks, [None] * tasks, [0] * tasks)


_FILLS = {"procrastinate": _fill_procrastinate, "pgqueuer": _fill_pgqueuer}
