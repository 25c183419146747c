"""Counts, destruction, and what goes to other offices and comes from them."""

from datetime import timedelta

import pytest

from tests.unit.daemon.cli.conftest import Office


def figures(office: Office, *accounts: str) -> tuple[int, ...]:
    told = office("blanks", "balance", "--json").json
    return tuple(told[account] for account in accounts)


def newest(office: Office) -> dict[str, object]:
    row: dict[str, object] = office("blanks", "ledger", "--limit", "1", "--json").json[0]
    return row


@pytest.fixture
def office(office: Office) -> Office:
    """A hundred in the store, of batch B1."""
    assert office("blanks", "receive", "100", "--batch", "B1").status == 0
    return office


def test_what_another_office_borrows_and_gives_back(office: Office) -> None:
    lent = office("blanks", "transfer", "30", "--to", "Medan", "--document", "P/1", "--batch", "B1")
    assert lent.out == "30 blanks transferred out; now store 70, transferred 30\n"
    back = office("blanks", "transfer", "10", "--from", "MEDAN")
    assert back.out == "10 blanks transferred in from Medan (10 of ours, 0 new here); now store 80, transferred 20\n"
    assert newest(office)["office"] == "Medan"
    assert figures(office, "received", "store", "transferred") == (100, 80, 20)


def test_what_an_office_brings_beyond_what_it_had_of_ours_is_new_here(office: Office) -> None:
    office("blanks", "transfer", "30", "--to", "Medan")
    office("blanks", "transfer", "5", "--to", "Binjai")
    brought = office("blanks", "transfer", "50", "--from", "Medan", "--batch", "M7", "--document", "P/2")
    assert brought.out == (
        "50 blanks transferred in from Medan (30 of ours, 20 new here); now store 115, transferred 5\n"
    )
    assert [(row["credit"], row["quantity"]) for row in office("blanks", "ledger", "--limit", "2", "--json").json] == [
        ("centre", 20),
        ("transferred", 30),
    ]
    again = office("blanks", "transfer", "50", "--from", "Medan", "--batch", "M7", "--document", "P/2")
    assert again.out == "document P/2 was booked before; nothing was booked again\n"
    assert figures(office, "received", "store", "transferred") == (120, 115, 5)


def test_a_loan_of_a_batch_that_is_new_here(office: Office) -> None:
    assert office("blanks", "transfer", "20", "--from", "Medan", "--batch", "M7").status == 0
    assert office("blanks", "load", "card-1", "20", "--batch", "M7").status == 0
    assert office("blanks", "transfer", "20", "--to", "Medan", "--batch", "B1").status == 0
    assert figures(office, "received", "store", "transferred") == (120, 80, 20)


def test_a_count_books_the_difference_with_its_reason(office: Office) -> None:
    missing = office("blanks", "count", "store", "97", "--reason", "month's end", "--document", "SO/1")
    assert missing.out == "store: 97 counted, the ledger said 100: 3 missing; now variance 3\n"
    assert (newest(office)["reason"], newest(office)["note"]) == ("counted", "month's end")
    found = office("blanks", "count", "store", "99", "--reason", "two lay behind the shelf")
    assert found.out == "store: 99 counted, the ledger said 97: 2 too many; now variance 1\n"
    assert figures(office, "store", "variance") == (99, 1)


def test_a_count_that_agrees_leaves_no_entry_but_is_logged_and_its_paper_remembered(office: Office) -> None:
    agreed = office("blanks", "count", "store", "100", "--reason", "month's end", "--document", "SO/1")
    assert agreed.out == "store: 100 counted, as the ledger says\n"
    assert newest(office)["reason"] == "received"
    with office.store() as store:
        counted = store.log.entries()[-1]
    assert (counted.event, counted.details["account"], counted.details["counted"]) == ("blanks_counted", "store", 100)
    office("blanks", "load", "card-1", "10")
    again = office("blanks", "count", "store", "100", "--reason", "month's end", "--document", "SO/1")
    assert again.out == "document SO/1 was booked before; nothing was booked again\n"
    assert figures(office, "store", "variance") == (90, 0)


def test_an_empty_hopper_and_the_spoiled_can_be_counted_and_a_printer_hears_of_it(office: Office) -> None:
    office("blanks", "load", "card-1", "10")
    office("blanks", "spoil", "card-1", "3", "--reason", "encode_failed", "--batch", "B1")
    with office.store() as store:
        before = store.printers.controls("card-1").nudges
    assert office("blanks", "count", "card-1", "0", "--reason", "it says it is empty").status == 0
    assert office("blanks", "count", "spoiled", "2", "--reason", "one is gone").status == 0
    with office.store() as store:
        assert store.printers.controls("card-1").nudges == before + 1
    assert figures(office, "spoiled", "variance") == (2, 8)


def test_destruction_names_its_witnesses(office: Office) -> None:
    office("blanks", "spoil", "store", "5", "--reason", "factory_defect")
    done = office(
        "blanks", "destroy", "4", "--witness", "Budi", "Siti Contoh", "--witness", "Budi", "--document", "BA/1"
    )
    assert done.out == "4 blanks destroyed; now spoiled 1, destroyed 4\n"
    assert newest(office)["witnesses"] == ["Budi", "Siti Contoh"]
    assert "witnesses Budi, Siti Contoh" in office("blanks", "ledger").out
    with office.store() as store:
        assert store.log.entries()[-1].details["witnesses"] == ["Budi", "Siti Contoh"]


def test_invalid_cards_that_came_back_are_destroyed_too(office: Office) -> None:
    office("blanks", "load", "card-1", "1")
    office.ready("A")
    office.start("A")
    from daemon.domain.job import Verdict

    office.finish("A", Verdict.PRINTED)
    assert office("blanks", "destroy", "1", "--account", "issued", "--witness", "Budi").status == 0
    assert figures(office, "issued", "destroyed") == (0, 1)


def test_yesterdays_paper_keeps_its_date(office: Office) -> None:
    today = office.now.astimezone(office.settings.office.timezone).date()
    yesterday = (today - timedelta(days=1)).isoformat()
    assert office("blanks", "load", "card-1", "5", "--date", yesterday).status == 0
    assert newest(office)["date"] == yesterday
    assert f"of {yesterday}" in office("blanks", "ledger").out
    assert office("blanks", "load", "card-1", "5", "--date", today.isoformat()).status == 0
    assert newest(office)["date"] is None


def test_cartons_are_checked_against_the_pieces(office: Office) -> None:
    assert office("blanks", "receive", "3020", "--batch", "B2", "--cartons", "6x500").status == 0
    assert newest(office)["note"] == "6 cartons of 500 and 20 loose"
    wrong = office("blanks", "receive", "3500", "--batch", "B2", "--cartons", "6x500")
    assert wrong.status == 2
    assert "6 cartons of 500 are 3,000 blanks, not 3,500" in wrong.err
    assert office("blanks", "receive", "3000", "--batch", "B2", "--cartons", "six").status == 2


def test_blanks_of_a_printer_that_left_the_configuration_can_be_counted_and_spoiled(office: Office) -> None:
    with office.store() as store:
        from daemon.domain.ledger import Movement

        store.ledger.move(
            Movement(quantity=5, credit="store", debit="hopper:old-1", reason="loaded"), at=office.now, actor="test"
        )
    assert office("blanks", "spoil", "old-1", "1", "--reason", "lost").status == 0
    assert office("blanks", "count", "hopper:old-1", "0", "--reason", "it was taken away").status == 0
    assert figures(office, "variance") == (4,)


@pytest.mark.parametrize("name", ["1205", "disdukcapil contoh"])
def test_an_office_lends_itself_nothing(office: Office, name: str) -> None:
    office("blanks", "receive", "100", "--batch", "B-1")
    for way in ("--to", "--from"):
        refused = office("blanks", "transfer", "5", way, name)
        assert refused.status == 1
        assert f"{name} is this office itself; nothing was booked" in refused.err
