"""Verifies what was given out with tlog-scales: verify.py KEY tree DIR [OLDER-CHECKPOINT]; verify.py KEY page RECORD.

The page of a person's proofs, as `giliran audit prove` prints it, is read from standard input; KEY is the one on paper.
Runs with the interpreter that tlog-scales is installed for, which is not Giliran's.
"""

import json
import sys
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey
from tlog_scales.tiles import leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof


def tree(key: Vkey, folder: str, *older: str) -> None:
    reader = TilesReader(LocalBackend(Path(folder)))
    head = reader.get_checkpoint()
    head.verify(key)
    assert reader.calculate_root_hash() == head.root_hash, "the root is another one"
    for number in range(head.size):
        entry = leaf_hash(reader.get_entry(number))
        reader.get_inclusion_proof(number, head.size).check(entry, head.root_hash)
    for file in older:
        old = Checkpoint.from_text(Path(file).read_text())
        old.verify(key)
        reader.get_consistency_proof(old.size, head.size).check(old.root_hash, head.root_hash)
    print(f"{head.size} entries")


def page(key: Vkey, record_id: str) -> None:
    heading, *proofs = sys.stdin.read().split("\nc2sp.org/tlog-proof@v1\n")
    salt = bytes.fromhex(heading.partition("\nsalt: ")[2].partition("\n")[0])
    subject = sha256(salt + record_id.encode()).hexdigest()
    for text in proofs:
        body, _, rest = text.partition("\n\n")
        extra, index, *path = body.split("\n")
        leaf = b64decode(extra.removeprefix("extra "))
        # The checkpoint ends with its signatures; the next leaf follows.
        lines = rest.split("\n")
        signatures = [line for line in lines[4:] if line.startswith("— ")]
        head = Checkpoint.from_text("\n".join([*lines[:4], *signatures]))
        head.verify(key)
        number = int(index.removeprefix("index "))
        InclusionProof(number, head.size, [b64decode(each) for each in path]).check(leaf_hash(leaf), head.root_hash)
        assert json.loads(leaf)["subject"] == subject, f"entry {number} is about somebody else"
        assert json.loads(leaf)["n"] == number
    print(f"{len(proofs)} entries about {record_id}")


if __name__ == "__main__":
    known, what, *given = sys.argv[1:]
    if what == "tree":
        tree(Vkey.from_string(known), *given)
    else:
        page(Vkey.from_string(known), *given)
