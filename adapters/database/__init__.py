"""The database: the Store, Lease and Notifications ports on SQLAlchemy Core."""

from adapters.database.address import describe, sqlite_file_of
from adapters.database.copying import put_back
from adapters.database.failures import why_unwritable
from adapters.database.lease import open_lease
from adapters.database.notifications import open_notifications
from adapters.database.offices import offices
from adapters.database.relocation import move, parts, stay
from adapters.database.schema import exists, migrate
from adapters.database.store import SqlStore, open_store
from adapters.database.writable import try_writing

__all__ = [
    "SqlStore",
    "describe",
    "exists",
    "migrate",
    "move",
    "offices",
    "open_lease",
    "open_notifications",
    "open_store",
    "parts",
    "put_back",
    "sqlite_file_of",
    "stay",
    "try_writing",
    "why_unwritable",
]
