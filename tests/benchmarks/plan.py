"""How thoroughly to measure, and where."""

from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.office import Offices


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Given to every benchmark."""

    folder: Path
    offices: Offices
    quick: bool
    """Only to see that everything works: its ratios say little."""
    full: bool
    """With a million people in line as well."""

    @property
    def repetitions(self) -> int:
        return 2 if self.quick else 5

    @property
    def backlog(self) -> int:
        """Langkat's."""
        return 2_000 if self.quick else 41_000
