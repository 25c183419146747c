"""A cut point: a process that reaches it waits there until it is killed, or told to go on.

Standard library alone and self-contained: a copy of it is pasted into the guard's and the virtual printer's backend.
"""

import os
import time


class Cut:
    """Shared through a folder: `armed` names the point, `reached` tells who waits there, `go` lets them on."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def reach(self, point: str) -> None:
        """Go by, unless it is this point that is armed."""
        armed = os.path.join(self.folder, "armed")
        try:
            with open(armed, encoding="ascii") as file:
                if file.read() != point:
                    return
            os.rename(armed, os.path.join(self.folder, f"reached.{os.getpid()}"))
        except OSError:
            return
        while not os.path.exists(os.path.join(self.folder, "go")):
            time.sleep(0.002)  # noqa: TID251
