"""CUPS as a spooler: jobs submitted held under a token, released, found again and purged."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import cups

from adapters.cups.document_server import DocumentServer
from adapters.cups.fitness import unfitness
from adapters.cups.ipp import NOT_FOUND, NOT_POSSIBLE, Connections, IppRefusal, several
from adapters.cups.queues import attributes
from daemon.domain.dispatch import Unfit
from daemon.domain.recovery import SpoolState, plain_reasons
from daemon.domain.supply import Consumable
from daemon.domain.token import Token, parse_token
from daemon.ports import ForeignJob, QueueStatus, SpoolerRefused, SpoolerUnreachable, SpoolJob

_STATES = {
    3: SpoolState.PENDING,
    4: SpoolState.HELD,
    5: SpoolState.PROCESSING,
    6: SpoolState.STOPPED,
    7: SpoolState.CANCELLED,
    8: SpoolState.ABORTED,
    9: SpoolState.COMPLETED,
}
"""job-state, RFC 8011 section 5.3.7."""

_PRINTER_STOPPED = 5
_JOB_ATTRIBUTES = ["job-id", "job-uuid", "job-name", "job-state", "job-printer-state-message", "number-of-documents"]
_QUEUE_ATTRIBUTES = [
    "printer-state",
    "printer-is-accepting-jobs",
    "printer-state-reasons",
    "printer-state-message",
    "device-uri",
    "printer-make-and-model",
]
_PAGE = 400
"""Below 500, where CUPS cuts an answer without a word."""

_ALL, _UNFINISHED = "all", "not-completed"
"""CUPS walks through all of its jobs to find one among them; those that are not over are few."""

_CHUNK_BYTES = 64 * 1024

_RAW = "application/vnd.cups-raw"
"""What CUPS passes to a backend as it is: the name of a card whose document the guard fetches."""

_NEUTRAL = {"job-sheets": "none", "copies": "1", "number-up": "1", "print-scaling": "none"}
"""What a queue's defaults may say otherwise. CUPS's filters get these and what the printer's options say, and nothing
of the queue's defaults, where a guard runs them; elsewhere what follows is said aloud too."""
_NEUTRAL_IN_CUPS = {
    "page-ranges": "1-9999",
    "page-set": "all",
    "mirror": "false",
    "outputorder": "normal",
    "page-border": "none",
    "fit-to-page": "false",
    "fill": "false",
    "position": "center",
    "natural-scaling": "100",
    "sides": "one-sided",
    "page-delivery": "same-order-face-up",
    "orientation-requested": "3",
    "landscape": "false",
    "page-label": "",
    "booklet": "off",
}


class CupsSpooler:
    """The Spooler port on a CUPS server, given as socket path or host:port."""

    def __init__(self, server: str, documents: DocumentServer | None = None) -> None:
        """`documents` hands them to the guards; without it there is nothing for a guarded queue."""
        self._connections = Connections(server)
        self._documents = documents
        self._media: dict[str, str] = {}

    def queue(self, queue: str) -> QueueStatus:
        """Asks for six attributes alone: the leak in pycups grows with their number."""
        found = attributes(self._connections, queue, _QUEUE_ATTRIBUTES)
        return QueueStatus(
            stopped=found.get("printer-state") == _PRINTER_STOPPED,
            accepting=bool(found.get("printer-is-accepting-jobs")),
            reasons=plain_reasons(found.get("printer-state-reasons", ())),
            message=found.get("printer-state-message", ""),
            device_uri=found.get("device-uri", ""),
            driver=found.get("printer-make-and-model", ""),
        )

    def unfit(self, queue: str) -> frozenset[Unfit]:
        """By its attributes, and the devices of all other queues."""
        return unfitness(self._connections, queue)

    def consumables(self, queue: str) -> tuple[Consumable, ...]:
        """Those with a level: CUPS says -1 and less where it is not known."""
        found = attributes(self._connections, queue, ["marker-names", "marker-levels"])
        names, levels = (several(found.get(name)) for name in ("marker-names", "marker-levels"))
        return tuple(
            Consumable(name=str(name), percent=min(level, 100))
            for name, level in zip(names, levels, strict=False)
            if isinstance(level, int) and level >= 0
        )

    def submit_held(
        self, queue: str, token: Token, document: bytes, options: Mapping[str, str], *, guarded: bool
    ) -> SpoolJob:
        """The document goes from memory to CUPS, or to the guard. What stands there afterwards is checked, or purged.

        A CUPS that hangs is found by the first, short call: libcups asks three times by itself to create a job.
        """
        self._page(_UNFINISHED, 1, 1)
        ours = self._options(queue, options)
        driver = self.queue(queue).driver
        number = self._create(queue, token, ours if guarded else {**_NEUTRAL_IN_CUPS, **ours})
        try:
            if guarded:
                self._send(queue, number, token, f"{token}\n".encode(), _RAW)
                self._offer(token, number, queue, document, ours, lambda: self.queue(queue).driver == driver)
            else:
                self._send(queue, number, token, document, cups.CUPS_FORMAT_PDF)
            return self._as_sent(number, token)
        except (SpoolerUnreachable, SpoolerRefused):
            self.retract(token)
            self._purge_if_named(number, token)
            raise

    def expect(self, queue: str, documents: Sequence[bytes], options: Mapping[str, str]) -> None:
        if self._documents is not None:
            self._documents.expect(queue, documents, self._options(queue, options))

    def retract(self, token: Token) -> None:
        if self._documents is not None:
            self._documents.retract(token)

    def on_foreign(self, may_pass: Callable[[ForeignJob], bool]) -> None:
        if self._documents is not None:
            self._documents.foreign = may_pass

    def release(self, job: SpoolJob) -> None:
        """Told before is fine. SpoolerRefused when the number carries another job by now, or the job is over."""
        now = self._same(job, _UNFINISHED)
        if now is None:
            raise SpoolerRefused(f"CUPS has no job {job.number} of ours to release any more")
        if now.state is SpoolState.HELD:
            with self._connections.use() as connection:
                connection.setJobHoldUntil(job.number, "no-hold")

    def find(self, token: Token, number: int | None = None) -> SpoolJob | None:
        """An unfinished job of that name goes before a finished one."""
        if number is not None:
            found = self._look_up(number, _UNFINISHED) or self._look_up(number)
            if found is not None and found.get("job-name") == str(token):
                return _spool_job(found)
        named = [job for job in map(_spool_job, self._pages(_ALL)) if job.name == str(token)]
        return next((job for job in named if not job.state.is_over), named[-1] if named else None)

    def ours(self) -> list[SpoolJob]:
        """By number; foreign jobs are left out."""
        return [job for job in map(_spool_job, self._pages(_ALL)) if parse_token(job.name)]

    def purge(self, job: SpoolJob) -> None:
        """A card in the printer comes out all the same; its job stays as cancelled until it is purged again.

        Cancelled first, because purging a job that is being printed kills guard and backend on the spot.
        """
        now = self._same(job)
        if now is None:
            return
        if not now.state.is_over:
            self._cancel(job.number)
        self._cancel(job.number, purge=True)

    def _send(self, queue: str, number: int, token: Token, data: bytes, content_type: str) -> None:
        with self._connections.use() as connection:
            connection.startDocument(queue, number, str(token), content_type, 1)
            for start in range(0, len(data), _CHUNK_BYTES):
                chunk = data[start : start + _CHUNK_BYTES]
                connection.writeRequestData(chunk, len(chunk))
            connection.finishDocument(queue)

    def _offer(
        self,
        token: Token,
        number: int,
        queue: str,
        document: bytes,
        options: Mapping[str, str],
        still_fits: Callable[[], bool],
    ) -> None:
        if self._documents is None:
            raise SpoolerRefused(f"queue {queue} has a guard, and nothing here hands it documents")
        try:
            self._documents.offer(token, number, queue, document, options, still_fits)
        except OSError as error:
            raise SpoolerRefused(f"the guard of queue {queue} cannot be served: {error.strerror}") from error

    def _as_sent(self, number: int, token: Token) -> SpoolJob:
        """SpoolerRefused where CUPS has something else."""
        found = self._look_up(number, _UNFINISHED)
        job = None if found is None else _spool_job(found)
        if (
            found is None
            or job is None
            or job.name != str(token)
            or job.state is not SpoolState.HELD
            or not job.uuid
            or found.get("number-of-documents") != 1
        ):
            raise SpoolerRefused(f"CUPS did not keep job {number} as it was sent: {job}")
        return job

    def _create(self, queue: str, token: Token, options: Mapping[str, str]) -> int:
        try:
            with self._connections.use() as connection:
                return int(connection.createJob(queue, str(token), {**options, "job-hold-until": "indefinite"}))
        except SpoolerUnreachable:
            self.queue(queue)  # libcups reports an unknown queue as an internal error; this names it
            raise

    def _options(self, queue: str, options: Mapping[str, str]) -> Mapping[str, str]:
        return {**({} if "media" in options else {"media": self._default_media(queue)}), **options, **_NEUTRAL}

    def _default_media(self, queue: str) -> str:
        """The queue's own default, said aloud: without any media CUPS may print on US Letter."""
        if queue not in self._media:
            found = attributes(self._connections, queue, ["media-default"])
            self._media[queue] = str(found.get("media-default", ""))
        if not self._media[queue]:
            raise SpoolerRefused(f"queue {queue} has no default media; name one in the printer's options: media")
        return self._media[queue]

    def _look_up(self, number: int, which: str = _ALL) -> dict[str, Any] | None:
        """By getJobs, which does not leak, and which shows the name of our jobs alone."""
        return next((found for found in self._page(which, number, 1) if found["job-id"] == number), None)

    def _same(self, job: SpoolJob, which: str = _ALL) -> SpoolJob | None:
        """What CUPS has now under this number, if it is this job."""
        found = self._look_up(job.number, which)
        now = None if found is None else _spool_job(found)
        return now if now is not None and (now.uuid, now.name) == (job.uuid, job.name) else None

    def _pages(self, which: str) -> Iterator[dict[str, Any]]:
        first = 1
        while page := self._page(which, first, _PAGE):
            yield from page
            if len(page) < _PAGE:
                return
            first = page[-1]["job-id"] + 1

    def _page(self, which: str, first: int, limit: int) -> list[dict[str, Any]]:
        with self._connections.use() as connection:
            jobs = connection.getJobs(
                which_jobs=which,
                my_jobs=True,
                limit=limit,
                first_job_id=first,
                requested_attributes=_JOB_ATTRIBUTES,
            )
        return [{**jobs[number], "job-id": number} for number in sorted(jobs)]

    def _purge_if_named(self, number: int, token: Token) -> None:
        """After a failed submission, as far as CUPS can be reached; recovery sees to the rest."""
        with suppress(SpoolerUnreachable, SpoolerRefused):
            found = self._look_up(number)
            if found is not None and found.get("job-name") == str(token):
                self.purge(_spool_job(found))

    def _cancel(self, number: int, *, purge: bool = False) -> None:
        try:
            with self._connections.use() as connection:
                connection.cancelJob(number, purge_job=purge)
        except IppRefusal as refusal:
            if refusal.status not in (NOT_FOUND, NOT_POSSIBLE):  # gone, or over since we looked
                raise


def _spool_job(found: Mapping[str, Any]) -> SpoolJob:
    return SpoolJob(
        number=found["job-id"],
        uuid=found.get("job-uuid", ""),
        name=found.get("job-name", ""),
        state=_STATES.get(found.get("job-state", 0), SpoolState.GONE),
        message=found.get("job-printer-state-message") or None,
    )
