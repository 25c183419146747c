"""Puts the loops of one configuration together, from ports alone: real adapters in life, others in a simulation."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from loguru import logger

from daemon.domain.job import SYSTEM
from daemon.domain.link import Hysteresis
from daemon.domain.note import origin
from daemon.ports import (
    CardRenderer,
    CarriedRequests,
    CentralServer,
    Clock,
    GuardJournal,
    Issued,
    Lease,
    LinkFailure,
    LogKey,
    Memory,
    Messenger,
    Notifications,
    ReachableWitness,
    Spooler,
    SpoolerEvents,
    Store,
    Witness,
)
from daemon.settings import Settings
from workers.alarm import Alarm
from workers.centre.card_documents import PULL_SECONDS, CardDocuments, Pulls
from workers.centre.central_sync import CentralSync
from workers.centre.issuance_report import IssuanceReport
from workers.centre.link_watch import LinkWatch
from workers.centre.priority import Priority
from workers.checkpointing import Checkpointing
from workers.continuity import Continuity
from workers.housekeeping import Calendar, Housekeeping, Task
from workers.leadership import Leadership, Led, as_saved
from workers.notification_watch import NotificationWatch
from workers.printing.condition import Condition
from workers.printing.foreign_jobs import ForeignJobs
from workers.printing.next_documents import CardQueue, NextDocuments
from workers.printing.outcomes import Outcomes
from workers.printing.print_queue import PrintQueue
from workers.printing.printer_watch import PrinterWatch
from workers.printing.queue_guard import QueueGuard
from workers.printing.recovery import Recovery
from workers.printing.refused_cards import RefusedCards
from workers.printing.supply_watch import PrinterSupplies, SupplyWatch
from workers.runner import PATIENCE_SECONDS, Loop, Service
from workers.situation import Situation
from workers.start_gate import StartGate
from workers.witnessing import CarriedWitnessing, Witnessing


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything outside the process that the loops deal with."""

    store: Store
    central: CentralServer
    spooler: Spooler
    events: SpoolerEvents
    journal: GuardJournal
    renderer: CardRenderer
    lease: Lease
    """This configuration's printers are taken."""
    clock: Clock
    memory: Memory | None = None
    """What outlives the store; None: nothing that it could be held against."""
    log_key: LogKey | None = None
    """None: the log's heads are not signed here."""
    witnesses: tuple[ReachableWitness, ...] = ()
    """Who is asked to cosign the log's heads."""
    carried_witnesses: tuple[Witness, ...] = ()
    """To whom somebody carries that."""
    carried_requests: CarriedRequests | None = None
    """How; None: nobody does."""
    news: Notifications | None = None
    """None: everybody looks now and then."""
    messengers: tuple[Messenger, ...] = ()
    chance: Random = field(default_factory=Random)
    """For the moments of probes."""
    services: tuple[Service, ...] = ()
    """Those of the adapters that run by themselves; they do already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The loops of one configuration, and what wakes one of them by the calendar."""

    situation: Situation
    recovery: Recovery
    print_queues: tuple[PrintQueue, ...]
    housekeeping: Housekeeping
    calendar: Calendar
    continuity: Continuity | None
    adopt_rules: Callable[[], bool]
    others: tuple[Loop, ...]

    @property
    def loops(self) -> tuple[Loop, ...]:
        """All of them."""
        return (*self.others, self.recovery, self.housekeeping, *self.print_queues)

    def at_start(self) -> None:
        """Before any of them: look whether the database is behind, go by the rules of the order that the configuration
        has, settle what was under way."""
        if self.continuity is not None:
            self.continuity.at_start()
        self.adopt_rules()
        self.recovery.at_start()


def assemble(settings: Settings, outside: Outside) -> Office:
    """The loops, not running."""
    situation = Situation(as_saved(outside.store.links, outside.clock))
    outcomes = Outcomes(jobs=outside.store.jobs, spooler=outside.spooler, journal=outside.journal, clock=outside.clock)
    continuity = (
        None
        if outside.memory is None
        else hold_against(
            settings, outside.store, outside.journal, outside.memory, outside.clock, outside.central.issued
        )
    )
    gate = StartGate(situation=situation, clock=outside.clock, drain_for=settings.outage.drains_for)
    if continuity is not None:
        gate.is_behind = continuity.is_behind
    print_queues = _print_queues(settings, outside, situation, outcomes, gate)
    priority = Priority()
    outside.spooler.on_foreign(
        ForeignJobs(
            printers={printer.queue: printer.name for printer in settings.card_printers},
            may_pass=settings.cups.foreign_jobs == "pass",
            ledger=outside.store.ledger,
            situation=situation,
            clock=outside.clock,
        )
    )
    housekeeping = Housekeeping(tasks=_tasks(outside), situation=situation)
    return Office(
        situation=situation,
        recovery=Recovery(
            jobs=outside.store.jobs,
            printers=outside.store.printers,
            journal=outside.journal,
            outcomes=outcomes,
            clock=outside.clock,
            queues={queue.printer: queue for queue in print_queues},
        ),
        print_queues=print_queues,
        housekeeping=housekeeping,
        calendar=Calendar(housekeeping=housekeeping, timezone=settings.office.timezone),
        continuity=continuity,
        adopt_rules=lambda: outside.store.order.adopt(settings.rules, at=outside.clock.now(), actor=SYSTEM),
        others=(
            *(() if continuity is None else (continuity,)),
            Leadership(
                lease=outside.lease,
                links=outside.store.links,
                records=outside.store.records,
                situation=situation,
                clock=outside.clock,
            ),
            *(() if outside.news is None else (NotificationWatch(news=outside.news, situation=situation),)),
            *(
                Led(loop, situation)
                for loop in (
                    *_central_loops(settings, outside, situation, gate, priority),
                    *_witnessing(outside, situation, gate, priority),
                    *_alarm(settings, outside, situation),
                    *_checkpointing(settings, outside, gate),
                )
            ),
            PrinterWatch(
                queues=tuple(printer.queue for printer in settings.printers),
                card_queues=frozenset(printer.queue for printer in settings.card_printers),
                spooler=outside.spooler,
                events=outside.events,
                situation=situation,
                clock=outside.clock,
            ),
            NextDocuments(
                queues=tuple(
                    CardQueue(queue=printer.queue, options=printer.options, template=printer.template)
                    for printer in settings.card_printers
                ),
                cards=outside.store.next_cards,
                renderer=outside.renderer,
                spooler=outside.spooler,
            ),
            SupplyWatch(
                printers=tuple(
                    PrinterSupplies(printer=printer.name, queue=printer.queue, yields=printer.supplies)
                    for printer in settings.card_printers
                ),
                store=outside.store.printers,
                view=outside.store.view,
                spooler=outside.spooler,
            ),
        ),
    )


def _tasks(outside: Outside) -> tuple[Task, ...]:
    def tidy() -> None:
        logger.info("{} unfinished entries removed from the guard's journal", outside.journal.tidy())

    return (Task(name="tidy the guard's journal", when="30 2 * * *", do=tidy),)


def hold_against(
    settings: Settings,
    store: Store,
    journal: GuardJournal,
    memory: Memory,
    clock: Clock,
    issued: Callable[[str | None, int], Issued | None] = lambda after, limit: None,
) -> Continuity:
    """The database against what outlives it."""
    return Continuity(
        office=settings.office.code,
        past=store.past,
        memory=memory,
        journal=journal,
        jobs=store.jobs,
        printers=store.printers,
        issuances=store.issuances,
        names=tuple(printer.name for printer in settings.card_printers),
        is_alone=settings.database.url.startswith("sqlite:"),
        clock=clock,
        issued=issued,
    )


def _checkpointing(settings: Settings, outside: Outside, gate: StartGate) -> tuple[Loop, ...]:
    """None where there is no key to sign with."""
    if outside.log_key is None:
        return ()
    return (
        Checkpointing(
            origin=origin(settings.office.code),
            tree=outside.store.tree,
            key=outside.log_key,
            clock=outside.clock,
            memory=outside.memory,
            is_behind=gate.is_behind,
        ),
    )


def _witnessing(outside: Outside, situation: Situation, gate: StartGate, priority: Priority) -> tuple[Loop, ...]:
    """None where nobody can be asked."""
    loops: list[Loop] = []
    if outside.witnesses:
        loops.append(
            Witnessing(
                tree=outside.store.tree,
                witnesses=outside.witnesses,
                situation=situation,
                clock=outside.clock,
                priority=priority,
                is_behind=gate.is_behind,
            )
        )
    if outside.carried_witnesses and outside.carried_requests is not None:
        loops.append(
            CarriedWitnessing(
                tree=outside.store.tree,
                witnesses=outside.carried_witnesses,
                carried=outside.carried_requests,
                clock=outside.clock,
                is_behind=gate.is_behind,
            )
        )
    return tuple(loops)


def _alarm(settings: Settings, outside: Outside, situation: Situation) -> tuple[Loop, ...]:
    """None where there is nobody to tell."""
    if not outside.messengers:
        return ()
    return (
        Alarm(
            store=outside.store,
            situation=situation,
            clock=outside.clock,
            messengers=outside.messengers,
            lease=outside.lease,
            card_printers={printer.name: printer.queue for printer in settings.card_printers},
            low=settings.blanks.low,
            low_days=settings.blanks.low_days,
            witnesses=tuple(each.verifier.name for each in settings.log.witnesses),
            title=f"Giliran: {settings.office.name}",
            language=settings.office.language,
            timezone=settings.office.timezone,
        ),
    )


def _print_queues(
    settings: Settings, outside: Outside, situation: Situation, outcomes: Outcomes, gate: StartGate
) -> tuple[PrintQueue, ...]:
    turn = threading.Lock()
    store = outside.store
    return tuple(
        PrintQueue(
            printer=printer.name,
            queue=printer.queue,
            options=printer.options,
            template=printer.template,
            renderer=outside.renderer,
            jobs=store.jobs,
            printers=store.printers,
            spooler=outside.spooler,
            outcomes=outcomes,
            situation=situation,
            gate=gate,
            condition=Condition(
                printer=printer.name,
                queue=printer.queue,
                printers=store.printers,
                spooler=outside.spooler,
                situation=situation,
                guard=QueueGuard(printer=printer.name, printers=store.printers, journal=outcomes.journal),
                clock=outside.clock,
            ),
            refused_cards=RefusedCards(printer=printer.name, queue=printer.queue, jobs=store.jobs, clock=outside.clock),
            turn=turn,
            clock=outside.clock,
        )
        for printer in settings.card_printers
    )


def _central_loops(
    settings: Settings, outside: Outside, situation: Situation, gate: StartGate, priority: Priority
) -> tuple[Loop, ...]:
    probe, sync = settings.central.probe, settings.central.sync
    patience_seconds = PATIENCE_SECONDS + settings.central.timeout.total_seconds()
    watch = LinkWatch(
        central=outside.central,
        links=outside.store.links,
        situation=situation,
        clock=outside.clock,
        hysteresis=Hysteresis(down_after=probe.down_after, up_after=probe.up_after),
        interval_seconds=probe.interval.total_seconds(),
        chance=outside.chance,
        patience_seconds=PATIENCE_SECONDS + probe.timeout.total_seconds(),
    )
    on_failure: Callable[[LinkFailure], None] = watch.failed
    pulls = Pulls()
    printers = len(settings.card_printers)
    return (
        watch,
        CentralSync(
            central=outside.central,
            records=outside.store.records,
            situation=situation,
            clock=outside.clock,
            interval_seconds=sync.interval.total_seconds(),
            page_size=sync.page_size,
            on_failure=on_failure,
            priority=priority,
            pulls=pulls,
            patience_seconds=patience_seconds,
        ),
        IssuanceReport(
            central=outside.central,
            issuances=outside.store.issuances,
            situation=situation,
            clock=outside.clock,
            on_failure=on_failure,
            priority=priority,
            patience_seconds=patience_seconds,
            is_behind=gate.is_behind,
        ),
        *(
            CardDocuments(
                central=outside.central,
                renderer=outside.renderer,
                store=outside.store.pulled_cards,
                jobs=outside.store.jobs,
                situation=situation,
                clock=outside.clock,
                gate=gate,
                templates=tuple({printer.template for printer in settings.card_printers}),
                depth=settings.central.pull_ahead * printers,
                printers=printers,
                on_failure=on_failure,
                priority=priority,
                pulls=pulls,
                patience_seconds=PULL_SECONDS + settings.central.timeout.total_seconds(),
                name=f"card-documents:{number}",
            )
            for number in range(1, settings.central.connections + 1)
        ),
    )
