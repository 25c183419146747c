"""What a database that was put back has forgotten is brought in by the journal, CUPS and the centre."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters.cups import FileGuardJournal, FolderMemory
from adapters.cups.guard_entries import create_entry, opened, write_line
from adapters.log_key import Ed25519LogKey
from daemon.domain import job as moves
from daemon.domain import ledger
from daemon.domain.continuity import TELLING_UNSURE, Behind
from daemon.domain.errors import Fatal
from daemon.domain.job import Verdict
from daemon.domain.ledger import Movement
from daemon.domain.log import FORKED, leaf_of
from daemon.domain.recovery import MarkKind, SpoolState
from daemon.domain.states import State
from daemon.domain.token import Token
from daemon.ports import Claim, IssuedCard, Page, Phase, Store
from daemon.queries.audit import of_checkpoint, verify
from daemon.queries.tree import checkpoint
from tests.fakes.central import FakeCentral
from tests.fakes.clock import ManualClock
from tests.fakes.spooler import QuietSpooler
from tests.unit.workers.office import card, record, take_in
from workers.reconciliation import CardsAtCentre, Reconciliation, known_at

A_CARD = timedelta(seconds=30)
PRINTER, QUEUE = "card-1", "Card_1"
FIRST = Token("R-1", 1)


@dataclass(kw_only=True)
class Desk:
    """Who reconciles, with a journal folder and a CUPS."""

    store: Store
    folder: Path
    clock: ManualClock
    cups: QuietSpooler
    at_centre: CardsAtCentre | None

    @property
    def journal(self) -> FileGuardJournal:
        return FileGuardJournal(self.folder, self.clock)

    def bringing(self) -> Reconciliation:
        spooler: Any = self.cups
        return Reconciliation(
            office="1205",
            store=self.store,
            journal=self.journal,
            memory=FolderMemory(self.folder),
            spooler=spooler,
            printers={QUEUE: PRINTER},
            at=self.clock.now(),
            actor="siti",
            at_centre=self.at_centre,
        )

    def guard_starts(self, token: Token, at: datetime | None = None) -> int:
        """Its descriptor, locked."""
        self.journal.identity()
        line: dict[str, object] = {"state": "started", "token": str(token), "printer": QUEUE, "at": _word(at)}
        with opened(str(self.folder)) as folder:
            descriptor = create_entry(folder, str(token), line, self.journal.secret(token))
        assert descriptor is not None
        return descriptor

    def guard_prints(self, token: Token, at: datetime | None = None) -> None:
        descriptor = self.guard_starts(token, at)
        ended: dict[str, object] = {"state": "ended", "exit": 0, "reasons": [], "took": 9, "size": 9}
        line = {**ended, "at": _word(None if at is None else at + A_CARD)}
        write_line(descriptor, line, self.journal.secret(token))
        os.close(descriptor)

    def state(self) -> tuple[State, int]:
        job = self.store.jobs.job("R-1")
        return job.state, job.attempt


def at_centre(*record_ids: str) -> CardsAtCentre:
    """That it was told of; nothing else is known of them."""
    return {record_id: [IssuedCard(record_id=record_id)] * record_ids.count(record_id) for record_id in record_ids}


def _word(at: datetime | None) -> str:
    """As the guard writes it; nothing where its clock is of no matter."""
    return "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def desk(store: Store, tmp_path: Path, clock: ManualClock) -> Desk:
    """R-1 is in line; whatever was printed, the database does not know."""
    folder = tmp_path / "journal"
    folder.mkdir()
    for credit, debit in ((ledger.CENTRE, ledger.STORE), (ledger.STORE, ledger.hopper(PRINTER))):
        store.ledger.move(Movement(quantity=5, credit=credit, debit=debit, reason="test"), at=clock.now(), actor="test")
    take_in(store, clock, "R-1")
    store.pulled_cards.save(card("R-1"))
    return Desk(store=store, folder=folder, clock=clock, cups=QuietSpooler(), at_centre={})


def test_a_centre_that_cannot_tell_leaves_it_to_a_person_whether_a_card_is_reported(desk: Desk) -> None:
    assert known_at(FakeCentral(clock=desk.clock)) is None  # as adapters/central understands a 404
    desk.guard_prints(FIRST)
    unable = replace(desk, at_centre=None)
    assert unable.bringing().from_journal().printed == ("R-1",)
    assert desk.state() == (State.PRINTED, 1)
    assert desk.store.issuances.undelivered() == 0
    assert desk.store.issuances.rejected() == [("R-1", TELLING_UNSURE)]
    told = desk.store.log.entries("R-1")[-1]
    assert (told.event, told.actor) == ("issuance_unsure", "giliran")


def test_a_card_that_the_centre_was_told_of_is_not_told_anew_whoever_knew_of_it(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    desk.bringing().from_journal()
    assert desk.store.issuances.undelivered() == 1
    desk.at_centre = at_centre("R-1")
    assert desk.bringing().mark_reported() == 1
    assert desk.store.issuances.undelivered() == 0


def test_of_two_cards_of_one_person_the_first_was_told_first(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    desk.bringing().from_journal()
    desk.guard_prints(Token("R-1", 2))
    desk.at_centre = at_centre("R-1")
    desk.bringing().from_journal()
    assert desk.state() == (State.PRINTED, 2)
    assert desk.bringing().mark_reported() == 1
    assert desk.store.past.untold() == [Token("R-1", 2)]


def test_somebody_who_has_a_card_at_the_centre_and_is_not_known_here_is_waited_for(desk: Desk) -> None:
    desk.at_centre = at_centre("R-9")
    (words,) = desk.bringing().from_centre().not_now
    assert words.startswith("R-9: ")


def test_a_card_that_is_brought_in_is_dated_to_the_day_on_which_it_was_made(desk: Desk) -> None:
    made_at = desk.clock.now().replace(microsecond=0) - timedelta(days=3)
    desk.guard_prints(FIRST, made_at)

    desk.bringing().from_journal()

    (attempt,) = desk.store.jobs.attempts("R-1")
    assert (attempt.started_at, attempt.ended_at, attempt.phase) == (made_at, made_at + A_CARD, Phase.SUBMITTED)
    assert desk.store.jobs.job("R-1").since == made_at + A_CARD
    due = desk.store.issuances.due(10)
    assert due is not None
    assert due[1][0].printed_at == made_at + A_CARD, "the centre hears when it was made"
    assert desk.store.ledger.used(made_at - A_CARD, timedelta()) == {made_at.date(): 1}
    assert desk.store.log.entries("R-1")[-1].at == desk.clock.now(), "the log says when it was booked"


def test_cards_are_brought_in_as_they_were_made_and_one_persons_by_their_numbers(desk: Desk) -> None:
    now = desk.clock.now()
    take_in(desk.store, desk.clock, "R-0")
    desk.guard_prints(Token("R-0", 1), now - timedelta(hours=1))
    desk.guard_prints(FIRST, now - timedelta(hours=2))
    desk.guard_prints(Token("R-1", 2), now - timedelta(hours=3))  # its clock was set back

    assert desk.bringing().from_journal().printed == ("R-1", "R-1", "R-0")
    assert desk.state() == (State.PRINTED, 2)


def test_a_clock_that_was_ahead_dates_nothing(desk: Desk) -> None:
    desk.guard_prints(FIRST, desk.clock.now() + timedelta(days=400))
    desk.bringing().from_journal()
    assert desk.store.jobs.job("R-1").since == desk.clock.now()


def test_whom_the_centre_knows_is_brought_in_as_they_were_recorded(desk: Desk) -> None:
    later = (record("R-0", desk.clock.now(), minutes=1),)
    desk.store.records.take_page(Page(records=later, bad=(), next="2", more=False), desk.clock.now())
    desk.at_centre = at_centre("R-0", "R-1")
    assert desk.bringing().from_centre().printed == ("R-1", "R-0")


def test_what_waits_in_cups_is_taken_back_before_anybody_is_printed(desk: Desk) -> None:
    desk.cups.has = {FIRST: SpoolState.HELD}
    assert desk.bringing().from_journal().printed == ()
    assert desk.journal.read(FIRST).kind is MarkKind.VOIDED
    assert desk.state() == (State.READY, 1)


def test_without_its_journal_a_job_that_cups_is_at_is_no_card_that_was_not_made(desk: Desk) -> None:
    desk.cups.has = {FIRST: SpoolState.PROCESSING}
    lost = replace(desk.bringing(), journal_lost=True)
    (words,) = lost.from_journal().not_now
    assert "cancel it" in words
    assert desk.state() == (State.READY, 0)


def test_nothing_is_settled_while_cups_cannot_be_asked(desk: Desk) -> None:
    desk.journal.identity()
    desk.cups.is_there = False
    (words,) = desk.bringing().from_journal().not_now
    assert "CUPS cannot be asked" in words


def test_a_card_that_is_in_the_printer_is_waited_for_and_no_question(desk: Desk) -> None:
    descriptor = desk.guard_starts(FIRST)
    (words,) = desk.bringing().from_journal().not_now
    assert words == "R-1: the card is in the printer"
    os.close(descriptor)
    assert desk.bringing().from_journal().asked == ("R-1",)


def test_what_was_under_way_when_the_copy_was_made_is_the_daemons_to_settle(desk: Desk) -> None:
    claim = desk.store.jobs.claim(PRINTER, desk.clock.now(), journal=desk.journal.identity())
    assert isinstance(claim, Claim)
    (words,) = desk.bringing().from_journal().not_now
    assert "start the daemon" in words
    at = desk.clock.now()
    desk.store.jobs.apply(moves.conclude(claim.attempt.job, Verdict.PRINTED, reason=None, at=at))
    assert desk.bringing().from_journal().not_now == ()


def test_a_question_about_a_card_that_the_centre_knows_was_answered_then_and_is_not_told_anew(desk: Desk) -> None:
    os.close(desk.guard_starts(FIRST))
    desk.at_centre = at_centre("R-1")
    assert desk.bringing().from_journal().asked == ("R-1",)
    found = desk.bringing().from_centre()
    assert (found.printed, found.not_now) == (("R-1",), ())
    assert desk.state() == (State.PRINTED, 1)
    assert desk.bringing().mark_reported() == 0, "it is told already"
    assert desk.store.issuances.undelivered() == 0


def test_a_question_of_which_the_journal_knows_a_later_attempt_was_answered_then(desk: Desk) -> None:
    """A card that lies there is the later attempt's."""
    claim = desk.store.jobs.claim(PRINTER, desk.clock.now(), journal=desk.journal.identity())
    assert isinstance(claim, Claim)
    desk.store.jobs.apply(moves.conclude(claim.attempt.job, Verdict.IN_DOUBT, reason="jam", at=desk.clock.now()))
    desk.guard_prints(Token("R-1", 2))

    found = desk.bringing().from_journal()

    assert (found.printed, found.not_now) == (("R-1",), ())
    assert desk.state() == (State.PRINTED, 2)
    assert len(desk.store.issuances.of("R-1")) == 1


def test_a_settled_database_is_what_the_next_start_is_held_against(desk: Desk) -> None:
    desk.journal.identity()
    desk.bringing().finish("looked")
    assert FolderMemory(desk.folder).checkpoint("1205") == desk.store.past.head()


def test_who_was_cancelled_in_the_copy_and_printed_since_has_his_card(desk: Desk) -> None:
    job = desk.store.jobs.job("R-1")
    desk.store.jobs.apply(moves.cancel(job, reason="a slip", at=desk.clock.now(), actor="siti"))
    desk.at_centre = at_centre("R-1")
    assert desk.bringing().from_centre().printed == ("R-1",)
    assert desk.state() == (State.PRINTED, 1)


def test_what_the_centre_knows_is_dated_and_placed_by_its_word(desk: Desk) -> None:
    made_at = desk.clock.now() - timedelta(days=2)
    desk.at_centre = {"R-1": [IssuedCard(record_id="R-1", printed_at=made_at, printer=PRINTER)]}
    desk.bringing().from_centre()
    (attempt,) = desk.store.jobs.attempts("R-1")
    assert (attempt.started_at, attempt.ended_at, attempt.printer) == (made_at, made_at, PRINTER)


def test_a_reprint_that_was_forgotten_is_brought_in_where_it_would_be_made_again(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    desk.at_centre = at_centre("R-1", "R-1")
    desk.bringing().from_journal()
    assert desk.bringing().from_centre().printed == (), "nobody is printed by what only the centre has"
    assert desk.bringing().twice_at_centre() == ["R-1"]
    job = desk.store.jobs.job("R-1")
    desk.store.jobs.apply(moves.reprint(job, reason="lost", at=desk.clock.now(), actor="siti"))
    assert desk.bringing().from_centre().printed == ("R-1",)
    assert desk.state() == (State.PRINTED, 2)
    assert desk.bringing().twice_at_centre() == []


def test_a_card_that_is_named_twice_is_booked_once(desk: Desk) -> None:
    assert desk.bringing().by_word("R-1", "in the tray")
    assert not desk.bringing().by_word("R-1", "in the tray")
    assert desk.state() == (State.PRINTED, 1)
    assert desk.store.ledger.balances()["issued"] == 1


def test_a_question_is_answered_by_the_card_that_is_named(desk: Desk) -> None:
    os.close(desk.guard_starts(FIRST))
    desk.bringing().from_journal()
    assert desk.bringing().by_word("R-1", "in the tray")
    assert desk.state() == (State.PRINTED, 1)


def test_cards_of_people_whom_nobody_knows_yet_are_named_those_of_other_printers_are_not(desk: Desk) -> None:
    desk.guard_prints(Token("R-7", 1))
    others = desk.bringing()
    assert others.strangers() == ["R-7"]
    assert replace(others, printers={"Elsewhere": "card-9"}).strangers() == []


def test_what_is_untold_while_the_centre_cannot_be_asked_is_not_told_until_it_can(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    desk.bringing().from_journal()
    assert desk.store.issuances.undelivered() == 1
    unable = replace(desk, at_centre=None)
    unable.bringing().doubt_untold()
    assert desk.store.issuances.undelivered() == 0
    desk.at_centre = at_centre("R-1")
    assert desk.bringing().resolve_doubts() == (1, 0)
    assert desk.bringing().resolve_doubts() == (0, 0)


def test_a_card_in_doubt_that_the_centre_does_not_know_is_told(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    replace(desk, at_centre=None).bringing().from_journal()
    assert desk.bringing().resolve_doubts() == (0, 1)
    assert desk.store.issuances.undelivered() == 1


def test_the_centres_word_on_a_later_card_says_nothing_of_one_before_that_is_in_doubt(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    replace(desk, at_centre=None).bringing().from_journal()
    desk.guard_prints(Token("R-1", 2))
    desk.bringing().from_journal()
    desk.store.past.mark_reported(Token("R-1", 2), desk.clock.now())
    desk.at_centre = at_centre("R-1")
    assert desk.bringing().resolve_doubts() == (0, 1)
    assert desk.store.past.untold() == [FIRST]


def test_who_has_a_card_is_not_in_line_again_by_an_attempt_that_made_none(desk: Desk) -> None:
    desk.guard_prints(FIRST)
    desk.bringing().from_journal()
    desk.cups.has = {Token("R-1", 2): SpoolState.HELD}
    found = desk.bringing().from_journal()
    assert desk.journal.read(Token("R-1", 2)).kind is MarkKind.VOIDED
    assert (found.printed, found.not_now) == ((), ())
    assert desk.state() == (State.PRINTED, 1)


def test_a_log_that_goes_on_from_an_older_copy_says_so_before_a_head_of_it_is_signed(
    desk: Desk, tmp_path: Path, clock: ManualClock
) -> None:
    memory, key = FolderMemory(desk.folder), Ed25519LogKey("giliran/1205", bytes(32))
    desk.journal.identity()
    before = checkpoint(desk.store.tree, key, "giliran/1205", clock, memory)
    file = next(tmp_path.rglob("giliran.db"))
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        live.backup(copy)
    desk.store.log.append("held", at=clock.now(), actor="siti", record_id="R-1", reason="forgotten later")
    held = checkpoint(desk.store.tree, key, "giliran/1205", clock, memory)
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        copy.backup(live)
    desk.store.past.found_behind(Behind(why="a copy was put back", since=None, journal_lost=False), clock.now())
    with pytest.raises(Fatal, match="nothing is signed any more"):
        checkpoint(desk.store.tree, key, "giliran/1205", clock, memory)
    left = desk.bringing().forked_from()
    assert left is not None
    assert (left.size, left.root) == (held.size, held.root)

    desk.bringing().finish("looked")
    assert desk.bringing().forked_from() is None
    assert desk.bringing().tell_of_fork("again") is None
    told = [entry for entry in desk.store.log.entries() if entry.event == FORKED]
    assert [(entry.actor, entry.details["forked_size"]) for entry in told] == [("siti", held.size)]
    assert held.root.hex().encode() in leaf_of(told[0]), "whoever has the tree can see it"
    kept = checkpoint(desk.store.tree, key, "giliran/1205", clock, memory)
    assert memory.signed_head("giliran/1205") == kept.note
    assert verify(desk.store, key).faults == ()
    for outside, fits in ((before, True), (held, False)):
        known = of_checkpoint(outside.note, key, "giliran/1205")
        assert (verify(desk.store, key, known=known).paper is None) is fits


def test_a_database_that_lost_nothing_has_no_fork(desk: Desk, clock: ManualClock) -> None:
    key = Ed25519LogKey("giliran/1205", bytes(32))
    desk.journal.identity()
    checkpoint(desk.store.tree, key, "giliran/1205", clock, FolderMemory(desk.folder))
    desk.bringing().finish("looked")
    assert "log_forked" not in {entry.event for entry in desk.store.log.entries()}
