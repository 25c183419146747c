"""An operator's process that books blanks while others do: python -m tests.contract.booking_process URL NAME ROUNDS."""

import sys
from random import Random

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain import ledger
from daemon.domain.errors import Overdrawn
from daemon.domain.ledger import Count, Movement


def main(url: str, name: str, rounds: str) -> None:
    """Ends with how often it was told that there are fewer blanks than it wanted to take."""
    clock, chance, overdrawn = SystemClock(), Random(name), 0
    store = open_store(url, "1205", clock)
    print("started", flush=True)
    hopper = ledger.hopper("card-1")
    for number in range(int(rounds)):
        received = Movement(
            quantity=10, credit=ledger.CENTRE, debit=ledger.STORE, reason="received", batch="B", document=f"SJ/{number}"
        )
        moves = (
            received,  # the same paper for everybody: booked once
            Movement(quantity=chance.randint(1, 12), credit=ledger.STORE, debit=hopper, reason="loaded"),
            Movement(quantity=chance.randint(1, 4), credit=hopper, debit=ledger.STORE, reason="unloaded"),
            Movement(quantity=1, credit=ledger.STORE, debit=ledger.SPOILED, reason="factory_defect"),
        )
        for movement in moves:
            try:
                store.ledger.move(movement, at=clock.now(), actor=name)
            except Overdrawn:
                overdrawn += 1
        count = Count(account=hopper, quantity=chance.randint(0, 30), note="stock opname")
        store.ledger.count(count, at=clock.now(), actor=name)
    print(overdrawn, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
