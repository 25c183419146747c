"""An office in a booted tree, set up by the commands that README.md names: two card printers, a centre, the service."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import daemon.demo.cups as simulated
from daemon.demo.cups import VirtualCardPrinter
from tests.systemd.tree import Tree
from tests.waiting import eventually

TOKEN = "a-token-of-nobody"
PATIENCE_SECONDS = 120.0
CENTRE = "127.0.0.1:8765"
CONFIGURATION: dict[str, object] = {
    "office": {"code": "1205", "name": "Disdukcapil Kabupaten Langkat"},
    "database": {"url": "sqlite:////var/lib/giliran/giliran.db"},
    "central": {
        "url": f"http://{CENTRE}",
        "token_file": "${CREDENTIALS_DIRECTORY}/central-token",
        "probe": {"interval": "1s", "timeout": "1s", "down_after": 2, "up_after": 1},
        "sync": {"interval": "2s"},
    },
    "printers": [
        {"name": f"card-{number}", "kind": "card", "queue": f"Card_{number}", "options": {"media": "CR80"}}
        for number in (1, 2)
    ],
}


@dataclass(slots=True, kw_only=True)
class Office:
    """What stands in the tree."""

    tree: Tree
    seconds_per_card: float
    printers: dict[str, VirtualCardPrinter] = field(default_factory=dict)

    def giliran(self, *arguments: str) -> str:
        """As people at the office call it."""
        return self.tree.run("sudo", "-u", "giliran", "giliran", *arguments)

    def status(self) -> dict[str, Any]:
        """`giliran status --json`."""
        found: dict[str, Any] = json.loads(self.giliran("status", "--json"))
        return found

    def cards(self) -> list[str]:
        """The names of all that came out of the printers."""
        return [card.title for printer in self.printers.values() for card in printer.tape()]

    def wait_until_both_print(self) -> None:
        """Each with a card in it."""
        eventually(
            lambda: (
                all(printer["state"] == "printing" for printer in self.status()["printers"])
                and all(printer.is_busy for printer in self.printers.values())
            ),
            PATIENCE_SECONDS,
            "both printers printing",
        )

    def set_up(self) -> None:
        """README.md, "Install on a server", steps 1 to 7."""
        self._add_printers()
        self.tree.run("install", "-m", "640", "-g", "giliran", "/dev/stdin", "/etc/giliran/central-token", text=TOKEN)
        self.tree.run(
            "cp", "/dev/stdin", "/etc/giliran/giliran.yaml", text=yaml.safe_dump(CONFIGURATION, sort_keys=False)
        )
        self.giliran("migrate")
        for name in self.printers:
            self.tree.run("giliran", "printer", "guard", name)
        print(self.giliran("check"))
        self.giliran("blanks", "receive", "1000", "--batch", "B-1", "--document", "SJ-1")
        for name in self.printers:
            self.giliran("blanks", "load", name, "500")
        self.tree.run("systemctl", "enable", "--now", "giliran")
        self.tree.run("systemctl", "reload", "giliran")

    def clear(self) -> None:
        """Nothing of an earlier run."""
        for name in ("var/lib/giliran", "var/lib/giliran-guard", "etc/giliran", "srv", "var/spool/cups"):
            for found in (self.tree.folder / name).glob("*"):
                shutil.rmtree(found) if found.is_dir() else found.unlink()
        for name in ("multi-user.target.wants", "cups.service.wants"):
            (self.tree.folder / "etc/systemd/system" / name / "giliran.service").unlink(missing_ok=True)

    def _add_printers(self) -> None:
        backend = self.tree.folder / "usr/lib/cups/backend/cardsim"
        shutil.copy(Path(simulated.__file__).with_name("cardsim_backend.py"), backend)
        backend.chmod(0o755)
        with tempfile.TemporaryDirectory() as folder:
            driver = Path(simulated.__file__).with_name("card.drv")
            subprocess.run(["ppdc", "-d", folder, str(driver)], check=True, capture_output=True)
            shutil.copy(Path(folder, "card.ppd"), self.tree.folder / "srv/card.ppd")
        for number in (1, 2):
            place = f"srv/card-{number}"
            self.printers[f"card-{number}"] = VirtualCardPrinter(
                self.tree.folder / place, seconds_per_card=self.seconds_per_card, hopper=500
            )
            self.tree.run("lpadmin", "-p", f"Card_{number}", "-v", f"cardsim:/{place}", "-P", "/srv/card.ppd", "-E")


@contextmanager
def centre(tree: Tree, people: int) -> Iterator[None]:
    """A central server of invented people in the tree's network, while inside."""
    command = ["central-simulator", "--listen", CENTRE, "--people", str(people), "--token", TOKEN]
    process = subprocess.Popen([*tree.inside("-n"), sys.executable, "-m", "daemon", *command])
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)
