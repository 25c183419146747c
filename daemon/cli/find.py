"""`find`: people by NIK, name or record."""

import re
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.invocation import AsJson, Limit, actor, invocation, is_record_id, now
from daemon.cli.whom import initials
from daemon.domain.errors import UnknownRecord
from daemon.domain.records import as_sought

if TYPE_CHECKING:
    from daemon.domain.job import Job
    from daemon.ports import Store

app = typer.Typer()

MOST = 20
SHORTEST_NAME = 3
_NIK_DIGITS = 16
_NIK = re.compile(rf"[0-9]{{{_NIK_DIGITS}}}")
_IN_A_NIK = re.compile(r"[\s.'\u2019\-]+")
"""What people type between its digits, or before them in a spreadsheet."""


class SearchKey(StrEnum):
    """What was looked for."""

    NIK = "nik"
    RECORD = "record"
    NAME = "name"


@app.command()
def find(
    context: typer.Context,
    text: Annotated[list[str], typer.Argument(metavar="TEXT", help="A whole NIK, a record's id, or parts of a name.")],
    limit: Limit = MOST,
    as_json: AsJson = False,
) -> None:
    """Find people by NIK, record or a part of their name.

    Each look-up is logged: who, what kind, and how many were found; never what was looked for.
    """
    asked = invocation(context)
    settings = asked.settings()
    wanted, most = " ".join(" ".join(text).split()), limit or MOST
    with asked.store(settings) as store:
        kind, found = _look_up(store, wanted, most + 1)
        store.log.append("looked_up", at=now(), actor=actor(), by=kind.value, found=len(found[:most]))
        people = [(job, initials(store, job.record_id)) for job in found[:most]]
    if as_json:
        output.say_json([_to_json(job, letters) for job, letters in people])
        return
    timezone = settings.office.timezone
    output.say_table(
        ("RECORD", "NAME", "NIK", "RECORDED", "STATE"),
        (
            (
                job.record_id,
                letters or "unknown",
                f"…{job.nik_ending or '????'}",
                output.local(job.recorded_at, timezone),
                job.state.value.replace("_", " "),
            )
            for job, letters in people
        ),
        empty=_nobody(wanted),
    )
    if len(found) > most:
        output.say(f"and more: another word of the name, or --limit {most * 2}")


def digits_of(text: str) -> str:
    """Without what people type between them."""
    return _IN_A_NIK.sub("", text)


def is_nik(text: str) -> bool:
    """Whether it can be a whole one."""
    return _NIK.fullmatch(digits_of(text)) is not None


def _look_up(store: "Store", text: str, limit: int) -> "tuple[SearchKey, list[Job]]":
    digits = digits_of(text)
    if _NIK.fullmatch(digits):
        of_nik = store.people.of_nik(digits)
        if of_nik:
            return SearchKey.NIK, of_nik[:limit]
    if is_record_id(text):
        with suppress(UnknownRecord):
            return SearchKey.RECORD, [store.jobs.job(text)]
    if _NIK.fullmatch(digits):
        return SearchKey.NIK, []
    if digits.isdigit():  # no name is a number
        return SearchKey.RECORD, []
    if len(as_sought(text).replace(" ", "")) < SHORTEST_NAME:
        raise typer.BadParameter(f"at least {SHORTEST_NAME} letters of a name, or a whole NIK or record id")
    with output.progress("names", store.people.count()) as advance:
        return SearchKey.NAME, store.people.named(text, limit, advance)


def _nobody(text: str) -> str:
    digits = digits_of(text)
    if not digits.isdigit() or len(digits) == _NIK_DIGITS:
        return "Nobody was found."
    return f"Nobody was found. A NIK has {_NIK_DIGITS} digits, this has {len(digits)}; nobody is found by a part of it."


def _to_json(job: "Job", letters: str | None) -> dict[str, object]:
    from daemon.queries.status import rfc3339

    return {
        "record_id": job.record_id,
        "initials": letters,
        "nik_ending": job.nik_ending,
        "recorded_at": rfc3339(job.recorded_at),
        "state": job.state.value,
    }
