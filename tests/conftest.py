pytest_plugins = ["tests.fixtures.cups"]
