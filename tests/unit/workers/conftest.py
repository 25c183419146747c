from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.database import migrate, open_store
from daemon.ports import Store
from tests.fakes.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/giliran.db"
    migrate(url, "1205")
    with closing(open_store(url, "1205", clock)) as opened:
        yield opened
