"""The Spooler and SpoolerEvents ports on the simulated CUPS: calls that hang, fail, or arrive later than they fail."""

from collections.abc import Callable, Mapping, Sequence

from daemon.domain.dispatch import Unfit
from daemon.domain.recovery import SpoolState
from daemon.domain.supply import Consumable
from daemon.domain.token import Token, parse_token
from daemon.ports import ForeignJob, QueueNews, QueueStatus, SpoolerRefused, SpoolerUnreachable, SpoolJob
from tests.simulation.cups import Cups, CupsJob
from tests.simulation.guard import Journal

CALL_SECONDS = 61.0
"""So long a stopped CUPS blocks a call."""


class SimulatedSpooler:
    """The Spooler port, as adapters/cups/spooler.py behaves."""

    def __init__(
        self, cups: Cups, journal: Journal, wait: Callable[[float], None], on_release: Callable[[CupsJob], None]
    ) -> None:
        self.submissions_arrive_late = 0
        """So many of the next submissions fail and are carried out a while later."""
        self.submissions_are_cut = 0
        """So many of the next are cut between the job and its document."""
        self.refused_records: set[str] = set()
        """CUPS makes nothing of their documents."""
        self.offers: dict[str, tuple[int, str, str]] = {}
        """(CUPS's number, queue, journal then) by token: whose document a guard gets. It dies with the daemon."""
        self._journal = journal
        self._cups, self._wait, self._on_release = cups, wait, on_release

    def queue(self, queue: str) -> QueueStatus:
        """The queue now."""
        self._reach()
        return self._cups.queues[queue].status

    def unfit(self, queue: str) -> frozenset[Unfit]:
        """Nothing that a job's options could not put right."""
        self._reach()
        return frozenset()

    def consumables(self, queue: str) -> tuple[Consumable, ...]:
        """None that it tells of."""
        self._reach()
        return ()

    def submit_held(
        self, queue: str, token: Token, document: bytes, options: Mapping[str, str], *, guarded: bool
    ) -> SpoolJob:
        """A held job, and its document for the guard."""
        self._reach()
        assert guarded, "every queue here has a guard when a card is started"
        if not self._cups.queues[queue].accepting:
            raise SpoolerRefused(f"{queue} is not accepting jobs")
        if token.record_id in self.refused_records:
            raise SpoolerRefused("document-format-error")
        if self.submissions_arrive_late:
            self.submissions_arrive_late -= 1
            self._cups.timeline.after(self._cups.rng.uniform(0.1, 20), lambda: self._arrive(queue, token))
            raise SpoolerUnreachable("no answer")
        if self.submissions_are_cut:
            self.submissions_are_cut -= 1
            self._cups.create(queue, str(token), has_document=False)
            raise SpoolerUnreachable("the connection was cut")
        job = self._cups.create(queue, str(token)).seen
        self.offers[str(token)] = (job.number, queue, self._journal.there)
        return job

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        """Nothing is made ready here before its turn."""

    def retract(self, token: Token) -> None:
        """Nobody gets its document any more."""
        self.offers.pop(str(token), None)

    def on_foreign(self, may_pass: Callable[[ForeignJob], bool]) -> None:
        """Nobody's job passes here."""

    def release(self, job: SpoolJob) -> None:
        """Refused when the number carries another job by now."""
        self._reach()
        now = self._same(job)
        if now is None or now.state.is_over:
            raise SpoolerRefused(f"no job {job.number} of ours any more")
        self._on_release(now)
        if now.state is SpoolState.HELD:
            self._cups.release(now)

    def find(self, token: Token, number: int | None = None) -> SpoolJob | None:
        """By name; the number is only a hint."""
        self._reach()
        hinted = self._cups.jobs.get(number) if number is not None else None
        if hinted is not None and hinted.name == str(token) and not hinted.foreign:
            return hinted.seen
        named = [job for _, job in sorted(self._cups.jobs.items()) if job.name == str(token) and not job.foreign]
        found = next((job for job in named if not job.state.is_over), named[-1] if named else None)
        return None if found is None else found.seen

    def ours(self) -> list[SpoolJob]:
        """By number."""
        self._reach()
        return [job.seen for _, job in sorted(self._cups.jobs.items()) if parse_token(job.name) and not job.foreign]

    def purge(self, job: SpoolJob) -> None:
        """Cancel, then delete."""
        self._reach()
        now = self._same(job)
        if now is None:
            return
        if not now.state.is_over:
            self._cups.cancel(now)
        self._cups.delete(now)

    def _reach(self) -> None:
        if self._cups.hung:
            self._wait(CALL_SECONDS)
            if self._cups.hung:
                raise SpoolerUnreachable("CUPS does not answer")
        if not self._cups.alive:
            raise SpoolerUnreachable("CUPS is not there")

    def _same(self, job: SpoolJob) -> CupsJob | None:
        now = self._cups.jobs.get(job.number)
        return now if now is not None and (now.uuid, now.name) == (job.uuid, job.name) else None

    def _arrive(self, queue: str, token: Token) -> None:
        if self._cups.alive and not self._cups.hung:
            self._cups.create(queue, str(token))


class SimulatedEvents:
    """The SpoolerEvents port: a subscription that dies with CUPS."""

    def __init__(self, cups: Cups, wait: Callable[[float], None]) -> None:
        self.gap = False
        """The next poll misses something."""
        self._cups, self._wait = cups, wait
        self._generation: int | None = None
        self._next = 0

    def poll(self) -> QueueNews:
        """What happened since."""
        if self._cups.hung:
            self._wait(CALL_SECONDS)
        if self._cups.hung or not self._cups.alive:
            self._generation = None
            raise SpoolerUnreachable("CUPS does not answer")
        was_gone = self._generation != self._cups.generation
        missed = was_gone or self.gap
        self._generation, self.gap = self._cups.generation, False
        events = () if missed else tuple(self._cups.events[self._next :])
        self._next = len(self._cups.events)
        return QueueNews(events=events, missed=missed, cups_was_gone=was_gone)

    def close(self) -> None:
        """Nothing to give back."""
