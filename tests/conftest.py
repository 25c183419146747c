import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.cups", "tests.fixtures.postgresql", "tests.fixtures.sqlite"]

# As in the Makefile, for pytest that is run without it.
os.environ["PATH"] += os.pathsep + "/usr/sbin"

# A machine that is busy elsewhere is slow; that says nothing of the code.
settings.register_profile("giliran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("giliran")
