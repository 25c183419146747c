from dataclasses import replace

import pytest

from daemon.cli.invocation import actor
from daemon.domain.job import Verdict
from daemon.domain.ledger import ISSUED, SPOILED
from daemon.ports import Receipt
from tests.unit.daemon.cli.conftest import RECORDED, Office, record


def in_doubt(office: Office, record_id: str = "A-1") -> None:
    office.stock()
    office.ready(record_id)
    office.start(record_id)
    office.finish(record_id, Verdict.IN_DOUBT, "the guard died")


def test_a_job_is_held_and_released_into_its_old_place(office: Office) -> None:
    office.ready("A-1", "A-2")
    held = office("job", "hold", "A-1", "--reason", "wrong photo")
    assert (held.status, held.out) == (0, "A-1 is held: wrong photo\n")
    assert office.queue() == {"A-2": "ready", "A-1": "held"}
    assert office("job", "release", "A-1").out == "A-1 is ready\n"
    assert [row["record_id"] for row in office("queue", "--json").json] == ["A-1", "A-2"]


def test_a_slip_in_cancel_is_undone_and_loses_nobody(office: Office) -> None:
    office.ready("A-1", "A-2")
    assert office("job", "cancel", "A-1", "--reason", "slip").status == 0
    assert office("job", "release", "A-1").out.endswith(" is ready\n")
    assert list(office.queue()) == ["A-1", "A-2"]


def test_a_second_first_card_of_one_nik_waits_for_a_person_who_is_told_how(office: Office) -> None:
    first, second = (replace(record(name, RECORDED), request_class="first_time") for name in ("A-1", "A-2"))
    office.take(first, replace(second, person=first.person))
    told = [line for line in office("status").out.splitlines() if "same_nik: A-1" in line]
    assert len(told) == 1
    assert "giliran job release A-2" in told[0]
    assert office("job", "release", "A-2").out.endswith(" is ready\n")
    assert "same_nik" not in office("status").out


@pytest.mark.parametrize("command", ["hold", "cancel", "reprint"])
def test_an_override_without_a_reason_is_wrong_usage(office: Office, command: str) -> None:
    office.ready("A-1")
    assert office("job", command, "A-1").status == 2
    assert office("job", command, "A-1", "--reason", "  ").status == 2
    assert office.queue() == {"A-1": "ready"}


@pytest.mark.parametrize(
    "flags",
    [(), ("--printed", "--not-printed"), ("--printed", "--spoiled")],
    ids=["neither", "both", "a good card that is spoiled"],
)
def test_confirm_wants_one_clear_answer(office: Office, flags: tuple[str, ...]) -> None:
    in_doubt(office)
    outcome = office("job", "confirm", "A-1", "--reason", "looked", *flags)
    assert outcome.status == 2
    assert office.queue() == {"A-1": "unconfirmed"}


def test_confirm_wants_a_reason(office: Office) -> None:
    in_doubt(office)
    assert office("job", "confirm", "A-1", "--printed").status == 2


@pytest.mark.parametrize(
    ("flags", "state", "hopper", "issued", "spoiled"),
    [
        (("--printed",), None, 9, 1, 0),
        (("--not-printed",), "ready", 10, 0, 0),
        (("--not-printed", "--spoiled"), "ready", 9, 0, 1),
    ],
    ids=["printed", "no card", "spoiled"],
)
def test_a_persons_word_settles_the_job_and_its_blank(
    office: Office, flags: tuple[str, ...], state: str | None, hopper: int, issued: int, spoiled: int
) -> None:
    in_doubt(office)
    assert office("job", "confirm", "A-1", "--reason", "looked", *flags).status == 0
    assert office.queue().get("A-1") == state
    blanks = office("blanks", "balance", "--json").json
    assert (blanks["hopper"]["card-1"], blanks[ISSUED], blanks[SPOILED]) == (hopper, issued, spoiled)


def test_cancelling_a_card_that_is_being_printed_is_refused_in_one_line(office: Office) -> None:
    office.stock()
    office.ready("A-1")
    office.start("A-1")
    outcome = office("job", "cancel", "A-1", "--reason", "moved away")
    assert outcome.status == 1
    assert outcome.err.startswith("giliran: A-1: a job that is printing cannot become cancelled")
    assert len(outcome.err.splitlines()) == 1
    assert office.queue() == {"A-1": "printing"}


def test_a_printed_card_is_handed_over_and_printed_again_for_a_reason(office: Office) -> None:
    office.stock()
    office.ready("A-1")
    office.start("A-1")
    office.finish("A-1", Verdict.PRINTED)
    assert office("job", "handover", "A-1").out == "A-1 (S. C., NIK ending …0001) is handed over\n"
    assert office("job", "reprint", "A-1", "--reason", "lost by the citizen").status == 0
    assert office.queue() == {"A-1": "ready"}


def test_an_unknown_record_is_one_line_with_what_to_do(office: Office) -> None:
    outcome = office("job", "hold", "NOBODY", "--reason", "x")
    assert outcome.status == 1
    assert outcome.err.startswith("giliran: ")
    assert "giliran queue" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_what_cannot_be_a_record_id_is_wrong_usage(office: Office) -> None:
    assert office("job", "show", "a/b").status == 2


def test_show_tells_state_attempts_and_log_but_not_who_it_is(office: Office) -> None:
    in_doubt(office)
    outcome = office("job", "show", "A-1")
    assert outcome.status == 0
    assert "S. C., NIK ending …0001" in outcome.out
    assert "unconfirmed" in outcome.out
    assert "in_doubt" in outcome.out
    for secret in ("SITI", "CONTOH", "1205010101900001"):
        assert secret not in outcome.out
    told = office("job", "show", "A-1", "--json").json
    assert told["state"] == "unconfirmed"
    assert [attempt["verdict"] for attempt in told["attempts"]] == ["in_doubt"]
    assert "started" in [entry["event"] for entry in told["log"]]


def rejected(office: Office, record_id: str = "A-1") -> None:
    office.stock()
    office.ready(record_id)
    office.start(record_id)
    office.finish(record_id, Verdict.PRINTED)
    with office.store() as store:
        batch = store.issuances.due(10)
        assert batch is not None
        receipt = Receipt(accepted=frozenset(), rejected={record_id: "unknown serial"})
        store.issuances.acknowledged(batch[0], receipt, office.now)


def test_a_card_that_the_centre_would_not_book_is_shown_until_a_person_has_settled_it(office: Office) -> None:
    rejected(office)
    assert "giliran job report A-1 --again | --settled --reason" in office("status").out
    assert "rejected by the centre: unknown serial" in office("job", "show", "A-1").out
    assert office("job", "report", "A-1", "--reason", "asked them").status == 2
    assert office("job", "report", "A-1", "--settled").status == 2
    settled = office("job", "report", "A-1", "--settled", "--reason", "booked by hand at the centre")
    assert (settled.status, settled.out) == (0, "A-1: settled\n")
    assert "job report" not in office("status").out
    issuance = office("job", "show", "A-1", "--json").json["issuances"][0]
    assert (issuance["rejected"], issuance["acknowledged_at"] is None) == (None, False)
    again = office("job", "report", "A-1", "--settled", "--reason", "twice")
    assert again.status == 1
    assert again.err.count("\n") == 1


def test_a_card_that_is_to_be_reported_again_is_due_again(office: Office) -> None:
    rejected(office)
    assert office("job", "report", "A-1", "--again", "--reason", "they know the serial now").status == 0
    assert "the centre has not been told yet" in office("job", "show", "A-1").out
    with office.store() as store:
        assert store.issuances.undelivered() == 1
        assert store.issuances.rejected() == []
    assert actor() in office.actors("A-1")
