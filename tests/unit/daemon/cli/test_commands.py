"""The table of words, and the commands that it stands for."""

from importlib import import_module

import pytest
from typer.main import get_group

from daemon.cli.commands import COMMANDS, command_of
from tests.unit.daemon.cli.conftest import Office


@pytest.mark.parametrize("word", COMMANDS)
def test_the_line_of_a_word_is_how_its_own_help_begins(word: str) -> None:
    assert command_of(word).help.startswith(COMMANDS[word].line.rstrip("."))


def test_every_command_is_a_word() -> None:
    apps = [import_module(f"daemon.cli.{word.module}").app for word in COMMANDS.values()]
    groups = {app.info.name for app in apps if app.info.name}
    commands = {name for app in apps if not app.info.name for name in get_group(app).commands}
    assert groups | commands == set(COMMANDS)


def test_help_lists_every_word(office: Office) -> None:
    told = office("--help").out.splitlines()
    assert [line.split()[0] for line in told[told.index("Commands:") + 1 :]] == list(COMMANDS)


@pytest.mark.parametrize(("typed", "told"), [("staus", "Did you mean 'status'?"), ("nonsense", "No such command")])
def test_a_word_that_there_is_not_is_told_with_the_nearest(office: Office, typed: str, told: str) -> None:
    outcome = office(typed)
    assert outcome.status == 2
    assert told in outcome.err
