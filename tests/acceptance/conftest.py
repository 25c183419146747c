"""A stage for each test: everything real, set up and taken down by the test itself."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from daemon.cli import main as giliran
from daemon.demo.stage import Cast, Stage, stage_folder
from tests.forge import forge

SetStage = Callable[[Cast], Stage]


@pytest.fixture
def set_stage() -> Iterator[SetStage]:
    with ExitStack() as stack:

        def make(cast: Cast) -> Stage:
            stage = stack.enter_context(Stage(stack.enter_context(stage_folder()), cast, giliran))
            for point in stage.points:
                point.launch = forge().launch
            return stage

        yield make
