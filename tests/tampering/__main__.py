"""`python -m tests.tampering [ROUNDS] [--seed N]`: a table by kind. Status 1 when one was not found."""

import argparse
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.tampering.office import set_up
from tests.tampering.rounds import rounds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tampering")
    parser.add_argument("rounds", nargs="?", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    made, seen = Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as office, tempfile.TemporaryDirectory() as copies:
        scene = set_up(Path(office))
        for kind, seed, result in rounds(scene, Path(copies), asked.rounds, asked.seed):
            if result is None:
                continue
            made[kind] += 1
            if result.faults or result.paper:
                seen[kind] += 1
            else:
                print(f"not found: {kind}, --seed {seed}", file=sys.stderr)
    print(f"{'':24}{'made':>8}{'found':>8}")
    for kind in made:
        print(f"{kind:24}{made[kind]:8,}{seen[kind]:8,}")
    print(f"{'all':24}{made.total():8,}{seen.total():8,}")
    return int(made != seen)


if __name__ == "__main__":
    sys.exit(main())
