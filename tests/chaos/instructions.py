"""Rules above the recording time, exchanged whenever a daemon starts."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import cycle
from typing import Any

import yaml

from daemon.demo.stage import Stage
from daemon.domain.errors import GiliranError
from daemon.domain.states import State
from daemon.ports import Store

_LANES = [{"name": "lansia", "instruction": "SK 12/2026", "one_in": 2}]
_LOST_FIRST = {"instruction": "471.13/2026", "classes": ["lost", "damaged"]}
_FIRST_FIRST = {"instruction": "471.14/2026", "classes": ["first_time"], "while_blanks_below": 100_000}
_RULES: tuple[dict[str, Any], ...] = (
    {"lanes": _LANES},
    {"precedence": _LOST_FIRST},
    {},
    {"precedence": _FIRST_FIRST, "lanes": _LANES},
)
_BEHIND = 3
"""So many ready people are looked at; the last of them is put into the lane."""


def orders() -> Iterator[dict[str, Any]]:
    """`queue:` of one configuration after the other."""
    return cycle(_RULES)


def put_into(stage: Stage, queue: dict[str, Any]) -> None:
    """The configuration of the next daemon."""
    whole = yaml.safe_load(stage.config.read_text(encoding="utf-8"))
    stage.config.write_text(yaml.safe_dump(whole | {"queue": queue}, sort_keys=False), encoding="utf-8")


def fill_lane(store: Store, at: datetime) -> None:
    """Somebody behind the head of the queue is put into the lane."""
    behind = store.view.queue(State.READY, _BEHIND)[1:]
    if behind:
        with suppress(GiliranError):  # started meanwhile
            store.order.set_lane(behind[-1].job.record_id, "lansia", reason="by the paper", at=at, actor="operator")
