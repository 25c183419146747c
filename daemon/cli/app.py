"""The commands together."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.commands import Commands
from daemon.cli.outcome import outcome_of

app = typer.Typer(
    cls=Commands,
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
    command = typer.main.get_command(app)  # app() puts typer's excepthook in place
    return outcome_of(lambda: command(args=arguments, prog_name="giliran"))
