"""The database as a whole."""

from pathlib import Path

from adapters.database.departure import check_not_relocated
from adapters.database.schema.revision import check_file, check_open
from adapters.database.sql.seal import key_file, load_seal
from adapters.database.stores.issuances import SqlIssuances
from adapters.database.stores.jobs import SqlJobs
from adapters.database.stores.ledger import SqlLedger
from adapters.database.stores.links import SqlLinks
from adapters.database.stores.log import SqlLog
from adapters.database.stores.next_cards import SqlNextCards
from adapters.database.stores.order import SqlOrder
from adapters.database.stores.past import SqlPast
from adapters.database.stores.people import SqlPeople
from adapters.database.stores.printers import SqlPrinters
from adapters.database.stores.pulled_cards import SqlPulledCards
from adapters.database.stores.queue_view import SqlView
from adapters.database.stores.records import SqlRecords
from adapters.database.stores.runs import SqlRuns
from adapters.database.stores.serials import SqlSerials
from adapters.database.stores.tree import SqlTree
from adapters.database.transactions.database import Database
from daemon.domain.errors import Fatal
from daemon.ports import Clock, Store


def open_store(url: str, office: str, clock: Clock, key: Path | None = None) -> Store:
    """Open an office in a migrated database. Fatal, in one line, for any other, or when its key is gone or another's.

    `key`: its key's file, where the configuration names one.
    """
    check_file(url)
    database = Database(url, office)
    try:
        with database.read() as connection:
            fingerprint = check_open(connection, database.where, office)
            check_not_relocated(connection, database.where)
        source = key_file(url, key)
        seal = load_seal(source)
        if seal.fingerprint != fingerprint:
            raise Fatal(f"database {database.where}: it was sealed with another key than the one in {source}")
        database.seals_with(seal)
    except BaseException:
        database.close()
        raise
    return Store(
        jobs=SqlJobs(database, seal),
        pulled_cards=SqlPulledCards(database, seal, clock),
        next_cards=SqlNextCards(database, seal, clock),
        records=SqlRecords(database, seal, clock),
        past=SqlPast(database),
        people=SqlPeople(database, seal),
        issuances=SqlIssuances(database),
        ledger=SqlLedger(database),
        serials=SqlSerials(database),
        links=SqlLinks(database),
        runs=SqlRuns(database),
        printers=SqlPrinters(database),
        log=SqlLog(database),
        tree=SqlTree(database, seal),
        view=SqlView(database, clock),
        order=SqlOrder(database),
        close=database.close,
    )
