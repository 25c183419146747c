"""Whatever people, printers and the centre do in whatever order, the books of the store agree with one another."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from adapters.clock import SystemClock
from adapters.database import open_store
from daemon.domain import job as jobs
from daemon.domain import ledger
from daemon.domain.errors import LostRace, Rejected
from daemon.domain.job import PRINT_READY, Job, Transition, Verdict, WaitsFor
from daemon.domain.ledger import MAY_GO_BELOW_ZERO, Movement
from daemon.domain.log import is_intact
from daemon.domain.states import State
from daemon.ports import BadRecord, Claim, NoClaim, Receipt, Store
from daemon.queries.audit import verify
from daemon.queries.fairness import order_violations
from tests.contract.conftest import NewDatabase
from tests.contract.office import CLERK, NOON, card, minutes, page, record, somebody
from tests.ledger_fold import fold

RECORD_IDS = st.sampled_from(list("ABCDEF"))
PRINTERS = st.sampled_from(["card-1", "card-2"])
ACCOUNTS = st.sampled_from([*sorted(ledger.PLAIN_ACCOUNTS), "hopper:card-1", "hopper:card-2"])
RECORDS = st.builds(
    record,
    RECORD_IDS,
    st.integers(0, 9),
    status=st.sampled_from([PRINT_READY, PRINT_READY, PRINT_READY, "PROCESSING", "DUPLICATE_RECORD"]),
    person=st.builds(somebody, st.integers(1, 3)),
)
BAD_RECORDS = st.builds(
    BadRecord,
    record_id=st.none() | RECORD_IDS,
    recorded_at=st.none() | st.just(NOON),
    problem=st.just("nik: 15 digits"),
)


class Office(RuleBasedStateMachine):
    """Everything that can be asked of a store."""

    fresh_database: NewDatabase

    @initialize()
    def open(self) -> None:
        self.url = type(self).fresh_database()
        self.store: Store = open_store(self.url, "1205", SystemClock())
        self.pages = 0
        self.minute = 0
        self.seen: dict[str, Job] = {}
        for printer in ("card-1", "card-2"):
            movement = Movement(quantity=4, credit=ledger.CENTRE, debit=ledger.hopper(printer), reason="load")
            self.store.ledger.move(movement, at=NOON, actor=CLERK)
        # Somebody is there from the start, or most of what is tried would find nobody.
        self.store.records.take_page(page(record("A", 5), record("B", 3), record("C", 8), following="0"), NOON)

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def now(self) -> datetime:
        self.minute += 1
        return NOON + minutes(self.minute)

    @rule(records=st.lists(RECORDS, max_size=4), bad=st.lists(BAD_RECORDS, max_size=1), again=st.booleans())
    def page_comes(self, records: list[Any], bad: list[BadRecord], again: bool) -> None:
        self.pages += 1
        taken = page(*records, bad=tuple(bad), following=str(self.pages))
        self.store.records.take_page(taken, self.now())
        # A page that names a record twice takes it back and forth when it comes again; all others do nothing.
        if again and len({each.record_id for each in records}) == len(records):
            before = self.books()
            assert self.store.records.take_page(taken, self.now()).changed == 0
            assert self.books() == before

    @rule(records=st.lists(RECORDS, max_size=3), document=st.sampled_from([None, "470/1", "470/2"]))
    def office_registers(self, records: list[Any], document: str | None) -> None:
        self.store.records.register([replace(each, status=None) for each in records], self.now(), CLERK, document)

    @rule(printer=PRINTERS)
    def printer_claims(self, printer: str) -> None:
        line = self.store.view.queue(State.READY, None)
        claim = self.store.jobs.claim(printer, self.now(), journal="J-1")
        if claim is NoClaim.AWAITS_DOCUMENT:
            assert self.store.pulled_cards.wanted(1)[0].record_id == line[0].job.record_id
            for job in self.store.pulled_cards.wanted(2):
                self.store.pulled_cards.save(card(job.record_id))
            claim = self.store.jobs.claim(printer, self.now(), journal="J-1")
        if isinstance(claim, Claim):
            assert claim.attempt.job.record_id == line[0].job.record_id
            assert claim.card == card(claim.attempt.job.record_id)
        else:
            blanks = self.store.ledger.balances()[ledger.hopper(printer)]
            assert claim is (NoClaim.NO_BLANKS if line else NoClaim.NOBODY_READY)
            assert not line or blanks == 0

    @precondition(lambda self: self.store.jobs.open_attempts())
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def attempt_ends(self, data: st.DataObject, verdict: Verdict) -> None:
        job = data.draw(st.sampled_from(self.store.jobs.open_attempts())).job
        self.seen[job.record_id] = job
        self.store.jobs.apply(jobs.conclude(job, verdict, reason="test", at=self.now()))

    @rule(data=st.data(), verdict=st.sampled_from([Verdict.PRINTED, Verdict.NO_CARD, Verdict.SPOILED]))
    def somebody_moves(self, data: st.DataObject, verdict: Verdict) -> None:
        everybody = [row.job for state in State for row in self.store.view.queue(state, None)]
        job = data.draw(st.sampled_from(everybody))
        moves = self._moves(job, verdict)
        if moves:
            self.seen[job.record_id] = job
            self.store.jobs.apply(data.draw(st.sampled_from(moves)))

    @precondition(lambda self: self.seen)
    @rule(data=st.data(), verdict=st.sampled_from(Verdict))
    def somebody_moves_what_has_moved_on(self, data: st.DataObject, verdict: Verdict) -> None:
        """Acts on a job as it was once; only if it has not moved since may anything come of it."""
        job = data.draw(st.sampled_from(sorted(self.seen.values(), key=lambda seen: seen.record_id)))
        moves = self._moves(job, verdict)
        if job.state is State.PRINTING:
            moves.append(jobs.conclude(job, verdict, reason="late", at=self.now()))
        if moves:
            now = self.store.jobs.job(job.record_id)
            if (now.state, now.since, now.attempt) == (job.state, job.since, job.attempt):
                self.store.jobs.apply(data.draw(st.sampled_from(moves)))
            else:
                with pytest.raises(LostRace):
                    self.store.jobs.apply(data.draw(st.sampled_from(moves)))

    def _moves(self, job: Job, verdict: Verdict) -> list[Transition]:
        """What a person, or the centre, can do to it as it stands."""
        at = self.now()
        match job.state:
            case State.WAITING:
                return [jobs.hold(job, reason="photo", at=at, actor=CLERK), jobs.withdraw(job, at=at)]
            case State.READY:
                return [
                    jobs.hold(job, reason="photo", at=at, actor=CLERK),
                    jobs.find_refused(job, at=at),
                    jobs.set_back(job, detail="no photo", at=at),
                    jobs.cancel(job, reason="moved away", at=at, actor=CLERK),
                ]
            case State.HELD:
                return [jobs.release(job, at=at, actor=CLERK), jobs.cancel(job, reason="x", at=at, actor=CLERK)]
            case State.UNCONFIRMED if verdict is not Verdict.IN_DOUBT:
                return [jobs.confirm(job, verdict, reason="seen", at=at, actor=CLERK)]
            case State.PRINTED:
                return [
                    jobs.hand_over(job, at=at, actor=CLERK),
                    jobs.reprint(job, reason="rusak", at=at, actor=CLERK),
                ]
            case State.HANDED_OVER:
                return [jobs.reprint(job, reason="hilang", at=at, actor=CLERK)]
            case _:
                return []

    @rule()
    def set_back_is_tried_again(self) -> None:
        self.store.records.retry_set_back(self.now(), self.now())

    @rule(credit=ACCOUNTS, debit=ACCOUNTS, quantity=st.integers(1, 5), number=st.none() | st.sampled_from(["D1", "D2"]))
    def blanks_move(self, credit: str, debit: str, quantity: int, number: str | None) -> None:
        # What is in process belongs to the attempts.
        if credit != debit and ledger.IN_PROCESS not in (credit, debit):
            movement = Movement(quantity=quantity, credit=credit, debit=debit, reason="test", document=number)
            # Fewer blanks than that, or a paper of that number that said something else.
            with suppress(Rejected):
                self.store.ledger.move(movement, at=self.now(), actor=CLERK)

    @rule(accepted=st.booleans())
    def centre_hears(self, accepted: bool) -> None:
        due = self.store.issuances.due(2)
        if due is not None:
            key, issuances = due
            records = [issuance.record_id for issuance in issuances]
            receipt = Receipt(
                accepted=frozenset(records if accepted else records[1:]),
                rejected={} if accepted else {records[0]: "unknown"},
            )
            self.store.issuances.acknowledged(key, receipt, self.now())

    @precondition(lambda self: self.minute % 5 == 4)
    @rule()
    def daemon_restarts(self) -> None:
        before = self.books()
        self.store.close()
        self.store = open_store(self.url, "1205", SystemClock())
        assert self.books() == before

    def books(self) -> tuple[object, ...]:
        view, store = self.store.view, self.store
        return (
            [view.queue(state, None) for state in State],
            view.counts(),
            store.ledger.balances(),
            store.log.entries(),
            store.jobs.open_attempts(),
        )

    @invariant()
    def blanks_balance(self) -> None:
        if not hasattr(self, "store"):
            return
        balances = self.store.ledger.balances()
        assert sum(balances.values()) == 0
        assert all(quantity >= 0 for account, quantity in balances.items() if account not in MAY_GO_BELOW_ZERO)
        entries = reversed(self.store.ledger.entries(10_000))
        folded = fold(
            Movement(quantity=entry.quantity, credit=entry.credit, debit=entry.debit, reason=entry.reason)
            for entry in entries
        )
        assert {account: quantity for account, quantity in balances.items() if quantity} == {
            account: quantity for account, quantity in folded.items() if quantity
        }

    @invariant()
    def jobs_agree_with_counts_attempts_and_blanks(self) -> None:
        if not hasattr(self, "store"):
            return
        lists = {state: self.store.view.queue(state, None) for state in State}
        counts = self.store.view.counts()
        assert counts == {state: len(rows) for state, rows in lists.items()}
        in_doubt = counts[State.PRINTING] + counts[State.UNCONFIRMED]
        assert self.store.ledger.balances()[ledger.IN_PROCESS] == in_doubt
        printing = {row.job.record_id for row in lists[State.PRINTING]}
        assert {attempt.job.record_id for attempt in self.store.jobs.open_attempts()} == printing
        for rows in lists.values():
            for row in rows:
                history = self.store.jobs.attempts(row.job.record_id) if row.job.attempt else []
                assert [past.attempt for past in history] == list(range(1, row.job.attempt + 1))
                still_open = [past.attempt for past in history if past.ended_at is None]
                assert still_open == ([row.job.attempt] if row.job.state is State.PRINTING else [])
                self.waits_for_something(row.job)

    @staticmethod
    def waits_for_something(job: Job) -> None:
        may = [WaitsFor.CENTRE] if job.state is State.CANCELLED else []
        assert job.waits_for in (WaitsFor if job.state is State.WAITING else (None, *may))
        is_kept = job.state in (State.WAITING, State.HELD, State.CANCELLED)
        assert job.fault is None or is_kept
        assert job.waits_for is not WaitsFor.UNUSABLE or job.fault is not None

    @invariant()
    def log_is_whole_and_shows_that_order_was_kept(self) -> None:
        if not hasattr(self, "store"):
            return
        entries = self.store.log.entries(limit=10_000)
        assert all(map(is_intact, entries))
        assert order_violations(entries) == []
        assert verify(self.store).faults == ()


# When it fails it is made smaller for up to five minutes.
@pytest.mark.timeout(600)
def test_the_books_agree_whatever_happens(request: pytest.FixtureRequest, fresh_database: NewDatabase) -> None:
    Office.fresh_database = staticmethod(fresh_database)
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=25 if "sqlite" in request.node.name else 8,  # a statement costs ten times as much on a server
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
