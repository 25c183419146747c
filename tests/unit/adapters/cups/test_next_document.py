"""The next card's document, filtered by the guard of the card in the printer. The installed guard, no CUPS."""

import hashlib
import json
import os
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from adapters.cups.filtered_ahead import Filtered
from adapters.cups.guard_document import Driver, NextDocument, Refused, fetch
from daemon.domain.token import Token
from tests.unit.adapters.cups.conftest import Bench
from tests.waiting import eventually

TOKEN = Token("1205-000001", 1)
TITLE = str(TOKEN)
OPTIONS = {"media": "CR80"}
BEFORE = Filtered(content_type="", document=b"made before")
QUESTION = {"token": TITLE, "job": "7", "printer": "card-1", "driver": ""}
UNTIL_TOLD = "import time\nwhile not os.path.exists(here + '/go'): time.sleep(0.01)"
"""A card is in the printer until the test makes that file."""


def digest(ppd: Path) -> str:
    return hashlib.sha256(ppd.read_bytes()).hexdigest()


def filter_ahead(bench: Bench, ppd: Path, pdf: bytes, made: Filtered) -> None:
    """As an earlier guard did."""
    bench.server.expect("card-1", [pdf], OPTIONS)
    asked = bench.server.filtered_ahead.next("card-1", digest(ppd))
    assert asked is not None
    bench.server.filtered_ahead.store("card-1", asked[0], made)


def made(bench: Bench, driver: str) -> Filtered:
    """Of b"the next", when a guard has brought it."""
    found = eventually(
        lambda: bench.server.filtered_ahead.pop(b"the next", "media=CR80", driver), what="the next document made ready"
    )
    assert found is not None
    return found


def test_while_a_card_is_in_the_printer_the_next_document_is_filtered_ahead_and_cups_hears_nothing_of_it(
    bench: Bench,
) -> None:
    bench.backend(UNTIL_TOLD)
    ppd = bench.filtered_by('echo "ERROR: $(cat "$6")" >&2; echo "$5"; cat "$6"')
    bench.offer(TITLE, "this card")
    bench.server.expect("card-1", [b"the next"], OPTIONS)
    guard = subprocess.Popen(
        bench.command(TITLE), env=bench.env({"PPD": str(ppd)}), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    )

    assert made(bench, digest(ppd)) == Filtered(content_type="", document=b"media=CR80\nthe next")
    (bench.backends / "go").touch()
    _, said = guard.communicate(timeout=10)
    assert guard.returncode == 0
    assert b"ERROR: this card" in said
    assert b"the next" not in said
    assert bench.told()["data"] == "media=CR80\nthis card"


def test_a_card_that_is_out_waits_for_no_filter_of_the_next(bench: Bench, tmp_path: Path) -> None:
    bench.backend(UNTIL_TOLD)
    begun = tmp_path / "begun"
    begun.touch()
    begun.chmod(0o666)  # filters run as lp
    ppd = bench.filtered_by(f'grep -q next "$6" && {{ echo $$ > {begun}; exec sleep 60; }}; cat "$6"')
    bench.offer(TITLE, "this card")
    bench.server.expect("card-1", [b"the next"], OPTIONS)
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env({"PPD": str(ppd)}), stdin=subprocess.DEVNULL)
    eventually(lambda: begun.read_text().endswith("\n"), what="the filter of the next document")

    (bench.backends / "go").touch()

    assert guard.wait(10) == 0
    filter_process = Path(f"/proc/{begun.read_text().strip()}")
    eventually(lambda: not filter_process.exists(), what="the filter's end")


def test_a_card_that_was_filtered_ahead_does_not_wait_for_the_filters(bench: Bench) -> None:
    ppd = bench.filtered_by("exit 1")
    filter_ahead(bench, ppd, b"card", BEFORE)

    done = bench.run(TITLE, PPD=str(ppd))

    assert done.returncode == 0, done.stderr
    assert bench.told()["data"] == "made before"
    assert bench.told()["env"]["FINAL_CONTENT_TYPE"] == "printer/card-1"


def test_what_was_filtered_ahead_for_another_driver_is_not_printed(bench: Bench) -> None:
    ppd = bench.filtered_by('cat "$6"')
    filter_ahead(bench, ppd, b"card", BEFORE)
    ppd.write_text(ppd.read_text() + "*% another version\n")

    assert bench.run(TITLE, PPD=str(ppd)).returncode == 0

    assert bench.told()["data"] == "card"


def test_the_ppd_that_is_hashed_is_the_one_that_filters_the_next_document(bench: Bench) -> None:
    """Though somebody changes the queue's driver with a card in the printer."""
    bench.backend(UNTIL_TOLD)
    ppd = bench.filtered_by("echo the old driver")
    old = digest(ppd)
    bench.offer(TITLE)
    guard = subprocess.Popen(bench.command(TITLE), env=bench.env({"PPD": str(ppd)}), stdin=subprocess.DEVNULL)
    eventually(lambda: bench.runs() == 1, what="a card in the printer")
    ppd.write_bytes(bench.filtered_by("echo the new driver", "another").read_bytes())
    bench.server.expect("card-1", [b"the next"], OPTIONS)

    assert made(bench, old).document == b"the old driver\n"

    (bench.backends / "go").touch()
    assert guard.wait(10) == 0


def test_the_ppd_that_is_hashed_is_the_one_that_filters_at_once(bench: Bench) -> None:
    """Though somebody changes the queue's driver while the daemon answers."""
    ppd = bench.filtered_by('echo the old driver; sha256sum < "$PPD"')
    old, another = digest(ppd), bench.filtered_by("echo the new driver", "another").read_bytes()
    bench.server.offer(TOKEN, 7, "card-1", b"card", OPTIONS, lambda: ppd.write_bytes(another) > 0)

    done = bench.run(TITLE, offered=False, PPD=str(ppd))

    assert done.returncode == 0, done.stderr
    assert bench.told()["data"] == f"the old driver\n{old}  -\n"


def test_what_one_queue_s_guard_made_is_the_other_queue_s_own(bench: Bench) -> None:
    bench.backend(UNTIL_TOLD)
    ppd = bench.filtered_by('cat "$6"')
    other = Token("1205-000002", 1)
    bench.server.offer(other, 8, "card-2", b"this card", OPTIONS)
    bench.server.expect("card-2", [b"the next"], OPTIONS)
    command = [str(bench.backends / "giliran"), "8", "petugas", str(other), "1", ""]
    guard = subprocess.Popen(command, env=bench.env({"PPD": str(ppd), "PRINTER": "card-2"}), stdin=subprocess.DEVNULL)
    made_by_2 = made(bench, digest(ppd))
    (bench.backends / "go").touch()
    assert guard.wait(10) == 0
    (bench.backends / "runs").unlink()
    filter_ahead(bench, ppd, b"card", made_by_2)

    assert bench.run(TITLE, PPD=str(ppd)).returncode == 0

    assert bench.told()["data"] == "the next"
    assert bench.told()["env"]["FINAL_CONTENT_TYPE"] == "printer/card-1"


AS_A_FILTER = """
import json, runpy, sys
guard = runpy.run_path(sys.argv[1])
try:
    print(guard["fetch"](sys.argv[2], json.loads(sys.argv[3]), b"forged"))
except guard["Refused"] as refused:
    print("refused:", refused)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can drop root")
def test_a_process_of_cups_s_user_is_neither_told_what_is_next_nor_believed(bench: Bench) -> None:
    """It may be a filter of another queue, which reads strangers' documents."""
    bench.let_lp_in()
    bench.offer(TITLE)
    bench.server.expect("card-1", [b"the next"], OPTIONS)
    asked = bench.server.filtered_ahead.next("card-1", "D")
    assert asked is not None
    for question in ({"next": "document"}, {"next": "made", "key": asked[0], "type": "", "size": "6"}):
        asks = [
            str(bench.backends / "giliran"),
            str(bench.journal),
            json.dumps({**QUESTION, "driver": "D", **question}),
        ]
        said = subprocess.run(
            ["/usr/bin/python3", "-IS", "-c", AS_A_FILTER, *asks],
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
            user="lp",
            group="lp",
            extra_groups=[],
        )
        assert said.stdout == "refused: only a guard that runs as root has documents filtered ahead\n"
    assert bench.server.filtered_ahead.pop(b"the next", "media=CR80", "D") is None


def test_a_filter_that_was_just_started_when_the_card_is_out_ends_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PPD", str(bench.filtered_by("exec sleep 60")))
    bench.offer(TITLE)
    bench.server.expect("card-1", [b"the next"], OPTIONS)
    driver = Driver()
    ahead = NextDocument(str(bench.journal), {**QUESTION, "driver": driver.digest}, driver)
    started: list[subprocess.Popen[bytes]] = []

    class Stopped(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            ahead.stop()
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Stopped)
    before = threading.active_count()
    ahead.start()

    eventually(lambda: started and threading.active_count() == before, what="the filters' end")
    assert started[0].stderr is not None
    started[0].stderr.close()


def test_the_next_document_is_nobody_s_but_the_guard_s_of_a_card_on_its_way(bench: Bench) -> None:
    bench.server.expect("card-1", [b"the next"], OPTIONS)
    bench.offer(TITLE)
    question = {**QUESTION, "next": "document"}

    assert fetch(str(bench.journal), question)[1] == b"the next"
    for other in ({"job": "8"}, {"printer": "card-2"}, {"token": "giliran:1205-000009:1"}):
        with pytest.raises(Refused):
            fetch(str(bench.journal), {**question, **other})
