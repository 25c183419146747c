from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.cups", "tests.fixtures.postgresql"]

# A machine that is busy elsewhere is slow; that says nothing of the code.
settings.register_profile("giliran", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("giliran")
