"""The command line. What a word needs is imported when it is given, so that `giliran --help` answers at once."""

import sys
from collections.abc import Sequence
from pathlib import Path

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command in this process, by its arguments or those of the process; the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    match given:
        case ["run"]:
            return _run(None)
        case ["--config", file, "run"]:
            return _run(Path(file))
    from daemon.cli.app import main as command

    return command(given)


def _run(config: Path | None) -> int:
    """The daemon, which has no use for a command line in its memory."""
    from daemon.cli.outcome import outcome_of
    from daemon.main import run

    return outcome_of(lambda: run(config))
