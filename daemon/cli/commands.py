"""The commands. What one needs is imported when it is given."""

from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup


class Command(NamedTuple):
    """One of them."""

    module: str
    """What has it in its `app`, as a command or as a group of this name."""
    line: str
    """How its help begins."""


COMMANDS = {
    "run": Command("service", "The daemon in the foreground (what systemd starts)."),
    "reload": Command("service", "Have the daemon take its configuration anew."),
    "check": Command("service", "Validate the configuration and every part it names."),
    "migrate": Command("service", "Bring the database's schema up to date."),
    "status": Command("status", "Everything on one screen."),
    "queue": Command("queue", "Who is served next."),
    "why": Command("queue", "Why somebody stands where they stand."),
    "find": Command("find", "Find people by NIK, record or a part of their name."),
    "import": Command("registrations", "Take in the office's own registrations."),
    "job": Command("job", "One person's card: show, hold, confirm …"),
    "blanks": Command("blanks", "The ledger of blank cards."),
    "printer": Command("printer", "Our dispatch to each printer, and its guard."),
    "link": Command("link", "The link to the central server."),
    "offices": Command("offices", "How every office in this database stands."),
    "report": Command("report", "A report of a period, ready to sign."),
    "restore": Command("restore", "Put a copy of the database back."),
    "audit": Command("audit", "The tamper-evident log, and the sums of the ledger."),
    "demo": Command("demo", "The main job for real, in about a minute."),
    "central-simulator": Command("demo", "A central server to try things with."),
}


class Commands(TyperGroup):
    """All of them, by name and line alone; the one that is given becomes the command itself."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=entry.line) for name, entry in COMMANDS.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command, and what is left of the arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else command_of(name), rest


def command_of(name: str) -> Any:
    """The command or group of this name."""
    app = typer.Typer(rich_markup_mode=None)
    app.add_typer(import_module(f"daemon.cli.{COMMANDS[name].module}").app)
    return typer.main.get_group(app).commands[name]
