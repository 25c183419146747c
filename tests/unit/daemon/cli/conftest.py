"""An office with a configuration and a real SQLite file, and the command line run in it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from daemon import main as root
from daemon.cli import main
from daemon.domain import job as moves
from daemon.domain.job import Verdict
from daemon.domain.ledger import CENTRE, STORE, Movement, hopper
from daemon.ports import Card, Claim, Page, Person, Record, Store
from daemon.settings import Settings
from tests.fixtures.sqlite import NewFile

RECORDED = datetime(2026, 1, 2, 1, 30, tzinfo=UTC)
DOCUMENT = b"%PDF-1.7 invented %%EOF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one run of `giliran` left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout, which must be one JSON value and nothing else."""
        return json.loads(self.out)


def record(record_id: str, recorded_at: datetime, status: str | None = "PRINT_READY_RECORD") -> Record:
    return Record(
        record_id=record_id,
        recorded_at=recorded_at,
        person=Person(nik="1205010101900001", name="SITI CONTOH"),
        status=status,
        updated_at=recorded_at,
    )


class Office:
    """A folder with giliran.yaml in it."""

    def __init__(self, folder: Path, new_file: NewFile, run: Callable[..., Outcome]) -> None:
        self.folder = folder
        self.config = folder / "giliran.yaml"
        self.now = datetime.now(UTC)
        self._run = run
        self._pages = 0
        self.configure()
        new_file(folder)

    def configure(
        self, *, language: str = "en", extra: str = "", office: str = "", centre: str = "http://127.0.0.1:9"
    ) -> None:
        (self.folder / "token").write_text("an-invented-token\n")
        (self.folder / "token").chmod(0o600)
        self.config.write_text(
            f"""
office: {{code: "1205", name: "Disdukcapil Contoh", language: {language}, {office}}}
database: {{url: "sqlite:///{self.folder}/giliran.db"}}
central: {{url: "{centre}", token_file: "{self.folder}/token"}}
cups: {{server: "{self.folder}/cups.sock", guard_journal: "{self.folder}/journal"}}
printers:
  - {{name: card-1, kind: card, queue: Evolis_1, options: {{media: CR80}}}}
  - {{name: card-2, kind: card, queue: Evolis_2, options: {{media: CR80}}}}
  - {{name: letters, kind: paper, queue: Office_Laser}}
{extra}
"""
        )

    def without_a_database(self) -> None:
        """As where its disk is not mounted."""
        for file in self.folder.glob("giliran.db*"):
            file.unlink()

    def __call__(self, *arguments: str) -> Outcome:
        return self._run("--config", str(self.config), *arguments)

    @property
    def settings(self) -> Settings:
        return root.load_settings(self.config)

    @contextmanager
    def store(self) -> Iterator[Store]:
        with closing(root.open_store(self.settings)) as store:
            yield store

    def take(self, *records: Record) -> None:
        """As if the centre had sent them."""
        self._pages += 1
        with self.store() as store:
            store.records.take_page(Page(records=records, bad=(), next=str(self._pages), more=False), self.now)

    def ready(self, *record_ids: str) -> None:
        """Print-ready, recorded a day apart."""
        self.take(*(record(record_id, RECORDED + timedelta(days=n)) for n, record_id in enumerate(record_ids)))

    def stock(self, quantity: int = 10, printer: str = "card-1") -> None:
        """A shipment, in the hopper at once."""
        with self.store() as store:
            for credit, debit in ((CENTRE, STORE), (STORE, hopper(printer))):
                movement = Movement(quantity=quantity, credit=credit, debit=debit, reason="test")
                assert store.ledger.move(movement, at=self.now, actor="test")

    def start(self, record_id: str) -> None:
        """The head of the queue goes to card-1."""
        with self.store() as store:
            store.pulled_cards.save(Card(record_id=record_id, fields={}, photo=None, document=DOCUMENT))
            claim = store.jobs.claim("card-1", self.now, journal="J-1")
            assert isinstance(claim, Claim)
            assert claim.attempt.job.record_id == record_id

    def finish(self, record_id: str, verdict: Verdict, reason: str | None = None) -> None:
        """Its attempt ends."""
        with self.store() as store:
            store.jobs.apply(moves.conclude(store.jobs.job(record_id), verdict, reason=reason, at=self.now))

    def queue(self) -> dict[str, str]:
        """State by record id, of every job that `queue` lists."""
        return {row["record_id"]: row["state"] for row in self("queue", "--json").json}

    def actors(self, record_id: str) -> set[str]:
        """Who the log says did something to this record."""
        with self.store() as store:
            return {entry.actor for entry in store.log.entries(record_id)}


@pytest.fixture
def office(
    tmp_path: Path, new_file: NewFile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    monkeypatch.delenv("INVOCATION_ID", raising=False)

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        status = main(arguments)
        said = capsys.readouterr()
        return Outcome(status=status, out=said.out, err=said.err)

    return Office(tmp_path, new_file, run)
