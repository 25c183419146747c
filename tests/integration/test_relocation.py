"""An SQLite office moves to a real PostgreSQL server: all of it, once, whatever cuts it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.clock import SystemClock
from adapters.database import migrate, open_store, relocation
from adapters.database.relocation import move, stay
from daemon.cli import main
from daemon.domain.errors import Fatal, Rejected
from daemon.domain.job import Verdict, conclude
from daemon.domain.ledger import STORE, Movement
from daemon.domain.link import Link, LinkState
from daemon.domain.states import State
from daemon.ports import Store
from daemon.queries.audit import verify
from tests.contract.office import CLERK, NOON, in_line, minutes, page, print_next, record, start, stock
from tests.fixtures.postgresql import PrivatePostgresql, new_database

Move = Callable[..., relocation.Moved]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An office in the middle of its work: a bit of everything that a table holds."""
    monkeypatch.setattr(relocation, "ROWS_A_COMMIT", 3)
    url = f"sqlite:///{tmp_path}/giliran.db"
    migrate(url, "1205")
    with closing(open_store(url, "1205", SystemClock())) as store:
        stock(store)
        in_line(store, *(f"R-{number}" for number in range(1, 8)))
        print_next(store)
        print_next(store)
        job = start(store)
        store.jobs.apply(conclude(job, Verdict.IN_DOUBT, reason="the guard died", at=NOON))
        start(store)
        spoiled = Movement(
            quantity=1, credit=STORE, debit="spoiled", reason="factory_defect", batch="B-1", document="BA-1"
        )
        arrived = Movement(quantity=9, credit="centre", debit=STORE, reason="arrived", batch="B-1")
        for movement in (arrived, spoiled):
            store.ledger.move(movement, at=NOON, actor=CLERK)
        up = Link(state=LinkState.UP, since=NOON)
        down = replace(up, state=LinkState.DOWN, since=NOON + minutes(1))
        store.links.save_link(up, up)
        store.links.save_link(down, up)
        store.printers.set_paused("card-1", True, NOON, CLERK)
        store.printers.serve("card-1", queue="Cards", journal="abc", at=NOON)
    return url


@pytest.fixture
def target(postgresql: PrivatePostgresql) -> Iterator[str]:
    name = new_database(postgresql)
    yield postgresql.url(name)
    postgresql.sql(f"DROP DATABASE {name} WITH (FORCE)")


def moved(source: str, target: str, advance: Callable[[], None] = lambda: None) -> relocation.Moved:
    return move(source, target, "1205", key=None, at=NOON, actor=CLERK, advance=advance)


def opened(target: str, key: Path) -> "closing[Store]":
    return closing(open_store(target, "1205", SystemClock(), key))


def events(store: Store) -> list[str]:
    return [entry.event for entry in store.log.entries()]


def test_the_office_goes_on_where_it_was(source: str, target: str) -> None:
    with closing(open_store(source, "1205", SystemClock())) as store:
        balances, counts, said = store.ledger.balances(), store.view.counts(), store.log.entries()
        waiting = store.pulled_cards.wanted(20, None)
    found = moved(source, target)
    assert (found.rows["job"], found.rows["attempt"], found.rows["paper"]) == (7, 4, 1)
    with opened(target, found.key) as store:
        assert store.ledger.balances() == balances
        assert store.view.counts() == counts
        assert store.pulled_cards.wanted(20, None) == waiting
        assert store.log.entries()[: len(said)] == said
        assert events(store)[len(said) :] == ["office_leaves", "office_arrived"]
        assert verify(store).faults == ()
        assert [attempt.job.record_id for attempt in store.jobs.open_attempts()] == ["R-4"]
        assert store.records.person("R-1").name == "SITI CONTOH"
        store.jobs.apply(conclude(store.jobs.job("R-4"), Verdict.PRINTED, reason=None, at=NOON))
        print_next(store)
        assert store.view.counts()[State.PRINTED] == 4
        assert verify(store).faults == ()


def test_nobody_opens_the_old_one_again_or_the_new_one_before_it_is_whole(source: str, target: str) -> None:
    def cut() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moved(source, target, cut)
    key = Path(source.removeprefix("sqlite:///") + ".key")
    for url in (source, target):
        with pytest.raises(Fatal, match=r"its office is moving to postgresql.*giliran migrate --to URL"):
            open_store(url, "1205", SystemClock(), key)
    found = moved(source, target)
    open_store(target, "1205", SystemClock(), found.key).close()
    with pytest.raises(Fatal, match="its office is moving to"):
        open_store(source, "1205", SystemClock())


def test_cut_anywhere_it_goes_on(source: str, postgresql: PrivatePostgresql) -> None:
    target = postgresql.url(new_database(postgresql))
    cuts = 0
    found = None
    while found is None:
        left = iter(range(2 * cuts + 1))

        def advance(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        try:
            found = moved(source, target, advance)
        except KeyboardInterrupt:
            cuts += 1
    assert cuts > 5
    with opened(target, found.key) as store:
        assert verify(store).faults == ()
        assert events(store).count("office_leaves") == 1


def test_what_changed_after_a_move_was_given_up_moves_too(source: str, target: str) -> None:
    calls = iter(range(12))

    def advance() -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moved(source, target, advance)
    stay(source, "1205", reason="the server is not ready", at=NOON, actor=CLERK)
    with closing(open_store(source, "1205", SystemClock())) as store:
        print_next(store)
        store.records.take_page(page(record("R-0", -5), following="later"), NOON)
        counts = store.view.counts()
    found = moved(source, target)
    with opened(target, found.key) as store:
        assert store.view.counts() == counts
        assert verify(store).faults == ()
        assert [event for event in events(store) if event.startswith("office_")] == [
            "office_leaves", "office_stays", "office_leaves", "office_arrived",
        ]  # fmt: skip


def test_a_change_while_it_is_copied_is_noticed(source: str, target: str) -> None:
    with closing(open_store(source, "1205", SystemClock())) as still_open:
        said: list[str] = []

        def advance() -> None:
            if not said:
                said.append("once")
                still_open.log.append("job_shown", at=NOON, actor=CLERK)

        with pytest.raises(Rejected, match="somebody changed it while it was copied; run it again"):
            moved(source, target, advance)
    found = moved(source, target)
    with opened(target, found.key) as store:
        assert "job_shown" in events(store)


def test_a_database_that_is_in_use_is_not_moved_into(source: str, target: str, tmp_path: Path) -> None:
    moved(source, target)
    other = f"sqlite:///{tmp_path}/other/giliran.db"
    migrate(other, "1205", tmp_path / "giliran.db.key")
    with closing(open_store(other, "1205", SystemClock(), tmp_path / "giliran.db.key")) as store:
        stock(store)
        in_line(store, "R-9")
    with pytest.raises(Rejected, match="holds another office"):
        move(other, target, "1205", key=tmp_path / "giliran.db.key", at=NOON, actor=CLERK)
    with pytest.raises(Rejected, match="this one went on there"):
        moved(source, target)
    with pytest.raises(Rejected, match="moves into PostgreSQL"):
        moved(other, source)
    # Nothing was done to the one that stayed.
    open_store(other, "1205", SystemClock(), tmp_path / "giliran.db.key").close()


def test_on_the_command_line(source: str, target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "giliran.yaml"
    (tmp_path / "token").write_text("an-invented-token\n")
    (tmp_path / "token").chmod(0o600)
    settings = {
        "office": {"code": "1205", "name": "Disdukcapil Contoh"},
        "database": {"url": source},
        "central": {"url": "http://127.0.0.1:9", "token_file": str(tmp_path / "token")},
        "cups": {"guard_journal": str(tmp_path / "journal")},
        "printers": [{"name": "card-1", "kind": "card", "queue": "Evolis_1"}],
    }
    config.write_text(json.dumps(settings))

    assert main(["--config", str(config), "migrate", "--stay", "--reason", "x"]) == 1
    assert "has not left this database" in capsys.readouterr().err
    assert main(["--config", str(config), "migrate", "--to", target]) == 0
    said = capsys.readouterr().out
    assert "moved and compared: 7 records" in said
    assert f"key_file: {tmp_path}/giliran.db.key" in said
    assert main(["--config", str(config), "queue"]) == 1
    assert "its office is moving to" in capsys.readouterr().err

    config.write_text(json.dumps({**settings, "database": {"url": target, "key_file": f"{tmp_path}/giliran.db.key"}}))
    assert main(["--config", str(config), "queue", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 5
    assert main(["--config", str(config), "migrate", "--to", target]) == 1
    assert "it is in PostgreSQL already" in capsys.readouterr().err
