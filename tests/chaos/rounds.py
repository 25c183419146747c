"""Death after death on one stage, and what it left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from adapters.clock import SystemClock
from adapters.cups import CupsSpooler, FileGuardJournal, GuardProblem, install_guard
from daemon.cli import main as giliran
from daemon.demo.cups import Fault
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.demo.verdict import Check, Evidence, judge
from daemon.domain import job as moves
from daemon.domain.dispatch import PrinterState
from daemon.domain.errors import LostRace
from daemon.domain.job import Verdict
from daemon.domain.recovery import Mark, MarkKind
from daemon.domain.states import State
from daemon.domain.token import parse_token
from daemon.main import open_store
from daemon.ports import SpoolerUnreachable, Store
from tests.chaos import instructions, time_travel
from tests.chaos.deaths import Death, Victim
from tests.chaos.mortal_backends import make_mortal
from tests.forge import forge
from tests.waiting import eventually

PATIENCE_SECONDS = 90.0


@dataclass(slots=True)
class Toll:
    """What a run of deaths came to."""

    deaths: Counter[str] = field(default_factory=Counter)
    cards: int = 0
    duplicates: int = 0
    again: int = 0
    """Cards that CUPS printed once more by itself, the same job: only where no guard keeps it from that."""
    lost: int = 0
    unconfirmed: Counter[str] = field(default_factory=Counter)
    """By what the journal said."""
    wrongly_unconfirmed: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    """Starts that a rule put before the earliest recorded."""
    broken: list[str] = field(default_factory=list)

    def add(self, other: "Toll") -> None:
        """Two stages' tolls together."""
        self.deaths.update(other.deaths)
        self.unconfirmed.update(other.unconfirmed)
        self.by_rule.update(other.by_rule)
        self.cards += other.cards
        self.duplicates += other.duplicates
        self.again += other.again
        self.lost += other.lost
        self.wrongly_unconfirmed += other.wrongly_unconfirmed
        self.broken += other.broken


class Rounds:
    """A stage whose every part can be killed at a named point."""

    def __init__(self, stage: Stage, *, instructed: bool) -> None:
        """`instructed`: each daemon has other rules of the order than the one before."""
        self.stage = stage
        self._orders = instructions.orders() if instructed else None
        self.store: Store = open_store(stage.settings)
        self.toll = Toll()
        self.clock = SystemClock()
        self.journal = FileGuardJournal(stage.cups.journal, self.clock)
        self.spooler = CupsSpooler(stage.cups.server)
        self.cut = stage.folder / "cut"
        self.cut.mkdir(exist_ok=True)
        self.cut.chmod(0o777)
        make_mortal(stage.cups.backend_dir, self.cut)
        stage.launch = forge().launch
        stage.daemon_command = [
            sys.executable, "-m", "tests.chaos.mortal_daemon", str(stage.config), str(self.cut)
        ]  # fmt: skip

    def die(self, death: Death) -> None:
        """One death, and everything up again after it."""
        self._up()
        copy = self._copy() if death.victim is Victim.TIME_TRAVEL else None
        if death.in_recovery:
            self._strike("after guard.entry", Victim.DAEMON)
        self._strike(death.point, death.victim)
        if copy is not None:
            self._put_back(copy)
        self.toll.deaths[str(death)] += 1

    def finish(self) -> None:
        """No more deaths: nobody new starts, and whatever is under way comes to its end."""
        self._disarm()
        for row in self.store.view.queue(State.READY, None):
            with contextlib.suppress(LostRace):
                self.store.jobs.apply(
                    moves.hold(row.job, reason="the end of the round", at=self.clock.now(), actor="operator")
                )
        self._up()
        eventually(self._is_settled, PATIENCE_SECONDS, "the last cards")
        self.stage.stop_daemon()
        self._count()

    def close(self) -> None:
        """Let go of the database."""
        self.store.close()

    def _strike(self, point: str, victim: Victim) -> None:
        self._disarm()
        (self.cut / ".armed").write_text(point, encoding="ascii")
        (self.cut / ".armed").rename(self.cut / "armed")
        self._up()
        pid = eventually(self._reached, PATIENCE_SECONDS, point) or 0
        self._kill(victim, pid)
        self._disarm()
        self._up()

    def _reached(self) -> int | None:
        """Who waits at the point; while we wait ourselves, we are the operator."""
        self._see_to_it()
        for found in self.cut.glob("reached.*"):
            return int(found.name.partition(".")[2])
        return None

    def _disarm(self) -> None:
        """Nobody waits any more."""
        for file in (self.cut / "armed", *self.cut.glob("reached.*")):
            file.unlink(missing_ok=True)

    def _up(self) -> None:
        if not self._cups_runs():
            self.stage.cups.start()
        if self.stage.daemon is None or self.stage.daemon.poll() is not None:
            if self._orders is not None:
                instructions.put_into(self.stage, next(self._orders))
                instructions.fill_lane(self.store, self.clock.now())
            self.stage.start_daemon()

    def _cups_runs(self) -> bool:
        with contextlib.suppress(AssertionError, ProcessLookupError):
            os.kill(self.stage.cups.pid, 0)
            return True
        return False

    def _kill(self, victim: Victim, pid: int) -> None:
        """`pid` waits at the point: the daemon, a guard, or a virtual printer whose parent is the guard."""
        match victim:
            case Victim.DAEMON | Victim.TIME_TRAVEL:
                self.stage.kill_daemon()
            case Victim.CUPSD:
                self.stage.cups.kill()
            case Victim.CUPS_TREE:
                self.stage.cups.kill(children=True)
            case Victim.ALL:
                self.stage.kill_daemon()
                self.stage.cups.kill(children=True)
            case Victim.BACKEND:
                _end(pid)
            case Victim.GUARD:
                _end(_parent(pid) if _is_printer(pid) else pid)
            case Victim.FRONT:
                _end(_parent(_parent(pid)) if _is_printer(pid) else _parent(pid))
            case Victim.CUPS_IN_ORDER:
                self.stage.cups.stop(children=False)
            case Victim.JOB_MOVED | Victim.DEVICE | Victim.PRINTER_OFF:
                self._meddle(victim)

    def _meddle(self, victim: Victim) -> None:
        """With the card that is under way. What is not there any more cannot be meddled with."""
        for job in [row.job for row in self.store.view.queue(State.PRINTING, None)]:
            queue, printer = f"Card_{str(job.printer)[-1]}", self.stage.printers[str(job.printer)]
            match victim:
                case Victim.JOB_MOVED:
                    with contextlib.suppress(SpoolerUnreachable, subprocess.CalledProcessError):
                        if found := self.spooler.find(job.token):
                            other = "Card_1" if queue == "Card_2" else "Card_2"
                            _as_administrator(self.stage, "lpmove", str(found.number), other)
                case Victim.DEVICE:
                    _as_administrator(self.stage, "lpadmin", "-p", queue, "-v", printer.device_uri)
                    self._disarm()
                    eventually(partial(self._put_guard_back, queue), PATIENCE_SECONDS, "the guard put back")
                case _:
                    printer.fault(Fault.COVER_OPEN)
                    self._disarm()
                    threading.Event().wait(0.5)
                    printer.clear()

    def _put_guard_back(self, queue: str) -> bool:
        """Not while it prints."""
        try:
            install_guard(self.stage.cups.server, queue, self.stage.cups.journal, self.stage.cups.backend_dir)
        except GuardProblem:
            return False
        make_mortal(self.stage.cups.backend_dir, self.cut)
        return True

    # --- time ---

    def _copy(self) -> Path:
        """Of the database, once it knows the journal; then go on until it would have forgotten cards."""

        def has_a_card() -> bool:
            self._see_to_it()
            return self.store.view.counts()[State.PRINTED] > 0

        eventually(has_a_card, PATIENCE_SECONDS, "the first card")
        made, before = time_travel.copy(self.stage), len(self._good_cards())

        def are_made() -> bool:
            self._see_to_it()
            return len(self._good_cards()) >= before + time_travel.CARDS_FORGOTTEN

        eventually(are_made, PATIENCE_SECONDS, "cards that the copy does not know")
        return made

    def _put_back(self, copy: Path) -> None:
        """Whatever the strike left there is what the copy's daemon finds."""
        self.stage.kill_daemon()
        self.store = time_travel.put_back(self.stage, self.store, copy)
        self._up()

        left: str | None = None

        def is_reconciled() -> bool:
            nonlocal left
            self._see_to_it()
            left = time_travel.left_to_do(self.stage, self.store)
            return left is None

        try:
            eventually(is_reconciled, PATIENCE_SECONDS, "a database that is behind no more")
        except AssertionError as error:
            raise AssertionError(f"{error}: {left}") from None

    # --- the operator ---

    def _see_to_it(self) -> None:
        """Say truthfully what came out, and send rested printers back to work."""
        for row in self.store.view.queue(State.UNCONFIRMED, None):
            if self._is_quiet(row.job):
                self._confirm(row.job)
        for report in self.store.printers.reports().values():
            if report.state is PrinterState.STOPPED:
                self.store.printers.set_paused(report.name, False, self.clock.now(), "operator")

    def _is_quiet(self, job: moves.Job) -> bool:
        """Nobody looks into a printer that is at work, or for which CUPS still has this job."""
        try:
            in_cups = self.spooler.find(job.token)
        except SpoolerUnreachable:
            return False
        is_over = in_cups is None or in_cups.state.is_over
        return is_over and not self.stage.printers[str(job.printer)].is_busy

    def _confirm(self, job: moves.Job) -> None:
        mark = self.journal.read(job.token) if self.stage.cast.guarded else Mark(kind=MarkKind.UNGUARDED)
        told = mark.kind in (MarkKind.ABSENT, MarkKind.VOIDED) or (
            mark.kind is MarkKind.ENDED and mark.exit_status == 0
        )
        self.toll.unconfirmed[_describe(mark.kind, mark.exit_status)] += 1
        if told:
            self.toll.wrongly_unconfirmed += 1
            self.toll.broken.append(f"{job.token} need not have been asked for: {mark}, asked because {job.reason}")
        verdict = Verdict.PRINTED if str(job.token) in self._good_cards() else Verdict.NO_CARD
        move = moves.confirm(job, verdict, reason="looked into the printer", at=self.clock.now(), actor="operator")
        self.store.jobs.apply(move)

    def _good_cards(self) -> set[str]:
        return {card.title for printer in self.stage.printers.values() for card in printer.tape() if not card.spoiled}

    # --- the end ---

    def _is_settled(self) -> bool:
        self._see_to_it()
        counts = self.store.view.counts()
        under_way = (State.READY, State.PRINTING, State.UNCONFIRMED)
        return not any(counts[state] for state in under_way) and self.store.issuances.undelivered() == 0

    def _count(self) -> None:
        evidence = self.stage.evidence()
        if not self.stage.cast.guarded:
            self.toll.again = len(evidence.tape) - len(set(evidence.tape))
            evidence = replace(evidence, tape=sorted(set(evidence.tape), key=evidence.tape.index))
        made = Counter(token.record_id for token in map(parse_token, evidence.tape) if token)
        self.toll.cards = sum(made.values())
        self.toll.duplicates = sum(cards - 1 for cards in made.values())
        self.toll.by_rule = Counter(str(entry.details["rule"]) for entry in evidence.log if "rule" in entry.details)
        self.toll.lost = len(evidence.everybody - set(evidence.states))
        self.toll.broken += [f"{check.promise}: {check.found}" for check in _so_far(evidence) if not check.kept]
        self.toll.broken += [f"told twice of {told.record_id}" for told in self.stage.central.state.double_issuances]


def _so_far(evidence: Evidence) -> list[Check]:
    """The verdict on those who had their turn; the others are still in line."""
    under_way = (State.PRINTING, State.UNCONFIRMED)
    stuck = [record_id for record_id, state in evidence.states.items() if state in under_way]
    had_their_turn = frozenset(record_id for record_id, state in evidence.states.items() if state is State.PRINTED)
    return [
        *judge(replace(evidence, print_ready=had_their_turn)),
        Check(promise="neither printing nor unconfirmed at the end", found=str(len(stuck)), kept=not stuck),
    ]


def _describe(kind: MarkKind, exit_status: int | None) -> str:
    return kind.value if exit_status is None else f"{kind.value}, exit {exit_status}"


def _as_administrator(stage: Stage, program: str, *arguments: str) -> None:
    command = [program, "-h", stage.cups.server, *arguments]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def _end(pid: int) -> None:
    """SIGKILL; to nobody where a parent is gone, and init, or nothing, stands in its place."""
    if pid > 1:
        os.kill(pid, signal.SIGKILL)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def _is_printer(pid: int) -> bool:
    return "cardsim" in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")


def play(
    deaths: Iterable[Death],
    *,
    people: int,
    seed: int,
    guarded: bool = True,
    dirty_clean_seconds: int = 0,
    instructed: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> Toll:
    """All these deaths, in this order, on a stage of their own."""
    cast = Cast(
        people=people,
        printers=2,
        seconds_per_card=0.1,
        ready_within_seconds=0,
        seed=seed,
        guarded=guarded,
        dirty_clean_seconds=dirty_clean_seconds,
        probe={"interval": "5s", "timeout": "4s", "down_after": 5, "up_after": 1},
    )
    with (
        stage_folder() as folder,
        Stage(folder, cast, giliran) as stage,
        closing(Rounds(stage, instructed=instructed)) as rounds,
    ):
        for number, death in enumerate(deaths, 1):
            tell(f"{number} {death}")
            rounds.die(death)
        rounds.finish()
        return rounds.toll
