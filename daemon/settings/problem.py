"""What is wrong with a configuration, and where."""

from collections.abc import Iterable
from dataclasses import dataclass

from daemon.domain.errors import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. The message never repeats a value: values can be secrets."""

    message: str
    key: str = ""
    """The key's path: central.probe.interval, printers[0].name."""
    file: str | None = None
    line: int | None = None
    """From 1."""
    column: int | None = None
    """From 1."""

    def __str__(self) -> str:
        place = self.file or ""
        if self.file and self.line:
            place = f"{self.file}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


class InvalidConfiguration(Rejected):
    """The configuration cannot be used. One line for each problem, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
