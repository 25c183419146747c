"""`run`, `check` and `migrate`: the service itself."""

from typing import Annotated

import typer

from daemon.cli import output
from daemon.cli.failure import COULD_NOT
from daemon.cli.invocation import HELP, invocation

app = typer.Typer()


@app.command(context_settings=HELP)
def run(context: typer.Context) -> None:
    """The daemon in the foreground: what systemd starts."""
    from daemon.main import run as run_daemon

    raise typer.Exit(run_daemon(invocation(context).config))


@app.command(context_settings=HELP)
def check(
    context: typer.Context,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Leave out what another process or the network has to answer: CUPS, the centre."),
    ] = False,
) -> None:
    """Validate the configuration, then every part that it names. All problems at once."""
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
    """Bring the database's schema up to date; make the database if there is none."""
    from adapters.database import migrate as migrate_database

    before, after = migrate_database(invocation(context).settings().database.url)
    output.say(f"already at {after}" if before == after else f"{before or 'nothing'} → {after}")
