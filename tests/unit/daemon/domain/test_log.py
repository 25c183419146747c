import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from daemon.domain.log import (
    INSTRUCTED,
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
from daemon.domain.rules import Lane, Precedence, Rules, from_details, to_details
from tests.unit.daemon.domain.build import NOON, SALT, logged

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAF = (
    b'{"at":"2026-01-05T05:00:00.000000+00:00",'
    b'"commitment":"52cf2e51c18a57d0d3fc55729a26b00de40e0227a0400b70331a9b164bf1b736","event":"held","n":9,'
    b'"public":{"after":1,"attempt":1,"before":1,"blanks":1,"cause":1,"credit":1,"day":1,"debit":1,"lanes":1,'
    b'"precedence":1,"presence":1,"printer":1,"quantity":1,"rule":1,"state":1,"timezone":1,"verdict":1,"waits_for":1},'
    b'"subject":"69000f624a1ab5f16536634cdfd17d92c8eceb97937ebdb06f041e1e4893f515"}'
)
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


def test_the_leaves_of_the_order_show_the_rule_and_nobody() -> None:
    adopted = Rules(
        precedence=Precedence(instruction="471.13/1 §2", while_blanks_below=500, shut=("data_change",)),
        lanes=(Lane(name="lansia", instruction="SK 12/2026", one_in=5),),
        timezone="Asia/Jakarta",
    )
    shown_of_start = {"after": "printing", "rule": "lane:lansia", "day": "2027-01-05", "blanks": 48}
    started = {**shown_of_start, "instruction": "SK 12/2026", "request_class": "first_time"}
    entries: list[tuple[str, str | None, dict[str, object]]] = [
        ("order_rules", None, to_details(adopted)),
        ("started", "R-1", started),
        ("lane_changed", "R-1", {"lane": "difabel", "reason": "kursi roda"}),
        ("checked_in", "R-1", {"day": "2027-01-05"}),
    ]
    shown = [
        json.loads(leaf_of(logged(n, event=event, record_id=record_id, details=details)))["public"]
        for n, (event, record_id, details) in enumerate(entries, start=1)
    ]
    assert from_details(shown[0]) == adopted
    assert shown[1:] == [shown_of_start, {}, {"day": "2027-01-05"}]


def test_what_a_leaf_shows_is_part_of_the_format() -> None:
    later = {"forked_root", "forked_size"}  # of log_forked alone, which no older entry is
    every = dict.fromkeys(sorted((PUBLIC | INSTRUCTED) - later), 1)
    assert leaf_of(logged(9, record_id="R-1", details=every)) == LEAF, "databases have leaves that show this"


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
