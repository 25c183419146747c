"""The append-only log. Each entry is a leaf of a Merkle tree (docs/log-format.md), so that no past entry can be changed
unseen by whoever holds a root of it."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from daemon.domain.merkle import leaf_hash
from daemon.domain.value import value

PUBLIC = frozenset(
    {
        "after",
        "attempt",
        "before",
        "blanks",
        "cause",
        "credit",
        "day",
        "debit",
        "forked_root",
        "forked_size",
        "printer",
        "quantity",
        "rule",
        "state",
        "verdict",
        "waits_for",
    }
)
"""Details that stand in the leaf itself, if they are numbers or plain words. A name or a word of a person is never
among them."""
INSTRUCTED = frozenset({"lanes", "precedence", "presence", "timezone"})
"""Details that stand in the leaf whole: the rules of the order, as the configuration has them."""
FORKED = "log_forked"
"""The event: the log goes on from an older copy, and leaves behind a head that was signed."""
SALT_BYTES, PERSONS_SALT_BYTES = 16, 32
GENESIS = "0" * 64
"""What stood in for the hash before the first entry of a chain."""
_PLAIN = re.compile(r"[A-Za-z0-9_:.-]{1,128}")
"""Values that are public, beside numbers."""


@value
class LogEntry:
    """One event. Details never hold a name or a NIK."""

    sequence: int
    at: datetime
    actor: str
    event: str
    record_id: str | None
    details: Mapping[str, object]
    text: str
    """The details, canonical."""
    salt: bytes | None
    """Of the commitment; None: the record id, the actor and what is not public of the details were erased."""
    subject: bytes | None
    """What stands for the record in the leaf."""
    commitment: bytes
    """To actor and details."""
    hash: str
    """The leaf's, in hex."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(details: object) -> str:
    """JSON without spaces, sorted by key. TypeError when they are not JSON-able."""
    return _CANONICAL.encode(details)


def public(details: Mapping[str, object]) -> str:
    """Those of the details that anybody may read, canonical. What is shown of an entry once is shown of it for ever: no
    name is added that an older entry may have."""
    shown = [f'"{name}":{text}' for name, value in details.items() if (text := _shown(name, value)) is not None]
    shown.sort()
    return f"{{{','.join(shown)}}}"


def subject_of(salt: bytes, record_id: str) -> bytes:
    """What stands for a record in its leaves."""
    return hashlib.sha256(salt + record_id.encode()).digest()


def commitment_to(salt: bytes, actor: str, details: str) -> bytes:
    """To who decided and all that was decided; `details` are canonical."""
    return hashlib.sha256(salt + f"[{_word(actor)},{details}]".encode()).digest()


def leaf(*, sequence: int, at: datetime, event: str, public: str, subject: bytes | None, commitment: bytes) -> bytes:
    """The bytes that are hashed."""
    whom = "" if subject is None else f',"subject":"{subject.hex()}"'
    return (
        f'{{"at":"{_moment(at)}","commitment":"{commitment.hex()}","event":{_word(event)},"n":{sequence},'
        f'"public":{public}{whom}}}'
    ).encode()


def leaf_of(entry: LogEntry) -> bytes:
    """The bytes of this entry's leaf."""
    return leaf(
        sequence=entry.sequence,
        at=entry.at,
        event=entry.event,
        public=public(entry.details),
        subject=entry.subject,
        commitment=entry.commitment,
    )


def is_intact(entry: LogEntry) -> bool:
    """Whether everything in this entry is what its hash was made of. That it names the record of its subject cannot be
    told without that one's salt."""
    return leaf_hash(leaf_of(entry)).hex() == entry.hash and (
        _is_erased(entry)
        if entry.salt is None
        else entry.commitment == commitment_to(entry.salt, entry.actor, entry.text)
    )


def _is_erased(entry: LogEntry) -> bool:
    return not entry.actor and entry.record_id is None and entry.text == public(entry.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The log as it was before it was a tree: each entry with the hash of the one before."""

    entries: int
    hash: str
    """Of the last."""
    broken: int | None = None
    """The first entry that did not fit, when its end was taken into the tree."""


def opening(*, at: datetime, office: str, identity: bytes, chain: Chain | None = None) -> str:
    """Leaf 0. `identity`: random bytes."""
    leaf: dict[str, object] = {
        "at": _moment(at),
        "event": "opened",
        "log": identity.hex(),
        "n": 0,
        "office": office,
    }
    if chain is not None:
        leaf["chain"] = {"entries": chain.entries, "hash": chain.hash}
        if chain.broken is not None:
            leaf["broken"] = chain.broken
    return canonical(leaf)


def chain_in(opening: str) -> Chain | None:
    """What leaf 0 says of the log before it."""
    said = json.loads(opening)
    if "chain" not in said:
        return None
    return Chain(entries=said["chain"]["entries"], hash=said["chain"]["hash"], broken=said.get("broken"))


def chained(
    *, sequence: int, at: datetime, actor: str, event: str, record_id: str | None, details: str, previous: str
) -> str:
    """The hash of an entry of a chain; `details` are canonical."""
    record = "null" if record_id is None else _CANONICAL.encode(record_id)
    words = f"{_word(actor)},{_word(event)},{record}"
    return hashlib.sha256(f'[{sequence},"{_moment(at)}",{words},{details},"{previous}"]'.encode()).hexdigest()


def _shown(name: str, detail: object) -> str | None:
    if name in PUBLIC:
        return _plain(detail)
    return canonical(detail) if name in INSTRUCTED else None


def _plain(detail: object) -> str | None:
    """A number or a plain word as JSON; None: it is neither."""
    if isinstance(detail, str):
        return _plain_word(detail)
    if isinstance(detail, bool):
        return "true" if detail else "false"
    return str(detail) if isinstance(detail, int) else None


@lru_cache(maxsize=1024)
def _plain_word(text: str) -> str | None:
    return f'"{text}"' if _PLAIN.fullmatch(text) else None


@lru_cache(maxsize=256)
def _word(text: str) -> str:
    """As JSON. There are few events and few people who decide."""
    return _CANONICAL.encode(text)


@lru_cache(maxsize=16)
def _moment(at: datetime) -> str:
    """Entries of one change have one."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
