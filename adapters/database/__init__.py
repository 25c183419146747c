"""The database: the Store and Lease ports on SQLAlchemy Core."""

from adapters.database.address import describe
from adapters.database.lease import open_lease
from adapters.database.schema import exists, migrate
from adapters.database.store import SqlStore, open_store

__all__ = ["SqlStore", "describe", "exists", "migrate", "open_lease", "open_store"]
