"""`giliran` as a process; `python -m daemon` is the same."""

import gc
import os
import sys

from daemon.cli import main as giliran

OBJECTS_A_COLLECTION = 50_000


def main() -> int:
    """Run the command that was given; the exit status."""
    # What a command imports stays until it ends. To go through all of it again and again while it is loaded, and once
    # more at the end, would take a quarter of the processor time.
    gc.set_threshold(OBJECTS_A_COLLECTION)
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for them, it reads what every package says
    try:
        return giliran()
    finally:
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
