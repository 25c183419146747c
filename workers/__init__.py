"""The loops that do the work, one noun each: a `step() -> delay` that workers/runner.py turns into a thread."""
