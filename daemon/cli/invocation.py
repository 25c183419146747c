"""What every command shares: the configuration that was asked for, the store, and who is asking."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from daemon.cli import output
from daemon.cli.digits import number
from daemon.domain.errors import Rejected
from daemon.domain.token import RECORD_ID
from daemon.locale.language import SOURCE, LanguageCode

if TYPE_CHECKING:
    from datetime import date, datetime

    from daemon.ports import Store
    from daemon.settings import Printer, Settings

LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of the command line."""

    config: Path | None
    giliran: Callable[[Sequence[str]], int]
    """Another command in this process, by its arguments: the exit status."""

    def settings(self) -> "Settings":
        """The validated configuration. InvalidConfiguration."""
        from daemon.main import load_settings

        return load_settings(self.config)

    @contextmanager
    def store(self, settings: "Settings | None" = None) -> Iterator["Store"]:
        """The database, let go afterwards."""
        from daemon.main import open_store

        output.log_in_plain_words()
        with closing(open_store(settings or self.settings())) as store:
            yield store


def invocation(context: typer.Context) -> Invocation:
    """Of this command."""
    found = context.find_object(Invocation)
    assert found is not None, "the callback of the whole command line ran first"
    return found


def now() -> "datetime":
    """By the wall clock."""
    from daemon.main import clock

    return clock().now()


def actor() -> str:
    """Who is asking: the login user that the kernel knows, else the real user; a scheduled task by its unit."""
    from adapters.caller import caller
    from daemon.domain.actor import actor as named

    return named(caller())


def language(asked: LanguageCode | None, settings: "Settings | None" = None) -> str:
    """In which language somebody is answered: as they ask, else the office's, or English where no settings are given:
    on the administrator's own screens. What LANG says does not count, as what is printed and handed out must not
    depend on who is logged in."""
    return asked or (SOURCE if settings is None else settings.office.language)


def find_printer(settings: "Settings", name: str) -> "Printer":
    """The printer of that name in the configuration. Rejected, with the names there are."""
    for printer in settings.printers:
        if printer.name == name:
            return printer
    names = ", ".join(printer.name for printer in settings.printers)
    raise Rejected(f"there is no printer {name!r} in the configuration; there are {names}")


def day(text: str | None, option: str | None = None) -> "date | None":
    """A date as it is typed. BadParameter (status 2)."""
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a date reads 2026-01-31", param_hint=option) from None


def is_record_id(text: str) -> bool:
    """Whether there can be a record of this id."""
    return RECORD_ID.fullmatch(text) is not None


def record_id(text: str) -> str:
    """As it is typed. BadParameter (status 2)."""
    if not is_record_id(text):
        raise typer.BadParameter("a record id is 1 to 64 of A-Z a-z 0-9 . _ -")
    return text


def sentence(text: str | None) -> str | None:
    """What a person wrote, to be kept for good: some visible text in one line."""
    if text is None:
        return None
    text = text.strip()
    if not text or not text.isprintable() or len(text) > LONGEST_TEXT:
        raise typer.BadParameter(f"must be 1 to {LONGEST_TEXT} visible characters in one line")
    return text


RecordId = Annotated[str, typer.Argument(metavar="RECORD", callback=record_id, help="The record's id.")]
PrinterName = Annotated[str, typer.Argument(metavar="PRINTER", help="The printer's name in the configuration.")]
Reason = Annotated[str, typer.Option(metavar="TEXT", callback=sentence, help="Why; kept in the log.")]
MaybeReason = Annotated[
    str | None, typer.Option("--reason", metavar="TEXT", callback=sentence, help="Why; kept in the log.")
]
Document = Annotated[
    str | None,
    typer.Option(metavar="NO", callback=sentence, help="The paper's number; one booked before is not booked again."),
]
Limit = Annotated[int | None, typer.Option(metavar="N", parser=number(), help="At most so many.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]
Lang = Annotated[LanguageCode | None, typer.Option("--lang", help="The language; else office.language.")]
ScreenLang = Annotated[LanguageCode | None, typer.Option("--lang", help="The language; else English.")]
