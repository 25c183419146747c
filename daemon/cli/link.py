"""`link`: the link to the central server, now and in the past."""

from typing import TYPE_CHECKING

import typer

from daemon.cli import output
from daemon.cli.invocation import AsJson, Limit, ScreenLang, invocation, language, now
from daemon.domain.link import unknown
from daemon.locale.link import advice, state_since

if TYPE_CHECKING:
    from datetime import datetime

    from daemon.ports import Outage

app = typer.Typer(name="link", no_args_is_help=True, help="The link to the central server.")

LISTED = 50


@app.command()
def show(context: typer.Context, lang: ScreenLang = None, as_json: AsJson = False) -> None:
    """The state now, as the daemon saw it last."""
    from daemon.queries.status import advice_on, cause_of, link_to_json

    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        link = store.links.link() or unknown(now())
    cause, spoken = cause_of(link), language(lang)
    if as_json:
        more = {"detail": link.detail if cause else None, "advice": advice_on(link, spoken)}
        output.say_json({**link_to_json(link), **more})
        return
    why = f": {cause}" + (f" ({link.detail})" if link.detail else "") if cause else ""
    output.say(f"{state_since(link.state, output.local(link.since, settings.office.timezone), spoken)}{why}")
    if what_to_do := advice_on(link, spoken):
        output.say(what_to_do)


@app.command()
def history(context: typer.Context, limit: Limit = LISTED, as_json: AsJson = False) -> None:
    """Every outage, newest first."""
    asked = invocation(context)
    settings = asked.settings()
    with asked.store(settings) as store:
        outages = store.links.outages(limit or LISTED)
    at = now()
    if as_json:
        output.say_json([_to_json(outage, at) for outage in outages])
        return
    timezone = settings.office.timezone
    output.say_table(
        ("FROM", "TO", "LASTED", "CAUSE", "DETAIL"),
        (
            (
                output.local(outage.started_at, timezone),
                output.local(outage.ended_at, timezone) or "still down",
                output.length(_seconds(outage, at)),
                outage.cause,
                outage.detail,
            )
            for outage in outages
        ),
        empty="No outage so far.",
    )
    for cause in dict.fromkeys(outage.cause for outage in outages):
        if what_to_do := advice(cause):
            output.say(f"{cause}: {what_to_do}")


def _to_json(outage: "Outage", at: "datetime") -> dict[str, object]:
    from daemon.queries.status import rfc3339

    return {
        "started_at": rfc3339(outage.started_at),
        "ended_at": None if outage.ended_at is None else rfc3339(outage.ended_at),
        "cause": outage.cause,
        "detail": outage.detail,
        "seconds": _seconds(outage, at),
    }


def _seconds(outage: "Outage", at: "datetime") -> int:
    """Up to now while it lasts."""
    return round(((outage.ended_at or at) - outage.started_at).total_seconds())
