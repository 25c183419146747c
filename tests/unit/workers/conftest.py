from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.database import open_store
from daemon.ports import Store
from tests.fakes.clock import ManualClock
from tests.fixtures.sqlite import NewFile


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, new_file: NewFile, clock: ManualClock) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{new_file(tmp_path)}", "1205", clock)) as opened:
        yield opened
