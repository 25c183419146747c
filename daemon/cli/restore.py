"""`restore`: put a copy of the database back, and bring in what it has forgotten."""

from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import HELP, Invocation, actor, invocation, now, sentence
from daemon.domain.continuity import needs_word
from daemon.domain.errors import Fatal, IllegalMove, Rejected, UnknownRecord
from daemon.ports import LEAD, LinkFailure, serving

if TYPE_CHECKING:
    from collections.abc import Mapping

    from daemon.domain.continuity import Behind
    from daemon.reconciliation import Reconciliation
    from daemon.settings import Settings

app = typer.Typer()

CONFIRMED = "--printed | --not-printed --reason …"


@app.command(context_settings=HELP)
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
) -> None:
    """Put a copy of the database back, and bring in what is known of cards that it has forgotten.

    A daemon on a database that is behind prints nobody. Where the guard's journal was kept, --reconcile knows of every
    card. Where it was lost too, look into trays and handover books: --printed for each card that exists, then
    --rest-not-printed; both need --reason.
    """
    if file is None and not reconcile:
        raise typer.BadParameter("name a FILE, or say --reconcile")
    if (printed or rest_not_printed) and not (reconcile and reason):
        raise typer.BadParameter("needs --reconcile and --reason", param_hint="--printed, --rest-not-printed")
    asked = invocation(context)
    settings = asked.settings()
    if file is not None:
        _put_back(asked, settings, file)
    if reconcile:
        _reconcile(asked, settings, printed or [], rest_not_printed=rest_not_printed, reason=reason or "")


def _put_back(asked: Invocation, settings: "Settings", file: Path) -> None:
    from adapters.database import put_back
    from daemon.main import continuity, leased

    with leased(settings, LEAD, *(serving(printer.name) for printer in settings.card_printers)):
        kept = put_back(settings.database.url, file, now(), office=settings.office.code, key=settings.database.key_file)
        with suppress(Fatal), asked.store(settings) as store:  # one of an older schema is known by the checkpoint
            continuity(settings, store).put_back()
    output.say(f"{file} is the database now" + ("" if kept is None else f"; the one before is kept in {kept}"))
    output.say("start the daemon, which prints nobody; when it has synced: giliran restore --reconcile")


def _reconcile(
    asked: Invocation, settings: "Settings", printed: list[str], *, rest_not_printed: bool, reason: str
) -> None:
    from daemon.main import continuity, open_lease, reconciliation

    with asked.store(settings) as store, closing(open_lease(settings)) as lease:
        names = [serving(printer.name) for printer in settings.card_printers]
        if not lease.held(*names):
            continuity(settings, store).at_start()
        behind = store.past.behind()
        if behind is None:
            output.say("the database is as new as all that is known here; nothing to bring in")
            return
        at_centre = _ask_centre(settings)
        bringing = reconciliation(
            settings, store, at=now(), actor=actor(), journal_lost=behind.journal_lost, at_centre=at_centre
        )
        found = bringing.from_journal()
        output.say(f"{len(found.printed)} cards that the guard's journal knows of are booked as printed")
        not_now, asked_of_a_person = found.not_now, set(found.asked)
        if at_centre is not None:
            from_centre = bringing.from_centre()
            not_now += from_centre.not_now
            asked_of_a_person -= set(from_centre.printed)
            output.say(f"{len(from_centre.printed)} more that the central server knows of are, too")
            output.say(f"{bringing.mark_reported()} known cards were reported before, and are not again")
        for record_id in sorted(asked_of_a_person):
            output.say(f"{record_id}: did a card come out? giliran job confirm {record_id} {CONFIRMED}")
        for record_id in printed:
            try:
                bringing.by_word(record_id, reason)
            except UnknownRecord:
                raise Rejected(f"{record_id} is not known here; let the daemon sync with the centre first") from None
            output.say(f"{record_id} is printed")
        for words in not_now:
            output.warn(f"not brought in: {words}; then run it again")
        _finish(bringing, behind, complete=not not_now, rest_not_printed=rest_not_printed, reason=reason)
        for printer in settings.card_printers:
            if behind.journal_lost:
                output.say(f"tell its guard which journal there is now: giliran printer guard {printer.name}")
            output.say(f'count its hopper: giliran blanks count {printer.name} QTY --reason "a copy was put back"')


def _ask_centre(settings: "Settings") -> "Mapping[str, int] | None":
    """Of how many cards of each record it knows; None, said aloud, when it cannot tell or be asked."""
    from daemon.main import central
    from daemon.reconciliation import known_at

    try:
        with closing(central(settings)) as server:
            found = known_at(server)
    except LinkFailure as failure:
        output.warn(f"the central server cannot be asked now ({failure}); better when the link is there")
        return None
    if found is None:
        output.warn("the central server cannot tell which cards this office has reported")
    return found


def _finish(
    bringing: "Reconciliation", behind: "Behind", *, complete: bool, rest_not_printed: bool, reason: str
) -> None:
    if not complete:
        raise IllegalMove("the database stays behind: settle what is open, then giliran restore --reconcile")
    if needs_word(behind) and not rest_not_printed:
        raise Rejected(
            "the guard's journal was lost, or this copy does not know it: nobody here knows of all cards made since; "
            "none is printed. "
            "Look into trays and handover books, then: "
            "giliran restore --reconcile --printed RECORD --rest-not-printed --reason …"
        )
    bringing.finish(reason or "the guard's journal knows of every card")
    output.say("the database is behind no more; cards may be printed")
