"""Jobs and their attempts: everything that one move changes is committed together."""

from dataclasses import replace

import pytest

from daemon.domain import ledger
from daemon.domain.errors import LostRace, Overdrawn, UnknownRecord
from daemon.domain.job import (
    Verdict,
    cancel,
    conclude,
    confirm,
    find_refused,
    hand_over,
    hold,
    intend,
    release,
    reprint,
)
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Claim, NoClaim, Phase, Store
from tests.contract.office import (
    CLERK,
    NOON,
    card,
    events,
    in_line,
    minutes,
    page,
    print_next,
    record,
    start,
    stock,
)


def test_the_earliest_recorded_is_claimed_first(store: Store) -> None:
    stock(store)
    store.records.take_page(page(record("LATE", 9), record("EARLY", 1), record("B", 5), record("A", 5)), NOON)
    for record_id in ("LATE", "EARLY", "A", "B"):
        store.pulled_cards.save(card(record_id))
    assert [start(store).record_id for _ in range(4)] == ["EARLY", "A", "B", "LATE"]


def test_a_claim_commits_intent_blank_count_and_log(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    claim = store.jobs.claim("card-1", NOON, journal="J-1")
    assert isinstance(claim, Claim)
    assert claim.card == card("A")
    assert claim.attempt.token == Token("A", 1)
    assert (claim.attempt.phase, claim.attempt.journal, claim.attempt.started_at) == (Phase.INTENDED, "J-1", NOON)
    assert store.jobs.open_attempts() == [claim.attempt]
    assert store.jobs.open_attempts("card-1") == [claim.attempt]
    assert store.jobs.open_attempts("card-2") == []
    assert store.jobs.attempts_so_far()[claim.attempt.job.record_id] == 1
    balances = store.ledger.balances()
    assert (balances["hopper:card-1"], balances["in_process"]) == (9, 1)
    assert (store.view.counts()[State.READY], store.view.counts()[State.PRINTING]) == (0, 1)
    started = store.log.entries("A")[-1]
    assert started.event == "started"
    assert started.details == {"before": "ready", "after": "printing", "attempt": 1, "printer": "card-1"}


def test_one_card_is_made_and_the_next_begun_in_one_commit(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON)
    claim = store.jobs.conclude_and_claim(made, "card-1", NOON, journal="J-1")
    assert isinstance(claim, Claim)
    assert (store.jobs.job("A").state, claim.attempt.token) == (State.PRINTED, Token("B", 1))
    assert store.jobs.open_attempts() == [claim.attempt]
    balances = store.ledger.balances()
    assert (balances["hopper:card-1"], balances["in_process"], balances["issued"]) == (8, 1, 1)


def test_what_somebody_else_settled_begins_nothing(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON)
    store.jobs.apply(made)
    with pytest.raises(LostRace):
        store.jobs.conclude_and_claim(made, "card-1", NOON, journal="J-1")
    assert store.jobs.open_attempts() == []
    assert store.jobs.job("B").state is State.READY


def test_a_card_is_made_though_nobody_is_next(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON)
    assert store.jobs.conclude_and_claim(made, "card-1", NOON, journal="J-1") is NoClaim.NOBODY_READY
    assert store.jobs.job("A").state is State.PRINTED


def test_nothing_is_claimed_when_nobody_is_ready(store: Store) -> None:
    stock(store)
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.NOBODY_READY


def test_nothing_is_claimed_from_an_empty_hopper(store: Store) -> None:
    in_line(store, "A")
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.NO_BLANKS


def test_nobody_passes_a_head_whose_document_is_not_there_yet(store: Store) -> None:
    stock(store)
    store.records.take_page(page(record("A", 0), record("B", 1)), NOON)
    store.pulled_cards.save(card("B"))
    assert store.jobs.claim("card-1", NOON, journal="J-1") is NoClaim.AWAITS_DOCUMENT
    assert store.jobs.job("B").state is State.READY


def test_the_second_of_two_who_move_the_same_job_loses(store: Store) -> None:
    in_line(store, "A")
    seen = store.jobs.job("A")
    held = store.jobs.apply(hold(seen, reason="photo", at=NOON, actor=CLERK))
    assert (held.state, held.reason) == (State.HELD, "photo")
    with pytest.raises(LostRace, match="A has been held"):
        store.jobs.apply(cancel(seen, reason="moved away", at=NOON, actor=CLERK))
    assert store.jobs.job("A") == held
    assert events(store, "A") == ["recorded", "held"]


def test_an_attempt_that_was_decided_already_is_not_decided_again(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    seen = start(store)
    store.jobs.apply(conclude(seen, Verdict.NO_CARD, reason="cover-open", at=NOON))
    again = start(store)
    assert again.attempt == 2
    with pytest.raises(LostRace):
        store.jobs.apply(conclude(seen, Verdict.PRINTED, reason=None, at=NOON))
    assert store.ledger.balances()["in_process"] == 1


def test_a_move_that_would_overdraw_an_account_changes_nothing(store: Store) -> None:
    in_line(store, "A")
    before = store.jobs.job("A"), store.view.counts(), store.ledger.balances(), events(store)
    with pytest.raises(Overdrawn, match="hopper:card-1 holds 0"):
        store.jobs.apply(intend(store.jobs.job("A"), printer="card-1", at=NOON))
    assert (store.jobs.job("A"), store.view.counts(), store.ledger.balances(), events(store)) == before
    assert store.jobs.attempts("A") == []


def test_a_card_that_somebody_else_has_ended_meanwhile_is_a_lost_race(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    made = conclude(start(store), Verdict.PRINTED, reason=None, at=NOON + minutes(1))
    store.jobs.apply(made)
    with pytest.raises(LostRace, match="A is not printing"):
        store.jobs.conclude_and_claim(made, "card-1", NOON + minutes(2), journal="J-1")
    assert store.jobs.job("B").state is State.READY
    with pytest.raises(LostRace):
        store.jobs.submitted(Token("A", 1), 7, "urn:uuid:7")


def test_unknown_records_are_refused(store: Store) -> None:
    in_line(store, "A")
    stranger = hold(store.jobs.job("A"), reason="x", at=NOON, actor=CLERK)
    with pytest.raises(UnknownRecord):
        store.jobs.job("B")
    with pytest.raises(UnknownRecord):
        store.jobs.attempts("B")
    with pytest.raises(UnknownRecord):
        store.jobs.apply(replace(stranger, record_id="B"))


def test_a_printed_card_is_issued_queued_for_the_centre_and_its_document_deleted(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    printed = print_next(store, at=NOON + minutes(1))
    assert (printed.record_id, printed.state) == ("A", State.PRINTED)
    balances = store.ledger.balances()
    assert (balances["hopper:card-1"], balances["in_process"], balances["issued"]) == (9, 0, 1)
    due = store.issuances.due(10)
    assert due is not None
    assert [(issuance.record_id, issuance.token, issuance.printer) for issuance in due[1]] == [
        ("A", Token("A", 1), "card-1")
    ]
    assert store.jobs.open_attempts() == []
    again = store.jobs.apply(reprint(printed, reason="rusak", at=NOON, actor=CLERK))
    assert again.state is State.READY
    assert [wanted.record_id for wanted in store.pulled_cards.wanted(10)] == ["A"]


@pytest.mark.parametrize(
    ("verdict", "account"), [(Verdict.NO_CARD, "hopper:card-1"), (Verdict.SPOILED, ledger.SPOILED)]
)
def test_a_job_without_a_card_keeps_its_place_and_its_document(store: Store, verdict: Verdict, account: str) -> None:
    stock(store, quantity=1)
    in_line(store, "A", "B")
    back = store.jobs.apply(conclude(start(store), verdict, reason="media-jam", at=NOON))
    assert (back.state, back.attempt, back.reason) == (State.READY, 1, "media-jam")
    assert store.view.place(back) == 1
    assert store.ledger.balances()[account] == 1
    assert store.pulled_cards.wanted(10) == []


def test_a_job_in_doubt_is_settled_by_a_person(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    doubtful = store.jobs.apply(conclude(start(store), Verdict.IN_DOUBT, reason="power cut", at=NOON))
    assert doubtful.state is State.UNCONFIRMED
    assert store.ledger.balances()["in_process"] == 1
    assert store.jobs.open_attempts() == []
    assert [row.verdict for row in store.jobs.attempts("A")] == [Verdict.IN_DOUBT]
    settled = confirm(doubtful, Verdict.PRINTED, reason="in the tray", at=NOON + minutes(9), actor=CLERK)
    assert store.jobs.apply(settled).state is State.PRINTED
    (row,) = store.jobs.attempts("A")
    assert (row.verdict, row.reason, row.ended_at) == (Verdict.PRINTED, "in the tray", NOON)
    assert store.issuances.undelivered() == 1


def test_attempts_tell_their_history(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    store.jobs.apply(conclude(start(store), Verdict.NO_CARD, reason="cover-open", at=NOON + minutes(1)))
    second = start(store, at=NOON + minutes(2))
    store.jobs.submitted(second.token, 17, "urn:uuid:1")
    first_row, second_row = store.jobs.attempts("A")
    assert (first_row.attempt, first_row.verdict, first_row.reason) == (1, Verdict.NO_CARD, "cover-open")
    assert (first_row.started_at, first_row.ended_at) == (NOON, NOON + minutes(1))
    assert (second_row.attempt, second_row.phase, second_row.ended_at) == (2, Phase.SUBMITTED, None)


def test_what_cups_said_is_found_again_after_a_restart(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    token = start(store).token
    store.jobs.submitted(token, 17, "urn:uuid:1")
    (attempt,) = store.jobs.open_attempts()
    assert (attempt.phase, attempt.spool_number, attempt.spool_uuid) == (Phase.SUBMITTED, 17, "urn:uuid:1")


def test_an_attempt_that_is_over_takes_no_more_news(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    printed = print_next(store)
    with pytest.raises(LostRace, match="giliran:A:1"):
        store.jobs.submitted(printed.token, 17, "urn:uuid:1")


def test_a_person_moves_a_job_about(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    held = store.jobs.apply(hold(store.jobs.job("A"), reason="photo", at=NOON, actor=CLERK))
    assert start(store).record_id == "B"
    assert store.jobs.apply(release(held, at=NOON, actor=CLERK)).state is State.READY
    printed = print_next(store)
    assert store.jobs.apply(hand_over(printed, at=NOON, actor=CLERK)).state is State.HANDED_OVER
    assert store.view.counts()[State.HANDED_OVER] == 1
    assert events(store, "A") == ["recorded", "held", "released", "started", "attempt_printed", "handed_over"]


@pytest.mark.parametrize("move", ["find_refused", "cancel"])
def test_what_leaves_the_line_takes_its_document_with_it(store: Store, move: str) -> None:
    in_line(store, "A")
    job = store.jobs.job("A")
    if move == "cancel":
        store.jobs.apply(cancel(job, reason="moved away", at=NOON, actor=CLERK))
    else:
        store.jobs.apply(find_refused(job, at=NOON))
        store.records.take_page(page(record("A"), following="2"), NOON)
        assert [wanted.record_id for wanted in store.pulled_cards.wanted(1)] == ["A"]


def test_a_job_that_the_centre_took_back_while_printing_does_not_get_another_try(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    job = start(store)
    store.records.take_page(page(record("A", status="DUPLICATE_RECORD"), following="2"), NOON)
    assert store.jobs.job("A").state is State.PRINTING
    now = store.jobs.apply(conclude(job, Verdict.NO_CARD, reason="cover-open", at=NOON))
    assert (now.state, now.reason) == (State.WAITING, "DUPLICATE_RECORD")
    assert store.view.counts()[State.WAITING] == 1
    assert events(store, "A") == ["recorded", "started", "attempt_no_card", "not_ready"]


def test_every_account_and_entry_names_the_job_that_moved_a_blank(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    print_next(store)
    newest, second, *_ = store.ledger.entries(10)
    assert (newest.credit, newest.debit, newest.record_id) == ("in_process", "issued", "A")
    assert (second.credit, second.debit, second.record_id) == ("hopper:card-1", "in_process", "A")
