from daemon.domain.job import Verdict
from tests.unit.daemon.cli.conftest import Office


def test_the_province_sees_how_an_office_stands(office: Office) -> None:
    office.stock(3)
    office.ready("A-1", "A-2")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    (told,) = office("offices", "--json").json
    assert told["code"] == "1205"
    assert (told["queue"]["ready"], told["queue"]["printed"], told["blanks"]) == (1, 1, 2)
    assert told["link"] == {"state": "unknown", "since": None}
    assert told["last_card_at"] is not None
    shown = office("offices").out
    assert "1205" in shown
    assert "LAST CARD" in shown


def test_another_code_in_the_same_file_is_one_clear_line(office: Office) -> None:
    office.ready("A-1")
    text = office.config.read_text()
    office.config.write_text(text.replace('"1205"', '"1206"'))
    outcome = office("status")
    assert outcome.status == 1
    assert "office 1206 is not in it, but 1205" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_job_whose_daemon_does_not_run_is_a_persons_to_settle(office: Office) -> None:
    office.stock(3)
    office.ready("A-1")
    office.start("A-1")
    outcome = office("job", "confirm", "A-1", "--not-printed", "--reason", "the machine is broken")
    assert (outcome.status, outcome.out) == (0, "A-1 (S. C., NIK ending …0001) is ready: the machine is broken\n")
    assert [row["verdict"] for row in office("job", "show", "A-1", "--json").json["attempts"]] == ["no_card"]
