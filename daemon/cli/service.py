"""`run`, `check` and `migrate`: the service itself."""

from typing import Annotated

import typer

from daemon.cli import output
from daemon.cli.failure import COULD_NOT
from daemon.cli.invocation import HELP, invocation

app = typer.Typer()


@app.command(context_settings=HELP)
def run(context: typer.Context) -> None:
    """The daemon in the foreground (what systemd starts)."""
    from daemon.main import run as run_daemon

    raise typer.Exit(run_daemon(invocation(context).config))


@app.command(context_settings=HELP)
def check(
    context: typer.Context,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Leave out what others have to answer: CUPS and the central server."),
    ] = False,
) -> None:
    """Validate the configuration and every part it names.

    One line for each finding: ok, warning or error. All problems are told at once.
    """
    from daemon.checking import Level, check_all

    settings = invocation(context).settings()
    findings = []
    for finding in check_all(settings, offline=offline):
        findings.append(finding)
        output.say(f"{finding.level:<8} {finding.what}: {finding.message}")
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    output.say(f"{errors} errors, {warnings} warnings" + (" (offline: CUPS and centre left out)" if offline else ""))
    if errors:
        raise typer.Exit(COULD_NOT)


@app.command(context_settings=HELP)
def migrate(context: typer.Context) -> None:
    """Bring the database's schema up to date.

    A database that does not exist yet is made.
    """
    from adapters.database import migrate as migrate_database

    database = invocation(context).settings().database
    before, after = migrate_database(database.url, database.key_file)
    output.say(f"already at {after}" if before == after else f"{before or 'nothing'} → {after}")
