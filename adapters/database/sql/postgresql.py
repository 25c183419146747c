"""What PostgreSQL says when it fails, as one line in our own error classes.

A failed connection has no SQLSTATE, only libpq's words, which name host and user but never a password.
"""

from daemon.domain.errors import Fatal, GiliranError, Retryable

_RETRYABLE = {
    "25006": "it takes no changes: the server is a standby; look at database.url, or wait for it to take over",
    "25P03": "the server ended a change that took too long; try again",
    "40001": "another change came in between; try again",
    "40P01": "another change stood in the way; try again",
    "53100": "the server's disk is full; make room",
    "53200": "the server has no memory left",
    "53300": "the server has too many connections; raise its max_connections",
    "55P03": "it is busy, another program has held it for too long; try again",
    "57014": "the server cancelled it; try again",
    "57P01": "the server is being stopped; try again",
    "57P02": "the server died and restarts; try again",
    "57P03": "the server is starting; try again",
    "58030": "the server's disk failed; look at its log",
}
_FATAL = {
    "28000": "the server does not let this user in; check the user and pg_hba.conf",
    "28P01": "the password is wrong; check the password file (PGPASSFILE)",
    "3D000": "there is no such database on the server; create it, or look at database.url",
    "42501": "no permission; the user needs CREATE on the database, or a schema giliran_CODE of its own",
    "XX001": "it is damaged; restore a backup",
    "XX002": "an index is damaged; have it rebuilt (REINDEX)",
}
_IN_WORDS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    "authentication failed": "28000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "is starting up": "57P03",
    "is shutting down": "57P01",
    "not yet accepting connections": "57P03",
    "in recovery mode": "57P02",
    'role "': "28000",
    'database "': "3D000",
}
"""How libpq tells them when it cannot connect; the first that is found counts."""


def translate(error: Exception, where: str) -> GiliranError:
    """The one line for what psycopg raised."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        state = _from_words(str(error))
    if state in _RETRYABLE:
        return Retryable(f"database {where}: {_RETRYABLE[state]}")
    if state in _FATAL:
        return Fatal(f"database {where}: {_FATAL[state]}")
    if state is None or state.startswith("08"):
        return Retryable(f"database {where}: {_connection(error)}")
    return Fatal(f"database {where}: {type(error).__name__} {state}")


def _from_words(text: str) -> str | None:
    return next((state for words, state in _IN_WORDS.items() if words in text), None)


def _connection(error: Exception) -> str:
    """Of an error that the driver, not the server, raised."""
    line = str(error).partition("\n")[0]
    _, failed, why = line.partition(" failed: ")
    if failed and line.startswith("connection"):
        return f"the server cannot be reached: {why.strip()}"
    if type(error).__name__ == "ConnectionTimeout":
        return "the server cannot be reached: no answer"
    return "the connection to the server was lost; try again"
