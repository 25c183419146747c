"""`run`, `reload`, `check` and `migrate`: the service itself."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.failure import COULD_NOT
from daemon.cli.invocation import actor, invocation, now
from daemon.ports import LEAD

if TYPE_CHECKING:
    from daemon.settings import Settings

app = typer.Typer()


@app.command()
def run(context: typer.Context) -> None:
    """The daemon in the foreground (what systemd starts)."""
    from daemon.main import run as run_daemon

    raise typer.Exit(run_daemon(invocation(context).config))


@app.command()
def reload(context: typer.Context) -> None:
    """Have the daemon take its configuration anew (what systemctl reload does).

    Fails, and the old configuration stays, where the file has an error or the daemon cannot go on with it.
    """
    from daemon.cli.reloading import reload as reload_daemon

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        reload_daemon(settings, store)
    output.say("reloaded")


@app.command()
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
    from daemon.cli.checking import Level, check_all

    settings = invocation(context).settings()
    findings = []
    for finding in check_all(settings, offline=offline):
        findings.append(finding)
        output.say(f"{finding.level:<8} {finding.what}: {finding.message}")
    errors = sum(finding.level is Level.ERROR for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    left_out = " (offline: CUPS and centre left out)" if offline else ""
    output.say(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}{left_out}")
    if errors:
        raise typer.Exit(COULD_NOT)


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


@app.command()
def migrate(
    context: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Move the office to this PostgreSQL database. Cut off, it goes on."),
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Give up a move: the office stays in this database.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why the move is given up.")] = None,
    without_copy: Annotated[
        bool, typer.Option("--without-copy", help="Make no copy before the schema changes: you have one.")
    ] = False,
) -> None:
    """Bring the database's schema up to date.

    A database that does not exist yet is made. One that is changed is copied first, beside its file, or for PostgreSQL
    by pg_dump beside its key. With --to, everything is copied to PostgreSQL and compared row by row;
    then the old database is closed for good.
    """
    if stay and to is not None:
        raise typer.BadParameter("not together with --stay", param_hint="--to")
    if stay != (reason is not None):
        raise typer.BadParameter("--stay and --reason go together", param_hint="--stay")
    settings = invocation(context).settings()
    if to is not None:
        _move(settings, to)
    elif reason is not None:
        _stay(settings, reason)
    else:
        _bring_up_to_date(settings, with_copy=not without_copy)


def _bring_up_to_date(settings: "Settings", *, with_copy: bool) -> None:
    from adapters.database import migrate as migrate_database
    from daemon.main import log_key_path, make_log_key

    database = settings.database
    done = migrate_database(database.url, settings.office.code, database.key_file, with_copy=with_copy)
    has_new_key = make_log_key(settings)
    if done.copy is not None:
        output.say(f"what it was before is kept in {done.copy}")
    if done.before is None:
        output.say(f"a new database was made, with the schema {done.after}")
    else:
        output.say(f"already at {done.after}" if done.before == done.after else f"{done.before} → {done.after}")
    if has_new_key:
        output.say(f"the log's key was made: {log_key_path(settings)}; giliran audit key shows what others verify with")


def _move(settings: "Settings", to: str) -> None:
    from adapters.database import describe, open_store
    from adapters.database.relocation import move, parts
    from daemon.main import clock, leased
    from daemon.queries.audit import verify

    old, office = settings.database, settings.office.code
    with leased(settings, LEAD), output.progress("Moving", parts(old.url, office)) as advance:
        moved = move(old.url, to, office, key=old.key_file, at=now(), actor=actor(), advance=advance)
    with closing(open_store(to, office, clock(), moved.key)) as store:
        found = verify(store)
    for fault in found.faults:
        output.warn(fault)
    assert found.last is not None, "it tells of the move at least"
    output.say(f"moved and compared: {moved.rows['job']:,} records, {sum(moved.rows.values()):,} rows in all")
    output.say(f"the log ends with #{found.last.sequence} {found.last.hash}")
    output.say("the old database is closed; now in the configuration, before the daemon is started:")
    output.say(f"database: {{url: {describe(to)}, key_file: {moved.key}}}")
    if found.faults:
        raise typer.Exit(COULD_NOT)


def _stay(settings: "Settings", reason: str) -> None:
    from adapters.database.relocation import stay
    from daemon.main import leased

    with leased(settings, LEAD):
        stay(settings.database.url, settings.office.code, reason=reason, at=now(), actor=actor())
    output.say("the office stays in this database")
