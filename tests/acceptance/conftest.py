"""A stage for each test: everything real, set up and taken down by the test itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder

SetStage = Callable[[Cast], Stage]


@pytest.fixture
def set_stage() -> Iterator[SetStage]:
    with ExitStack() as stack:
        yield lambda cast: stack.enter_context(Stage(stack.enter_context(stage_folder()), cast, giliran))
