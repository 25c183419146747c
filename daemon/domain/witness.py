"""Who vouches for a log that it only grew: what is asked of a witness, and what it answers (C2SP tlog-witness)."""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from daemon.domain.errors import Rejected
from daemon.domain.merkle import is_consistent
from daemon.domain.note import HASH_BYTES, MOST_BYTES, TreeHead, head, parts

MOST_PROOF_LINES = 63
MOST_REQUEST_BYTES = MOST_BYTES + MOST_PROOF_LINES * 45 + 32
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Request:
    """To cosign a checkpoint."""

    old_size: int
    """Of the checkpoint that the witness cosigned last; 0: none yet."""
    proof: Sequence[bytes]
    """That the log of then is the beginning of this one."""
    checkpoint: str

    @property
    def text(self) -> str:
        """As it is sent."""
        lines = [f"old {self.old_size}", *(base64.b64encode(each).decode() for each in self.proof)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"

    @property
    def head(self) -> TreeHead:
        """Of the checkpoint."""
        return head(parts(self.checkpoint)[0])


def request_in(text: str) -> Request:
    """Rejected when it is none, or its checkpoint is none."""
    lines, _, checkpoint = text.partition("\n\n")
    first, *proof = lines.split("\n")
    old = _OLD.fullmatch(first)
    if old is None or len(proof) > MOST_PROOF_LINES:
        raise Rejected("this is no add-checkpoint request: its first line is `old` and a size, then come hashes")
    try:
        path = [base64.b64decode(line, validate=True) for line in proof]
    except (binascii.Error, ValueError):
        path = [b""]
    if any(len(each) != HASH_BYTES for each in path):
        raise Rejected("this is no add-checkpoint request: a line of its proof is no hash")
    request = Request(int(old[1]), path, checkpoint)
    _ = request.head
    return request


class Verdict(Enum):
    """What a witness says to a request of a log that it knows, signed by that log's key."""

    COSIGNED = auto()
    IMPOSSIBLE = auto()
    """The old size is larger than the new."""
    OTHER_SIZE = auto()
    """It cosigned another size last, which it tells."""
    INCONSISTENT = auto()
    """What was cosigned is not the beginning of this log, or is not shown to be."""


def judge(request: Request, known: TreeHead | None) -> Verdict:
    """`known`: what was cosigned last of this log; None: nothing yet."""
    new = request.head
    if request.old_size > new.size:
        return Verdict.IMPOSSIBLE
    if known is not None and known.size == new.size and known.root != new.root:
        return Verdict.INCONSISTENT
    if request.old_size != (0 if known is None else known.size):
        return Verdict.OTHER_SIZE
    if known is None or known.size == 0:
        return Verdict.INCONSISTENT if request.proof else Verdict.COSIGNED
    fits = is_consistent(known.size, new.size, request.proof, known.root, new.root)
    return Verdict.COSIGNED if fits else Verdict.INCONSISTENT
