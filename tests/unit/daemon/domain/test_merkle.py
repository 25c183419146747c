"""Held against RFC 6962 written down word by word."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.domain import merkle
from daemon.domain.merkle import Edge, is_consistent, is_included, leaf_hash, node_hash
from daemon.domain.tiles import HASH_BYTES, WIDTH, Growth, nodes, tiles_of

LEAVES = [leaf_hash(str(n).encode()) for n in range(530)]


def mth(leaves: Sequence[bytes]) -> bytes:
    """Section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = largest_power_below(len(leaves))
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = largest_power_below(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def proof(m: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """Section 2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*proof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def node(level: int, index: int) -> bytes:
    return mth(LEAVES[index << level : (index + 1) << level])


SIZES = st.integers(1, len(LEAVES))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int]:
    size = draw(SIZES)
    return draw(st.integers(1, size)), size


def test_the_hashes_of_the_rfc() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(0, node) == Edge().root() == merkle.EMPTY


def test_an_edge_has_the_root_of_each_size() -> None:
    edge = Edge()
    for size in range(1, len(LEAVES) + 1):
        edge.append(LEAVES[size - 1])
        if size % 7 < 2:
            assert edge.root() == mth(LEAVES[:size]) == merkle.root(size, node)


@given(pairs())
def test_proofs_are_those_of_the_rfc_and_hold(pair: tuple[int, int]) -> None:
    before, size = pair
    old, new = mth(LEAVES[:before]), mth(LEAVES[:size])
    included = merkle.inclusion_proof(before - 1, size, node)
    assert included == path(before - 1, LEAVES[:size])
    assert is_included(LEAVES[before - 1], before - 1, size, included, new)
    consistent = merkle.consistency_proof(before, size, node)
    assert consistent == proof(before, LEAVES[:size])
    assert is_consistent(before, size, consistent, old, new)


@given(pairs(), st.data())
def test_a_proof_of_anything_else_does_not_hold(pair: tuple[int, int], data: st.DataObject) -> None:
    before, size = pair
    new = mth(LEAVES[:size])
    included = merkle.inclusion_proof(before - 1, size, node)
    assert not is_included(LEAVES[before % len(LEAVES)], before - 1, size, included, new)
    assert not is_included(LEAVES[before - 1], before - 1, size, [*included, LEAVES[0]], new)
    consistent = merkle.consistency_proof(before, size, node)
    assert not is_consistent(before, size, consistent, LEAVES[-1], new) or before == 0
    assert not is_consistent(before, size, consistent, mth(LEAVES[:before]), LEAVES[-1])
    if included:
        n = data.draw(st.integers(0, len(included) - 1))
        changed = [*included[:n], LEAVES[-1], *included[n + 1 :]]
        assert changed == included or not is_included(LEAVES[before - 1], before - 1, size, changed, new)
        assert not is_included(LEAVES[before - 1], before - 1, size, included[1:], new)
    if consistent:
        assert not is_consistent(before, size, consistent[:-1], mth(LEAVES[:before]), new)


def flat(hashes: Sequence[bytes]) -> bytes:
    return b"".join(hashes)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 70_000), min_size=1, max_size=5).map(sorted))
def test_tiles_grow_in_any_steps_to_the_same(sizes: list[int]) -> None:
    known: dict[tuple[int, int], bytes] = {}
    full = 0
    for size in sizes:
        growth = Growth(full, lambda level, position: known[level, position])
        for position in range(full, size // WIDTH):
            growth.add(of_leaves(position))
        known.update(growth.changed)
        full = size // WIDTH
        assert growth.full == full
    tiles = {(tile.level, tile.position): tile.width for tile in tiles_of(sizes[-1]) if tile.level}
    assert {place: len(hashes) // HASH_BYTES for place, hashes in known.items()} == tiles


def of_leaves(position: int) -> bytes:
    return flat([LEAVES[(position * 7 + n) % len(LEAVES)] for n in range(WIDTH)])


def test_the_nodes_of_tiles_are_those_of_the_tree() -> None:
    growth = Growth(0, lambda level, position: b"")
    leaves = {n: flat(LEAVES[n * WIDTH : (n + 1) * WIDTH]) for n in range(3)}
    growth.add(leaves[0])
    growth.add(leaves[1])
    of_tiles = nodes(lambda level, position: growth.changed[level, position] if level else leaves[position])
    for size in (1, 255, 256, 257, 511, 512, 513, 530):
        assert merkle.root(size, of_tiles) == mth(LEAVES[:size])


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, ["tile/0/000.p/1"]),
        (256, ["tile/0/000", "tile/1/000.p/1"]),
        (257, ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]),
    ],
)
def test_a_tree_has_these_tiles(size: int, expected: list[str]) -> None:
    assert [tile.path for tile in tiles_of(size)] == expected


def test_the_tiles_of_the_specification_s_example() -> None:
    of_level = [[tile for tile in tiles_of(70_000) if tile.level == level] for level in range(4)]
    assert [[tile.width for tile in tiles if tile.width < WIDTH] for tiles in of_level] == [[112], [17], [1], []]
    assert [len(tiles) for tiles in of_level] == [274, 2, 1, 0]
    assert [tile.path for tile in tiles_of(1234068 * WIDTH) if tile.level == 0][-1] == "tile/0/x001/x234/067"
