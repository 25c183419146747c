"""`make test-systemd`: CUPS is stopped in order, in every way that Debian does it, while both printers print a card."""

import argparse
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from adapters.clock import SystemClock
from tests.systemd.office import PATIENCE_SECONDS, Office, centre
from tests.systemd.tree import Tree
from tests.waiting import eventually

PEOPLE = 400
WAYS = {
    "systemctl restart cups": (("systemctl", "restart", "cups"),),
    "the nightly log rotation": (("logrotate", "--force", "/etc/logrotate.d/cups-daemon"),),
    "an update of cups-daemon": (("dpkg-reconfigure", "--frontend=noninteractive", "cups-daemon"),),
    "systemctl stop cups, start cups": (("systemctl", "stop", "cups"), ("systemctl", "start", "cups")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One ordered stop of CUPS."""

    way: str
    questions: int
    took_seconds: float
    goes_on: bool


def main() -> int:
    """0 when no ordered stop left a question and printing went on by itself."""
    asked = _arguments()
    if os.geteuid() != 0:
        print("a Debian is booted by root alone: sudo make test-systemd", file=sys.stderr)
        return 2
    tree = Tree(asked.tree)
    tree.make()
    office = Office(tree=tree, seconds_per_card=asked.seconds_per_card)
    office.clear()
    tree.install()
    seen: list[Seen] = []
    with tree, centre(tree, PEOPLE):
        office.set_up()
        for number in range(asked.rounds):
            way = list(WAYS)[number % len(WAYS)]
            seen.append(_stop_in_order(office, way))
            print(
                f"{number + 1:>3} {way:<32} {seen[-1].questions} questions, {seen[-1].took_seconds:.1f} s", flush=True
            )
        tree.run("systemctl", "stop", "giliran")
        counts, cards = office.status()["queue"], Counter(office.cards())
    twice = sum(count - 1 for count in cards.values())
    questions = sum(one.questions for one in seen)
    print(f"\n{len(seen)} ordered stops of CUPS: {questions} questions, {len(cards)} cards, {twice} of them twice,")
    print(f"printed by the books: {counts['printed']}; went on by itself {sum(one.goes_on for one in seen)} times")
    kept = questions == twice == 0 and counts["printed"] == len(cards) and all(one.goes_on for one in seen)
    return 0 if kept else 1


def _stop_in_order(office: Office, way: str) -> Seen:
    clock = SystemClock()
    office.wait_until_both_print()
    questions = office.status()["queue"]["unconfirmed"]
    began = clock.monotonic()
    for command in WAYS[way]:
        office.tree.run(*command)
    took = clock.monotonic() - began
    made = {name: len(printer.tape()) for name, printer in office.printers.items()}
    try:
        eventually(
            lambda: all(len(office.printers[name].tape()) > count for name, count in made.items()),
            PATIENCE_SECONDS,
            "a card more from each printer",
        )
    except AssertionError as error:
        print(error)
    goes_on = all(len(office.printers[name].tape()) > count for name, count in made.items())
    return Seen(
        way=way,
        questions=office.status()["queue"]["unconfirmed"] - questions,
        took_seconds=took,
        goes_on=goes_on,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make test-systemd", description=__doc__)
    parser.add_argument("--rounds", type=int, default=len(WAYS), help="ordered stops of CUPS")
    parser.add_argument("--seconds-per-card", type=float, default=4.0)
    parser.add_argument(
        "--tree", type=Path, default=Path("/var/tmp/giliran-debian"), help="where the Debian lies; made once"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
