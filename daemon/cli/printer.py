"""`printer`: our dispatch to each printer, and the guard in front of it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import (
    AsJson,
    Invocation,
    MaybeReason,
    PrinterName,
    actor,
    find_printer,
    invocation,
    now,
)
from daemon.cli.status import snapshot_now
from daemon.domain.errors import Rejected
from daemon.locale.language import SOURCE, in_language

if TYPE_CHECKING:
    from daemon.settings import Settings

BackendDir = Annotated[Path | None, typer.Option(metavar="DIR", help="CUPS's backend folder; else the server's own.")]

app = typer.Typer(name="printer", no_args_is_help=True, help="Our dispatch to each printer, and its guard.")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """What each printer of the configuration does."""
    from daemon.queries.status import printers_to_json

    snapshot = snapshot_now(invocation(context))
    if as_json:
        output.say_json(printers_to_json(snapshot))
        return
    output.say_table(
        ("PRINTER", "CUPS QUEUE", "KIND", "STATE", "REASONS", "RECORD", "BLANKS"),
        (
            (
                line.name,
                line.queue,
                line.kind,
                line.state,
                line.reasons_in_words(in_language(SOURCE)),
                line.record_id,
                snapshot.hopper(line.name) if line.kind == "card" else None,
            )
            for line in snapshot.printers
        ),
        empty="No printer is configured.",
    )


@app.command()
def pause(context: typer.Context, printer: PrinterName, reason: MaybeReason = None) -> None:
    """Start no new card there; the one in the printer is finished. CUPS's own queue is left alone."""
    _set_paused(invocation(context), printer, True, reason)
    output.say(f"{printer} is paused; giliran printer resume {printer} lets it go on")


@app.command()
def resume(context: typer.Context, printer: PrinterName) -> None:
    """Let it start cards again, also after a fault that was put right; a queue that CUPS has stopped is enabled."""
    asked = invocation(context)
    _set_paused(asked, printer, False)
    done = _let_cups_print(asked.settings(), printer)
    output.say(f"{printer} may print again" + (f" ({', '.join(done)})" if done else ""))


def _let_cups_print(settings: "Settings", name: str) -> tuple[str, ...]:
    """CUPS's own queue, too: it may be that which stands still. Rejected with what is left to do."""
    from daemon.main import queue_control
    from daemon.ports import NoSuchQueue, SpoolerRefused, SpoolerUnreachable

    queue = find_printer(settings, name).queue
    try:
        return tuple(f"{command} {queue}" for command in queue_control(settings).let_print(queue))
    except NoSuchQueue as error:
        raise Rejected(f"{name} is resumed in Giliran, but there is {error}") from error
    except SpoolerUnreachable as error:
        output.warn(f"giliran: whether CUPS has stopped its queue {queue} is not known: {error}; systemctl status cups")
        return ()
    except SpoolerRefused as error:
        raise Rejected(
            f"{name} is resumed in Giliran, but CUPS has stopped its queue and lets this user change nothing"
            f" ({error}); now: sudo cupsenable {queue}; sudo cupsaccept {queue}"
        ) from error


def _set_paused(asked: Invocation, name: str, paused: bool, reason: str | None = None) -> None:
    settings = asked.settings()
    find_printer(settings, name)
    with asked.store(settings) as store:
        store.printers.set_paused(name, paused, now(), actor(), reason)


@app.command()
def renew(
    context: typer.Context,
    printer: PrinterName,
    consumable: Annotated[str, typer.Argument(metavar="NAME", help="As in the printer's `supplies`: ribbon, film.")],
) -> None:
    """A new ribbon or film was put in, of which the printer does not tell what is left."""
    asked = invocation(context)
    settings = asked.settings()
    supplies = find_printer(settings, printer).supplies
    if consumable not in supplies:
        known = f"it has {', '.join(supplies)}" if supplies else "it has none"
        raise Rejected(f"{printer} has no supply {consumable!r} in the configuration (printers[].supplies): {known}")
    with asked.store(settings) as store:
        store.printers.renew(printer, consumable, now(), actor())
    output.say(f"{printer} has a new {consumable}, good for {supplies[consumable]:,} cards")


@app.command()
def guard(
    context: typer.Context,
    printer: PrinterName,
    backend_dir: BackendDir = None,
) -> None:
    """Put the guard in front of the printer's device: no card can reach it twice."""
    from adapters.database import exists
    from daemon.main import put_guard, spooler

    asked = invocation(context)
    settings = asked.settings()
    found = find_printer(settings, printer)
    if found.kind != "card":
        raise Rejected(f"{printer} prints on paper; the guard stands in front of card printers")
    done = _in_time(lambda: put_guard(settings, found.queue, backend_dir))
    if exists(settings.database.url):  # otherwise the daemon sees it itself
        with asked.store(settings) as store:
            store.printers.set_guarded_driver(printer, spooler(settings).queue(found.queue).driver)
    _say_done(done, f"the guard already stands in front of CUPS queue {found.queue}")


@app.command()
def unguard(context: typer.Context, printer: PrinterName, backend_dir: BackendDir = None) -> None:
    """Take the guard away. Every doubt about a card is a person's then."""
    from daemon.main import take_guard

    asked = invocation(context)
    settings = asked.settings()
    found = find_printer(settings, printer)
    done = _in_time(lambda: take_guard(settings, found.queue, backend_dir))
    with asked.store(settings) as store:
        store.printers.set_guarded_driver(printer, None)
    _say_done(done, f"CUPS queue {found.queue} has no guard")


def _in_time(do: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """With what to look at where CUPS does not answer."""
    from daemon.ports import SpoolerUnreachable

    try:
        return do()
    except SpoolerUnreachable as error:
        raise Rejected(f"{error}; systemctl status cups, then the same again") from error


def _say_done(done: tuple[str, ...], nothing: str) -> None:
    for sentence in done or (nothing,):
        output.say(sentence)
