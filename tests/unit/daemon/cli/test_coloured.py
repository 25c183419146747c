import sys

import pytest

from daemon.cli.coloured import Colour, Line, Span, line, shows_colours


def test_a_line_is_painted_where_it_has_a_colour_and_nowhere_else() -> None:
    spans = (Span(0, 4, Colour.GOOD), Span(6, 13, Colour.BAD))
    assert Line("idle, stopped.", spans).painted() == "\x1b[32midle\x1b[0m, \x1b[31m\x1b[1mstopped\x1b[0m."
    assert line("Link  up", Colour.GOOD, start=6).painted() == "Link  \x1b[32mup\x1b[0m"
    assert line("Link", Colour.GOOD, start=6).painted() == "Link"
    assert line("Link  up").painted() == "Link  up"


@pytest.mark.parametrize(
    ("terminal", "environment", "shown"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "dumb"}, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_colours_are_for_terminals_that_have_them_and_people_who_want_them(
    terminal: bool, environment: dict[str, str], shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert shows_colours() is shown
