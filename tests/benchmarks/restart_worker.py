"""One start of a daemon's store after a crash: what was under way is settled, and the first card is claimed.

Says when it has claimed; then it waits to be killed, with its claim open.
"""

import sys
import threading
from contextlib import closing
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain.job import Verdict, conclude
from daemon.ports import Claim
from tests.benchmarks.office import NOON, url

if __name__ == "__main__":
    with closing(open_store(url(Path(sys.argv[1])), "1205", SystemClock())) as store:
        for attempt in store.jobs.open_attempts("card-1"):
            store.jobs.apply(conclude(attempt.job, Verdict.NO_CARD, reason="found at the start", at=NOON))
        assert isinstance(store.jobs.claim("card-1", NOON, journal="J-1"), Claim)
        print("claimed", flush=True)
        threading.Event().wait()
