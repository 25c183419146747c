"""The outbox to the centre."""

from daemon.domain.job import reprint
from daemon.ports import Receipt, Store
from tests.contract.office import CLERK, NOON, card, events, in_line, minutes, print_next, stock


def receipt(*accepted: str, **rejected: str) -> Receipt:
    return Receipt(accepted=frozenset(accepted), rejected=rejected)


def due(store: Store, limit: int = 10) -> tuple[str, list[str]]:
    batch = store.issuances.due(limit)
    assert batch is not None
    return batch[0], [issuance.record_id for issuance in batch[1]]


def test_nothing_is_due_when_nothing_was_printed(store: Store) -> None:
    assert store.issuances.due(10) is None
    assert store.issuances.undelivered() == 0


def test_a_batch_stays_the_same_until_it_is_acknowledged(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    print_next(store)
    print_next(store)
    key, records = due(store)
    assert records == ["A", "B"]
    print_next(store)
    assert due(store) == (key, ["A", "B"])
    assert due(store, limit=1) == (key, ["A", "B"])
    store.issuances.acknowledged(key, receipt("A", "B"), NOON)
    other, records = due(store)
    assert (other != key, records) == (True, ["C"])
    assert store.issuances.undelivered() == 1


def test_an_issuance_says_what_the_centre_needs(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    print_next(store, at=NOON + minutes(3))
    batch = store.issuances.due(1)
    assert batch is not None
    (issuance,) = batch[1]
    assert (issuance.printed_at, issuance.printer, issuance.card_serial) == (NOON + minutes(3), "card-1", None)


def test_a_batch_is_no_larger_than_asked(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B", "C")
    for _ in range(3):
        print_next(store)
    key, records = due(store, limit=2)
    assert records == ["A", "B"]
    store.issuances.acknowledged(key, receipt("A", "B"), NOON)
    assert due(store, limit=2)[1] == ["C"]


def test_what_the_centre_rejects_becomes_work_for_a_person(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    print_next(store)
    print_next(store)
    key, _ = due(store)
    store.issuances.acknowledged(key, receipt("A", B="unknown serial"), NOON)
    assert store.issuances.rejected() == [("B", "unknown serial")]
    assert store.issuances.undelivered() == 0
    assert store.issuances.due(10) is None
    rejection = store.log.entries("B")[-1]
    assert (rejection.event, rejection.details) == ("issuance_rejected", {"attempt": 1, "reason": "unknown serial"})


def test_what_the_centre_does_not_mention_is_sent_again(store: Store) -> None:
    stock(store)
    in_line(store, "A", "B")
    print_next(store)
    print_next(store)
    key, _ = due(store)
    store.issuances.acknowledged(key, receipt("A"), NOON)
    other, records = due(store)
    assert (other != key, records) == (True, ["B"])


def test_an_acknowledgement_that_comes_twice_is_harmless(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    print_next(store)
    key, _ = due(store)
    store.issuances.acknowledged(key, receipt("A"), NOON)
    before = events(store)
    store.issuances.acknowledged(key, receipt(A="too late"), NOON)
    store.issuances.acknowledged("never given", receipt("A"), NOON)
    assert store.issuances.rejected() == []
    assert events(store) == before


def test_two_cards_of_one_record_never_share_a_batch(store: Store) -> None:
    stock(store)
    in_line(store, "A")
    printed = print_next(store)
    store.jobs.apply(reprint(printed, reason="rusak", at=NOON, actor=CLERK))
    store.pulled_cards.save(card("A"))
    print_next(store)
    key, records = due(store)
    assert records == ["A"]
    store.issuances.acknowledged(key, receipt("A"), NOON)
    assert due(store)[1] == ["A"]
