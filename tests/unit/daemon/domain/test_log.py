import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.log import (
    PUBLIC,
    Chain,
    canonical,
    chain_in,
    chained,
    commitment_to,
    is_intact,
    leaf_of,
    opening,
    subject_of,
)
from tests.unit.daemon.domain.build import NOON, SALT, logged

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
DETAILS = st.dictionaries(st.sampled_from(sorted(PUBLIC)) | WORDS, st.none() | st.integers() | WORDS)


@given(DETAILS, st.none() | WORDS)
def test_an_untouched_entry_is_intact_and_its_leaf_is_canonical(details: dict[str, object], record: str | None) -> None:
    entry = logged(1, record_id=record, details=details)
    assert is_intact(entry)
    leaf = leaf_of(entry).decode()
    assert json.dumps(json.loads(leaf), sort_keys=True, separators=(",", ":"), ensure_ascii=False) == leaf


@given(DETAILS, st.data())
def test_an_entry_that_was_changed_anywhere_is_not(details: dict[str, object], data: st.DataObject) -> None:
    entry = logged(7, record_id="R", details=details)
    changes: dict[str, Any] = {
        "sequence": 8,
        "at": NOON + timedelta(microseconds=1),
        "actor": "budi",
        "event": "released",
        "text": canonical({**details, "one more than there was": 1}),
        "salt": b"another salt, 16",
        "subject": None,
        "commitment": bytes(32),
        "hash": "0" * 64,
    }
    name = data.draw(st.sampled_from(sorted(changes)))
    assert not is_intact(replace(entry, **{name: changes[name]}))


def test_nothing_that_a_person_wrote_and_nobody_s_name_stands_in_a_leaf() -> None:
    said = {"reason": "his cousin asked", "after": "held", "printer": "the room of Siti", "document": "471/12"}
    entry = logged(3, actor="ani", record_id="1205-0001", details=said)
    leaf = leaf_of(entry).decode()
    assert json.loads(leaf)["public"] == {"after": "held"}
    assert not any(word in leaf for word in ("cousin", "Siti", "471/12", "ani", "1205-0001"))


def test_commitments_are_what_the_format_says() -> None:
    assert subject_of(b"salt", "R-1") == hashlib.sha256(b"saltR-1").digest()
    assert commitment_to(SALT, "ani", '{"a":1}') == hashlib.sha256(SALT + b'["ani",{"a":1}]').digest()


def test_the_leaf_of_a_person_who_was_erased_is_the_same() -> None:
    entry = logged(3, actor="ani", record_id="R", details={"reason": "asked for it", "after": "held"})
    erased = replace(entry, actor="", record_id=None, salt=None, details={"after": "held"}, text='{"after":"held"}')
    assert leaf_of(erased) == leaf_of(entry)
    assert is_intact(erased)
    assert not is_intact(replace(erased, text='{"after":"held","reason":"another"}'))
    assert not is_intact(replace(erased, record_id="S"))


def test_the_first_leaf_tells_of_the_chain_before_the_tree() -> None:
    alone = opening(at=NOON, office="1205", identity=bytes(16))
    assert chain_in(alone) is None
    for chain in (Chain(entries=3, hash="ab"), Chain(entries=3, hash="ab", broken=2)):
        assert chain_in(opening(at=NOON, office="1205", identity=bytes(16), chain=chain)) == chain


def test_an_entry_of_a_chain_has_the_hash_that_papers_show() -> None:
    fields = [1, NOON.isoformat(timespec="microseconds"), "ani", "held", None, {"a": "é"}, "0" * 64]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    found = chained(
        sequence=1, at=NOON, actor="ani", event="held", record_id=None, details='{"a":"é"}', previous="0" * 64
    )
    assert found == hashlib.sha256(text.encode()).hexdigest()


def test_entries_of_two_times_differ_though_they_say_the_same() -> None:
    assert logged(1).hash != logged(1, salt=b"another salt, 16").hash
