"""`check`: every part that the configuration names, looked at one by one. Nothing is changed."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from daemon import main
from daemon.domain.dispatch import UNFIT_ADVICE
from daemon.domain.errors import Fatal, GiliranError
from daemon.domain.queue_access import QueueAccess
from daemon.locale.link import advice
from daemon.ports import (
    NoSuchQueue,
    PrinterStore,
    QueueControl,
    QueueStatus,
    Spooler,
    SpoolerRefused,
    SpoolerUnreachable,
)
from daemon.settings import Printer, Settings, no_effect_yet


class Level(StrEnum):
    """ok: as it should be. warning: it works, but look at it. error: it does not work."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found of one part."""

    level: Level
    what: str
    """The part, or the key in the configuration."""
    message: str


Check = Callable[[Settings], Iterator[Finding]]


def check_all(settings: Settings, *, offline: bool) -> Iterator[Finding]:
    """The findings as they come. Offline leaves out what another process or the network has to answer."""
    yield Finding(level=Level.OK, what="configuration", message="valid")
    for check in (*_HERE, *(() if offline else _ELSEWHERE)):
        yield from check(settings)


def _without_effect(settings: Settings) -> Iterator[Finding]:
    for note in no_effect_yet(settings):
        yield Finding(level=Level.WARNING, what=note.key, message=note.message)


def _database(settings: Settings) -> Iterator[Finding]:
    from adapters.cups import daemon_account
    from adapters.database import describe, exists, open_store, try_writing

    url = settings.database.url
    try:
        if not exists(url):
            yield _warning("database", f"{describe(url)} does not exist yet; giliran migrate makes it")
            return
        with closing(open_store(url, settings.office.code, main.clock(), settings.database.key_file)) as store:
            store.view.counts()
        try_writing(url, settings.office.code, daemon_account())
    except GiliranError as error:
        yield _error("database", str(error))
    else:
        yield _ok("database", f"{describe(url)} answers and can be written, its schema is up to date")


def _files(settings: Settings) -> Iterator[Finding]:
    central = settings.central
    for key, path, secret in (
        ("central.token_file", central.token_file, True),
        ("central.key_file", central.key_file, True),
        ("central.ca_file", central.ca_file, False),
        ("central.client_cert_file", central.client_cert_file, False),
        ("central.client_key_file", central.client_key_file, True),
        ("alerts.urls_file", settings.alerts.urls_file, True),
    ):
        if path is not None:
            yield _file(key, path, secret)


def _file(key: str, path: Path, secret: bool) -> Finding:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            empty = not file.read(4096).strip()
    except OSError as error:
        return _error(key, f"{path}: {error.strerror or error}")
    if empty:
        return _error(key, f"{path} is empty")
    if secret and mode & stat.S_IRWXO:
        return _warning(key, f"{path} can be read by everybody on this machine; chmod o= {path}")
    return _ok(key, f"{path} can be read")


def _log_key(settings: Settings) -> Iterator[Finding]:
    """Without it cards are printed, and nobody vouches for the log."""
    key = "log.key_file"
    try:
        verifier_key = main.log_key(settings).verifier_key
    except Fatal as error:
        is_missing = isinstance(error.__cause__, FileNotFoundError)
        yield (_warning if is_missing else _error)(key, f"{error}; until then the log's heads are not signed")
        return
    found = _file(key, main.log_key_path(settings), secret=True)
    yield found if found.level is not Level.OK else _ok(key, f"the log's heads are signed for {verifier_key}")


def _alerts(settings: Settings) -> Iterator[Finding]:
    """The lines of the file; they are secrets, so only their numbers are told."""
    path = settings.alerts.urls_file
    if path is None or not os.access(path, os.R_OK):
        return  # _files tells of it
    from adapters.alerts import read_messengers

    reading = read_messengers(path)
    for problem in reading.problems:
        yield _error("alerts", problem)
    if reading.messengers:
        yield _ok("alerts", f"{len(reading.messengers)} URLs that apprise knows; nothing was sent to them")


def _journal(settings: Settings) -> Iterator[Finding]:
    folder = settings.cups.guard_journal
    if not folder.exists():
        yield _warning("cups.guard_journal", f"{folder} does not exist yet; giliran printer guard PRINTER makes it")
    elif not folder.is_dir():
        yield _error("cups.guard_journal", f"{folder} is not a folder")
    elif not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _error("cups.guard_journal", f"{folder} cannot be written by this user; check as the user of the daemon")
    elif _is_exchanged(settings):
        yield _error(
            "cups.guard_journal",
            f"{folder} is not the journal it was: at the next start every open card becomes a question; "
            "then: giliran printer guard PRINTER",
        )
    else:
        yield _ok("cups.guard_journal", f"{folder} can be written")


def _is_exchanged(settings: Settings) -> bool:
    """Whether the database knows another journal."""
    from adapters.cups import read_identity

    with suppress(GiliranError), _printers(settings) as printers:
        found = read_identity(str(settings.cups.guard_journal))
        return not {printers.journal(printer.name) for printer in settings.card_printers} <= {None, found}
    return False


def _had_a_guard(settings: Settings, printer: Printer) -> bool:
    """By the database: such a queue prints nothing without one."""
    with suppress(GiliranError), _printers(settings) as printers:
        return printers.guarded_driver(printer.name) is not None
    return False


@contextmanager
def _printers(settings: Settings) -> Iterator[PrinterStore]:
    """What the database knows of them. GiliranError; _database tells of a database that cannot be read."""
    with closing(main.open_store(settings)) as store:
        yield store.printers


def _templates(settings: Settings) -> Iterator[Finding]:
    try:
        main.card_renderer(settings).close()
    except GiliranError as error:
        yield _error("templates", str(error))
    else:
        yield _ok("templates", "they compile, with the fonts that they name")


def _queues(settings: Settings) -> Iterator[Finding]:
    spooler, control = main.spooler(settings), main.queue_control(settings)
    for printer in settings.printers:
        try:
            yield from _queue(printer, spooler, control, settings)
        except SpoolerUnreachable as error:
            yield _error("cups.server", f"{settings.cups.server}: {error}")
            return


def _queue(printer: Printer, spooler: Spooler, control: QueueControl, settings: Settings) -> Iterator[Finding]:
    what = f"printer {printer.name}"
    try:
        status = spooler.queue(printer.queue)
    except NoSuchQueue as error:
        yield _error(what, f"{error}; put its name in printers[].queue, or make the queue")
        return
    except SpoolerRefused as error:
        yield _error(what, f"CUPS queue {printer.queue}: {error}")
        return
    findings = [*_complaints(printer, status, settings), *_unfitness(printer, status, spooler, settings)]
    yield from findings or [_ok(what, f"CUPS queue {printer.queue} accepts jobs" + _guarded(status))]
    if printer.kind == "card":
        refuses = status.guarded and settings.cups.foreign_jobs == "refuse"
        yield _who_may_print(printer, control.access(printer.queue), guard_refuses=refuses)
        if status.guarded:
            yield from _worth_of_success(printer, status)


def _complaints(printer: Printer, status: QueueStatus, settings: Settings) -> Iterator[Finding]:
    what = f"printer {printer.name}"
    if "media" not in printer.options:
        better = "CR80" if printer.kind == "card" else "A4"
        yield _warning(what, f"options say no media; the queue's default is used. Better: options: {{media: {better}}}")
    if not status.accepting:
        yield _error(what, f"CUPS queue {printer.queue} rejects jobs; cupsaccept {printer.queue}")
    if status.stopped:
        yield _warning(what, f"CUPS queue {printer.queue} is stopped; cupsenable {printer.queue}")
    if printer.kind == "card" and not status.guarded:
        if _had_a_guard(settings, printer):
            yield _error(what, f"its guard was taken away, so it prints nothing; giliran printer guard {printer.name}")
        else:
            yield _warning(
                what, f"no guard: every doubt about a card is a person's; giliran printer guard {printer.name}"
            )


def _who_may_print(printer: Printer, access: QueueAccess, *, guard_refuses: bool) -> Finding:
    """Any program may claim any name to CUPS: this keeps away what is sent by mistake, the guard all else."""
    from adapters.cups import daemon_account, groups_of

    what, queue, ours = f"printer {printer.name}", printer.queue, daemon_account()
    narrow = f"lpadmin -p {queue} -u allow:{ours.pw_name}"
    if not access.lets(ours.pw_name, groups_of(ours)):
        return _error(
            what, f"CUPS queue {queue} turns the daemon's own user {ours.pw_name} away, {access} may print; {narrow}"
        )
    if not access.is_for_everybody:
        return _ok(what, f"who may print on CUPS queue {queue}: {access}")
    if guard_refuses:
        return _ok(what, f"everybody may print on CUPS queue {queue}, the guard refuses all jobs but ours; {narrow}")
    return _warning(what, f"everybody may print on CUPS queue {queue}, and their jobs take blanks; {narrow}")


def _unfitness(printer: Printer, status: QueueStatus, spooler: Spooler, settings: Settings) -> Iterator[Finding]:
    what = f"printer {printer.name}"
    if printer.kind != "card":
        return
    for complaint in main.guard_complaints(settings) if status.guarded else ():
        yield _error(what, f"{complaint}; giliran printer guard {printer.name}")
    for unfit in sorted(spooler.unfit(printer.queue)):
        yield _error(what, UNFIT_ADVICE[unfit].format(queue=printer.queue))


def _worth_of_success(printer: Printer, status: QueueStatus) -> Iterator[Finding]:
    from adapters.cups import success_of

    what, success = f"printer {printer.name}", success_of(status.device_uri)
    yield _ok(what, f"a success of the backend `{success.backend}` means: {success.means}")
    if success.warning is not None:
        yield _warning(what, f"the device URI of CUPS queue {printer.queue} has {success.warning}; take it out")


def _guarded(status: QueueStatus) -> str:
    return ", the guard stands in front of it" if status.guarded else ""


def _central(settings: Settings) -> Iterator[Finding]:
    try:
        server = main.central(settings)
    except GiliranError as error:
        yield _error("central server", str(error))
        return
    with closing(server):
        probe = server.probe()
    if probe.failed_stage is None:
        what_answers = settings.central.url or f"what was carried to {settings.central.folder}"
        yield _ok("central server", f"{what_answers} answers")
    else:
        what_to_do = advice(probe.why)
        yield _error("central server", f"{probe.why} ({probe.detail or 'no detail'}): {what_to_do}")


_HERE: tuple[Check, ...] = (_without_effect, _database, _files, _log_key, _alerts, _journal, _templates)
_ELSEWHERE: tuple[Check, ...] = (_queues, _central)


def _ok(what: str, message: str) -> Finding:
    return Finding(level=Level.OK, what=what, message=message)


def _warning(what: str, message: str) -> Finding:
    return Finding(level=Level.WARNING, what=what, message=message)


def _error(what: str, message: str) -> Finding:
    return Finding(level=Level.ERROR, what=what, message=message)
