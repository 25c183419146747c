"""The composition root: from a configuration to what runs. Only this file and the command line import everything."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.clock import SystemClock
from daemon.domain.errors import Fatal, GiliranError, Rejected, Retryable
from daemon.domain.note import origin
from daemon.ports import (
    CarriedRequests,
    CentralServer,
    Clock,
    GuardJournal,
    Lease,
    LogKey,
    Memory,
    Messenger,
    OfficeRow,
    QueueControl,
    ReachableWitness,
    ReportRenderer,
    RunStore,
    ServiceManager,
    Spooler,
    Store,
    Witness,
    serving,
)
from daemon.settings import InvalidConfiguration, Settings, load

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.cups import DocumentServer
    from adapters.documents import TypstCards
    from adapters.neighbours import Neighbours
    from workers.assembly import Outside
    from workers.continuity import Continuity
    from workers.life import Life
    from workers.reconciliation import CardsAtCentre, Reconciliation
    from workers.supervision import End, Signals

DEFAULT_CONFIG = Path("/etc/giliran/giliran.yaml")
_OBJECTS_A_COLLECTION = 1_000
"""While the daemon runs. Commands, which end soon, collect less often (daemon/__main__.py)."""
TEMPLATES = Path(__file__).resolve().parent.parent / "config" / "templates"


# --- the parts, each made from the settings alone; adapters are imported when they are needed ---------------


def config_path(given: Path | None) -> Path:
    """The file to read: as given, or $GILIRAN_CONFIG, or the system's."""
    return given or Path(os.environ.get("GILIRAN_CONFIG") or DEFAULT_CONFIG)


def load_settings(given: Path | None) -> Settings:
    """The validated configuration. InvalidConfiguration."""
    return load(config_path(given), os.environ)


def clock() -> Clock:
    """The system's."""
    return SystemClock()


def open_store(settings: Settings) -> Store:
    """The database. None is made here: an empty one in place of one that is missing would print everybody again."""
    from adapters.database import open_store

    database = settings.database
    return open_store(database.url, settings.office.code, clock(), database.key_file)


def offices(settings: Settings) -> Iterator[OfficeRow]:
    """All that are in the database, whichever is ours."""
    from adapters.database import offices

    return offices(settings.database.url)


def open_lease(settings: Settings) -> Lease:
    """What daemons have for themselves on this database."""
    from adapters.database import open_lease

    return open_lease(settings.database.url, settings.office.code)


@contextmanager
def leased(settings: Settings, *names: str) -> Iterator[Lease]:
    """While inside, these are ours. Rejected when another daemon has one of them."""
    with closing(open_lease(settings)) as lease:
        others = lease.acquire(*names)
        if others:
            raise Rejected(
                f"another giliran on this database has {', '.join(sorted(others))}; "
                "stop it first: systemctl stop giliran"
            )
        yield lease


def spooler(settings: Settings, documents: "DocumentServer | None" = None) -> Spooler:
    """CUPS. Every call to it comes back in time. `documents`: for whoever submits to guarded queues."""
    from adapters.cups import BoundedSpooler, CupsSpooler, Patience

    return BoundedSpooler(CupsSpooler(settings.cups.server, documents), Patience(clock()))


def queue_control(settings: Settings) -> QueueControl:
    """What an operator may want of CUPS's queues. Every call comes back in time."""
    from adapters.cups import BoundedQueues, CupsQueues, Patience

    return BoundedQueues(CupsQueues(settings.cups.server), Patience(clock()))


def put_guard(settings: Settings, queue: str, backend_dir: Path | None) -> tuple[str, ...]:
    """Put the guard in front of the queue's device; what was done. It comes back in time."""
    from adapters.cups import Patience, install_guard

    cups = settings.cups
    return Patience(clock()).call(lambda: install_guard(cups.server, queue, cups.guard_journal, backend_dir))


def take_guard(settings: Settings, queue: str, backend_dir: Path | None) -> tuple[str, ...]:
    """Take the guard away; what was done. It comes back in time."""
    from adapters.cups import Patience, remove_guard

    return Patience(clock()).call(lambda: remove_guard(settings.cups.server, queue, backend_dir))


def guard_journal(settings: Settings) -> GuardJournal:
    """The guard's journal."""
    from adapters.cups import FileGuardJournal

    return FileGuardJournal(settings.cups.guard_journal, clock())


def guard_complaints(settings: Settings) -> tuple[str, ...]:
    """What is wrong with the installed guard itself."""
    from adapters.cups import guard_complaints

    return guard_complaints(settings.cups.guard_journal)


def document_server(settings: Settings) -> "DocumentServer":
    """What hands the cards' documents to the guards."""
    from adapters.cups import DocumentServer, FileGuardJournal

    journal = FileGuardJournal(settings.cups.guard_journal, clock())
    return DocumentServer(settings.cups.guard_journal, journal.secret)


def memory(settings: Settings) -> Memory:
    """What lies beside the guard's journal and outlives the database."""
    from adapters.cups import FolderMemory

    return FolderMemory(settings.cups.guard_journal)


def continuity(settings: Settings, store: Store) -> "Continuity":
    """Holds the database against what outlives it."""
    from workers.assembly import hold_against

    return hold_against(settings, store, guard_journal(settings), memory(settings), clock())


def reconciliation(
    settings: Settings,
    store: Store,
    *,
    at: "datetime",
    actor: str,
    journal_lost: bool,
    at_centre: "CardsAtCentre | None",
) -> "Reconciliation":
    """Brings in what a database that is behind has forgotten."""
    from workers.reconciliation import Reconciliation

    return Reconciliation(
        office=settings.office.code,
        store=store,
        journal=guard_journal(settings),
        memory=memory(settings),
        spooler=spooler(settings),
        printers={printer.queue: printer.name for printer in settings.card_printers},
        at=at,
        actor=actor,
        journal_lost=journal_lost,
        at_centre=at_centre,
    )


def central(settings: Settings) -> CentralServer:
    """The central server, over its line or by courier."""
    server = settings.central
    if server.adapter == "folder":
        return _courier(settings)
    from adapters.central import HttpCentralServer

    assert server.url is not None, "the settings see to it"
    return HttpCentralServer(
        url=server.url,
        token=None if server.token_file is None else _secret(server.token_file),
        timeout_seconds=server.timeout.total_seconds(),
        probe_timeout_seconds=server.probe.timeout.total_seconds(),
        ca_file=server.ca_file,
        client_cert_file=server.client_cert_file,
        client_key_file=server.client_key_file,
        clock=clock(),
    )


def _courier(settings: Settings) -> CentralServer:
    from adapters.courier import FolderCentralServer, read_key

    server = settings.central
    assert server.folder is not None, "the settings see to it"
    assert server.key_file is not None, "the settings see to it"
    return FolderCentralServer(
        stick=server.folder,
        spool=server.spool,
        key=read_key(server.key_file),
        office=settings.office.code,
        clock=clock(),
    )


def card_renderer(settings: Settings) -> "TypstCards":
    """The renderer with the office's templates."""
    from adapters.documents import TypstCards

    used = sorted({printer.template for printer in settings.card_printers})
    two_sided = all(str(printer.options.get("sides", "")).startswith("two-") for printer in settings.card_printers)
    return TypstCards(TEMPLATES, office=settings.office.name, used=used, sides=2 if two_sided else 1)


def log_key_path(settings: Settings) -> Path:
    """The file of the key that the log's heads are signed with."""
    from adapters.database.sql.seal import key_file
    from adapters.log_key import log_key_file

    return log_key_file(key_file(settings.database.url, settings.database.key_file), settings.log.key_file)


def log_key(settings: Settings) -> LogKey:
    """The key that the log's heads are signed with. Fatal."""
    from adapters.log_key import load_log_key

    return load_log_key(log_key_path(settings), origin(settings.office.code))


def make_log_key(settings: Settings) -> bool:
    """A new one, where there is none; whether it was made."""
    from adapters.log_key import create_log_key

    return create_log_key(log_key_path(settings), origin(settings.office.code))


def _log_key_if_there(settings: Settings) -> LogKey | None:
    """Without it cards are printed all the same, and whoever asks why no head is signed finds it in the journal."""
    from loguru import logger

    try:
        return log_key(settings)
    except Fatal as error:
        logger.error("the log's heads will not be signed: {}", error)
        return None


def witnesses(settings: Settings) -> tuple[Witness, ...]:
    """All that may cosign the log."""
    if not settings.log.witnesses:
        return ()
    from adapters.witness import KnownWitness

    return tuple(KnownWitness(each.name, each.verifier) for each in settings.log.witnesses)


def _without_a_line(settings: Settings) -> tuple[Witness, ...]:
    there = {each.name for each in settings.log.witnesses if each.url is None}
    return tuple(each for each in witnesses(settings) if each.name in there)


def carried_requests(settings: Settings) -> CarriedRequests | None:
    """By the courier to the centre; None: no stick is awaited."""
    if settings.central.folder is None:
        return None
    from adapters.courier import StickOfWitnesses

    return StickOfWitnesses(settings.central.folder, office=settings.office.code)


def reachable_witnesses(settings: Settings, stack: ExitStack) -> tuple[ReachableWitness, ...]:
    """Those over a line; the stack closes them."""
    there = [(each, each.url) for each in settings.log.witnesses if each.url is not None]
    if not there:
        return ()
    from adapters.witness import HttpWitness

    return tuple(
        stack.enter_context(closing(HttpWitness(each.name, each.verifier, url, clock()))) for each, url in there
    )


def neighbours(settings: Settings) -> "Neighbours":
    """Whose logs this office cosigns. Fatal."""
    from adapters.neighbours import Neighbours

    logs = {each.origin or each.verifier.name: each.verifier for each in settings.log.neighbours}
    return Neighbours(settings.log.neighbours_folder, logs, log_key(settings), clock())


def report_renderer() -> ReportRenderer:
    """The renderer of reports."""
    from adapters.documents.typst_reports import TypstReports

    return TypstReports(TEMPLATES)


def messengers(settings: Settings) -> tuple[Messenger, ...]:
    """Who is told of trouble. A file that is wrong is told and does not keep cards from being printed."""
    if settings.alerts.urls_file is None:
        return ()
    from loguru import logger

    from adapters.alerts import read_messengers

    reading = read_messengers(settings.alerts.urls_file)
    for problem in reading.problems:
        logger.error("some alerts will not be sent: {}", problem)
    return reading.messengers


def outside(settings: Settings, lease: Lease, stack: ExitStack) -> "Outside":
    """All of them for one configuration; the stack closes them."""
    from adapters.cups import BoundedEvents, CupsEvents, Patience
    from adapters.database import open_notifications
    from workers.assembly import Outside
    from workers.runner import running

    documents = stack.enter_context(running(document_server(settings)))
    return Outside(
        store=stack.enter_context(closing(open_store(settings))),
        central=stack.enter_context(closing(central(settings))),
        spooler=spooler(settings, documents),
        events=BoundedEvents(
            CupsEvents(settings.cups.server, [printer.queue for printer in settings.printers]), Patience(clock())
        ),
        journal=guard_journal(settings),
        memory=memory(settings),
        lease=lease,
        news=open_notifications(settings.database.url, settings.office.code),
        renderer=stack.enter_context(closing(card_renderer(settings))),
        clock=clock(),
        log_key=_log_key_if_there(settings),
        witnesses=reachable_witnesses(settings, stack),
        carried_witnesses=_without_a_line(settings),
        carried_requests=carried_requests(settings),
        messengers=messengers(settings),
        services=(documents,),
    )


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Rejected(f"the secret in {path} cannot be read: {error}") from error


# --- the daemon ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Reload:
    """What SIGHUP asks for: the settings to go on with, if there are good ones."""

    settings: Settings
    path: Path
    lease: Lease
    life: "Life"

    def __call__(self, runs: RunStore) -> bool:
        from loguru import logger

        problems = self._problems()
        for problem in problems:
            logger.error("not reloaded, the old configuration stays: {}", problem)
        self.life.reloaded(runs, "; ".join(problems) or None)
        if not problems:
            logger.info("configuration reloaded from {}", self.path)
        return not problems

    def _problems(self) -> list[str]:
        """Why the file cannot be gone on with; where there is nothing, it is taken."""
        try:
            fresh = load_settings(self.path)
        except InvalidConfiguration as error:
            return [str(problem) for problem in error.problems]
        if (fresh.database, fresh.office.code) != (self.settings.database, self.settings.office.code):
            return ["database and office.code need a restart: systemctl restart giliran"]
        try:
            with ExitStack() as stack:
                outside(fresh, self.lease, stack)
            others = self.lease.acquire(*_printers(fresh))
            if others:
                raise Rejected(f"another giliran on this database has {', '.join(sorted(others))}")
        except GiliranError as error:
            return [str(error)]
        self.lease.release(*_printers(self.settings) - _printers(fresh))
        self.settings = fresh
        return []


def run(config: Path | None, make_outside: "Callable[[Settings, Lease, ExitStack], Outside]" = outside) -> int:
    """The daemon in the foreground, until SIGTERM; the exit status. Rejected when another one serves its printers."""
    from adapters import log
    from adapters.systemd import Notify
    from workers.life import Life
    from workers.supervision import End, listen_for_signals

    log.configure()
    log.hear_uncaught()
    path = config_path(config)
    settings = load_settings(path)
    manager = Notify(clock())
    open_store(settings).close()  # before anything else is made; its thread has ended with it
    gc.freeze()  # what is loaded by now stays: no collection needs to go through it
    gc.set_threshold(_OBJECTS_A_COLLECTION)
    signals = listen_for_signals()
    with leased(settings, *_printers(settings)) as lease:
        reload = _Reload(settings, path, lease, Life(clock=clock()))
        end = End.RELOAD
        while end is End.RELOAD:
            with ExitStack() as stack:
                end = _run_once(reload, manager, signals, make_outside(reload.settings, lease, stack), stack)
                if end is End.HUNG:
                    _leave()
    return 1 if end is End.FATAL else 0


def _leave() -> None:
    """At once: to close anything would wait for a loop that hangs. The next start recovers what is left."""
    from loguru import logger

    logger.complete()
    sys.stderr.flush()
    os._exit(1)


def _printers(settings: Settings) -> frozenset[str]:
    """What a daemon with these settings has for itself."""
    return frozenset(serving(printer.name) for printer in settings.card_printers)


def _run_once(
    reload: _Reload, manager: ServiceManager, signals: "Signals", parts: "Outside", stack: ExitStack
) -> "End":
    """One configuration, from recovery to the end of its loops."""
    from loguru import logger

    from adapters.disk import disks
    from daemon.domain.health import Ending
    from daemon.domain.needs import Trouble
    from daemon.locale.alerts import need
    from daemon.queries.status import one_line, snapshot
    from workers.assembly import assemble
    from workers.heartbeat import Heartbeat
    from workers.runner import running
    from workers.supervision import End, Supervision

    settings, life, runs = reload.settings, reload.life, parts.store.runs

    def announce(troubles: tuple[Trouble, ...]) -> None:
        now = parts.clock.now()
        words = [need(trouble, now, settings.office.timezone) for trouble in troubles]
        try:
            words.append(one_line(snapshot(settings, parts.store, parts.lease, now)))
        except Retryable as error:
            # A database that cannot be asked for a while ends nothing: the loops try again.
            words.append(str(error))
        manager.status("; ".join(words))

    life.begin(runs)
    office = assemble(settings, parts)
    folders = folders_of(settings)
    heartbeat = Heartbeat(
        runs=runs,
        run=lambda: life.number(runs),
        situation=office.situation,
        clock=parts.clock,
        disks=lambda: disks(folders),
        stepped=lambda: supervision.stepped(),
        tell=announce,
    )
    logger.info("giliran starts for {}", settings.office.name)
    office.at_start()
    logger.info("giliran runs for {}", settings.office.name)
    supervision = Supervision(
        loops=(*office.loops, heartbeat),
        services=(*parts.services, stack.enter_context(running(office.calendar))),
        printing=office.print_queues,
        situation=office.situation,
        signals=signals,
        manager=manager,
        clock=parts.clock,
        may_reload=lambda: reload(runs),
        drain_seconds=settings.cups.drain.total_seconds(),
    )
    end = supervision.run()
    if end is End.HUNG:
        stepped = supervision.stepped()
        life.end(runs, Ending.HUNG, {name: stepped.get(name, parts.clock.now()) for name in supervision.hung})
    elif end is not End.RELOAD:
        life.end(runs, Ending.STOP if end is End.STOP else Ending.FATAL)
    return end


def folders_of(settings: Settings) -> dict[str, Path]:
    """Those whose disks must not be full."""
    from adapters.database import sqlite_file_of

    file = sqlite_file_of(settings.database.url)
    return {
        **({} if file is None else {"database": file.parent}),
        "guard's journal": settings.cups.guard_journal,
        "log": Path("/var/log"),
        **({"print server": Path("/var/spool/cups")} if settings.cups.server.startswith("/") else {}),
    }
