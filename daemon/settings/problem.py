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
    excerpt: str | None = None
    """The line as it stands in the file, where what is wrong is how it is written. None where it may hold a secret."""

    def __str__(self) -> str:
        place = self.file or ""
        if self.file and self.line:
            place = f"{self.file}:{self.line}"
        said = ": ".join(part for part in (place, self.key, self.message) if part)
        if self.excerpt is None:
            return said
        return f"{said}\n    {self.excerpt}\n    {' ' * ((self.column or 1) - 1)}^"


class InvalidConfiguration(Rejected):
    """The configuration cannot be used. One line for each problem, all at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
