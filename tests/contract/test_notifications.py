"""Who waits for news hears of what another process changed, and of nothing when nothing was."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from adapters.database import open_notifications
from daemon.ports import Notifications, Store
from tests.contract.office import NOON, in_line

OPERATOR = """
import sys
from datetime import UTC, datetime
from adapters.clock import SystemClock
from adapters.database import open_store
store = open_store(sys.argv[1], "1205", SystemClock())
store.printers.set_paused("card-1", True, datetime.now(UTC), "clerk")
store.close()
"""


@pytest.fixture
def news(url: str) -> Iterator[Notifications]:
    opened = open_notifications(url, "1205")
    while opened.wait(0.3):  # whoever has just begun to listen looks at everything once
        pass
    yield opened
    opened.close()


def test_what_an_operator_does_is_heard_at_once(url: str, store: Store, news: Notifications) -> None:
    subprocess.run([sys.executable, "-c", OPERATOR, url], check=True)
    assert news.wait(10)
    assert not news.wait(0.3)


def test_somebody_who_became_ready_is_news(store: Store, news: Notifications) -> None:
    in_line(store, "A")
    assert news.wait(10)


def test_looking_for_the_head_of_an_empty_line_is_none(store: Store, news: Notifications) -> None:
    store.jobs.claim("card-1", NOON, journal=None)
    assert not news.wait(0.5)
