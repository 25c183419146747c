"""The command line. Commands import what they need when they run, so that `giliran --help` answers at once."""

from daemon.cli.app import main

__all__ = ["main"]
