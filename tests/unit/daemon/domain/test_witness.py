"""What a witness is asked, and when it cosigns."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.errors import Rejected
from daemon.domain.merkle import Edge, consistency_proof, leaf_hash, root
from daemon.domain.note import ED25519, TreeHead, VerifierKey, signed
from daemon.domain.tiles import nodes
from daemon.domain.witness import Request, Verdict, judge, request_in

KEY = VerifierKey("giliran/1205", bytes(32), ED25519)
LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(40)]
REWRITTEN = [*LEAVES[:3], leaf_hash(b"another"), *LEAVES[4:]]


def head(leaves: list[bytes]) -> TreeHead:
    edge = Edge()
    for each in leaves:
        edge.append(each)
    return TreeHead("giliran/1205", edge.size, edge.root())


def request(old: int, leaves: list[bytes]) -> Request:
    node = nodes(lambda level, position: b"".join(leaves) if (level, position) == (0, 0) else b"")
    new = head(leaves)
    assert root(new.size, node) == new.root
    path = consistency_proof(old, new.size, node) if old else []
    return Request(old, path, signed(new.text, KEY, bytes(64)))


@given(st.integers(0, 40), st.integers(1, 40))
def test_growth_is_cosigned_and_nothing_else(known: int, size: int) -> None:
    before = head(LEAVES[:known]) if known else None
    asked = request(min(known, size), LEAVES[:size])
    assert judge(asked, before) is (Verdict.COSIGNED if known <= size else Verdict.OTHER_SIZE)
    assert request_in(asked.text) == asked


@given(st.integers(4, 40), st.integers(4, 40))
def test_a_rewritten_past_is_never_cosigned(known: int, size: int) -> None:
    said = judge(request(min(known, size), REWRITTEN[:size]), head(LEAVES[:known]))
    assert said is (Verdict.INCONSISTENT if known <= size else Verdict.OTHER_SIZE)


def test_an_older_head_is_not_cosigned_again() -> None:
    assert judge(request(10, LEAVES[:10]), head(LEAVES[:20])) is Verdict.OTHER_SIZE
    assert judge(replace(request(0, LEAVES[:10]), old_size=20), head(LEAVES[:20])) is Verdict.IMPOSSIBLE


def test_the_head_that_was_cosigned_last_is_cosigned_again_as_its_answer_may_have_been_lost() -> None:
    assert judge(request(10, LEAVES[:10]), head(LEAVES[:10])) is Verdict.COSIGNED


def test_two_heads_of_one_size_are_told_whatever_the_old_size_is() -> None:
    assert judge(request(0, REWRITTEN[:10]), head(LEAVES[:10])) is Verdict.INCONSISTENT


def test_a_first_head_has_nothing_to_prove() -> None:
    assert judge(replace(request(0, LEAVES), proof=LEAVES[:1]), None) is Verdict.INCONSISTENT
    assert judge(request(0, LEAVES), None) is Verdict.COSIGNED


@pytest.mark.parametrize(
    "lines", ["", "old", "old -1", "old 01", "old 1 ", "new 1", "old 1\nAAAA", "old 1\n!", "old 1" + "\nAAAA" * 64]
)
def test_what_is_no_request_is_refused(lines: str) -> None:
    with pytest.raises(Rejected, match="this is no add-checkpoint request"):
        request_in(f"{lines}\n\n{request(0, LEAVES).checkpoint}")


def test_a_request_without_a_checkpoint_is_refused() -> None:
    with pytest.raises(Rejected, match="this is no checkpoint"):
        request_in("old 0\n\n")
