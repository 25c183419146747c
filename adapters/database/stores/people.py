"""Finding people: by NIK through its keyed hash, by name by opening one sealed person after the other.

An index of names, hashed or not, would give names away: how often which parts of them occur is well known, and whoever
gets the database without its key could read most of them from that. So names are opened and compared, a page at a time;
it takes about a second for a hundred thousand people, and stops when enough were found.
"""

from collections.abc import Callable, Iterator

from sqlalchemy import bindparam, func, select

from adapters.database.schema.tables import job, person
from adapters.database.sql.seal import Seal
from adapters.database.stores.job_rows import JOB_COLUMNS, job_of
from adapters.database.transactions.database import Database
from daemon.domain.errors import Damaged
from daemon.domain.job import Job
from daemon.domain.records import as_sought

_PAGE = 1000
_HOW_MANY = select(func.count()).select_from(person)
_OF_NIK = (
    select(*JOB_COLUMNS)
    .join(person, person.c.record_id == job.c.record_id)
    .where(person.c.nik_digest == bindparam("digest"))
    .order_by(job.c.recorded_at, job.c.record_id)
)
_PEOPLE = (
    select(person.c.record_id, person.c.sealed)
    .where(person.c.record_id > bindparam("after"))
    .order_by(person.c.record_id)
    .limit(_PAGE)
)
_JOBS = (
    select(*JOB_COLUMNS)
    .where(job.c.record_id.in_(bindparam("record_ids", expanding=True)))
    .order_by(job.c.recorded_at, job.c.record_id)
)


class SqlPeople:
    """The PeopleStore port."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def count(self) -> int:
        with self._database.read() as connection:
            return connection.execute(_HOW_MANY).scalar_one()

    def of_nik(self, nik: str) -> list[Job]:
        """Everybody of this NIK, by the keyed hash of it."""
        with self._database.read() as connection:
            found = connection.execute(_OF_NIK, {"digest": self._seal.nik_digest(nik)})
            return [job_of(row) for row in found.mappings()]

    def named(self, part: str, limit: int, advance: Callable[[], None] = lambda: None) -> list[Job]:
        """The first `limit` whose name has all these words in it; no transaction stays open while names are opened."""
        words = as_sought(part).split()
        found: list[str] = []
        if not words:
            return []
        for record_id, sealed in self._sealed():
            advance()
            try:
                name = as_sought(self._seal.open_person(record_id, sealed).name)
            except Damaged:  # damaged: whoever serves it tells of it
                continue
            if all(word in name for word in words):
                found.append(record_id)
                if len(found) == limit:
                    break
        with self._database.read() as connection:
            return [job_of(row) for row in connection.execute(_JOBS, {"record_ids": found}).mappings()]

    def _sealed(self) -> Iterator[tuple[str, bytes]]:
        after, more = "", True
        while more:
            with self._database.read() as connection:
                page = connection.execute(_PEOPLE, {"after": after}).all()
            yield from ((row.record_id, row.sealed) for row in page)
            more = len(page) == _PAGE
            after = page[-1].record_id if page else after
