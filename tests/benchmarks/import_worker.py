"""`giliran import` of a file without an end, until it is killed."""

import sys
from contextlib import closing
from itertools import count
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import open_store
from tests.benchmarks.office import NOON, people, url

if __name__ == "__main__":
    with closing(open_store(url(Path(sys.argv[1])), "1205", SystemClock())) as store:
        for first in count(2_000_000, 2_000):
            store.records.register(people(2_000, first=first), NOON, "clerk")
