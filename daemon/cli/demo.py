"""`demo` and `central-simulator`: what `make demo` runs."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.digits import number, seconds
from daemon.cli.invocation import invocation
from daemon.domain.errors import Rejected

app = typer.Typer()


@app.command()
def demo(
    context: typer.Context,
    people: Annotated[int, typer.Option(metavar="N", parser=number(1, 100_000), help="So many people.")] = 60,
    keep: Annotated[bool, typer.Option("--keep", help="Stay up until Ctrl-C.")] = False,
    folder: Annotated[Path | None, typer.Option(metavar="DIR", help="Where everything is put.")] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", parser=number(0), help="The same seed makes the same people.")
    ] = 1205,
    printers: Annotated[int, typer.Option(metavar="N", parser=number(1, 32), help="Virtual card printers.")] = 2,
    seconds_per_card: Annotated[
        float, typer.Option(metavar="SECONDS", parser=seconds(0, 600), help="Their speed.")
    ] = 2.0,
) -> None:
    """The main job for real, in about a minute.

    A private CUPS server, virtual printers, a simulated central server whose line drops, SQLite and the daemon.
    """
    with _extra():
        from daemon.demo import run

    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is signal.SIG_DFL:  # nohup(1) ignores the latter
            signal.signal(ending, signal.default_int_handler)  # as Ctrl-C does it: nothing that was started stays
    raise typer.Exit(
        run(
            invocation(context).giliran,
            people=people,
            keep=keep,
            folder=folder,
            seed=seed,
            printers=printers,
            seconds_per_card=seconds_per_card,
        )
    )


@app.command("central-simulator")
def central_simulator(
    listen: Annotated[str, typer.Option(metavar="HOST:PORT", help="Where it answers.")] = "127.0.0.1:8765",
    people: Annotated[int, typer.Option(metavar="N", parser=number(1, 1_000_000), help="So many people.")] = 60,
    seed: Annotated[
        int, typer.Option(metavar="N", parser=number(0), help="The same seed makes the same people.")
    ] = 1205,
    token: Annotated[str | None, typer.Option(help="The token that clients must show.")] = None,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False, help="The file that holds it.")
    ] = None,
    outages: Annotated[
        str, typer.Option(metavar="SCRIPT", help='When the link fails: "12s refuse 6s; 30s captive_portal 5s".')
    ] = "",
    ready_within: Annotated[
        float, typer.Option(metavar="SECONDS", parser=seconds(), help="By then all become print-ready, out of order.")
    ] = 0.0,
    not_ready: Annotated[
        int, typer.Option(metavar="K", parser=number(0), help="So many never become print-ready.")
    ] = 0,
    missing: Annotated[int, typer.Option(metavar="K", parser=number(0), help="So many are absent at the centre.")] = 0,
    csv: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the office's registrations there, for `giliran import`.")
    ] = None,
    courier: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where a courier's stick comes and goes: packed and read, too.")
    ] = None,
    courier_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The key that office and centre share; made if it is not there.")
    ] = None,
    courier_office: Annotated[str, typer.Option(metavar="CODE", help="Whose stick it is.")] = "1205",
) -> None:
    """A central server to try things with.

    It speaks the contract; its people are invented, and its link drops when the script says so.
    """
    with _extra():
        from daemon.demo.centre.serve import Carried, serve

    if (courier is None) != (courier_key is None):
        raise typer.BadParameter("--courier and --courier-key stand together")

    if (token is None) == (token_file is None):
        raise typer.BadParameter("say either --token or --token-file")
    if not_ready + missing > people:
        raise typer.BadParameter("--not-ready and --missing together are more than --people")
    host, port = _host_and_port(listen)
    secret = token if token_file is None else token_file.read_text(encoding="utf-8").strip()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    serve(
        host=host,
        port=port,
        people=people,
        seed=seed,
        token=secret,
        outages=outages,
        ready_within_seconds=ready_within,
        not_ready=not_ready,
        missing=missing,
        csv_path=csv,
        carried=None
        if courier is None or courier_key is None
        else Carried(stick=courier, key_file=courier_key, office=courier_office),
        stop=stop,
    )


@contextmanager
def _extra() -> Iterator[None]:
    """What only these commands need is an optional extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Rejected(f"{error.name} is not installed here; pip install 'giliran[demo]'") from error


def _host_and_port(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise typer.BadParameter("--listen is HOST:PORT, 127.0.0.1:8765 for one")
    return host.strip("[]"), int(port)
