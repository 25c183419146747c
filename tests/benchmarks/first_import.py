"""`python -m tests.benchmarks.first_import OFFICE URL`: syncs once and prints the most memory it held, in MiB."""

import resource
import sys
from contextlib import closing
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import open_store
from tests.benchmarks.link import sync_all
from tests.benchmarks.office import url

if __name__ == "__main__":
    with closing(open_store(url(Path(sys.argv[1])), "1205", SystemClock())) as store:
        sync_all(store, sys.argv[2])
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
