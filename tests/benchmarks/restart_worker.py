"""One start of a daemon's store after a crash: what was under way is settled, and the first card is claimed.

Says when it has claimed, and how many seconds of the processor that took from its start; then it waits to be killed,
with its claim open.
"""

import gc
import sys
import threading
from contextlib import closing
from pathlib import Path
from time import process_time

from daemon.__main__ import OBJECTS_A_COLLECTION


def claim(folder: Path) -> None:
    """Imported here: as in the daemon, after what it does about collections."""
    from adapters.clock import SystemClock
    from adapters.database import open_store
    from daemon.domain.job import Verdict, conclude
    from daemon.ports import Claim
    from tests.benchmarks.office import NOON, url

    with closing(open_store(url(folder), "1205", SystemClock())) as store:
        for attempt in store.jobs.open_attempts("card-1"):
            store.jobs.apply(conclude(attempt.job, Verdict.NO_CARD, reason="found at the start", at=NOON))
        assert isinstance(store.jobs.claim("card-1", NOON, journal="J-1"), Claim)
        print(f"claimed {process_time()}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    gc.set_threshold(OBJECTS_A_COLLECTION)
    claim(Path(sys.argv[1]))
