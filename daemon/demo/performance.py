"""The demo from beginning to end: sets the stage, lets it run, shows it, and judges what it left behind."""

import shlex
import shutil
import sys
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from rich.console import Console

from adapters.clock import SystemClock
from adapters.folder import write_file
from daemon.demo.operator import Operator
from daemon.demo.screen import Screen
from daemon.demo.stage import Cast, Stage, stage_folder
from daemon.demo.verdict import Check, judge
from daemon.domain.errors import GiliranError
from daemon.domain.link import LinkState
from daemon.domain.states import State
from daemon.main import open_lease, open_store
from daemon.ports import Outage, QueueRow, Store
from daemon.status import snapshot

NOT_READY_SHARE = 12
"""One in so many people is not print-ready."""
LOOK_SECONDS = 0.25
STANDSTILL_SECONDS = 120.0
"""So long without one card more, and the demo gives up; a slow card printer takes a minute for one."""


class NothingMoves(GiliranError):
    """The demo goes nowhere."""


def run(*, people: int, keep: bool, folder: Path | None, seed: int, printers: int, seconds_per_card: float) -> int:
    """Exit status 0 if every promise was kept, 1 otherwise."""
    console = Console()
    if not console.is_terminal:
        console.width = 120
    keepsakes = folder or Path("demo-output")
    cast = _cast(people, seed, printers, seconds_per_card)
    console.print("setting the stage: a private CUPS server, virtual printers, a central server …")
    with stage_folder() as place, Stage(place, cast) as stage:
        checks = _perform(stage, console, keepsakes, keep=keep)
        _keep(stage, keepsakes)
    console.print(f"it stays: the cards, the log and the configuration, to read, in {keepsakes}/; all else is gone")
    return 0 if all(check.kept for check in checks) else 1


def _cast(people: int, seed: int, printers: int, seconds_per_card: float) -> Cast:
    run_seconds = people * seconds_per_card / printers
    first, second = run_seconds * 0.2, run_seconds * 0.55
    return Cast(
        people=people,
        not_ready=people // NOT_READY_SHARE,
        missing=1 if people > 1 else 0,
        printers=printers,
        seconds_per_card=seconds_per_card,
        hopper=max(1, people // (4 * printers)),
        ready_within_seconds=run_seconds * 0.4,
        outages=f"{first:.1f}s refuse 6s; {max(second, first + 12):.1f}s captive_portal 6s",
        seed=seed,
    )


def _perform(stage: Stage, console: Console, keepsakes: Path, *, keep: bool) -> list[Check]:
    clock = SystemClock()
    screen = Screen(console, clock, stage.cast.print_ready)
    operator = Operator(stage=stage, clock=clock, jam_after=max(1, stage.cast.people // (4 * stage.cast.printers)))
    started = clock.monotonic()
    patience = STANDSTILL_SECONDS + 2 * stage.cast.seconds_per_card
    printed, printed_at = 0, started
    with closing(open_store(stage.settings)) as store:
        lease = open_lease(stage.settings)
        stage.start_daemon()
        weather = False
        with screen.live():
            while True:
                seen = snapshot(stage.settings, store, lease, clock.now())
                if not weather and seen.link.state is LinkState.UP:
                    # By the daemon's own word: on a slow machine an outage before its first look is none to it.
                    stage.weather.start()
                    weather = True
                operator.look(seen)
                screen.show(seen, operator.notes)
                if operator.is_done and stage.is_over(seen):
                    break
                if seen.counts[State.PRINTED] > printed:
                    printed, printed_at = seen.counts[State.PRINTED], clock.monotonic()
                if clock.monotonic() > printed_at + patience:
                    _keep(stage, keepsakes)
                    raise NothingMoves(
                        f"no card for {patience:.0f} s, {printed} made; see {keepsakes / stage.log.name}"
                    )
                _pause(LOOK_SECONDS)
        took = timedelta(seconds=round(clock.monotonic() - started))
        if keep:
            _stay(console, stage)
        status = stage.stop_daemon()
        outages = store.links.outages(100)
        checks = [*judge(stage.evidence()), _outages(stage, outages), _exit(status)]
        screen.summary(checks, _facts(store, outages, took))
    return checks


def _outages(stage: Stage, outages: list[Outage]) -> Check:
    scripted = len([part for part in stage.cast.outages.split(";") if part.strip()])
    ended = [outage for outage in outages if outage.ended_at is not None]
    return Check(
        promise="outages seen, and over again",
        found=f"{len(ended)} of {scripted}: " + ", ".join(sorted(outage.cause for outage in outages)),
        kept=len(ended) == len(outages) == scripted,
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


def _keep(stage: Stage, keepsakes: Path) -> None:
    """What people may want to look at: the cards' pictures first."""
    cards = keepsakes / "cards"
    if cards.is_dir():
        shutil.rmtree(cards)
    for name, printer in stage.printers.items():
        shutil.copytree(printer.folder / "cards", cards / name, symlinks=True)  # CUPS's group writes there
    for file in (stage.log, stage.config):
        write_file(keepsakes / file.name, file.read_bytes(), mode=0o644)


def _stay(console: Console, stage: Stage) -> None:
    giliran = f"{shlex.quote(str(Path(sys.executable).with_name('giliran')))} --config {stage.config}"
    records = [row.job.record_id for row in _printed(stage)]
    console.print("staying up until Ctrl-C. Try, in another terminal:")
    for command in ("status", f"why {records[0]}" if records else "queue", "blanks balance", "link history"):
        console.print(f"  {giliran} {command}", soft_wrap=True, highlight=False, markup=False)
    console.print(f"the configuration: {stage.config} (its folder goes with Ctrl-C)", soft_wrap=True, highlight=False)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        console.print("ending")


def _printed(stage: Stage) -> list[QueueRow]:
    with closing(open_store(stage.settings)) as store:
        return store.view.queue(State.PRINTED, 1)


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
