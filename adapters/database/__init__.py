"""The database: the Store and Lease ports on SQLAlchemy Core."""

from adapters.database.address import describe
from adapters.database.home import stay
from adapters.database.lease import open_lease
from adapters.database.moving import move, parts
from adapters.database.schema import exists, migrate
from adapters.database.store import SqlStore, open_store

__all__ = ["SqlStore", "describe", "exists", "migrate", "move", "open_lease", "open_store", "parts", "stay"]
