import re
from pathlib import Path

import pytest

from daemon.domain.errors import IllegalMove
from daemon.domain.states import State, check_move

STATES_PAGE = Path(__file__).parents[4] / "docs" / "states.md"


def test_the_table_is_the_contract_s() -> None:
    leaves_to = {state.value: {after.value for after in state.leaves_to} for state in State}
    assert leaves_to == {
        "waiting": {"ready", "held", "cancelled"},
        "ready": {"printing", "waiting", "held", "cancelled"},
        "printing": {"printed", "ready", "unconfirmed"},
        "unconfirmed": {"printed", "ready"},
        "printed": {"handed_over", "ready"},
        "handed_over": {"ready", "printed"},
        "held": {"ready", "waiting", "cancelled"},
        "cancelled": {"ready", "waiting"},
    }


def test_the_page_draws_the_same_table() -> None:
    arrows = re.findall(r"^\s+(\w+) --> (\w+)", STATES_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(arrows) == {(state.value, after.value) for state in State for after in state.leaves_to}


def test_the_page_gives_each_state_its_sentence() -> None:
    page = STATES_PAGE.read_text(encoding="utf-8")
    for state in State:
        assert f"| `{state}` | {state.meaning} |" in page


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_every_other_move_raises(before: State, after: State) -> None:
    if after in before.leaves_to:
        check_move(before, after)
    else:
        with pytest.raises(IllegalMove, match=str(after)):
            check_move(before, after)
