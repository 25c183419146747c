"""`giliran demo`: the main job for real, on a stage with everything on it."""

from daemon.demo.performance import run

__all__ = ["run"]
