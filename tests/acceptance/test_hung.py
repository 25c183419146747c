"""A loop that never comes back ends the whole program within a minute, and it is named afterwards."""

import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from adapters.clock import SystemClock
from adapters.database import migrate, open_store
from daemon.domain.health import Ending

ROOT = Path(__file__).parents[2]
HANGING = """
import sys, threading
from dataclasses import replace
from pathlib import Path
from daemon import main

class Hanging:
    def poll(self):
        threading.Event().wait()
    def close(self):
        pass

def outside(settings, lease, stack):
    return replace(main.outside(settings, lease, stack), events=Hanging())

sys.exit(main.run(Path(sys.argv[1]), outside))
"""


def test_a_loop_that_hangs_ends_the_program_within_a_minute_and_is_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/giliran.db"
    config = tmp_path / "giliran.yaml"
    (tmp_path / "token").write_text("an-invented-token\n")
    config.write_text(
        f"""
office: {{code: "1205", name: "Disdukcapil Contoh", language: en}}
database: {{url: "{url}"}}
central: {{url: "http://127.0.0.1:9", token_file: "{tmp_path}/token"}}
cups: {{server: "{tmp_path}/cups.sock", guard_journal: "{tmp_path}/journal"}}
printers:
  - {{name: card-1, kind: card, queue: Evolis_1, options: {{media: CR80}}}}
"""
    )
    migrate(url, "1205")

    ended = subprocess.run(
        [sys.executable, "-c", HANGING, str(config)], cwd=ROOT, capture_output=True, text=True, timeout=90, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.count("no step in time from printer-watch") == 1
    with closing(open_store(url, "1205", SystemClock())) as store:
        (run,) = store.runs.newest(5)
    assert run.ending is Ending.HUNG
    assert list(run.loops) == ["printer-watch"]
    assert run.ended_at is not None
    assert run.ended_at - run.started_at < timedelta(minutes=1)
