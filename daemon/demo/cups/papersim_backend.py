#!/usr/bin/python3 -IS
"""The virtual paper printer's CUPS backend: keeps each job's PDF. Device URI `papersim:/FOLDER`."""

from __future__ import annotations

import os
import sys


def main(argv: list[str]) -> int:
    """A backend's arguments: job-id user title copies options [file]."""
    if len(argv) == 1:
        return 0
    os.umask(0o022)
    name = os.path.join(os.environ["DEVICE_URI"].partition(":")[2], f"{int(argv[1]):05d}.pdf")
    with open(argv[6], "rb") if len(argv) > 6 else sys.stdin.buffer as data:
        job = data.read()
    with open(name + ".new", "wb") as file:
        file.write(job)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name + ".new", name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
