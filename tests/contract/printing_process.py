"""A process that prints until nobody is ready: python -m tests.contract.printing_process URL PRINTER."""

import sys

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain.job import Verdict, conclude
from daemon.ports import Claim, NoClaim
from tests.contract.office import card


def main(url: str, printer: str) -> None:
    clock = SystemClock()
    store = open_store(url, "1205", clock)
    print("started", flush=True)
    while True:
        claim = store.jobs.claim(printer, clock.now(), journal="J-1")
        if isinstance(claim, Claim):
            job = claim.attempt.job
            store.jobs.submitted(job.token, 1, "urn:uuid:1")
            store.jobs.apply(conclude(job, Verdict.PRINTED, reason=None, at=clock.now()))
            print(job.record_id, flush=True)
        elif claim is NoClaim.AWAITS_DOCUMENT:
            for wanted in store.pulled_cards.wanted(5):
                store.pulled_cards.save(card(wanted.record_id))
        else:
            break
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
