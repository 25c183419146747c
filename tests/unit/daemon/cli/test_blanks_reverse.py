"""A wrong booking is taken back by an entry that names it, and no report takes the two for a difference."""

import csv
import io
import os
import pwd

from tests.unit.daemon.cli.conftest import Office


def report(office: Office, kind: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(office("report", kind, "--format", "csv").out)))


def test_a_shipment_of_five_thousand_that_was_five_hundred(office: Office) -> None:
    office("blanks", "receive", "5000", "--batch", "B1", "--document", "SJ/17")
    done = office("blanks", "reverse", "1", "--reason", "a zero too many")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        "entry 1 is reversed by entry 2: 5,000 blanks back from store to centre; now store 0\n"
        "document SJ/17 can be booked again\n"
    )
    assert office("blanks", "receive", "500", "--batch", "B1", "--document", "SJ/17").status == 0
    blanks = office("blanks", "balance", "--json").json
    assert (blanks["received"], blanks["store"], blanks["variance"]) == (500, 500, 0)
    (batch,) = report(office, "blanks")
    assert (batch["received"], batch["variance"], batch["closing"]) == ("500", "0", "500")
    assert office("audit", "verify").status == 0


def test_the_ledger_shows_which_entry_reverses_which(office: Office) -> None:
    office("blanks", "receive", "5", "--batch", "B1")
    office("blanks", "reverse", "1", "--reason", "not ours")
    newest, oldest = office("blanks", "ledger", "--json").json
    assert (newest["id"], newest["reverses"], newest["reversed_by"], newest["note"]) == (2, 1, None, "not ours")
    assert (oldest["id"], oldest["reverses"], oldest["reversed_by"]) == (1, None, 2)
    told = office("blanks", "ledger").out
    assert "reverses 1" in told
    assert "reversed by 2" in told


def test_who_reversed_it_is_told_when_somebody_tries_again(office: Office) -> None:
    office("blanks", "receive", "5", "--batch", "B1")
    office("blanks", "reverse", "1", "--reason", "not ours")
    again = office("blanks", "reverse", "1", "--reason", "not ours")
    assert again.status == 1
    assert again.err.count("\n") == 1
    assert f"by {pwd.getpwuid(os.getuid()).pw_name} (entry 2: not ours)" in again.err


def test_a_reversal_has_a_reason_and_a_number(office: Office) -> None:
    office("blanks", "receive", "5", "--batch", "B1")
    assert office("blanks", "reverse", "1").status == 2
    assert office("blanks", "reverse", "first", "--reason", "x").status == 2
    unknown = office("blanks", "reverse", "7", "--reason", "x")
    assert unknown.status == 1
    assert "giliran blanks ledger" in unknown.err


def test_what_was_loaded_meanwhile_is_not_taken_from_the_store(office: Office) -> None:
    office("blanks", "receive", "5", "--batch", "B1")
    office("blanks", "load", "card-1", "3")
    refused = office("blanks", "reverse", "1", "--reason", "x")
    assert refused.status == 1
    assert "store holds 2 blanks, 5 were to be taken" in refused.err


def test_a_cards_entry_names_the_command_that_is_right(office: Office) -> None:
    office.stock()
    office.ready("A-1")
    office.start("A-1")
    refused = office("blanks", "reverse", "3", "--reason", "x")
    assert refused.status == 1
    assert "giliran job confirm A-1" in refused.err


def test_a_count_that_was_wrong_is_in_no_report(office: Office) -> None:
    office("blanks", "receive", "100", "--batch", "B1")
    office("blanks", "count", "store", "10", "--reason", "opname", "--document", "SO/1")
    office("blanks", "reverse", "2", "--reason", "a zero too few")
    assert report(office, "count") == []
    assert "Entry #2 (90 cards) was reversed by #3" in office("report", "count").out
    office("blanks", "count", "store", "100", "--reason", "opname", "--document", "SO/1")
    (counted,) = report(office, "count")
    assert counted["variance"] == "0"
    (batch,) = report(office, "blanks")
    assert (batch["variance"], batch["closing"]) == ("0", "100")


def test_a_destruction_that_was_wrong_is_in_no_report(office: Office) -> None:
    office("blanks", "receive", "100", "--batch", "B1")
    office("blanks", "spoil", "store", "20", "--reason", "factory_defect")
    office("blanks", "destroy", "12", "--witness", "Budi", "--document", "BA/1")
    office("blanks", "reverse", "3", "--reason", "two are still here")
    office("blanks", "destroy", "10", "--witness", "Budi", "--document", "BA/1")
    (destroyed,) = report(office, "destruction")
    assert (destroyed["quantity"], destroyed["document"]) == ("10", "BA/1")
    assert "Pembukuan #3 (12 keping) dibatalkan" in office("report", "destruction", "--lang", "id").out


def test_who_reverses_what_was_counted_since_is_told_to_count_again(office: Office) -> None:
    for number in ("SJ-1", "SJ-2"):
        office("blanks", "receive", "100", "--batch", "B-1", "--document", number)
    office("blanks", "count", "store", "100", "--reason", "one carton")
    reversed_ = office("blanks", "reverse", "2", "--reason", "booked twice")
    assert reversed_.status == 0
    assert "store was counted after that booking" in reversed_.err
    assert "count it again: giliran blanks count store QTY" in reversed_.err


def test_a_count_is_reversed_without_a_word_about_itself(office: Office) -> None:
    office("blanks", "receive", "100", "--batch", "B-1")
    office("blanks", "count", "store", "90", "--reason", "a slip")
    assert "counted after" not in office("blanks", "reverse", "2", "--reason", "wrong").err
