"""The database: the Store, Lease and Notifications ports on SQLAlchemy Core. Moving an office stands in relocation."""

from adapters.database.copying import put_back
from adapters.database.schema.revision import exists, migrate
from adapters.database.sharing.leases import open_lease
from adapters.database.sharing.notifications import open_notifications
from adapters.database.sharing.offices import offices
from adapters.database.sql.address import describe, sqlite_file_of
from adapters.database.sql.failures import why_unwritable
from adapters.database.sql.writable import try_writing
from adapters.database.store import open_store

__all__ = [
    "describe",
    "exists",
    "migrate",
    "offices",
    "open_lease",
    "open_notifications",
    "open_store",
    "put_back",
    "sqlite_file_of",
    "try_writing",
    "why_unwritable",
]
