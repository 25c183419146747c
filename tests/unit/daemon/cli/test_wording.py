"""What commands answer: which Giliran it is, completion, and what a mistyped hash is."""

from importlib.metadata import version

import pytest

from daemon.domain.link import Cause, Link, LinkState
from tests.unit.daemon.cli.conftest import RECORDED, Office


def test_it_says_which_giliran_it_is(office: Office) -> None:
    assert office("--version").out == f"giliran {version('giliran')}\n"


def test_the_shell_can_complete_its_commands(office: Office) -> None:
    assert "--install-completion" in office("-h").out


@pytest.mark.parametrize("digest", ["d523", "g" * 64, "a" * 63 + " ", "a" * 65])
def test_a_mistyped_hash_is_no_word_on_the_books(office: Office, digest: str) -> None:
    office.ready("A-1")
    outcome = office("audit", "verify", "--entry", "1", "--hash", digest)
    assert outcome.status == 2
    assert "a hash is 64 of 0-9 a-f" in outcome.err
    assert "other hands" not in outcome.err


def test_how_long_an_outage_lasted_is_told_in_words(office: Office) -> None:
    from datetime import timedelta

    with office.store() as store:
        down = Link(state=LinkState.DOWN, since=RECORDED, cause=Cause.CAPTIVE_PORTAL)
        store.links.save_link(down, Link(state=LinkState.UP, since=RECORDED))
        up = Link(state=LinkState.UP, since=RECORDED + timedelta(seconds=11_525))
        store.links.save_link(up, down)
    assert "3 h 12 min" in office("link", "history").out
    assert office("link", "history", "--json").json[0]["seconds"] == 11_525
