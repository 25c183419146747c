import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.cups", "tests.fixtures.postgresql", "tests.fixtures.sqlite"]

# As in the Makefile, for pytest that is run without it.
os.environ["PATH"] += os.pathsep + "/usr/sbin"

# A machine that is busy elsewhere is slow; that says nothing of the code.
settings.register_profile("giliran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("giliran")


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A test that leaves a signal blocked takes it from every program that a later one starts."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    assert signal.pthread_sigmask(signal.SIG_SETMASK, before) == before
