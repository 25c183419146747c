from tests.unit.daemon.cli.conftest import RECORDED, Office, record


def test_the_queue_as_json_has_the_shape_of_the_contract(office: Office) -> None:
    office.take(
        record("B-2", RECORDED),
        record("A-1", RECORDED),
        record("C-3", RECORDED, "DUPLICATE_RECORD"),
    )
    since = office.now.isoformat(timespec="seconds").replace("+00:00", "Z")
    assert office("queue", "--json").json == [
        {
            "record_id": record_id,
            "state": state,
            "recorded_at": "2026-01-02T01:30:00Z",
            "place": place,
            "reason": reason,
            "since": since,
        }
        for record_id, state, place, reason in (
            ("A-1", "ready", 1, None),
            ("B-2", "ready", 2, None),
            ("C-3", "waiting", None, "DUPLICATE_RECORD"),
        )
    ]


def test_nobody_in_line_is_an_empty_list(office: Office) -> None:
    assert office("queue", "--json").json == []
    assert office("queue").out == "Nobody is in line.\n"


def test_a_state_and_a_limit_narrow_the_list(office: Office) -> None:
    office.ready("A-1", "A-2", "A-3")
    assert [row["record_id"] for row in office("queue", "--limit", "2", "--json").json] == ["A-1", "A-2"]
    assert office("queue", "--state", "held", "--json").json == []


def test_an_unknown_state_and_a_limit_below_one_are_wrong_usage(office: Office) -> None:
    unknown = office("queue", "--state", "lost")
    assert unknown.status == 2
    assert "unconfirmed" in unknown.err
    assert office("queue", "--limit", "0").status == 2


def test_the_table_has_one_line_for_each_job_in_local_time(office: Office) -> None:
    office.ready("A-1", "A-2")
    lines = office("queue").out.splitlines()
    assert lines[0].split() == ["PLACE", "RECORD", "STATE", "RECORDED", "SINCE", "REASON"]
    assert lines[1].startswith("    1  A-1     ready  2026-01-02 08:30:00")
    assert len(lines) == 3


def test_a_reason_from_outside_cannot_steer_the_terminal_or_the_table(office: Office) -> None:
    office.take(record("A-1", RECORDED, "[bold]X[/bold]\x1b[2J\nY"))
    out = office("queue").out
    assert "[bold]X[/bold]�[2J�Y" in out
    assert "\x1b" not in out
