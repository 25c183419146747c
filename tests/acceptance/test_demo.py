"""`giliran demo` as people see it: on a terminal, kept up, ended early, and on a machine that is slow."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daemon.demo.centre.line import Line, Weather
from daemon.demo.outages import Outages
from daemon.domain.link import LinkState
from tests.acceptance.logging_screen import LINES, THREADS, seen
from tests.acceptance.terminal import Terminal
from tests.fakes.clock import ManualClock
from tests.waiting import eventually

GILIRAN = str(Path(sys.executable).with_name("giliran"))
SHORT = ("--people", "12", "--seconds-per-card", "0.3")
PATIENCE_SECONDS = 120.0
STANDS = "^(stopped|paused|running): "


def test_on_a_terminal_it_ends_well_and_what_it_names_to_try_works(tmp_path: Path) -> None:
    stays = tmp_path / "stays"
    with Terminal([GILIRAN, "demo", *SHORT, "--keep", "--folder", str(stays)]) as terminal:
        terminal.read_until("(its folder goes with Ctrl-C)", PATIENCE_SECONDS)
        while_up = _commands(terminal.screen())
        assert {_words(command)[0] for command in while_up} >= {"status", "queue", "why", "blanks", "audit"}
        assert _failures(while_up) == {}
        terminal.interrupt()
        assert terminal.end(PATIENCE_SECONDS) == 0, terminal.printed[-3000:]
        shown = terminal.screen()
    assert not [line for line in shown if "link to the centre" in line], "something of the picture was left"
    assert "BROKEN" not in terminal.printed
    assert "2 of 2: captive_portal, connect" in terminal.printed
    afterwards = _commands(shown)[len(while_up) :]
    assert [_words(command) for command in afterwards] == [_words(command) for command in while_up]
    assert _failures(afterwards) == {}
    (config,) = {shlex.split(command)[2] for command in afterwards}
    assert list(_missing(Path(config))) == []
    assert len(list((stays / "cards").glob("card-*/*"))) >= 10


def test_lines_of_the_log_stand_whole_above_the_picture() -> None:
    with Terminal([sys.executable, "-m", "tests.acceptance.logging_screen"]) as terminal:
        assert terminal.end(PATIENCE_SECONDS) == 0, terminal.printed[-3000:]
        first, *logged, last = [line for line in terminal.screen() if line]
    assert (first, last) == ("before", "after")
    assert len(logged) == LINES * THREADS
    for name in "ab":
        told = [line for line in logged if line.endswith(f" of {name}")]
        assert [re.sub(".* - ", "", line) for line in told] == [f"line {number} of {name}" for number in range(LINES)]


def test_a_daemon_that_stands_still_for_seconds_breaks_no_promise(tmp_path: Path) -> None:
    with _demo(tmp_path) as demo:
        daemon = _daemon_of(demo)
        said = _stand_still(daemon, demo, lines=2)
        said += _read_until("^  card-.* operator ", demo)
        said += _stand_still(daemon, demo, lines=1)
        said += demo.stdout or []
        assert demo.wait(PATIENCE_SECONDS) == 0, "".join(said)
    assert not [line for line in said if "BROKEN" in line]


def test_an_outage_waits_until_the_daemon_has_noticed_it_however_slow_it_is() -> None:
    clock, line = ManualClock(), Line(upstream=("127.0.0.1", 1))
    line.start()
    try:
        outages = Outages(line, clock, [(1, Weather.REFUSE), (5, Weather.CAPTIVE_PORTAL)], least_seconds=6)

        def weather(link: LinkState, printed: int) -> Weather:
            outages.look(seen(link, printed=printed))
            return line.condition.weather

        assert weather(LinkState.UNKNOWN, 0) is Weather.UP
        assert weather(LinkState.UP, 0) is Weather.UP
        assert weather(LinkState.UP, 1) is Weather.REFUSE
        assert weather(LinkState.DOWN, 1) is Weather.REFUSE, "too short to be looked at"
        clock.advance(3600)
        assert weather(LinkState.UP, 5) is Weather.REFUSE, "not noticed yet"
        assert weather(LinkState.DOWN, 5) is Weather.UP
        assert weather(LinkState.DOWN, 5) is Weather.UP, "it has not seen the link come back"
        assert weather(LinkState.UP, 5) is Weather.CAPTIVE_PORTAL
        clock.advance(6)
        assert weather(LinkState.DOWN, 5) is Weather.UP
        assert not outages.are_over
        assert weather(LinkState.UP, 5) is Weather.UP
        assert outages.are_over
    finally:
        line.stop()


def test_told_to_end_early_it_leaves_nothing_behind(tmp_path: Path) -> None:
    with _demo(tmp_path) as demo:
        daemon = _daemon_of(demo)
        place = _place_of(daemon)
        assert place.is_dir()
        demo.terminate()
        said, _ = demo.communicate(timeout=PATIENCE_SECONDS)
        assert demo.returncode == 130, said
    assert not place.exists()
    assert [pid for pid, words in _processes() if any(str(place) in word for word in words)] == []


@contextmanager
def _demo(folder: Path) -> "Iterator[subprocess.Popen[str]]":
    """Without a terminal: it says every five seconds how it stands."""
    command = [GILIRAN, "demo", *SHORT, "--folder", str(folder / "stays")]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as demo:
        try:
            yield demo
        finally:
            demo.terminate()  # not killed: it ends what it started


def _stand_still(daemon: int, demo: "subprocess.Popen[str]", lines: int) -> list[str]:
    """Until the demo has said so many times how it stands."""
    os.kill(daemon, signal.SIGSTOP)
    try:
        return [line for _ in range(lines) for line in _read_until(STANDS, demo)]
    finally:
        os.kill(daemon, signal.SIGCONT)


def _read_until(pattern: str, demo: "subprocess.Popen[str]") -> list[str]:
    said = []
    for line in demo.stdout or []:
        said.append(line)
        if re.search(pattern, line):
            return said
    raise AssertionError(f"it ended without {pattern!r}: {''.join(said)}")


def _daemon_of(demo: "subprocess.Popen[str]") -> int:
    """Its process, once it runs."""
    daemon = eventually(lambda: _child(demo.pid, "run"), PATIENCE_SECONDS, "the daemon")
    assert daemon is not None
    return daemon


def _child(parent: int, command: str) -> int | None:
    for pid, words in _processes():
        with suppress(OSError):
            above = int(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            if above == parent and words[-2:-1] == [command]:
                return pid
    return None


def _place_of(daemon: int) -> Path:
    words = Path(f"/proc/{daemon}/cmdline").read_text(encoding="utf-8").split("\0")
    return Path(words[words.index("--config") + 1]).parent


def _processes() -> Iterator[tuple[int, list[str]]]:
    for process in Path("/proc").iterdir():
        with suppress(OSError):
            if process.name.isdigit():
                yield int(process.name), (process / "cmdline").read_text(encoding="utf-8").split("\0")


def _commands(screen: list[str]) -> list[str]:
    """Those that it names to try. A long one goes on in the next line of the screen."""
    return [line.strip() for line in screen if re.match(r"  /\S+/giliran --config ", line)]


def _words(command: str) -> list[str]:
    return shlex.split(command)[3:]


def _failures(commands: list[str]) -> dict[str, str]:
    """By command that failed, what it said. They run side by side."""
    running = {
        command: subprocess.Popen(shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for command in commands
    }
    said = {command: process.communicate(timeout=PATIENCE_SECONDS)[0] for command, process in running.items()}
    return {command: said[command] for command, process in running.items() if process.returncode != 0}


def _missing(config: Path) -> Iterator[str]:
    """Files and folders that it names and that are not there."""
    named = re.findall(r"(?:^|: |sqlite://)(/[^\s:]+)", config.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(named) >= 3, named
    yield from (path for path in named if not Path(path).exists())
