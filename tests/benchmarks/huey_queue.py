"""The peer: huey, a task queue on SQLite. It keeps no ledger, no log and no order but its own; its results are kept."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any


class HueyQueue:
    """A huey with the same durability as ours, and one task: the card of a record."""

    def __init__(self, folder: Path) -> None:
        from huey import SqliteHuey  # type: ignore[import-not-found,import-untyped,unused-ignore]

        logging.getLogger("huey").setLevel(logging.ERROR)
        folder.mkdir(parents=True, exist_ok=True)
        # fsync: synchronous=FULL; WAL is its default. It keeps what a task returns.
        self._huey: Any = SqliteHuey("cards", filename=str(folder / "huey.db"), fsync=True)
        self._card: Callable[[str], object] = self._huey.task()(_card)

    def enqueue(self, record_ids: list[str]) -> None:
        """One by one, as durably as it does it: there is no other way in."""
        for record_id in record_ids:
            self._card(record_id)

    def fill(self, record_ids: list[str]) -> None:
        """The same, all in one commit, past its own way in: for setting up alone."""
        storage = self._huey.storage
        tasks = [self._huey.serialize_task(self._card.s(record_id)) for record_id in record_ids]  # type: ignore[attr-defined]
        with storage.db(commit=True) as cursor:
            cursor.executemany(
                "insert into task (queue, data, priority) values (?, ?, 0)",
                [(storage.name, storage.to_blob(task)) for task in tasks],
            )

    def print_cards(self, cards: int, printers: int) -> None:
        """Each printer in a thread of its own takes tasks and carries them out: a commit to take, one to keep.

        The threads share one connection under a lock, as in its own consumer.
        """
        threads = [threading.Thread(target=self._work, args=(cards // printers,)) for _ in range(printers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def close(self) -> None:
        self._huey.storage.close()

    def _work(self, cards: int) -> None:
        for _ in range(cards):
            self._huey.execute(self._huey.dequeue())


def _card(record_id: str) -> str:
    return record_id
