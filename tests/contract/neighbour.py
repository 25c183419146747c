"""Another office in the same database: whatever is done in ours, nothing of it is read, counted or changed."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from adapters.database.schema.tables import metadata
from adapters.database.sql.connections import reading_engine
from daemon.domain.job import Verdict, conclude
from daemon.domain.link import Cause, Link, LinkState
from tests.contract.office import NOON, in_line, page, print_next, record, start, stock

CODE = "1209"


def open_neighbour(url: str, key: Path) -> None:
    """With people of the same record ids as ours, on printers of the same names, in every state."""
    migrate(url, CODE, key)
    with closing(open_store(url, CODE, SystemClock(), key)) as store:
        stock(store, quantity=50)
        in_line(store, "A", "B", "C", "D", "R-1", "R-2", "R-3")
        store.records.take_page(page(record("E", status="PROCESSING"), record("F", 99), following="more"), NOON)
        print_next(store)
        job = start(store)
        store.jobs.apply(conclude(job, Verdict.IN_DOUBT, reason="the guard died", at=NOON))
        start(store)
        down = Link(state=LinkState.DOWN, since=NOON, cause=Cause.TLS)
        store.links.save_link(down, down)
        store.printers.serve("card-1", queue="Cards", journal="another", at=NOON)
        store.issuances.due(10)


def rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything that it has, by table."""
    engine = reading_engine(url, CODE)
    try:
        with engine.begin() as connection:
            return {
                table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }
    finally:
        engine.dispose()
