import pytest

from adapters.clock import SystemClock
from daemon.demo.centre.line import Condition, Line, Weather
from daemon.demo.centre.script import BadScript, Outage, OutagePlayer, parse_script
from tests.waiting import eventually


def test_a_script_is_read_in_order_of_time() -> None:
    script = "30s captive_portal 5s; 12s refuse 6s  # the cable\n\n# nothing\n1m cut 500ms bytes=50; 2m slow 1.5 rate=9"
    assert parse_script(script) == [
        Outage(at_seconds=12, for_seconds=6, condition=Condition(weather=Weather.REFUSE)),
        Outage(at_seconds=30, for_seconds=5, condition=Condition(weather=Weather.CAPTIVE_PORTAL)),
        Outage(at_seconds=60, for_seconds=0.5, condition=Condition(weather=Weather.CUT, cut_after_bytes=50)),
        Outage(at_seconds=120, for_seconds=1.5, condition=Condition(weather=Weather.SLOW, bytes_per_second=9)),
    ]


def test_an_empty_script_has_no_outages() -> None:
    assert parse_script(" ;\n# nothing; at all\n") == []


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("12s refuse", "say AT KIND FOR"),
        ("12s rain 5s", "no kind 'rain'"),
        ("12s up 5s", "no kind 'up'"),
        ("soon refuse 5s", "'soon' is no duration"),
        ("-1s refuse 5s", "'-1s' is no duration"),
        ("1s refuse 5d", "'5d' is no duration"),
        ("1s refuse 0s", "longer than nothing"),
        ("1s refuse 5s bytes=5", "takes no options"),
        ("1s cut 5s rate=5", "takes bytes=NUMBER"),
        ("1s cut 5s bytes=0", "a number above 0"),
        ("1s refuse 5s; 3s refuse 1s", "before the one at 1 s is over"),
        ("1s refuse 1s; 3s nonsense 1s", "outage 2"),
    ],
)
def test_what_cannot_be_understood_is_said(script: str, words: str) -> None:
    with pytest.raises(BadScript) as caught:
        parse_script(script)
    assert words in str(caught.value)


def test_a_played_script_changes_the_line_and_leaves_it_up() -> None:
    line = Line(upstream=("127.0.0.1", 9))
    line.start()
    player = OutagePlayer(line, parse_script("0s refuse 100ms; 200ms timeout 100ms"), SystemClock())
    try:
        player.start()
        eventually(lambda: line.condition.weather is Weather.REFUSE)
        eventually(lambda: line.condition.weather is Weather.TIMEOUT)
        assert player.join(10)
        assert line.condition.weather is Weather.UP
    finally:
        player.stop()
        line.stop()


def test_a_player_that_is_stopped_in_an_outage_leaves_the_line_up() -> None:
    line = Line(upstream=("127.0.0.1", 9))
    line.start()
    try:
        player = OutagePlayer(line, parse_script("0s refuse 1h; 2h refuse 1h"), SystemClock())
        player.start()
        eventually(lambda: line.condition.weather is Weather.REFUSE)
        player.stop()
        assert line.condition.weather is Weather.UP
    finally:
        line.stop()
