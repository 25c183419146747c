"""A number at the command line is plain digits. What another country or a program takes for one is refused."""

import inspect
import typing
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
import typer
from typer.models import ParameterInfo

from daemon.cli.commands import COMMANDS
from daemon.cli.digits import number
from tests.unit.daemon.cli.conftest import Office

MEANT = {
    "1.000": 1000,
    "1,000": 1000,
    "1_000": 1000,
    "1 000": 1000,
    "1'000": 1000,
    "1.000,00": 1000,
    "1,000.00": 1000,
    "1.000.000": 1_000_000,
    "1000.0": 1000,
    "1000,0": 1000,
    "1e3": 1000,
    "1E+3": 1000,
    "٣": 3,
    "１０": 10,
    "+5": 5,
    "0100": 100,
    " 7": 7,
}
NOTHING = ("many", "1.5", "1,5", "", "0x10", "1/2", "NaN", "Infinity", "1e999999999", "²", "--", "1.00.000")


@pytest.mark.parametrize(("typed", "meant"), MEANT.items())
def test_what_is_not_plain_digits_is_refused_with_what_was_meant(office: Office, typed: str, meant: int) -> None:
    outcome = office("blanks", "receive", typed, "--batch", "B1")
    assert outcome.status == 2
    assert f"did you mean {meant}?" in outcome.err
    assert office("blanks", "balance", "--json").json["received"] == 0


@pytest.mark.parametrize("typed", NOTHING)
def test_what_is_no_number_at_all_is_refused(typed: str) -> None:
    with pytest.raises(typer.BadParameter, match="plain digits, such as 1000"):
        number()(typed)


def test_a_number_beyond_what_makes_sense_is_told_where_the_end_is() -> None:
    parse = number(2, 30)
    assert [parse(typed) for typed in ("2", "30")] == [2, 30]
    with pytest.raises(typer.BadParameter, match="at least 2"):
        parse("1")
    for typed in ("31", "9" * 5000):
        with pytest.raises(typer.BadParameter, match="at most 30"):
            parse(typed)


@pytest.mark.parametrize(
    "arguments",
    [
        ("queue", "--limit"),
        ("blanks", "ledger", "--limit"),
        ("link", "history", "--limit"),
        ("audit", "verify", "--entry"),
    ],
    ids=" ".join,
)
def test_limits_are_read_in_the_same_way(office: Office, arguments: tuple[str, ...]) -> None:
    outcome = office(*arguments, "1.000")
    assert outcome.status == 2
    assert "did you mean 1000?" in outcome.err


def test_no_command_reads_a_number_in_another_way() -> None:
    modules = {word.module for word in COMMANDS.values()}
    found = [each for module in modules for each in _numbers(import_module(f"daemon.cli.{module}").app)]
    assert len(found) > 10
    assert [name for name, parser in found if parser is None] == []


def _numbers(commands: typer.Typer) -> Iterator[tuple[str, object]]:
    """Every parameter that holds a number, and what parses it."""
    for group in commands.registered_groups:
        assert group.typer_instance is not None
        yield from _numbers(group.typer_instance)
    for command in commands.registered_commands:
        assert command.callback is not None
        yield from _of(command.callback)


def _of(callback: Callable[..., object]) -> Iterator[tuple[str, object]]:
    for name, hint in typing.get_type_hints(callback, include_extras=True).items():
        of_type, *extras = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else (hint,)
        if {of_type, *typing.get_args(of_type)} & {int, float}:
            (info,) = (extra for extra in extras if isinstance(extra, ParameterInfo))
            yield f"{inspect.getmodule(callback)}.{callback.__name__} {name}", info.parser
