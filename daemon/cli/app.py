"""The commands together, and what becomes of an error: one line on stderr and an exit status, never a traceback."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Annotated, TextIO

import typer

from daemon.cli.failure import ReaderLeft, lines_about
from daemon.cli.words import Words
from daemon.domain.errors import GiliranError

INTERRUPTED = 130

app = typer.Typer(
    cls=Words,
    name="giliran",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        from daemon.cli.output import say

        say(f"giliran {version('giliran')}")
        raise typer.Exit


@app.callback()
def giliran(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The configuration; else $GILIRAN_CONFIG, else /etc/giliran/giliran.yaml.",
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which Giliran this is.")
    ] = False,
) -> None:
    """Giliran gets people their identity cards, in turn."""
    from daemon.cli.invocation import Invocation

    context.obj = Invocation(config=config, giliran=main)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        _speak_utf_8(stream)
    if "JOURNAL_STREAM" in os.environ:
        sys.excepthook = _complain_of_uncaught
    try:
        try:
            typer.main.get_command(app)(args=arguments, prog_name="giliran")  # app() puts typer's excepthook in place
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except (ReaderLeft, BrokenPipeError):
        return _reader_left()
    except (GiliranError, OSError) as error:
        return _complain_of(error)
    return 0


def _complain_of(error: GiliranError | OSError) -> int:
    from daemon.cli.output import complain

    status, lines = lines_about(error)
    for line in lines:
        complain(line)
    return status


def _complain_of_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A traceback at the daemon's start: each line an error in the journal. Once the log is there, that does it."""
    import traceback

    from daemon.cli.output import complain

    for part in traceback.format_exception(kind, error, trace):
        for line in part.splitlines():
            complain(line)


def _speak_utf_8(stream: TextIO) -> None:
    """JSON is UTF-8 whatever the locale says; what cannot be shown is escaped rather than fatal."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def _reader_left() -> int:
    """`| head` closed the pipe. Nothing more can be said, and Python must not complain about that at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return 0
