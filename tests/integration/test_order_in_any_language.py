"""The order's last word is the record id by its bytes, in whatever language a database sorts."""

from contextlib import closing
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.domain import ledger
from daemon.domain.ledger import Movement
from daemon.domain.states import State
from daemon.ports import Claim
from daemon.queries.audit import verify
from tests.contract.office import NOON, card, page, record
from tests.fixtures.postgresql import PrivatePostgresql

IDS = ["a-1", "B-2", "a.0", "A_3", "b-1", "B1", "Z", "_"]


def test_a_database_that_sorts_by_a_language_serves_in_the_order_of_all_others(
    postgresql: PrivatePostgresql, tmp_path: Path
) -> None:
    postgresql.sql(
        "CREATE DATABASE giliran_sorts TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' STRATEGY file_copy"
    )
    url, key = postgresql.url("giliran_sorts"), tmp_path / "key"
    migrate(url, "1205", key)
    with closing(open_store(url, "1205", SystemClock(), key)) as store:
        movement = Movement(quantity=9, credit=ledger.CENTRE, debit=ledger.hopper("card-1"), reason="load")
        store.ledger.move(movement, at=NOON, actor="clerk")
        store.records.take_page(page(*(record(record_id) for record_id in IDS)), NOON)
        assert [row.job.record_id for row in store.view.queue(State.READY, None)] == sorted(IDS)
        for _ in IDS[:4]:
            for job in store.pulled_cards.wanted(1):
                store.pulled_cards.save(card(job.record_id))
            assert isinstance(store.jobs.claim("card-1", NOON, journal=None), Claim)
        assert {row.job.record_id for row in store.view.queue(State.PRINTING, None)} == set(sorted(IDS)[:4])
        place = store.view.place(store.jobs.job(sorted(IDS)[5]))
        assert place == 2
        assert verify(store).faults == ()
    postgresql.sql("DROP DATABASE giliran_sorts WITH (FORCE)")
