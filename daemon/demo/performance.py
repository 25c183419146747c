"""The demo from beginning to end: sets the stage, lets it run, shows it, and judges what it left behind."""

import shlex
import sys
import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from adapters.clock import SystemClock
from daemon.demo import keepsakes
from daemon.demo.centre.line import Weather
from daemon.demo.operator import Operator
from daemon.demo.outages import Outages
from daemon.demo.point import Giliran
from daemon.demo.screen import Screen
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.demo.verdict import Check, judge
from daemon.domain.errors import GiliranError
from daemon.domain.states import State
from daemon.main import open_lease, open_store
from daemon.ports import Outage, QueueRow, Store
from daemon.queries.status import snapshot

NOT_READY_SHARE = 12
"""One in so many people is not print-ready."""
OUTAGES = ((20, Weather.REFUSE), (55, Weather.CAPTIVE_PORTAL))
"""When so many percent of the cards are made, the link is like that."""
OUTAGE_SECONDS = 6.0
"""To be looked at; a short demo has shorter ones."""
LOOK_SECONDS = 0.25
STANDSTILL_SECONDS = 120.0
"""So long without one card more, and the demo gives up; a slow card printer takes a minute for one."""


class NothingMoves(GiliranError):
    """The demo goes nowhere."""


def run(
    giliran: Giliran,
    *,
    people: int,
    keep: bool,
    folder: Path | None,
    seed: int,
    printers: int,
    seconds_per_card: float,
) -> int:
    """Exit status 0 if every promise was kept, 1 otherwise."""
    console = Console()
    if not console.is_terminal:
        console.width = 120
    stays = folder or Path("demo-output")
    cast = _cast(people, seed, printers, seconds_per_card)
    console.print("setting the stage: a private CUPS server, virtual printers, a central server …")
    with stage_folder() as place, Stage(place, cast, giliran) as stage:
        checks = _perform(stage, console, stays, keep=keep)
        commands = _commands(stage, keepsakes.keep(stage, stays))
    console.print(f"it stays in {stays}/: the cards, the log and the books; all else is gone. The books answer:")
    _show(console, commands)
    return 0 if all(check.kept for check in checks) else 1


def _cast(people: int, seed: int, printers: int, seconds_per_card: float) -> Cast:
    cast = Cast(
        people=people,
        not_ready=people // NOT_READY_SHARE,
        missing=1 if people > 1 else 0,
        printers=printers,
        seconds_per_card=seconds_per_card,
        hopper=max(1, people // (4 * printers)),
        seed=seed,
    )
    return replace(cast, ready_within_seconds=_run_seconds(cast) * 0.4)


def _run_seconds(cast: Cast) -> float:
    return cast.people * cast.seconds_per_card / cast.printers


def _perform(stage: Stage, console: Console, stays: Path, *, keep: bool) -> list[Check]:
    clock = SystemClock()
    screen = Screen(console, clock, stage.cast.print_ready)
    operator = Operator(stage=stage, clock=clock, jam_after=max(1, stage.cast.people // (4 * stage.cast.printers)))
    script = [(max(1, stage.cast.print_ready * percent // 100), weather) for percent, weather in OUTAGES]
    outages = Outages(
        stage.central.line, clock, script, least_seconds=min(OUTAGE_SECONDS, _run_seconds(stage.cast) / 10)
    )
    started = clock.monotonic()
    patience = STANDSTILL_SECONDS + 2 * stage.cast.seconds_per_card
    printed, printed_at = 0, started
    with closing(open_store(stage.settings)) as store:
        lease = open_lease(stage.settings)
        stage.start_daemon()
        with screen.live():
            while True:
                seen = snapshot(stage.settings, store, lease, clock.now())
                outages.look(seen)
                operator.look(seen)
                screen.show(seen, operator.notes)
                if outages.are_over and stage.is_over(seen):
                    break
                if seen.counts[State.PRINTED] > printed:
                    printed, printed_at = seen.counts[State.PRINTED], clock.monotonic()
                if clock.monotonic() > printed_at + patience:
                    keepsakes.keep(stage, stays)
                    raise NothingMoves(f"no card for {patience:.0f} s, {printed} made; see {stays / stage.log.name}")
                _pause(LOOK_SECONDS)
        took = timedelta(seconds=round(clock.monotonic() - started))
        if keep:
            _stay(console, stage)
        status = stage.stop_daemon()
        seen_by_it = store.links.outages(100)
        checks = [*judge(stage.evidence()), _outages(seen_by_it), _exit(status)]
        screen.summary(checks, _facts(store, seen_by_it, took))
    return checks


def _outages(outages: list[Outage]) -> Check:
    """A slow machine may have answered a probe too late besides."""
    ended, expected = sum(outage.ended_at is not None for outage in outages), max(len(OUTAGES), len(outages))
    return Check(
        promise="outages seen, and over again",
        found=f"{ended} of {expected}: {', '.join(sorted(outage.cause for outage in outages))}",
        kept=ended == expected,
    )


def _exit(status: int) -> Check:
    return Check(promise="the daemon ended in order", found=f"exit status {status}", kept=status == 0)


def _facts(store: Store, outages: list[Outage], took: timedelta) -> list[tuple[str, str]]:
    paused = sum(((outage.ended_at or outage.started_at) - outage.started_at for outage in outages), timedelta())
    counts = store.view.counts()
    return [
        ("time paused by outages", f"{paused.total_seconds():.0f} s"),
        ("time in all", f"{took.total_seconds():.0f} s"),
        ("still waiting, with a reason", str(counts.get(State.WAITING, 0))),
    ]


def _stay(console: Console, stage: Stage) -> None:
    console.print("staying up until Ctrl-C. Try, in another terminal:")
    _show(console, _commands(stage, stage.config))
    console.print(f"the configuration: {stage.config} (its folder goes with Ctrl-C)", soft_wrap=True, highlight=False)
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    console.print("ending")


def _commands(stage: Stage, config: Path) -> list[str]:
    """What to try on what was printed."""
    giliran = shlex.join([str(Path(sys.executable).with_name("giliran")), "--config", str(config)])
    records = [row.job.record_id for row in _printed(stage)]
    tries = ("status", "queue", *(f"why {record}" for record in records), "blanks balance", "link history")
    return [f"{giliran} {command}" for command in (*tries, "report fairness", "audit verify")]


def _show(console: Console, commands: list[str]) -> None:
    for command in commands:
        console.print(f"  {command}", soft_wrap=True, highlight=False, markup=False)


def _printed(stage: Stage) -> list[QueueRow]:
    with closing(open_store(stage.settings)) as store:
        return store.view.queue(State.PRINTED, 1)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
