"""The link to the centre: what a first import costs over a bare loop, and what becomes of a window of link."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from time import perf_counter

import httpx2

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock
from daemon.domain.link import Link, LinkState
from daemon.ports import Store
from tests.benchmarks.centre import TOKEN, centre
from tests.benchmarks.figures import Figure, Target, alternate, compare
from tests.benchmarks.narrow_line import NarrowLine
from tests.benchmarks.plan import Plan
from tests.benchmarks.window import measure_windows
from workers.centre.central_sync import CentralSync
from workers.situation import Situation

OURS, BARE = "giliran", "a bare loop"
PAGE = 500
UNHINDERED = 8e9
"""Bits a second: only to count the bytes."""


def measure(plan: Plan) -> list[Figure]:
    return [*_first_import(plan), *_memory(plan), *measure_windows(plan)]


def _first_import(plan: Plan) -> list[Figure]:
    with centre(plan.backlog) as port:
        url = f"http://127.0.0.1:{port}"
        seconds = alternate(
            {OURS: partial(_our_seconds, plan, url), BARE: partial(_bare_seconds, plan, url)}, plan.repetitions
        )
        packed = _bytes(port, partial(_our_seconds, plan))
        plain = _bytes(port, partial(_bare_seconds, plan, encoding="identity"))
    what = f"{plan.backlog:,} records synced"
    return [
        compare(what, seconds, OURS, BARE, unit="s"),
        Figure(
            what=f"bytes of {plan.backlog:,} records",
            against="unpacked",
            ratios=[packed / plain],
            seen=f"{packed / 1e6:.1f} : {plain / 1e6:.1f} MB",
        ),
    ]


def _bytes(port: int, sync: "partial[float]") -> float:
    with NarrowLine(("127.0.0.1", port), bits_per_second=UNHINDERED, round_trip_seconds=0) as line:
        sync(line.url)
        return float(line.carried_bytes)


def _our_seconds(plan: Plan, url: str) -> float:
    with plan.offices.store(0) as store:
        started = perf_counter()
        sync_all(store, url)
        return perf_counter() - started


def sync_all(store: Store, url: str) -> None:
    """As the daemon does it."""
    clock = SystemClock()
    central = HttpCentralServer(url=url, token=TOKEN, timeout_seconds=60, probe_timeout_seconds=5, clock=clock)
    with closing(central):
        loop = CentralSync(
            central=central,
            records=store.records,
            situation=Situation(Link(state=LinkState.UP, since=clock.now())),
            clock=clock,
            interval_seconds=60,
            page_size=PAGE,
            on_failure=_fail,
        )
        while loop.step() == 0.0:
            pass


def _fail(failure: Exception) -> None:
    raise failure


def _bare_seconds(plan: Plan, url: str, encoding: str = "gzip") -> float:
    """The same client and pages, into one table, commits as durable as ours; nothing checked, sealed, logged."""
    file = plan.folder / "bare.db"
    started = perf_counter()
    headers = {"Accept-Encoding": encoding, "Authorization": f"Bearer {TOKEN}"}
    with httpx2.Client(headers=headers, timeout=60) as client, closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE record (record_id TEXT PRIMARY KEY, recorded_at TEXT, status TEXT, sealed TEXT)")
        database.execute("CREATE TABLE cursor (after TEXT)")
        database.execute("INSERT INTO cursor VALUES (NULL)")
        after, more = None, True
        while more:
            page = client.get(f"{url}/records", params={"limit": PAGE, **({"after": after} if after else {})}).json()
            database.executemany(
                "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
                [(one["record_id"], one["recorded_at"], one["status"], json.dumps(one)) for one in page["records"]],
            )
            database.execute("UPDATE cursor SET after = ?", (page["next"],))
            database.commit()
            after, more = page["next"], page["more"]
    seconds = perf_counter() - started
    for left in plan.folder.glob("bare.db*"):
        left.unlink()
    return seconds


def _memory(plan: Plan) -> list[Figure]:
    """A process of its own for each number of records; what it holds at most."""
    few, many = plan.backlog // 5, 1_000_000 if plan.full else plan.backlog
    held = {number: _peak_mebibytes(plan, number) for number in (few, many)}
    return [
        Figure(
            what=f"memory to sync {many:,} records",
            against=f"{few:,} records",
            ratios=[held[many] / held[few]],
            seen=f"{held[many]:.0f} : {held[few]:.0f} MiB resident at most",
            target=Target(at_most=1.2),
        )
    ]


def _peak_mebibytes(plan: Plan, people: int) -> float:
    office = plan.offices.copy(0)
    with centre(people) as port:
        command = [sys.executable, "-m", "tests.benchmarks.first_import", str(office), f"http://127.0.0.1:{port}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)
