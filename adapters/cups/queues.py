"""CUPS's queues as an operator deals with them: which there are, and letting one print again."""

from typing import Any

from adapters.cups.ipp import NOT_FOUND, Connections, IppRefusal, several
from daemon.domain.queue_access import QueueAccess
from daemon.ports import NoSuchQueue

_PRINTER_STOPPED = 5
_STATE = ["printer-state", "printer-is-accepting-jobs"]
_ALLOWED, _DENIED = "requesting-user-name-allowed", "requesting-user-name-denied"
_MOST_NAMED = 20


class CupsQueues:
    """The QueueControl port on a CUPS server, given as socket path or host:port."""

    def __init__(self, server: str) -> None:
        self._connections = Connections(server)

    def let_print(self, queue: str) -> tuple[str, ...]:
        """What had to be done: cupsenable, cupsaccept."""
        found = attributes(self._connections, queue, _STATE)
        done = []
        if found.get("printer-state") == _PRINTER_STOPPED:
            self._enable(queue)
            done.append("cupsenable")
        if not found.get("printer-is-accepting-jobs"):
            with self._connections.use() as connection:
                connection.acceptJobs(queue)
            done.append("cupsaccept")
        return tuple(done)

    def _enable(self, queue: str) -> None:
        """Where `lpadmin -u` keeps us from printing there, CUPS 2.4 enables the queue and answers that we may not."""
        try:
            with self._connections.use() as connection:
                connection.enablePrinter(queue)
        except IppRefusal:
            if attributes(self._connections, queue, _STATE).get("printer-state") == _PRINTER_STOPPED:
                raise

    def access(self, queue: str) -> QueueAccess:
        """As `lpadmin -u` set it."""
        found = attributes(self._connections, queue, [_ALLOWED, _DENIED])
        allowed, denied = (tuple(map(str, several(found.get(name)))) for name in (_ALLOWED, _DENIED))
        return QueueAccess(allowed=allowed, denied=denied)


def attributes(connections: Connections, queue: str, names: list[str]) -> dict[str, Any]:
    """Of this queue. NoSuchQueue, with the names of those that there are."""
    try:
        with connections.use() as connection:
            return dict(connection.getPrinterAttributes(queue, requested_attributes=names))
    except IppRefusal as refusal:
        if refusal.status != NOT_FOUND:
            raise
        raise NoSuchQueue(f"no CUPS queue {queue}; {_there_are(connections)}") from refusal


def _there_are(connections: Connections) -> str:
    try:
        with connections.use() as connection:
            found = sorted(connection.getPrinters())
    except IppRefusal:  # so CUPS says that there is none
        found = []
    if not found:
        return "there are none"
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"there are: {', '.join(found[:_MOST_NAMED])}{more}"
