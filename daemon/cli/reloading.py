"""`reload`: the running daemon is told to take its configuration anew, and its answer is waited for."""

import os
import signal
import threading

from daemon import main
from daemon.domain.errors import Rejected
from daemon.domain.health import Run
from daemon.ports import Store, serving
from daemon.settings import Settings
from workers.life import machine

ANSWER_SECONDS = 60.0
_LOOK_SECONDS = 0.2
_MOST_RUNS = 50


def reload(settings: Settings, store: Store) -> None:
    """Returns once it has. Rejected, with its reason, where it goes on with the old one, or does not answer."""
    run = _running(settings, store)
    try:
        os.kill(run.pid, signal.SIGHUP)
    except ProcessLookupError as error:
        raise Rejected("the daemon has just ended; systemctl status giliran") from error
    except PermissionError as error:
        raise Rejected("the daemon is another user's; sudo systemctl reload giliran") from error
    clock = main.clock()
    until = clock.monotonic() + ANSWER_SECONDS
    while clock.monotonic() < until:
        now = next((found for found in store.runs.newest(_MOST_RUNS) if found.id == run.id), run)
        if now.reloads > run.reloads:
            if now.reload_error is not None:
                raise Rejected(f"not reloaded, the old configuration stays: {now.reload_error}")
            return
        threading.Event().wait(_LOOK_SECONDS)
    raise Rejected(f"the daemon was told and has not answered for {ANSWER_SECONDS:.0f} s; giliran status")


def _running(settings: Settings, store: Store) -> Run:
    """The one on this machine that serves printers of this configuration, or of the one before."""
    lease = main.open_lease(settings)
    names = {*store.printers.served(), *(printer.name for printer in settings.card_printers)}
    here = [run for run in store.runs.newest(_MOST_RUNS) if run.machine == machine() and run.ended_at is None]
    if not here or not lease.held(*map(serving, sorted(names))):
        raise Rejected("the daemon does not run here; systemctl start giliran")
    return here[0]
