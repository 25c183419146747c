"""What is left on the disks that our folders lie on."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from daemon.domain.health import Disk


def disks(folders: Mapping[str, Path]) -> Iterator[Disk]:
    """Each file system once, by the first folder on it; a folder that is not there is passed over."""
    seen = set()
    for what, folder in folders.items():
        try:
            device, found = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue
        if device in seen:
            continue
        seen.add(device)
        yield Disk(
            what=what,
            folder=str(folder),
            size=found.f_blocks * found.f_frsize,
            free=found.f_bavail * found.f_frsize,
            files_left=found.f_favail if found.f_files else None,
        )
