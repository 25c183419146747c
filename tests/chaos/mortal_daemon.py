"""The daemon as it is, with cut points at its ports: `python -m tests.chaos.mortal_daemon CONFIG CUT_FOLDER`."""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.cups import CupsSpooler, DocumentServer
from daemon.domain.token import Token
from daemon.main import document_server, outside, run
from daemon.ports import Lease
from daemon.settings import Settings
from tests.chaos.cut import Cut
from workers.assembly import Outside
from workers.runner import running


class Mortal:
    """A port whose every call has a cut point before and after it."""

    def __init__(self, port: object, name: str, cut: Cut) -> None:
        self._port, self._name, self._cut = port, name, cut

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._port, attribute)
        return self._mortal(attribute, found) if callable(found) else found

    def _mortal(self, attribute: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def with_cuts(*arguments: object, **named: object) -> Any:
            self._cut.reach(f"before {self._name}.{attribute}")
            answer = call(*arguments, **named)
            self._cut.reach(f"after {self._name}.{attribute}")
            return answer

        return with_cuts


class MortalSpooler(CupsSpooler):
    """CUPS, with a cut point between Create-Job and the document."""

    def __init__(self, server: str, documents: DocumentServer, cut: Cut) -> None:
        super().__init__(server, documents)
        self._cut = cut

    def _create(self, queue: str, token: Token, options: Mapping[str, str]) -> int:
        number = super()._create(queue, token, options)
        self._cut.reach("after create_job")
        return number


def main(config: str, folder: str) -> int:
    cut = Cut(folder)

    def mortal_outside(settings: Settings, lease: Lease, stack: ExitStack) -> Outside:
        parts = outside(settings, lease, stack)
        jobs: Any = Mortal(parts.store.jobs, "jobs", cut)
        documents = stack.enter_context(running(document_server(settings)))
        spooler: Any = Mortal(MortalSpooler(settings.cups.server, documents, cut), "spooler", cut)
        journal: Any = Mortal(parts.journal, "journal", cut)
        store = replace(parts.store, jobs=jobs)
        return replace(parts, store=store, spooler=spooler, journal=journal, services=(documents,))

    return run(Path(config), mortal_outside)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
