"""The daemon as a process, told by its configuration whom to tell."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.fixtures.receiver import receiving
from tests.waiting import eventually


def test_a_daemon_without_blanks_tells_once_and_ends_when_asked(tmp_path: Path) -> None:
    config = tmp_path / "giliran.yaml"
    with receiving() as receiver:
        (tmp_path / "alert-urls").write_text(f"no url\n{receiver.url}\n")
        config.write_text(
            f"""
office: {{code: "1205", name: "Disdukcapil Contoh", language: id}}
database: {{url: "sqlite:///{tmp_path}/giliran.db"}}
central: {{url: "http://127.0.0.1:9"}}
cups: {{server: "{tmp_path}/cups.sock", guard_journal: "{tmp_path}/journal"}}
printers:
  - {{name: card-1, kind: card, queue: Evolis_1, options: {{media: CR80}}}}
alerts: {{urls_file: "{tmp_path}/alert-urls"}}
"""
        )
        giliran = [sys.executable, "-m", "daemon", "--config", str(config)]
        subprocess.run([*giliran, "migrate"], check=True, capture_output=True, timeout=60)
        daemon = subprocess.Popen([*giliran, "run"], stderr=subprocess.PIPE, text=True)
        try:
            eventually(lambda: receiver.taken, timeout_seconds=30, what="the alert")
            daemon.send_signal(signal.SIGTERM)
            _, said = daemon.communicate(timeout=90)
        finally:
            daemon.kill()
    assert daemon.returncode == 0, said
    ((title, text),) = receiver.taken
    assert title == "Giliran: Disdukcapil Contoh"
    assert "tidak ada blangko lagi di pencetak; di gudang 0" in text
    assert "alert: no blank is left in any printer; 0 in store" in said
    assert "alert-urls:1: no URL that apprise knows" in said
    assert "sesame" not in said
