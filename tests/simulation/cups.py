"""CUPS: queues, jobs with numbers that can be given twice, and a memory that is not to be relied on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from daemon.domain.recovery import SpoolState
from daemon.domain.token import parse_token
from daemon.ports import QueueEvent, QueueStatus, SpoolJob
from tests.simulation.clock import Timeline
from tests.simulation.guard import EXIT_CANCEL, EXIT_HOLD, Guard
from tests.simulation.printer import Machine
from tests.simulation.trace import Trace

EXIT_STOP = 4

StartGuard = Callable[["CupsJob", Machine, Callable[[int], None]], Guard]
"""(the job, the machine behind the queue, whom to tell the exit status)."""


@dataclass(slots=True)
class CupsJob:
    """A job as CUPS keeps it."""

    number: int
    uuid: str
    name: str
    queue: str
    state: SpoolState
    has_document: bool = True
    foreign: bool = False
    """Somebody else submitted it, whatever its name."""

    @property
    def seen(self) -> SpoolJob:
        """As a client sees it."""
        return SpoolJob(number=self.number, uuid=self.uuid, name=self.name, state=self.state)


@dataclass(slots=True, eq=False)
class CupsQueue:
    """A queue and the machine behind it."""

    name: str
    machine: Machine
    stopped: bool = False
    accepting: bool = True
    running: CupsJob | None = None
    guard: Guard | None = None
    guarded: bool = True
    """False: somebody has set its device anew, without the guard."""

    @property
    def status(self) -> QueueStatus:
        """As a client sees it: reasons show only while a job runs."""
        backend = self.guard is not None and self.machine.condition
        reasons = frozenset({self.machine.condition}) if backend and self.machine.condition else frozenset[str]()
        return QueueStatus(
            stopped=self.stopped,
            accepting=self.accepting,
            reasons=reasons,
            message="",
            device_uri=f"{'giliran:/' if self.guarded else ''}usb://{self.machine.name}",
            driver="card printer",
        )


@dataclass(slots=True, kw_only=True)
class Cups:
    """The server. Its methods take no time and never fail; the port in spooler.py adds that."""

    timeline: Timeline
    rng: Random
    trace: Trace
    queues: Mapping[str, CupsQueue]
    saves_after_seconds: float
    """DirtyCleanInterval: what is younger is forgotten when the server is killed."""
    keeps_history: bool
    start_seconds: float
    """So long it takes at most before a backend is started."""
    alive: bool = True
    hung: bool = False
    """Stopped (SIGSTOP): calls block."""
    generation: int = 0
    jobs: dict[int, CupsJob] = field(default_factory=dict)
    events: list[QueueEvent] = field(default_factory=list)
    next_filter_fails: bool = False
    start_guard: StartGuard = field(init=False)
    _next_number: int = 1
    _saved: tuple[list[CupsJob], int] = field(default_factory=lambda: ([], 1))
    _save_is_due: bool = False

    # --- what clients ask for ---

    def create(self, queue: str, name: str, *, has_document: bool = True, foreign: bool = False) -> CupsJob:
        """A held job."""
        job = CupsJob(
            number=self._next_number,
            uuid=f"{self.rng.getrandbits(32):08x}",
            name=name,
            queue=queue,
            state=SpoolState.HELD,
            has_document=has_document,
            foreign=foreign,
        )
        self._next_number += 1
        self.jobs[job.number] = job
        self._changed(queue, f"cups: job {job.number} {name} held")
        return job

    def release(self, job: CupsJob) -> None:
        """Let it print."""
        job.state = SpoolState.PENDING
        self._changed(job.queue, f"cups: job {job.number} {job.name} released")
        self._kick(self.queues[job.queue])

    def cancel(self, job: CupsJob) -> None:
        """Cancelled at once; what is in the machine comes out all the same."""
        job.state = SpoolState.CANCELLED
        self._changed(job.queue, f"cups: job {job.number} {job.name} cancelled")
        queue = self.queues[job.queue]
        if queue.running is job and queue.guard is not None:
            queue.guard.terminate()

    def delete(self, job: CupsJob) -> None:
        """Forget it, unless its backend still runs."""
        if self.queues[job.queue].running is not job and job.number in self.jobs:
            del self.jobs[job.number]
            self._changed(job.queue, f"cups: job {job.number} {job.name} deleted")

    def set_stopped(self, queue: CupsQueue, stopped: bool) -> None:
        """cupsdisable, cupsenable."""
        queue.stopped = stopped
        self._changed(queue.name, f"cups: {queue.name} {'stopped' if stopped else 'started'}")
        self._kick(queue)

    def foreign_job(self, queue: str, name: str = "letter.pdf") -> None:
        """Somebody else prints into our queue."""
        self.release(self.create(queue, name, foreign=True))

    def move(self, job: CupsJob, queue: str) -> None:
        """lpmove. A job that is being printed is stopped first."""
        before = self.queues[job.queue]
        if before.running is job:
            if before.guard is not None:
                before.guard.terminate()
            return
        self.trace.note(f"cups: job {job.number} {job.name} moved to {queue}")
        job.queue = queue
        self._kick(self.queues[queue])

    def filters_fail(self) -> bool:
        """Whether they make nothing of the next document; asked once for each."""
        fails, self.next_filter_fails = self.next_filter_fails, False
        return fails

    def unfinished(self) -> Iterator[CupsJob]:
        """Jobs of ours."""
        return (
            job for job in self.jobs.values() if not job.state.is_over and not job.foreign and parse_token(job.name)
        )

    # --- its life ---

    def stop(self) -> None:
        """In order: it writes down what it has, and kills what it knows of its backends."""
        if not self.alive or self.hung:
            return
        self._saved = ([replace(job) for job in self.jobs.values()], self._next_number)
        guards = [queue.guard for queue in self.queues.values() if queue.guard is not None]
        self.die(with_backends=False)
        for guard in guards:
            guard.lose_front()

    def die(self, *, with_backends: bool) -> None:
        """SIGKILL. Backends that live on finish their card, and nobody hears of it."""
        if not self.alive:
            return
        self.trace.note(f"cups: killed{' with its backends' if with_backends else ''}")
        self.alive = self.hung = False
        self.generation += 1
        guards = [queue.guard for queue in self.queues.values() if queue.guard is not None]
        for queue in self.queues.values():
            queue.running = queue.guard = None
        for guard in guards:
            if with_backends:
                guard.kill(with_backend=True)
        if self.saves_after_seconds:
            done = {job.uuid for job in self.jobs.values() if job.state.is_over}  # their documents are deleted at once
            jobs, self._next_number = self._saved
            self.jobs = {
                job.number: replace(job, has_document=job.has_document and job.uuid not in done) for job in jobs
            }

    def restart(self, *, spool_is_lost: bool = False) -> None:
        """What was being printed is printed again."""
        if self.alive:
            return
        if spool_is_lost:
            self.jobs.clear()
        self.trace.note(f"cups: starts with {len(self.jobs)} jobs")
        self.alive = True
        self.events.clear()
        self._save_is_due = False
        for job in self.jobs.values():
            if job.state is SpoolState.PROCESSING:
                job.state = SpoolState.PENDING
        for queue in self.queues.values():
            self._kick(queue)

    def go_on(self) -> None:
        """SIGCONT."""
        self.hung = False
        for queue in self.queues.values():
            self._kick(queue)

    # --- printing ---

    def _kick(self, queue: CupsQueue) -> None:
        if not self.alive or self.hung or queue.stopped or queue.running is not None:
            return
        pending = [
            number for number, job in self.jobs.items() if job.queue == queue.name and job.state is SpoolState.PENDING
        ]
        if not pending:
            return
        job = self.jobs[min(pending)]
        queue.running = job
        job.state = SpoolState.PROCESSING
        self._changed(queue.name, f"cups: job {job.number} {job.name} processing")
        generation = self.generation
        self.timeline.after(self.rng.uniform(0.01, self.start_seconds), lambda: self._starts(queue, job, generation))

    def _starts(self, queue: CupsQueue, job: CupsJob, generation: int) -> None:
        """The backend. Without a guard what we gave CUPS is worth nothing to the device."""
        if generation != self.generation:
            return
        if self.hung:
            self.timeline.after(1.0, lambda: self._starts(queue, job, generation))
        elif job.state is not SpoolState.PROCESSING or not queue.guarded:
            self._exited(queue, job, generation, 0)
        elif not job.has_document:
            self._exited(queue, job, generation, 1)
        elif parse_token(job.name) is None:
            self.timeline.after(self.rng.uniform(0.1, 2), lambda: self._exited(queue, job, generation, EXIT_CANCEL))
        else:
            queue.guard = self.start_guard(
                job, queue.machine, lambda status: self._exited(queue, job, generation, status)
            )
            queue.guard.begin()

    def _exited(self, queue: CupsQueue, job: CupsJob, generation: int, status: int) -> None:
        if generation != self.generation:
            return
        if self.hung:
            self.timeline.after(1.0, lambda: self._exited(queue, job, generation, status))
            return
        queue.running = queue.guard = None
        if job.state is not SpoolState.CANCELLED:
            job.state = _state_after(status)
        if status == EXIT_STOP:
            queue.stopped = True
        self._changed(queue.name, f"cups: job {job.number} {job.name} {job.state} (backend {status})")
        if job.state.is_over and not self.keeps_history:
            self.jobs.pop(job.number, None)
        self._kick(queue)

    def _changed(self, queue: str, what: str) -> None:
        self.trace.note(what)
        status = self.queues[queue].status
        self.events.append(QueueEvent(queue=queue, stopped=status.stopped, reasons=status.reasons))
        if self.saves_after_seconds and not self._save_is_due:
            self._save_is_due = True
            generation = self.generation
            self.timeline.after(self.saves_after_seconds, lambda: self._save(generation))

    def _save(self, generation: int) -> None:
        if self.alive and not self.hung and generation == self.generation:
            self._save_is_due = False
            self._saved = ([replace(job) for job in self.jobs.values()], self._next_number)


def _state_after(status: int) -> SpoolState:
    if status == EXIT_HOLD:
        return SpoolState.HELD
    if status == EXIT_STOP:
        return SpoolState.PENDING
    if status == EXIT_CANCEL:
        return SpoolState.CANCELLED
    # CUPS takes a backend that a signal killed for one that succeeded.
    return SpoolState.ABORTED if status > 0 else SpoolState.COMPLETED
