from daemon.ports import Controls
from tests.unit.daemon.cli.conftest import Office


def test_a_printer_is_paused_and_resumed(office: Office) -> None:
    assert office("printer", "pause", "card-1").status == 0
    with office.store() as store:
        assert store.printers.controls("card-1").paused
    assert office("printer", "resume", "card-1").status == 0
    with office.store() as store:
        assert store.printers.controls("card-1") == Controls(nudges=1)


def test_an_unknown_printer_is_refused_with_the_names_there_are(office: Office) -> None:
    outcome = office("printer", "pause", "card-9")
    assert outcome.status == 1
    assert outcome.err == (
        "giliran: there is no printer 'card-9' in the configuration; there are card-1, card-2, letters\n"
    )


def test_the_list_tells_every_printer_of_the_configuration(office: Office) -> None:
    office.stock(7)
    told = office("printer", "list", "--json").json
    assert [(printer["name"], printer["kind"]) for printer in told] == [
        ("card-1", "card"),
        ("card-2", "card"),
        ("letters", "paper"),
    ]
    assert office("printer", "list").out.splitlines()[1].split()[-1] == "7"


def test_a_guard_stands_in_front_of_card_printers_only(office: Office) -> None:
    outcome = office("printer", "guard", "letters")
    assert outcome.status == 1
    assert "paper" in outcome.err


def test_a_new_ribbon_is_booked_where_the_configuration_names_its_yield(office: Office) -> None:
    unknown = office("printer", "renew", "card-1", "ribbon")
    assert unknown.status == 1
    assert "card-1 has no supply '" in unknown.err
    text = office.config.read_text().replace("queue: Evolis_1,", "queue: Evolis_1, supplies: {ribbon: 250},")
    office.config.write_text(text)
    assert office("printer", "renew", "card-1", "ribbon").out == "card-1 has a new ribbon, good for 250 cards\n"
    with office.store() as store:
        assert store.printers.renewed("card-1", "ribbon") is not None


def test_why_it_was_paused_is_shown_while_it_lasts_and_stays_in_the_log(office: Office) -> None:
    assert office("printer", "pause", "card-1", "--reason", "the ribbon is being changed").status == 0
    assert "operator: the ribbon is being changed" in office("status").out
    assert "operator: the ribbon is being changed" in office("printer", "list").out
    told = office("status", "--json").json["printers"][0]
    assert (told["reasons"], told["pause_reason"]) == (["operator"], "the ribbon is being changed")
    assert office("printer", "pause", "card-1", "--reason", "the technician comes").status == 0
    assert "operator: the technician comes" in office("status").out
    office("printer", "resume", "card-1")
    assert "technician" not in office("status").out
    log = office("audit", "export").out
    assert "the ribbon is being changed" in log
    assert "the technician comes" in log
