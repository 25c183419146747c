from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from adapters.central import HttpCentralServer
from adapters.clock import SystemClock

Connect = Callable[..., HttpCentralServer]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make a client of this address; closed after the test."""
    with ExitStack() as stack:

        def client(url: str, **settings: Any) -> HttpCentralServer:
            chosen = {"token": "s3cret", "timeout_seconds": 5.0, "probe_timeout_seconds": 2.0, **settings}
            return stack.enter_context(closing(HttpCentralServer(url=url, clock=SystemClock(), **chosen)))

        yield client
