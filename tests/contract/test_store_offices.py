"""Several offices in one database: each sees its own, the province sees how all stand."""

from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, offices, open_lease, open_store
from daemon.domain.errors import Fatal
from daemon.domain.link import LinkState
from daemon.domain.states import State
from daemon.ports import Store
from tests.contract import neighbour
from tests.contract.office import NOON, in_line, print_next, stock


def test_the_province_sees_every_office(url: str, store: Store) -> None:
    stock(store, quantity=10)
    in_line(store, "A", "B")
    print_next(store)
    ours, *others = offices(url)
    assert (ours.code, ours.counts[State.READY], ours.counts[State.PRINTED], ours.blanks) == ("1205", 1, 1, 9)
    assert (ours.link, ours.last_card_at) == (None, NOON)
    if url.startswith("postgresql"):
        (theirs,) = others
        assert (theirs.code, theirs.counts[State.UNCONFIRMED], theirs.blanks) == (neighbour.CODE, 1, 47)
        assert (theirs.link, theirs.link_since) == (LinkState.DOWN, NOON)
    else:
        assert not others


def test_what_one_office_holds_another_may_take(url: str) -> None:
    ours = open_lease(url, "1205")
    assert not ours.acquire("printer card-1")
    if url.startswith("postgresql"):
        theirs = open_lease(url, neighbour.CODE)
        assert not theirs.held("printer card-1")
        assert not theirs.acquire("printer card-1")
        theirs.close()
    ours.close()


def test_an_office_that_was_not_opened_is_one_clear_line(url: str) -> None:
    with pytest.raises(Fatal, match=r"office 9999 is not in it, but 1205.*look at office.code"):
        open_store(url, "9999", SystemClock())


def test_a_file_is_one_offices(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/giliran.db"
    migrate(url, "1205")
    with pytest.raises(Fatal, match="it belongs to office 1205; look at"):
        migrate(url, "1206")
