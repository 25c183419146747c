import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.cups", "tests.fixtures.postgresql", "tests.fixtures.sqlite"]

# As in the Makefile, for pytest that is run without it.
os.environ["PATH"] += os.pathsep + "/usr/sbin"

# Thousands of processes are started here: what they import is compiled once, as it is where Giliran is installed.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SLOW = (
    *("acceptance", "integration", "simulation", "contract/test_ledger_machine.py", "contract/test_store_machine.py"),
    *("contract/test_sync_over_a_bad_line.py", "unit/adapters/cups", "unit/adapters/documents/test_pdf.py"),
    *("unit/adapters/examiner", "unit/adapters/database/schema/test_stored_databases.py"),
)
"""Below tests/: four fifths of the time, in a quarter of the tests."""

# A machine that is busy elsewhere is slow; that says nothing of the code.
settings.register_profile("giliran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("giliran")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the slow ones."""
    here = Path(__file__).parent
    for item in items:
        place = item.path.relative_to(here)
        if any(place.is_relative_to(slow) for slow in SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A test that leaves a signal blocked takes it from every program that a later one starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    assert signal.pthread_sigmask(signal.SIG_SETMASK, before) == before
