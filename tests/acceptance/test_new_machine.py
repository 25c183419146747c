"""Another machine, or another disk, in the place of one that died: whole daemon, real CUPS and centre."""

import pytest

from adapters.database.copying import copy_sqlite
from daemon.demo.stage import Cast, Stage
from tests.acceptance.conftest import SetStage
from tests.acceptance.scene import PATIENCE_SECONDS, titles, wait_for_cards
from tests.acceptance.test_journal_lost import lose_the_journal
from tests.waiting import eventually


@pytest.fixture
def stage(set_stage: SetStage) -> Stage:
    return set_stage(Cast(people=6, printers=1, seconds_per_card=0.1, ready_within_seconds=0))


def is_behind(stage: Stage) -> bool:
    return "behind" in stage.status()["dispatch"]["reasons"]


def guard(stage: Stage, name: str) -> None:
    stage.giliran("printer", "guard", name, "--backend-dir", str(stage.cups.backend_dir))


def test_a_new_database_beside_a_new_journal_prints_nobody_when_the_centre_knows_of_cards(stage: Stage) -> None:
    stage.start_daemon()
    wait_for_cards(stage, 2)
    eventually(lambda: stage.central.state.issued, PATIENCE_SECONDS, "a card that the centre was told of")
    stage.stop_daemon()
    made = titles(stage)
    for file in stage.folder.glob("giliran.db*"):
        file.unlink()
    lose_the_journal(stage)

    stage.giliran("migrate")
    guard(stage, "card-1")
    stage.giliran("blanks", "receive", "50", "--batch", "B9", "--document", "SJ-9")
    stage.giliran("blanks", "load", "card-1", "20")
    stage.start_daemon()

    eventually(lambda: is_behind(stage), PATIENCE_SECONDS, "the centre's word")
    assert "the central server knows of cards of this office that it does not know" in stage.giliran("status")
    assert titles(stage) == made
    assert stage.stop_daemon() == 0


def test_an_old_copy_on_a_machine_whose_printer_has_another_name_prints_nobody(stage: Stage) -> None:
    stage.start_daemon()
    wait_for_cards(stage, 1)
    copy_sqlite(stage.folder / "giliran.db", stage.folder / "copy.db")
    wait_for_cards(stage, 3)
    stage.stop_daemon()
    made = titles(stage)
    for tail in ("-wal", "-shm"):
        stage.folder.joinpath(f"giliran.db{tail}").unlink(missing_ok=True)
    (stage.folder / "copy.db").replace(stage.folder / "giliran.db")
    lose_the_journal(stage)
    stage.config.write_text(stage.config.read_text().replace("card-1", "evolis"))

    guard(stage, "evolis")
    stage.start_daemon()

    eventually(lambda: is_behind(stage), PATIENCE_SECONDS, "a word")
    assert titles(stage) == made
    assert stage.stop_daemon() == 0
