"""The body of an answer, packed or not, never larger than it may be: what a bomb would unpack to is never made."""

import zlib
from collections.abc import Iterable, Iterator

from daemon.domain.flaw import Flaw
from daemon.domain.link import Stage
from daemon.ports import LinkFailure

MIB = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(LinkFailure):
    """The answer is larger than it may be; what came of it was thrown away."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(Stage.ANSWER, Flaw.ANSWER_TOO_LARGE.format(most=f"{most_bytes / MIB:g}"))


class CutShort(Exception):
    """A packed answer ended before its end."""


def body(chunks: Iterable[bytes], *, packed: bool, most_bytes: int) -> bytes:
    """The whole of it. TooLarge, CutShort; LinkFailure when it cannot be unpacked."""
    taken = bytearray()
    for piece in _unpacked(chunks, most_bytes) if packed else chunks:
        taken += piece
        if len(taken) > most_bytes:
            raise TooLarge(most_bytes)
    return bytes(taken)


def _unpacked(chunks: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """In small pieces, as they come. Packed bytes that unpack to nothing are limited too."""
    unpacker = zlib.decompressobj(_GZIP)
    came = 0
    for chunk in chunks:
        came += len(chunk)
        if came > most_bytes:
            raise TooLarge(most_bytes)
        piece, rest = b"", chunk
        while rest or (len(piece) == _PIECE_BYTES and not unpacker.eof):
            if unpacker.eof:
                raise LinkFailure(Stage.ANSWER, "a compressed answer with something behind its end")
            try:
                piece = unpacker.decompress(rest, _PIECE_BYTES)
            except zlib.error:
                raise LinkFailure(Stage.ANSWER, "a compressed answer that cannot be unpacked") from None
            yield piece
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    if not unpacker.eof:
        raise CutShort
