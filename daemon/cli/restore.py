"""`restore`: put a copy of the database back, and bring in what it has forgotten."""

from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import Invocation, actor, invocation, now, sentence
from daemon.cli.several import Yes, be_sure
from daemon.cli.whom import whom
from daemon.domain.continuity import is_centres_word, needs_word
from daemon.domain.errors import Fatal, GiliranError, IllegalMove, Rejected, UnknownRecord
from daemon.domain.states import State
from daemon.ports import LEAD, LinkFailure, serving

if TYPE_CHECKING:
    from daemon.domain.continuity import Checkpoint
    from daemon.domain.note import TreeHead
    from daemon.ports import Lease, Store
    from daemon.settings import Settings
    from workers.reconciliation import CardsAtCentre, Reconciliation

app = typer.Typer()

_LONG_AGO, _LONG = datetime.min.replace(tzinfo=UTC), timedelta(days=3650)
_DECISIONS = frozenset({"held", "released", "cancelled", "confirmed", "handed_over", "handover_undone", "reprint"})
"""Events of the log that a person's command makes and that no journal knows."""
_MOST_READ, _MOST_SHOWN = 100_000, 50
CONFIRMED = "--printed | --not-printed --reason …"


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="The copy to put back (SQLite).")] = None,
    reconcile: Annotated[
        bool, typer.Option("--reconcile", help="Bring in what the guard's journal knows of cards made since.")
    ] = False,
    printed: Annotated[
        list[str] | None, typer.Option("--printed", metavar="RECORD", help="This card exists; again for each.")
    ] = None,
    rest_not_printed: Annotated[
        bool, typer.Option("--rest-not-printed", help="You answer for it: nobody else in line has a card.")
    ] = False,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", callback=sentence, help="How you know.")] = None,
    yes: Yes = False,
) -> None:
    """Put a copy of the database back, and bring in what is known of cards that it has forgotten.

    A daemon on a database that is behind prints nobody. Where the guard's journal was kept, --reconcile knows of every
    card. Where it was lost too, look into trays and handover books: --printed for each card that exists, then
    --rest-not-printed; both need --reason.
    """
    if (printed or rest_not_printed) and not (reconcile and reason):
        raise typer.BadParameter("needs --reconcile and --reason", param_hint="--printed, --rest-not-printed")
    if file is None and not reconcile:
        raise typer.BadParameter("name a FILE, or say --reconcile")
    asked = invocation(context)
    settings = asked.settings()
    if file is not None:
        _put_back(asked, settings, file)
    if reconcile:
        _reconcile(
            asked,
            settings,
            list(dict.fromkeys(printed or [])),
            rest_not_printed=rest_not_printed,
            reason=reason or "",
            yes=yes,
        )


def _put_back(asked: Invocation, settings: "Settings", file: Path) -> None:
    from adapters.database import put_back
    from daemon.main import continuity, leased

    if not file.is_file():
        raise Rejected(f"{file}: {'is not a file' if file.exists() else 'there is no such file'}; nothing was changed")
    needs_migration, head = True, None
    with leased(settings, LEAD, *(serving(printer.name) for printer in settings.card_printers)):
        kept = put_back(settings.database.url, file, now(), office=settings.office.code, key=settings.database.key_file)
        with suppress(Fatal), asked.store(settings) as store:  # one of an older schema is known by the checkpoint
            head = store.past.head()
            continuity(settings, store).put_back()
            needs_migration = False
    output.say(f"{file} is the database now" + ("" if kept is None else f"; the one before is kept in {kept}"))
    if kept is not None and head is not None:
        _say_what_is_forgotten(settings, kept, head)
    if needs_migration:
        output.say("its schema is an older one; bring it up to date first: giliran migrate")
    output.say("start the daemon, which prints nobody; when it has synced: giliran restore --reconcile")


def _say_what_is_forgotten(settings: "Settings", kept: Path, head: "Checkpoint") -> None:
    """What people decided after the copy was made, by the log of the database before, where that can be read."""
    from adapters.database import open_store
    from adapters.database.sql.seal import key_file
    from daemon.main import clock

    database, office = settings.database, settings.office.code
    key = key_file(database.url, database.key_file)
    with suppress(GiliranError), closing(open_store(f"sqlite:///{kept}", office, clock(), key)) as before:
        if before.past.hash_at(head.sequence) != head.hash:
            return
        entries = before.log.entries(after=head.sequence, limit=_MOST_READ)
        decided = [entry for entry in entries if entry.event in _DECISIONS and entry.record_id is not None]
        if decided:
            output.say(
                "decided since the copy was made, and forgotten by it; decide it again before cards are printed:"
            )
        for entry in decided[:_MOST_SHOWN]:
            why = entry.details.get("reason")
            output.say(f"  {entry.record_id}: {entry.event} by {entry.actor}" + (f": {why}" if why else ""))
        if len(decided) > _MOST_SHOWN:
            output.say(f"  and {len(decided) - _MOST_SHOWN:,} more")


def _reconcile(
    asked: Invocation, settings: "Settings", printed: list[str], *, rest_not_printed: bool, reason: str, yes: bool
) -> None:
    from daemon.main import continuity, open_lease, reconciliation

    with asked.store(settings) as store, closing(open_lease(settings)) as lease:
        names = [serving(printer.name) for printer in settings.card_printers]
        if not lease.held(*names):
            continuity(settings, store).at_start()
        behind = store.past.behind()
        _check_named(store, lease, printed)
        if printed:
            be_sure(store, printed, "Their cards exist, and are booked", yes=yes)
        if rest_not_printed:
            be_sure(store, (), "Nobody else in line has a card: they are printed", yes=yes)
        if behind is None and _tell_of_fork(settings, store, reason):
            return
        if behind is None and not printed and not _unsure(store):
            output.say("nothing that is known here is newer than the database; there is nothing to bring in")
            return
        link_failed, at_centre = _ask_centre(settings)
        bringing = reconciliation(
            settings,
            store,
            at=now(),
            actor=actor(),
            journal_lost=behind is not None and behind.journal_lost,
            at_centre=at_centre,
        )
        if behind is None:
            _by_word(bringing, printed, reason)
            _resolve_doubts(bringing, at_centre)
            return
        not_now = _bring_in(bringing, at_centre)
        _by_word(bringing, printed, reason)
        if at_centre is None:
            bringing.doubt_untold()
        else:
            _resolve_doubts(bringing, at_centre)
        is_synced = _has_synced(store)
        strangers = bringing.strangers()
        if strangers and is_synced:
            named = ", ".join(strangers[:20])
            output.warn(f"the guard's journal has cards of people who are not in this database: {named}")
        for words in not_now:
            output.warn(f"not brought in: {words}; then run it again")
        if not_now:
            raise IllegalMove("the database stays behind: see to the cards above, then giliran restore --reconcile")
        if link_failed and needs_word(behind):
            raise Rejected(
                "the database stays behind: without the guard's journal the central server's word is needed, and it "
                "cannot be asked now. When the link is up: giliran restore --reconcile"
            )
        if (strangers or needs_word(behind)) and not is_synced:
            raise Rejected(
                "the database stays behind: there may be cards of people whom it does not know yet. Start the daemon "
                "and let it sync with the central server, then giliran restore --reconcile"
            )
        if needs_word(behind) and not rest_not_printed:
            raise Rejected(
                "the guard's journal was lost, or this copy does not know it: nobody here knows of all cards made "
                "since; none is printed. Look into trays and handover books, then: "
                "giliran restore --reconcile --printed RECORD --rest-not-printed --reason …"
            )
        _warn_of_fork(bringing.forked_from())
        bringing.finish(reason or "the guard's journal knows of every card")
        output.say("the database is behind no more; cards may be printed")
        for printer in settings.card_printers:
            if behind.journal_lost:
                output.say(f"tell its guard which journal there is now: giliran printer guard {printer.name}")
            output.say(f'count its hopper: giliran blanks count {printer.name} QTY --reason "a copy was put back"')


def _tell_of_fork(settings: "Settings", store: "Store", reason: str) -> bool:
    """Whether the log of a database that is not behind forked all the same; it is told there."""
    from daemon.main import reconciliation

    bringing = reconciliation(settings, store, at=now(), actor=actor(), journal_lost=False, at_centre=None)
    left = bringing.forked_from()
    if left is None:
        return False
    if not reason:
        raise Rejected(
            f"the log is not the one whose {left.size:,} entries were signed here. If an older copy of the database was"
            " put back, say so: giliran restore --reconcile --reason …; if not, it was rewritten: giliran audit verify"
        )
    _warn_of_fork(bringing.tell_of_fork(reason))
    return True


def _warn_of_fork(left: "TreeHead | None") -> None:
    if left is not None:
        output.warn(
            f"the log goes on from an older copy: its head of {left.size:,} entries that was signed is not of this log."
            " The log says so from now on; witnesses and papers that have a later head than the copy's will not agree"
            " with it (docs/runbook.md, a log that forked)"
        )


def _check_named(store: "Store", lease: "Lease", printed: list[str]) -> None:
    """Rejected, before anything is written."""
    for record_id in printed:
        try:
            job = store.jobs.job(record_id)
        except UnknownRecord:
            raise Rejected(
                f"{record_id} is not known here; let the daemon sync with the centre first. Nothing was written"
            ) from None
        if job.state is State.PRINTING and job.printer is not None and lease.held(serving(job.printer)):
            raise Rejected(
                f"{record_id} is printing on {job.printer} now: if it has a card already, what comes out is a second"
                f" one: take it out, then giliran job show {record_id}. Nothing was written"
            )
        if job.state is State.PRINTING:
            raise Rejected(f"{record_id} is printing; start the daemon, which concludes it. Nothing was written")


def _bring_in(bringing: "Reconciliation", at_centre: "CardsAtCentre | None") -> tuple[str, ...]:
    """From journal and centre, said aloud; what is not to be had now."""
    found = bringing.from_journal()
    output.say(f"{len(found.printed)} cards that the guard's journal knows of are booked as printed")
    not_now, questions = found.not_now, set(found.asked)
    if at_centre is not None:
        from_centre = bringing.from_centre()
        not_now += from_centre.not_now
        questions -= set(from_centre.printed)
        output.say(f"{len(from_centre.printed)} more, which the central server knows of, are booked as printed, too")
        output.say(f"{bringing.mark_reported()} known cards were reported before, and are not again")
        for record_id in bringing.twice_at_centre():
            output.warn(f"{record_id}: the central server has more cards than stand here: giliran job show {record_id}")
    for record_id in sorted(questions):
        output.say(f"{record_id}: did a card come out? giliran job confirm {record_id} {CONFIRMED}")
    return not_now


def _by_word(bringing: "Reconciliation", printed: list[str], reason: str) -> None:
    for record_id in printed:
        who = whom(bringing.store, bringing.store.jobs.job(record_id))
        if bringing.by_word(record_id, reason):
            output.say(f"{record_id} ({who}) is booked as printed")
        else:
            output.say(
                f"{record_id} ({who}) is printed in these books already; nothing was added. If it has a second card:"
                f" giliran job reprint {record_id} --reason …, then name it again"
            )


def _resolve_doubts(bringing: "Reconciliation", at_centre: "CardsAtCentre | None") -> None:
    if at_centre is None:
        return
    told, untold = bringing.resolve_doubts()
    if told or untold:
        output.say(f"of cards in doubt the central server knows {told}; {untold} are reported to it now")


def _unsure(store: "Store") -> bool:
    """Whether there are cards of which nobody knows whether the centre was told."""
    return any(not is_centres_word(reason) for _, reason in store.issuances.rejected())


def _has_synced(store: "Store") -> bool:
    """Whether all of the centre's changes were heard since the database was found behind."""
    found = store.log.events("database_behind", _LONG_AGO, now() + _LONG)
    intake = store.records.intake()
    return intake is not None and not intake.more and (not found or intake.at > found[-1].at)


def _ask_centre(settings: "Settings") -> "tuple[bool, CardsAtCentre | None]":
    """(whether it could not be asked now, the cards that it knows of); said aloud when it cannot tell or be asked."""
    from daemon.main import central
    from workers.reconciliation import known_at

    try:
        with closing(central(settings)) as server:
            found = known_at(server)
    except LinkFailure as failure:
        output.warn(f"the central server cannot be asked now ({failure})")
        return True, None
    if found is None:
        output.warn("the central server cannot tell which cards this office has reported")
    return False, found
