"""What the demo shows: live on a terminal, a line now and then elsewhere, and the table at the end."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from loguru import logger
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from daemon.demo.verdict import Check
from daemon.domain.dispatch import DispatchState, PrinterState
from daemon.domain.link import LinkState
from daemon.domain.states import State
from daemon.ports import Clock
from daemon.queries.status import Snapshot, one_line

PLAIN_LINE_SECONDS = 5.0
_LINK_COLOURS = {LinkState.UP: "green", LinkState.DEGRADED: "yellow", LinkState.DOWN: "red"}
_PRINTER_COLOURS = {PrinterState.PRINTING: "green", PrinterState.IDLE: "dim"}


class Screen:
    """One for a demo."""

    def __init__(self, console: Console, clock: Clock, total: int) -> None:
        """`total`: people who will be print-ready in the end."""
        self._console = console
        self._clock = clock
        self._total = total
        self._live: Live | None = None
        self._plain_at = 0.0
        self._told = 0

    @contextmanager
    def live(self) -> Iterator[None]:
        """While inside, show() draws over itself when this is a terminal."""
        if not self._console.is_terminal:
            yield
            return
        logger.remove()  # what the simulated centre logs would tear the picture: above it, by its own console
        logger.add(lambda line: self._console.print(line, end="", markup=False, highlight=False), level="WARNING")
        with Live(console=self._console, refresh_per_second=8, transient=True) as self._live:
            yield
        self._live = None

    def show(self, snapshot: Snapshot, notes: Sequence[str]) -> None:
        """The state of things now."""
        if self._live is not None:
            self._live.update(self._picture(snapshot, notes))
            return
        for note in notes[self._told :]:
            self._console.print(f"  {escape(note)}")
        self._told = len(notes)
        if self._clock.monotonic() >= self._plain_at:
            self._console.print(escape(one_line(snapshot)))
            self._plain_at = self._clock.monotonic() + PLAIN_LINE_SECONDS

    def _picture(self, snapshot: Snapshot, notes: Sequence[str]) -> RenderableType:
        counts = snapshot.counts
        link = Text(f"link to the centre: {snapshot.link.state}", style=_LINK_COLOURS.get(snapshot.link.state, "dim"))
        if snapshot.link.cause:
            link.append(f" ({snapshot.link.cause})")
        head = Table.grid(padding=(0, 3))
        head.add_row(link, Text(one_line(snapshot), style="" if _runs(snapshot) else "bold yellow"))
        figures = Table.grid(padding=(0, 2))
        figures.add_row(*(f"{state}: [bold]{counts[state]}[/]" for state in _SHOWN))
        printers = Table(box=None, padding=(0, 2), header_style="dim")
        for column in ("printer", "does", "card of", "blanks in the hopper"):
            printers.add_column(column)
        for line in snapshot.printers:
            if line.kind == "card":
                does = ", ".join([line.state.value, *line.reasons])
                printers.add_row(
                    line.name,
                    Text(does, style=_PRINTER_COLOURS.get(line.state, "red")),
                    line.record_id or "",
                    str(snapshot.hopper(line.name)),
                )
        bar = Table.grid()
        bar.add_row(ProgressBar(total=max(1, self._total), completed=counts[State.PRINTED], width=60))
        told = Text("\n".join(notes[-5:]), style="italic")
        return Panel(Group(head, figures, bar, printers, told), title=f"Giliran · {escape(snapshot.office)}")

    def summary(self, checks: Sequence[Check], facts: Sequence[tuple[str, str]]) -> None:
        """The table at the end."""
        table = Table(title="What the run left behind", title_justify="left")
        table.add_column("promise")
        table.add_column("found")
        table.add_column("")
        for check in checks:
            table.add_row(check.promise, check.found, "[green]kept[/]" if check.kept else "[bold red]BROKEN[/]")
        table.add_section()
        for name, value in facts:
            table.add_row(name, escape(value), "")
        self._console.print(table)


_SHOWN = (State.WAITING, State.READY, State.PRINTING, State.UNCONFIRMED, State.PRINTED)


def _runs(snapshot: Snapshot) -> bool:
    return snapshot.dispatch.state is DispatchState.RUNNING
