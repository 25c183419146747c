import pytest

from tests.unit.daemon.cli.conftest import Office


def balance(office: Office) -> dict[str, object]:
    told: dict[str, object] = office("blanks", "balance", "--json").json
    return told


def test_a_shipment_goes_into_the_store_and_from_there_into_a_hopper_and_back(office: Office) -> None:
    assert office("blanks", "receive", "100", "--batch", "B1").out == "100 blanks received; now store 100\n"
    assert office("blanks", "load", "card-1", "30").out == "30 blanks loaded; now store 70, hopper:card-1 30\n"
    assert office("blanks", "unload", "card-1", "10").out == "10 blanks unloaded; now hopper:card-1 20, store 80\n"
    assert balance(office) == {
        "received": 100,
        "store": 80,
        "hopper": {"card-1": 20, "card-2": 0},
        "in_process": 0,
        "issued": 0,
        "spoiled": 0,
        "destroyed": 0,
        "transferred": 0,
        "variance": 0,
    }


@pytest.mark.parametrize("account", ["hopper:card-1", "card-1", "store"])
def test_spoiled_blanks_leave_the_store_or_a_hopper_for_a_known_reason(office: Office, account: str) -> None:
    office("blanks", "receive", "10", "--batch", "B1")
    office("blanks", "load", "card-1", "5")
    assert office("blanks", "spoil", account, "2", "--reason", "factory_defect").status == 0
    assert balance(office)["spoiled"] == 2


def test_blanks_are_not_spoiled_without_a_known_reason_or_from_anywhere_else(office: Office) -> None:
    office.stock()
    assert office("blanks", "spoil", "card-1", "1").status == 2
    unknown = office("blanks", "spoil", "card-1", "1", "--reason", "ugly")
    assert unknown.status == 2
    assert "encode_failed" in unknown.err
    assert office("blanks", "spoil", "in_process", "1", "--reason", "lost").status == 2


def test_a_paper_number_booked_before_is_not_booked_again(office: Office) -> None:
    first = office("blanks", "receive", "10", "--batch", "B1", "--document", "SJ/17")
    again = office("blanks", "receive", "10", "--batch", "B1", "--document", "SJ/17")
    assert (first.status, again.status) == (0, 0)
    assert again.out == "document SJ/17 was booked before; nothing was booked again\n"
    assert balance(office)["store"] == 10


@pytest.mark.parametrize("quantity", ["0", "-5", "many", "1.5", "10000001"])
def test_what_is_no_amount_of_blanks_is_wrong_usage(office: Office, quantity: str) -> None:
    assert office("blanks", "receive", quantity, "--batch", "B1").status == 2
    assert balance(office)["store"] == 0


def test_more_than_there_are_cannot_be_taken(office: Office) -> None:
    outcome = office("blanks", "load", "card-1", "5")
    assert outcome.status == 1
    assert outcome.err == (
        "giliran: store holds 0 blanks, 5 were to be taken; see what lies where: giliran blanks balance\n"
    )


def test_only_a_card_printer_of_the_configuration_is_loaded(office: Office) -> None:
    unknown = office("blanks", "load", "card-9", "5")
    assert unknown.status == 1
    assert "card-1, card-2, letters" in unknown.err
    paper = office("blanks", "load", "letters", "5")
    assert paper.status == 1
    assert "paper" in paper.err


def test_the_ledger_lists_the_newest_movement_first(office: Office) -> None:
    office("blanks", "receive", "10", "--batch", "B1", "--document", "SJ/17")
    office("blanks", "load", "card-1", "4")
    rows = office("blanks", "ledger", "--json").json
    assert [(row["quantity"], row["credit"], row["debit"]) for row in rows] == [
        (4, "store", "hopper:card-1"),
        (10, "centre", "store"),
    ]
    assert (rows[1]["batch"], rows[1]["document"]) == ("B1", "SJ/17")
    assert len(office("blanks", "ledger", "--limit", "1", "--json").json) == 1
    assert "hopper:card-1" in office("blanks", "ledger").out


def test_an_empty_ledger_says_how_to_begin(office: Office) -> None:
    assert office("blanks", "ledger", "--json").json == []
    assert "giliran blanks receive" in office("blanks", "ledger").out
