"""A PDF of the centre's: whether it can be printed, asked in a process of its own."""

import shutil
import signal

from adapters.coprocess import IDLE_SECONDS, PATIENCE_SECONDS, Coprocess, Declined, Died, Failed
from daemon.domain.errors import Fatal
from daemon.domain.flaw import Flaw

_EXAMINER = "adapters.examiner"
"""Run and not imported: the parser has no place in the daemon."""
MOST_PROCESSOR_SECONDS = 5
"""To read one; to draw it there is a limit of its own."""


class BadPdf(Exception):
    """It cannot be printed; why, without its content."""


class Examiner:
    """Safe to use from several threads, one document at a time."""

    def __init__(
        self,
        *,
        most_pages: int,
        most_processor_seconds: int = MOST_PROCESSOR_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        """`patience_seconds`: by the clock, for what no limit ends: a machine under load is not the document's fault.

        Fatal without Ghostscript.
        """
        if shutil.which("gs") is None:
            raise Fatal("Ghostscript (gs) is missing, which looks at the centre's PDFs: apt install ghostscript")
        self._most_processor_seconds = most_processor_seconds
        self._patience_seconds = patience_seconds
        limits = map(str, (most_pages, idle_seconds, most_processor_seconds))
        self.process = Coprocess(_EXAMINER, *limits, patience_seconds=patience_seconds)

    def examine(self, document: bytes) -> bytes:
        """The same as it is to be printed. BadPdf; Failed. For when it is pulled, not for when it is printed."""
        try:
            return self.process.ask(document)
        except Declined as why:
            raise BadPdf(str(why)) from why
        except Failed as failure:
            if isinstance(failure, Died) and failure.status == -signal.SIGXCPU:  # its own work, whatever the machine's
                raise BadPdf(Flaw.SLOW_TO_READ.format(seconds=self._most_processor_seconds)) from failure
            if not failure.is_over_question:
                raise
            raise BadPdf(self._flaw(failure)) from failure

    def _flaw(self, failure: Failed) -> str:
        if isinstance(failure, Died):
            return Flaw.UNREADABLE
        return Flaw.SLOW_TO_EXAMINE.format(seconds=f"{self._patience_seconds:g}")

    def close(self) -> None:
        """End the process. More than once is fine."""
        self.process.close()
