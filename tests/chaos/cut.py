"""A cut point: a process that reaches it waits there until it is killed, or told to go on.

Standard library alone and self-contained: a copy of it is pasted into the guard's and the virtual printer's backend.
"""

import os
import time


class Cut:
    """Shared through a folder: `armed` names the point; whoever waits there has a file until it may go on."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def reach(self, point: str) -> None:
        """Go by, unless it is this point that is armed."""
        armed = os.path.join(self.folder, "armed")
        waits = os.path.join(self.folder, f"reached.{os.getpid()}")
        try:
            with open(armed, encoding="ascii") as file:
                if file.read() != point:
                    return
            os.rename(armed, waits)
        except OSError:
            return
        while os.path.exists(waits):
            time.sleep(0.002)  # noqa: TID251
