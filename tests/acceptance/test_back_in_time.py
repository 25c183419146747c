"""The database is put back to an earlier copy, with and without the guard's journal: whole daemon, real CUPS."""

import shutil
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from adapters.cups import CupsSpooler
from adapters.database.copying import copy_sqlite
from daemon.demo.point import CommandFailed
from daemon.demo.stage import Cast, Stage
from daemon.domain.recovery import SpoolState
from daemon.domain.states import State
from daemon.main import make_log_key, open_store
from daemon.ports import SpoolJob
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import PATIENCE_SECONDS, titles, wait_for, wait_for_cards, wait_for_log
from tests.acceptance.test_journal_lost import lose_the_journal
from tests.waiting import eventually

PEOPLE = 12


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=PEOPLE, printers=1, seconds_per_card=0.1, ready_within_seconds=0))


def print_four_of_which_the_copy_knows_two(stage: Stage) -> Path:
    """Where the copy is. The daemon is dead."""
    stage.start_daemon()
    wait_for_cards(stage, 1)
    stage.stop_daemon()
    copy = stage.folder / "copy.db"
    shutil.copy(stage.folder / "giliran.db", copy)
    made = len(titles(stage))
    stage.start_daemon()
    wait_for_cards(stage, made + 3)
    wait_for(stage, State.PRINTED, made + 2)
    stage.kill_daemon()
    eventually(lambda: is_still(stage), PATIENCE_SECONDS, "the card that was on its way")
    return copy


def is_still(stage: Stage) -> bool:
    """A guard that has its document sees the card through without the daemon."""
    return not any(job.state in (SpoolState.PENDING, SpoolState.PROCESSING) for job in jobs_in_cups(stage))


def jobs_in_cups(stage: Stage) -> list[SpoolJob]:
    return CupsSpooler(stage.cups.server).ours()


def records_printed(stage: Stage) -> Counter[str]:
    return Counter(title.split(":")[1] for title in titles(stage))


def end_with_one_card_each(stage: Stage) -> None:
    with closing(open_store(stage.settings)) as store:
        eventually(lambda: store.view.counts()[State.READY] == 0, 2 * PATIENCE_SECONDS, "an empty line")
        eventually(lambda: store.view.counts()[State.PRINTING] == 0, PATIENCE_SECONDS, "an end")
        assert store.ledger.differences() == {}
    assert stage.stop_daemon() == 0
    assert set(records_printed(stage).values()) == {1}
    assert stage.central.state.double_issuances == []


def test_an_old_copy_beside_the_journal_prints_nobody_until_it_is_reconciled_and_then_nobody_twice(
    stage: Stage,
) -> None:
    copy = print_four_of_which_the_copy_knows_two(stage)
    before = len(titles(stage))
    make_log_key(stage.settings)
    stage.giliran("audit", "export", str(stage.folder / "tree"))
    stage.giliran("restore", str(copy))
    stage.start_daemon()
    wait_for_log(stage, "the database is behind since")
    assert "the database is behind" in stage.giliran("status")
    assert stage.status()["dispatch"] == {"state": "paused", "reasons": ["behind"]}
    assert len(titles(stage)) == before

    assert "are booked as printed" in stage.giliran("restore", "--reconcile")
    end_with_one_card_each(stage)
    with closing(open_store(stage.settings)) as store:
        assert "log_forked" in {entry.event for entry in store.log.entries(limit=100_000)}
        signed = store.tree.newest()
    assert signed is not None, "a head of it is signed again"
    held = stage.folder / "tree" / "checkpoint"
    with pytest.raises(CommandFailed, match="not the one whose head was signed"):
        stage.giliran("audit", "verify", "--checkpoint", str(held))
    with closing(open_store(stage.settings)) as store:
        assert store.view.counts()[State.PRINTED] == stage.cast.print_ready
        assert store.ledger.balances()["issued"] == stage.cast.print_ready


def test_an_old_copy_without_the_journal_prints_nobody_without_a_persons_word(stage: Stage) -> None:
    copy = print_four_of_which_the_copy_knows_two(stage)
    made = records_printed(stage)
    lose_the_journal(stage)
    stage.giliran("restore", str(copy))
    stage.giliran("printer", "guard", "card-1", "--backend-dir", str(stage.cups.backend_dir))
    stage.start_daemon()
    wait_for_log(stage, "the guard's journal was lost or exchanged, so nothing here tells")
    with pytest.raises(CommandFailed, match="none is printed"):
        stage.giliran("restore", "--reconcile")
    assert records_printed(stage) == made

    with closing(open_store(stage.settings)) as store:
        forgotten = eventually(
            lambda: [record for record in made if store.jobs.job(record).state is State.READY],
            PATIENCE_SECONDS,
            "those whose cards it does not know, in line again by the centre's word",
        )
    words = [word for record in forgotten for word in ("--printed", record)]
    stage.giliran("restore", "--reconcile", *words, "--rest-not-printed", "--reason", "looked into the tray")
    stage.giliran("printer", "resume", "card-1")
    end_with_one_card_each(stage)


def test_a_copy_that_is_moved_in_under_a_daemon_ends_it_and_the_next_start_prints_nobody(stage: Stage) -> None:
    stage.start_daemon()
    wait_for_cards(stage, 1)
    file, copy = stage.folder / "giliran.db", stage.folder / "copy.db"
    copy_sqlite(file, copy)
    wait_for_cards(stage, len(titles(stage)) + 2)
    for tail in ("-wal", "-shm"):
        file.with_name(file.name + tail).unlink()
    copy.replace(file)
    assert stage.daemon is not None
    assert stage.daemon.wait(PATIENCE_SECONDS) == 1
    wait_for_log(stage, "its file was exchanged while Giliran ran; no card was started")

    stage.start_daemon()
    wait_for_log(stage, "the database is behind since")
    eventually(lambda: stage.status()["dispatch"]["reasons"] == ["behind"], PATIENCE_SECONDS, "its printers looked at")
    eventually(lambda: _is_reconciled(stage), PATIENCE_SECONDS, "nothing left in the printer")
    end_with_one_card_each(stage)


def _is_reconciled(stage: Stage) -> bool:
    try:
        return "behind no more" in stage.giliran("restore", "--reconcile")
    except CommandFailed:
        return False


def test_a_copy_is_not_put_back_under_a_daemon_that_runs(stage: Stage) -> None:
    stage.start_daemon()
    wait_for_cards(stage, 1)
    with pytest.raises(CommandFailed, match="stop it first"):
        stage.giliran("restore", str(stage.folder / "giliran.db"))
    assert stage.stop_daemon() == 0
