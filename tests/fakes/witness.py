"""A witness of another office that judges as one does, without a line."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.log_key import Ed25519LogKey, cosignature_on
from daemon.domain.errors import Rejected
from daemon.domain.note import COSIGNATURE, TreeHead, VerifierKey, parts, verifier_key
from daemon.domain.witness import Request, Verdict, judge
from daemon.ports import Cosignature, OtherSize

AT = datetime(2026, 1, 5, 5, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class FakeWitness:
    name: str = "Kota Binjai"
    signs_with: Ed25519LogKey = field(default_factory=lambda: Ed25519LogKey("giliran/1275", bytes([7] * 32)))
    known: TreeHead | None = None
    asked: list[Request] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    """One for each of the next requests."""

    @property
    def key(self) -> VerifierKey:
        return verifier_key(self.signs_with.witness_key, COSIGNATURE)

    def add_checkpoint(self, request: Request) -> Cosignature:
        self.asked.append(request)
        if self.fails:
            raise self.fails.pop(0)
        match judge(request, self.known):
            case Verdict.COSIGNED:
                self.known = request.head
                line = self.signs_with.cosign(parts(request.checkpoint)[0], AT)
                return Cosignature(at=AT, line=line)
            case Verdict.OTHER_SIZE:
                raise OtherSize(0 if self.known is None else self.known.size)
            case _:
                raise Rejected("what it cosigned before is not the beginning of this log")

    def cosignature(self, checkpoint: str) -> Cosignature | None:
        found = cosignature_on(self.key, checkpoint)
        return None if found is None else Cosignature(at=found[0], line=found[1])

    def close(self) -> None:
        pass
