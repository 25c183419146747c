"""The tree in tiles (C2SP tlog-tiles): 256 hashes of every eighth level, and the entries in bundles as wide."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from daemon.domain.errors import Fatal
from daemon.domain.merkle import NodeAt, full_root

WIDTH = 256
"""Hashes in a full tile; entries in a full bundle."""
HEIGHT = 8
HASH_BYTES = 32
MOST_ENTRY_BYTES = 0xFFFF


@dataclass(frozen=True, slots=True)
class Tile:
    """One of a tree of a certain size. Level 0 holds hashes of leaves, level 1 roots of 256 leaves, and so on."""

    level: int
    position: int
    width: int
    """1 to 256."""

    @property
    def path(self) -> str:
        """Below the log's prefix."""
        return f"tile/{self.level}/{_path(self.position, self.width)}"


def bundle_path(position: int, width: int) -> str:
    """Of a bundle of entries."""
    return f"tile/entries/{_path(position, width)}"


def tiles_of(size: int) -> Iterator[Tile]:
    """All of a tree of this size, by level and position; the last of a level may be partial."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, WIDTH)
        yield from (Tile(level, position, WIDTH) for position in range(full))
        if rest:
            yield Tile(level, full, rest)
        level, hashes = level + 1, full


def bundle(entries: list[bytes]) -> bytes:
    """Each with its length before it."""
    for entry in entries:
        assert len(entry) <= MOST_ENTRY_BYTES, "its length is told in 16 bits"
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def nodes(tile: Callable[[int, int], bytes]) -> NodeAt:
    """The nodes of a tree of which `tile(level, position)` gives the hashes, one after the other, as far as there are.

    Only nodes of full subtrees may be asked for; Fatal when their hashes are not there.
    """

    def node(level: int, index: int) -> bytes:
        of_tile, above = divmod(level, HEIGHT)
        first = index << above
        position, offset = divmod(first, WIDTH)
        hashes = tile(of_tile, position)
        end = (offset + (1 << above)) * HASH_BYTES
        if len(hashes) < end:
            raise Fatal(f"the log lacks an entry: tile {of_tile}/{position} has {len(hashes) // HASH_BYTES} hashes")
        start = offset * HASH_BYTES
        return full_root([hashes[n : n + HASH_BYTES] for n in range(start, end, HASH_BYTES)])

    return node


class Growth:
    """Tiles above level 0 as the tree grows: each 256 hashes of a level give one of the next."""

    def __init__(self, full: int, last: Callable[[int, int], bytes]) -> None:
        """`full`: tiles of level 0 that were taken in before. `last(level, position)`: the partial tile as it is."""
        self._counts: list[int] = []
        """Hashes of each level from 1 on."""
        self._open: list[bytes] = []
        """Those of its last tile, when that is not full."""
        self.changed: dict[tuple[int, int], bytes] = {}
        """By level and position: what is new, or longer than before."""
        while full:
            position, width = divmod(full, WIDTH)
            self._counts.append(full)
            self._open.append(last(len(self._counts), position) if width else b"")
            assert len(self._open[-1]) == width * HASH_BYTES, "the tile is as it was left"
            full = position

    @property
    def full(self) -> int:
        """Tiles of level 0 that are taken in."""
        return self._counts[0] if self._counts else 0

    def add(self, hashes: bytes) -> None:
        """The next full tile of level 0. Fatal when it is not full."""
        if len(hashes) != WIDTH * HASH_BYTES:
            first = self.full * WIDTH
            raise Fatal(f"the log lacks an entry between #{first} and #{first + WIDTH - 1}")
        level = 0
        while len(hashes) == WIDTH * HASH_BYTES:
            root = full_root([hashes[n : n + HASH_BYTES] for n in range(0, len(hashes), HASH_BYTES)])
            if level == len(self._counts):
                self._counts.append(0)
                self._open.append(b"")
            hashes = self._open[level] + root
            self.changed[level + 1, self._counts[level] // WIDTH] = hashes
            self._counts[level] += 1
            self._open[level] = hashes if len(hashes) < WIDTH * HASH_BYTES else b""
            level += 1


def _path(position: int, width: int) -> str:
    parts = [f"{position % 1000:03}"]
    while position := position // 1000:
        parts.append(f"x{position % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return "/".join(reversed(parts)) + partial
