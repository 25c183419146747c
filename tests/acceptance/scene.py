"""What a test does on a stage as somebody else: stop a process at a point, meddle at CUPS, look at the tape."""

import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from daemon.demo.point import Point
from daemon.demo.stage import Stage
from daemon.demo.verdict import judge
from daemon.domain.job import Job
from daemon.domain.states import State
from daemon.domain.token import parse_token
from daemon.main import open_store
from tests.chaos.mortal_backends import make_mortal
from tests.fixtures.cups import one_page_pdf
from tests.waiting import eventually

PATIENCE_SECONDS = 60.0
MID_CARD = "before printer.card"
"""The card is in the printer and not out yet."""
BEFORE_THE_GUARD = "before guard.entry"
"""The guard has the document and not the token yet."""


@dataclass(slots=True)
class CutPoint:
    """Where the next process that comes by waits until it may go on, or is killed (tests/chaos/cut.py)."""

    stage: Point

    def arm(self, point: str) -> None:
        folder = self.stage.folder / "cut"
        folder.mkdir(exist_ok=True)
        folder.chmod(0o777)
        make_mortal(self.stage.cups.backend_dir, folder)
        (folder / ".armed").write_text(point, encoding="ascii")
        (folder / ".armed").rename(folder / "armed")

    def mortal_daemon(self) -> None:
        """From its next start the daemon has cut points too."""
        folder = str(self.stage.folder / "cut")
        self.stage.daemon_command = [
            *(sys.executable, "-m", "tests.chaos.mortal_daemon", str(self.stage.config), folder)
        ]

    def reached(self) -> int:
        """The process that waits there."""
        found = eventually(
            lambda: list((self.stage.folder / "cut").glob("reached.*")), PATIENCE_SECONDS, "the cut point"
        )
        return int(found[0].name.partition(".")[2])

    def go_on(self) -> None:
        for waits in (self.stage.folder / "cut").glob("reached.*"):
            waits.unlink()


def stop_at(stage: Stage, point: str) -> tuple[CutPoint, int]:
    """The daemon runs, and whatever comes to that point first waits there: the process that does."""
    cut = CutPoint(stage)
    cut.arm(point)
    stage.start_daemon()
    return cut, cut.reached()


def jobs_in(stage: Stage, state: State) -> list[Job]:
    with closing(open_store(stage.settings)) as store:
        return [row.job for row in store.view.queue(state, None)]


def wait_for(stage: Stage, state: State, count: int = 1) -> list[Job]:
    """The jobs in that state, once there are so many."""
    with closing(open_store(stage.settings)) as store:
        what = f"{count} {state}"
        eventually(lambda: len(store.view.queue(state, None)) >= count, PATIENCE_SECONDS, what)
    return jobs_in(stage, state)


def spool_number(stage: Stage, printer: str = "card-1") -> int:
    """CUPS's number of the card that is under way there, once it has one."""
    with closing(open_store(stage.settings)) as store:
        found = eventually(
            lambda: next((attempt.spool_number for attempt in store.jobs.open_attempts(printer)), None),
            PATIENCE_SECONDS,
            "a number",
        )
    assert found is not None
    return found


def wait_for_cards(stage: Stage, count: int) -> None:
    """By the tapes."""
    eventually(lambda: len(titles(stage)) >= count, PATIENCE_SECONDS, f"{count} cards")


def titles(stage: Stage) -> list[str]:
    """Of every good card that came out, of any job, by printer."""
    return [card.title for printer in stage.all_printers.values() for card in printer.tape() if not card.spoiled]


def attempts_printed(stage: Stage, record_id: str) -> list[int]:
    """Which of the record's tokens made a card."""
    tokens = [token for token in map(parse_token, titles(stage)) if token is not None]
    return [token.attempt for token in tokens if token.record_id == record_id]


def confirm_by_the_tape(stage: Stage, count: int = 1) -> list[Job]:
    """Once so many are unconfirmed: look into the printers and say what came out."""
    jobs = wait_for(stage, State.UNCONFIRMED, count)
    made = titles(stage)
    for job in jobs:
        answer = "--printed" if str(job.token) in made else "--not-printed"
        stage.giliran("job", "confirm", job.record_id, answer, "--yes", "--reason", "looked into the printer")
    return jobs


def log(stage: Stage) -> str:
    """What the daemon said."""
    return stage.log.read_text(encoding="utf-8")


def wait_for_log(stage: Stage, words: str, timeout_seconds: float = PATIENCE_SECONDS) -> None:
    eventually(lambda: words in log(stage), timeout_seconds, f"the log saying {words!r}")


def at_cups(stage: Stage, command: str, *arguments: str, document: bytes | None = None) -> str:
    """A CUPS command as somebody at the office would give it; what it said."""
    done = subprocess.run(
        [command, "-h", stage.cups.server, *arguments], input=document, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, (command, arguments, done.stderr)
    return done.stdout.decode()


def print_foreign(stage: Stage, queue: str, title: str, *arguments: str) -> int:
    """A job that is none of ours; its number."""
    document = one_page_pdf("NOT OURS")
    said = at_cups(stage, "lp", "-d", queue, "-t", title, *arguments, "-", document=document)
    return int(said.split()[3].rpartition("-")[2])


def cups_log(stage: Stage) -> str:
    return (stage.cups.folder / "log" / "error_log").read_text(encoding="utf-8", errors="replace")


def parent(pid: int) -> int:
    """Of a process: the guard's, when it is a printer's backend."""
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def end(stage: Stage, patience_seconds: float = 2 * PATIENCE_SECONDS) -> None:
    """Everybody gets a card, every daemon ends in order, and everything adds up."""
    with closing(open_store(stage.settings)) as store:
        eventually(
            lambda: store.view.counts().get(State.PRINTED, 0) == stage.cast.print_ready,
            patience_seconds,
            "everybody's card",
        )
        eventually(lambda: store.issuances.undelivered() == 0, PATIENCE_SECONDS, "the centre being told")
    ended = {point.stop_daemon(): point.said_since_start()[-500:] for point in stage.points}
    assert ended.keys() == {0}, ended
    broken = [check for check in judge(stage.evidence()) if not check.kept]
    assert not broken, broken
