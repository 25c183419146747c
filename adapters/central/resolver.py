"""Name look-ups that cannot hang the caller: getaddrinfo knows no time-out of its own."""

import ipaddress
import socket
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from daemon.domain.link import Stage
from daemon.ports import LinkFailure


class AskSystem(Protocol):
    """socket.getaddrinfo, as far as it is used here."""

    def __call__(self, host: str, port: None, *, type: int) -> Sequence[tuple[Any, ...]]:
        """Tuples that end with the address."""
        ...


class Resolver:
    """Looks names up in threads of its own, one at a time for a name: a dead name server costs one thread."""

    def __init__(self, ask_system: AskSystem = socket.getaddrinfo) -> None:
        self._ask_system = ask_system
        self._lock = threading.Lock()
        self._under_way: dict[str, _LookUp] = {}

    def addresses(self, host: str, timeout_seconds: float) -> list[str]:
        """Numeric addresses in the system's order of preference. LinkFailure(RESOLVE)."""
        if _is_numeric(host):
            return [host]
        look_up = self._look_up(host)
        if not look_up.done.wait(timeout_seconds):
            raise LinkFailure(Stage.RESOLVE, f"the look-up of {host} did not end within {timeout_seconds:.3g} s")
        if not look_up.found:
            raise LinkFailure(Stage.RESOLVE, f"{host}: {look_up.problem}")
        return look_up.found

    def _look_up(self, host: str) -> "_LookUp":
        with self._lock:
            running = self._under_way.get(host)
            if running is None or running.done.is_set():
                running = self._under_way[host] = _LookUp(host, self._ask_system)
                running.start()
            return running


class _LookUp(threading.Thread):
    def __init__(self, host: str, ask_system: AskSystem) -> None:
        super().__init__(name=f"look-up of {host}", daemon=True)
        self.done = threading.Event()
        self.found: list[str] = []
        self.problem = "no address"
        self._host = host
        self._ask_system = ask_system

    def run(self) -> None:
        try:
            answers = self._ask_system(self._host, None, type=socket.SOCK_STREAM)
        except OSError as error:
            self.problem = error.strerror or type(error).__name__
        except UnicodeError:
            self.problem = "not a host name"
        else:
            self.found = list(dict.fromkeys(str(address[0]) for *_, address in answers))
        finally:
            self.done.set()


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
