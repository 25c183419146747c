"""A CUPS of which nothing is asked but what it still has of ours. tests/integration has the real one."""

from dataclasses import dataclass, field
from typing import Any

from daemon.domain.recovery import SpoolState
from daemon.domain.token import Token
from daemon.ports import SpoolerUnreachable, SpoolJob


@dataclass(kw_only=True)
class QuietSpooler:
    has: dict[Token, SpoolState] = field(default_factory=dict)
    is_there: bool = True

    def ours(self) -> list[SpoolJob]:
        if not self.is_there:
            raise SpoolerUnreachable("it does not run")
        return [
            SpoolJob(number=number, uuid="u", name=str(token), state=state)
            for number, (token, state) in enumerate(self.has.items(), 1)
        ]

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asks it for {name}")
