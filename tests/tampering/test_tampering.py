"""Hundreds of them; `python -m tests.tampering 10000` makes ten thousand."""

from collections import Counter
from pathlib import Path

import pytest

from tests.tampering.hands import HANDS
from tests.tampering.office import Scene, set_up
from tests.tampering.rounds import found, rounds

ROUNDS = 400


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return set_up(tmp_path_factory.mktemp("office"))


def test_books_that_nobody_touched_are_whole(scene: Scene) -> None:
    result = found(scene, scene.now)
    assert (result.faults, result.paper) == ((), None)


@pytest.mark.parametrize("part", range(4))
def test_whatever_is_changed_is_found_against_a_head_that_others_hold(scene: Scene, tmp_path: Path, part: int) -> None:
    made, missed = Counter[str](), []
    for kind, seed, result in rounds(scene, tmp_path, ROUNDS // 4, part * ROUNDS):
        if result is not None:
            made[kind] += 1
            if not (result.faults or result.paper):
                missed.append((kind, seed))
            if kind == "replay an old database":
                assert (result.faults, result.paper is not None) == ((), True), "only the paper can tell"
    assert missed == []
    assert set(made) == set(HANDS)
