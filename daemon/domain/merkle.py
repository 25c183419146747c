"""Merkle trees by RFC 6962, section 2.1, over SHA-256: heads, proofs, and the right edge of a tree that grows.

A node is named by (level, index): the root of the leaves from index * 2**level on, 2**level of them, all there.
"""

import hashlib
from collections.abc import Callable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

NodeAt = Callable[[int, int], bytes]
"""The hash of the node (level, index)."""


def leaf_hash(leaf: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of a node, from its two children."""
    return hashlib.sha256(b"\1" + left + right).digest()


def full_root(hashes: Sequence[bytes]) -> bytes:
    """Of a full subtree: as many hashes of one level as a power of two."""
    assert hashes, "a subtree has leaves"
    assert len(hashes) & (len(hashes) - 1) == 0, "it is full"
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[n], row[n + 1]) for n in range(0, len(row), 2)]
    return row[0]


class Edge:
    """All of a tree that is needed to append to it: the roots of its full subtrees, largest first."""

    def __init__(self, size: int = 0, roots: Sequence[bytes] = ()) -> None:
        """One root for each bit that is set in `size`."""
        assert len(roots) == size.bit_count(), "a root for each full subtree"
        self.size = size
        self._roots = list(roots)

    def append(self, leaf: bytes) -> None:
        """The hash of one more leaf."""
        carried, level = leaf, self.size
        while level & 1:
            carried = node_hash(self._roots.pop(), carried)
            level >>= 1
        self._roots.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Of the tree as it is."""
        if not self._roots:
            return EMPTY
        *others, root = self._roots
        for left in reversed(others):
            root = node_hash(left, root)
        return root


def root(size: int, node: NodeAt) -> bytes:
    """Of the tree of the first `size` leaves."""
    return _root(0, size, node) if size else EMPTY


def inclusion_proof(index: int, size: int, node: NodeAt) -> list[bytes]:
    """PATH(index, D[size]): what leads from the leaf to the root, its sibling first."""
    assert 0 <= index < size, "the leaf is in the tree"
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_root(middle, high, node))
            high = middle
        else:
            path.append(_root(low, middle, node))
            low = middle
    return path[::-1]


def consistency_proof(before: int, size: int, node: NodeAt) -> list[bytes]:
    """PROOF(before, D[size]): that the tree of `before` leaves, one at least, is the beginning of this one."""
    assert 0 < before <= size, "the older tree is not the larger one"
    path: list[bytes] = []
    low, high, is_whole = 0, size, True
    while before != high:
        middle = low + _split(high - low)
        if before <= middle:
            path.append(_root(middle, high, node))
            high = middle
        else:
            path.append(_root(low, middle, node))
            low, is_whole = middle, False
    if not is_whole:
        path.append(_root(low, high, node))
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the proof leads from this leaf's hash to that root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    of_leaf, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if of_leaf & 1 or of_leaf == last:
            found = node_hash(sibling, found)
            while not of_leaf & 1 and of_leaf:
                of_leaf, last = of_leaf >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        of_leaf, last = of_leaf >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(before: int, size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether the proof shows that one tree is the beginning of the other (RFC 9162, section 2.1.4.2)."""
    if not 0 < before <= size:
        return False
    if before == size:
        return not proof and old_root == new_root
    nodes = list(proof) if before & (before - 1) else [old_root, *proof]
    if not nodes:
        return False
    of_old, last = before - 1, size - 1
    while of_old & 1:
        of_old, last = of_old >> 1, last >> 1
    old = new = nodes[0]
    for each in nodes[1:]:
        if last == 0:
            return False
        if of_old & 1 or of_old == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not of_old & 1 and of_old:
                of_old, last = of_old >> 1, last >> 1
        else:
            new = node_hash(new, each)
        of_old, last = of_old >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


def _split(size: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << ((size - 1).bit_length() - 1)


def _root(low: int, high: int, node: NodeAt) -> bytes:
    """Of the leaves from `low` to `high` (not included), as RFC 6962 splits them."""
    size = high - low
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, low >> level)
    middle = low + _split(size)
    return node_hash(_root(low, middle, node), _root(middle, high, node))
