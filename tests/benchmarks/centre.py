"""The simulated centre in a process of its own (`python -m tests.benchmarks.centre PEOPLE`), off our interpreter."""

import io
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

TOKEN = "bench"
CARD_PIXELS = 110
"""Wide and high, of noise: about as many bytes as a card with a face on it."""


@contextmanager
def centre(people: int) -> Iterator[int]:
    """Everybody is print-ready; its port on loopback."""
    command = [sys.executable, "-m", "tests.benchmarks.centre", str(people)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def _serve(people: int) -> None:
    """Until nobody holds our input open any more."""
    from adapters.clock import SystemClock
    from daemon.demo.centre import CentralSimulator, make_people

    everybody = make_people(people, seed=1)
    ready = {person.record_id: 0.0 for person in everybody}
    with CentralSimulator(everybody, token=TOKEN, ready_schedule=ready, clock=SystemClock()) as simulator:
        if people <= MOST_WITH_DOCUMENTS:
            document = _document()
            simulator.state.documents.update(dict.fromkeys(ready, document))
        print(simulator.url.rpartition(":")[2], flush=True)
        sys.stdin.read()


MOST_WITH_DOCUMENTS = 2000


def _document() -> bytes:
    """A PDF of one page that cannot be packed."""
    noise = Image.frombytes("RGB", (CARD_PIXELS, CARD_PIXELS), random.Random(1).randbytes(3 * CARD_PIXELS**2))
    pdf = io.BytesIO()
    noise.save(pdf, "PDF", resolution=300)
    return pdf.getvalue()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
