from datetime import UTC, datetime, timedelta

import pytest

from daemon.domain.link import Cause, Link, LinkState, unknown
from daemon.locale.link import advice
from tests.unit.daemon.cli.conftest import Office

DOWN_AT = datetime(2026, 1, 5, 2, 12, tzinfo=UTC)


def outage(office: Office, *, ends: bool) -> None:
    down = Link(state=LinkState.DOWN, since=DOWN_AT, cause=Cause.CONNECT, detail="connection refused")
    up_at = DOWN_AT + timedelta(seconds=90)
    with office.store() as store:
        store.links.save_link(down, unknown(DOWN_AT))
        if ends:
            store.links.save_link(Link(state=LinkState.UP, since=up_at), down)


def test_a_line_that_was_never_tried_is_unknown(office: Office) -> None:
    assert office("link", "show", "--json").json["state"] == "unknown"
    assert office("link", "history", "--json").json == []
    assert office("link", "history").out == "No outage so far.\n"


def test_a_line_that_is_down_says_since_when_and_why(office: Office) -> None:
    outage(office, ends=False)
    assert office("link", "show", "--json").json == {
        "state": "down",
        "since": "2026-01-05T02:12:00Z",
        "cause": "connect",
        "detail": "connection refused",
        "advice": advice("connect"),
    }
    said = office("link", "show").out.splitlines()
    assert said == ["down since 2026-01-05 09:12:00: connect (connection refused)", advice("connect")]
    said = office("link", "show", "--lang", "id").out.splitlines()
    assert said == ["terputus sejak 2026-01-05 09:12:00: connect (connection refused)", advice("connect", "id")]
    told = office("link", "history").out
    assert "still down" in told
    assert told.endswith(f"connect: {advice('connect')}\n")


@pytest.mark.parametrize("language", ["id", "en"])
def test_there_is_advice_for_every_cause(language: str) -> None:
    said = {advice(cause, language) for cause in Cause}
    assert len(said) == len(Cause)
    assert None not in said
    assert advice("unknown", language) is None


def test_an_outage_is_told_from_its_start_to_its_end(office: Office) -> None:
    outage(office, ends=True)
    assert office("link", "history", "--json").json == [
        {
            "started_at": "2026-01-05T02:12:00Z",
            "ended_at": "2026-01-05T02:13:30Z",
            "cause": "connect",
            "detail": "connection refused",
            "seconds": 90,
        }
    ]
