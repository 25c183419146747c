"""The log's heads go to those who vouch for them, and nobody is held up by that."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.courier import StickOfWitnesses
from adapters.log_key import Ed25519LogKey
from daemon.domain.errors import Rejected, Retryable
from daemon.domain.link import Link, LinkState
from daemon.domain.note import TreeHead
from daemon.domain.witness import request_in
from daemon.ports import Store, WitnessUnreachable
from daemon.queries.tree import checkpoint, cosigned, uncosigned_since
from tests.fakes.clock import ManualClock
from tests.fakes.witness import AT, FakeWitness
from workers.centre.priority import Priority, Rank
from workers.runner import Pause
from workers.situation import Situation
from workers.witnessing import (
    BUSY_SECONDS,
    CARRIED_AGAIN_SECONDS,
    CARRIED_SECONDS,
    EVERY_SECONDS,
    FIRST_RETRY_SECONDS,
    LONGEST_RETRY_SECONDS,
    CarriedWitnessing,
    Witnessing,
)

ORIGIN = "giliran/1205"
KEY = Ed25519LogKey(ORIGIN, bytes(32))
NAMES = ["giliran/1275"]


@pytest.fixture
def situation(clock: ManualClock) -> Situation:
    return Situation(Link(state=LinkState.UP, since=clock.now()))


@pytest.fixture
def witness() -> FakeWitness:
    return FakeWitness()


@pytest.fixture
def loop(store: Store, clock: ManualClock, situation: Situation, witness: FakeWitness) -> Witnessing:
    return Witnessing(tree=store.tree, witnesses=(witness,), situation=situation, clock=clock)


def sign(store: Store, clock: ManualClock, entries: int) -> int:
    """More entries, and a head of them; its size."""
    for number in range(entries):
        store.log.append("seen", at=clock.now(), actor="ani", number=number)
    return checkpoint(store.tree, KEY, ORIGIN, clock).size


def sizes(witness: FakeWitness) -> list[tuple[int, int]]:
    return [(request.old_size, request.head.size) for request in witness.asked]


def test_each_new_head_is_cosigned_and_the_cosignature_kept_with_it(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness
) -> None:
    assert loop.step() == EVERY_SECONDS, "there is no head so far"
    for entries in (2, 300, 1):
        size = sign(store, clock, entries)
        assert uncosigned_since(store.tree, NAMES) == clock.now()
        assert loop.step() == 0.0
        assert loop.step() == EVERY_SECONDS
        newest = store.tree.newest()
        assert newest is not None
        assert KEY.has_signed(newest.note)
        found = cosigned(store.tree, witness)
        assert found is not None
        assert (found[0], found[1].at) == (size, AT)
        assert uncosigned_since(store.tree, NAMES) is None
        clock.advance(60)
    assert sizes(witness) == [(0, 3), (3, 303), (303, 304)]


def test_after_a_new_start_it_goes_on_where_the_witness_was(
    loop: Witnessing, store: Store, clock: ManualClock, situation: Situation, witness: FakeWitness
) -> None:
    sign(store, clock, 2)
    loop.step()
    sign(store, clock, 2)
    Witnessing(tree=store.tree, witnesses=(witness,), situation=situation, clock=clock).step()
    assert sizes(witness) == [(0, 3), (3, 5)]


def test_a_witness_that_knows_more_than_was_kept_here_is_asked_from_there(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness
) -> None:
    sign(store, clock, 4)
    newest = store.tree.newest()
    assert newest is not None
    witness.known = TreeHead(ORIGIN, newest.size, newest.root)
    loop.step()
    assert sizes(witness) == [(0, 5), (5, 5)], "its answer was lost"
    assert uncosigned_since(store.tree, NAMES) is None


def test_a_witness_that_knows_a_longer_log_is_told_and_not_pressed(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness
) -> None:
    sign(store, clock, 4)
    witness.known = TreeHead(ORIGIN, 100, bytes(32))
    loop.step()
    assert loop.step() == EVERY_SECONDS
    assert sizes(witness) == [(0, 5)]
    assert uncosigned_since(store.tree, NAMES) is not None


def test_a_witness_that_fails_is_asked_ever_more_seldom_and_the_others_go_on(
    store: Store, clock: ManualClock, situation: Situation
) -> None:
    bad = FakeWitness(name="away", fails=[WitnessUnreachable("no answer"), Rejected("it does not know the log")] * 50)
    good = FakeWitness(signs_with=Ed25519LogKey("giliran/1276", bytes([9] * 32)))
    loop = Witnessing(tree=store.tree, witnesses=(bad, good), situation=situation, clock=clock)
    sign(store, clock, 1)
    hours = 10
    for _ in range(hours * 60):
        while loop.step() == 0.0:
            pass
        clock.advance(EVERY_SECONDS)
    assert len(good.asked) == 1
    until_longest = 1 + int(LONGEST_RETRY_SECONDS / FIRST_RETRY_SECONDS).bit_length()
    assert len(bad.asked) <= until_longest + hours
    bad.fails.clear()
    clock.advance(LONGEST_RETRY_SECONDS)
    assert loop.step() == 0.0
    assert cosigned(store.tree, bad) is not None
    assert cosigned(store.tree, good) is not None, "both stand on one head"


@pytest.mark.parametrize("rank", [Rank.OUTCOMES, Rank.NEXT_CARDS, Rank.CHANGES, Rank.CARDS_AHEAD])
def test_a_narrow_line_first_serves_cards(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness, rank: Rank
) -> None:
    sign(store, clock, 1)
    loop.priority = Priority()
    with loop.priority.held(rank):
        assert loop.step() == BUSY_SECONDS
    assert witness.asked == []
    assert loop.step() == 0.0


@pytest.mark.parametrize("state", [LinkState.DOWN, LinkState.UNKNOWN])
def test_without_a_line_nobody_is_asked(
    loop: Witnessing, store: Store, clock: ManualClock, situation: Situation, witness: FakeWitness, state: LinkState
) -> None:
    sign(store, clock, 1)
    situation.set_link(replace(situation.link, state=state))
    assert isinstance(loop.step(), Pause)
    assert witness.asked == []


def test_on_a_database_that_is_behind_nobody_is_asked(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness
) -> None:
    sign(store, clock, 1)
    loop.is_behind = lambda: True
    assert isinstance(loop.step(), Pause)
    assert witness.asked == []


def test_a_log_that_lacks_entries_is_told_and_nothing_else_ends(
    loop: Witnessing, store: Store, clock: ManualClock, witness: FakeWitness, tmp_path: Path
) -> None:
    sign(store, clock, 2)
    loop.step()
    sign(store, clock, 2)
    with closing(sqlite3.connect(next(tmp_path.rglob("giliran.db")))) as connection, connection:
        connection.execute("DELETE FROM log WHERE sequence > 2")
    assert loop.step() == 0.0
    assert loop.step() == EVERY_SECONDS
    assert sizes(witness) == [(0, 3)]


def test_what_is_carried_to_a_witness_and_back_is_taken_in(
    store: Store, clock: ManualClock, witness: FakeWitness, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    there = stick / "giliran-1205"
    loop = CarriedWitnessing(
        tree=store.tree, witnesses=(witness,), carried=StickOfWitnesses(stick, office="1205"), clock=clock
    )
    size = sign(store, clock, 3)
    assert loop.step() == CARRIED_SECONDS, "no stick"
    there.mkdir(parents=True)
    loop.step()
    request = there / "log" / f"{witness.key.id.hex()}.add-checkpoint"
    answer = request.with_suffix(".cosignature")
    first = request.read_text()
    answer.write_text(witness.add_checkpoint(request_in(first)).line)
    sign(store, clock, 3)
    loop.step()
    found = cosigned(store.tree, witness)
    assert found is not None
    assert found[0] == size
    assert request.read_text() == first, "a stick's memory wears out"
    clock.advance(CARRIED_AGAIN_SECONDS)
    loop.step()
    assert request_in(request.read_text()).old_size == size


@pytest.mark.parametrize("content", [b"nonsense\n", b"", "— giliran/1275 AAAA\n".encode()])
def test_what_is_carried_and_is_no_cosignature_is_let_be(
    store: Store, clock: ManualClock, witness: FakeWitness, tmp_path: Path, content: bytes
) -> None:
    there = tmp_path / "stick" / "giliran-1205" / "log"
    there.mkdir(parents=True)
    loop = CarriedWitnessing(
        tree=store.tree, witnesses=(witness,), carried=StickOfWitnesses(tmp_path / "stick", office="1205"), clock=clock
    )
    sign(store, clock, 3)
    (there / f"{witness.key.id.hex()}.cosignature").write_bytes(content)
    assert loop.step() == CARRIED_SECONDS
    assert cosigned(store.tree, witness) is None


def test_a_link_on_the_stick_is_not_followed(clock: ManualClock, witness: FakeWitness, tmp_path: Path) -> None:
    there = tmp_path / "stick" / "giliran-1205" / "log"
    there.mkdir(parents=True)
    (tmp_path / "secret").write_text("secret")
    carried = StickOfWitnesses(tmp_path / "stick", office="1205")
    for ending in ("cosignature", "add-checkpoint"):
        (there / f"{witness.key.id.hex()}.{ending}").symlink_to(tmp_path / "secret")
    with pytest.raises(Retryable, match="is a link"):
        carried.answer(witness.key)
    assert carried.ask(witness.key, "request")
    assert (tmp_path / "secret").read_text() == "secret"
