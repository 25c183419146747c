"""A witness for neighbours: it never cosigns two histories of one log, whatever happens to it."""

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from adapters.log_key import Ed25519LogKey, cosignature_on
from adapters.neighbours import Neighbours
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.note import COSIGNATURE, ED25519, verifier_key
from daemon.domain.witness import Request, request_in
from daemon.ports import OtherSize
from tests.fakes.clock import ManualClock
from tests.unit.daemon.domain.test_witness import LEAVES, REWRITTEN, head, request

THEIRS = Ed25519LogKey("giliran/1205", bytes(32))
OURS = Ed25519LogKey("giliran/1275", bytes([7] * 32))
LOGS = {"giliran/1205": verifier_key(THEIRS.verifier_key, ED25519)}


def asks(old: int, leaves: list[bytes], key: Ed25519LogKey = THEIRS) -> str:
    bare = request(old, leaves)
    return Request(old, bare.proof, key.sign(head(leaves).text)).text


@pytest.fixture
def witness(tmp_path: Path, clock: ManualClock) -> Neighbours:
    return Neighbours(tmp_path / "neighbours", LOGS, OURS, clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def when(line: str, text: str) -> datetime | None:
    found = cosignature_on(verifier_key(OURS.witness_key, COSIGNATURE), request_in(text).checkpoint + line)
    return None if found is None else found[0]


def test_growth_is_cosigned_with_the_time(witness: Neighbours, clock: ManualClock) -> None:
    for old, size in ((0, 3), (3, 20), (20, 20), (20, 40)):
        text = asks(old, LEAVES[:size])
        assert when(witness.add_checkpoint(text), text) == clock.now().replace(microsecond=0)
        clock.advance(100)
    assert witness.heads() == {"giliran/1205": head(LEAVES)}
    assert witness.evidence() == []


def test_an_older_head_is_refused_and_the_size_told(witness: Neighbours) -> None:
    witness.add_checkpoint(asks(0, LEAVES[:20]))
    for old, size in ((0, 10), (10, 10), (0, 30), (10, 30)):
        with pytest.raises(OtherSize, match="20 entries"):
            witness.add_checkpoint(asks(old, LEAVES[:size]))
    assert witness.heads() == {"giliran/1205": head(LEAVES[:20])}


def test_a_rewritten_past_is_refused_and_kept_as_evidence_once(witness: Neighbours) -> None:
    witness.add_checkpoint(asks(0, LEAVES[:20]))
    for _ in range(2):
        with pytest.raises(Fatal, match=r"rewritten.*the request is kept"):
            witness.add_checkpoint(asks(20, REWRITTEN))
    (kept,) = witness.evidence()
    assert kept.read_text() == asks(20, REWRITTEN)
    assert witness.heads() == {"giliran/1205": head(LEAVES[:20])}
    witness.add_checkpoint(asks(20, LEAVES))


def test_a_log_that_is_not_known_or_signed_by_another_key_is_refused_and_nothing_is_kept(witness: Neighbours) -> None:
    with pytest.raises(Rejected, match="signature"):
        witness.add_checkpoint(asks(0, LEAVES, Ed25519LogKey("giliran/1205", bytes([9] * 32))))
    with pytest.raises(Rejected, match="giliran/1299 is not among"):
        witness.add_checkpoint(asks(0, LEAVES).replace("giliran/1205", "giliran/1299"))
    assert witness.heads() == {"giliran/1205": None}
    assert witness.evidence() == []


@pytest.mark.parametrize("content", ["", "nonsense\n", "giliran/1205\n3\nAAAA\n\n— a AAAA\n"])
def test_a_head_that_cannot_be_read_is_not_taken_for_none(witness: Neighbours, content: str, tmp_path: Path) -> None:
    witness.add_checkpoint(asks(0, LEAVES[:20]))
    (kept,) = (tmp_path / "neighbours").glob("*.checkpoint")
    kept.write_text(content)
    with pytest.raises(Fatal, match="damaged"):
        witness.add_checkpoint(asks(0, REWRITTEN))


def test_what_is_cosigned_is_kept_before_it_is_signed(tmp_path: Path, clock: ManualClock) -> None:
    """Cut at the signing, it is as if the answer was lost: the other history is refused, the same one cosigned."""

    class Cut(Exception):
        pass

    class CutKey(Ed25519LogKey):
        def cosign(self, text: str, at: datetime) -> str:
            raise Cut

    place = tmp_path / "neighbours"
    Neighbours(place, LOGS, OURS, clock).add_checkpoint(asks(0, LEAVES[:20]))
    with pytest.raises(Cut):
        Neighbours(place, LOGS, CutKey("giliran/1275", bytes([7] * 32)), clock).add_checkpoint(asks(20, LEAVES[:30]))
    after = Neighbours(place, LOGS, OURS, clock)
    with pytest.raises(Fatal, match="rewritten"):
        after.add_checkpoint(asks(30, [*LEAVES[:25], *REWRITTEN[:5]]))
    text = asks(30, LEAVES[:30])
    assert when(after.add_checkpoint(text), text) is not None


def test_of_many_requests_at_once_one_history_is_cosigned(tmp_path: Path, clock: ManualClock) -> None:
    cosigned: list[str] = []
    start = threading.Barrier(8)

    def ask(text: str) -> Callable[[], None]:
        def run() -> None:
            start.wait()
            try:
                Neighbours(tmp_path, LOGS, OURS, clock).add_checkpoint(text)
            except (Fatal, Rejected):
                return
            cosigned.append(text)

        return run

    threads = [
        threading.Thread(target=ask(asks(0, leaves[: 10 + number])))
        for number in range(4)
        for leaves in (LEAVES, REWRITTEN)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(cosigned) == 1


def test_a_link_in_the_folder_leads_nowhere(witness: Neighbours, tmp_path: Path) -> None:
    witness.add_checkpoint(asks(0, LEAVES[:20]))
    (kept,) = (tmp_path / "neighbours").glob("*.checkpoint")
    kept.rename(tmp_path / "elsewhere")
    kept.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Fatal, match="is a link; nothing is cosigned"):
        witness.add_checkpoint(asks(20, LEAVES))
