"""One process that makes cards, or a peer's tasks, on PostgreSQL: `… NAME URL COUNT KEY PRINTER`.

It says when it is ready, waits for a line, works, and says when it had made the first one and the last (seconds of the
clock that all processes share). So neither its start nor its end is measured.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from time import perf_counter

from adapters.clock import SystemClock
from adapters.database import open_store
from tests.benchmarks.claims import print_cards

CODE = "1205"


def _go() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def giliran(url: str, count: int, key: Path, printer: str) -> None:
    """Claim, then each time finish one and claim the next, as a printer does."""
    with closing(open_store(url, CODE, SystemClock(), key)) as store:
        store.view.counts()
        _go()
        print_cards(store, printer, count, _made)


async def procrastinate(url: str) -> None:
    """One job at a time, until there is none."""
    from procrastinate import App, PsycopgConnector  # type: ignore[import-not-found,unused-ignore]

    app = App(connector=PsycopgConnector(conninfo=url))
    app.task(name="card")(_card)
    async with app.open_async():
        await asyncio.to_thread(_go)
        await app.run_worker_async(
            wait=False, concurrency=1, install_signal_handlers=False, listen_notify=False, delete_jobs="never"
        )


async def pgqueuer(url: str) -> None:
    """One job at a time, its end written before the next, until there is none."""
    import psycopg
    from pgqueuer import PgQueuer, PsycopgDriver  # type: ignore[import-not-found,unused-ignore]
    from pgqueuer.types import QueueExecutionMode  # type: ignore[import-not-found,unused-ignore]

    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        queuer = PgQueuer(PsycopgDriver(connection))

        async def card(job: object) -> None:
            _made()

        queuer.entrypoint("card")(card)
        await asyncio.to_thread(_go)
        await queuer.qm.run(batch_size=1, mode=QueueExecutionMode.drain)


_ends: list[float] = []


def _made() -> None:
    _ends.append(perf_counter())


async def _card() -> None:
    _made()


PEERS: dict[str, Callable[[str], Awaitable[None]]] = {"procrastinate": procrastinate, "pgqueuer": pgqueuer}

if __name__ == "__main__":
    name, address, cards, key_file, printer_name = sys.argv[1:]
    if name == "giliran":
        giliran(address, int(cards), Path(key_file), printer_name)
    else:
        logging.disable(logging.CRITICAL)
        asyncio.run(PEERS[name](address))  # type: ignore[arg-type]
    print(_ends[0], _ends[-1])
