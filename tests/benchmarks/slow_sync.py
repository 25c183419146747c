"""A disk as offices have it: where a sync takes microseconds, only the processor is measured."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MILLISECONDS = 4.0
"""What one sync takes more: a solid-state disk without a capacitor takes so long, one that turns longer."""
_SOURCE = Path(__file__).with_suffix(".c")
_IS_LOADED = "GILIRAN_BENCH_SLOW_SYNC"


def load(folder: Path) -> None:
    """Start this program again with the slow sync in front of libc, unless it is there."""
    if _IS_LOADED in os.environ:
        return
    library = folder / "giliran-bench-slow-sync.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(library), _IS_LOADED: str(library)}
    os.execve(sys.executable, [sys.executable, "-m", "tests.benchmarks", *sys.argv[1:]], environment)


@contextmanager
def slowed() -> Iterator[None]:
    """While inside, each sync of this process takes so much longer."""
    library = ctypes.CDLL(os.environ[_IS_LOADED])
    library.slow_sync_by(int(MILLISECONDS * 1000))
    try:
        yield
    finally:
        library.slow_sync_by(0)
