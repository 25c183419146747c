"""The words of the command line. What a word needs is imported when that word is given."""

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Word(NamedTuple):
    """One of them."""

    module: str
    """What has it in its `app`, as a command or as a group of this name."""
    line: str
    """How its help begins."""


WORDS = {
    "run": Word("service", "The daemon in the foreground (what systemd starts)."),
    "reload": Word("service", "Have the daemon take its configuration anew."),
    "check": Word("service", "Validate the configuration and every part it names."),
    "migrate": Word("service", "Bring the database's schema up to date."),
    "status": Word("status", "Everything on one screen."),
    "queue": Word("queue", "Who is served next."),
    "why": Word("queue", "Why somebody stands where they stand."),
    "find": Word("find", "Find people by NIK, record or a part of their name."),
    "import": Word("registrations", "Take in the office's own registrations."),
    "job": Word("job", "One person's card: show, hold, confirm …"),
    "blanks": Word("blanks", "The ledger of blank cards."),
    "printer": Word("printer", "Our dispatch to each printer, and its guard."),
    "link": Word("link", "The link to the central server."),
    "offices": Word("offices", "How every office in this database stands."),
    "report": Word("report", "A report of a period, ready to sign."),
    "restore": Word("restore", "Put a copy of the database back."),
    "audit": Word("audit", "The tamper-evident log, and the sums of the ledger."),
    "demo": Word("demo", "The main job for real, in about a minute."),
    "central-simulator": Word("demo", "A central server to try things with."),
}


class Words(TyperGroup):
    """All of them, by name and line alone; the one that is given becomes the command itself."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=word.line) for name, word in WORDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command, and what is left of the arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else command_of(name), rest


def command_of(name: str) -> Any:
    """The command or group of this word."""
    app = typer.Typer(rich_markup_mode=None)
    app.add_typer(import_module(f"daemon.cli.{WORDS[name].module}").app)
    return typer.main.get_group(app).commands[name]
