"""What may stand in giliran.yaml, and what is said when something else does."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from adapters.cups import spooler
from daemon.domain.card_options import NEUTRAL
from daemon.domain.note import COSIGNATURE, ED25519, VerifierKey
from daemon.domain.rules import Lane, Precedence, Rules
from daemon.settings import InvalidConfiguration, Problem, Settings, load, no_effect_yet

EXAMPLE = Path(__file__).parents[4] / "config" / "giliran.yaml"

MINIMAL = """\
office: {code: "1205", name: Disdukcapil Kabupaten Langkat}
database: {url: "sqlite:////var/lib/giliran/giliran.db"}
central: {url: https://central.example/api}
printers:
  - {name: card-1, kind: card, queue: Evolis_1}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "giliran.yaml"


def read(file: Path, text: str, **environ: str) -> Settings:
    file.write_text(text, encoding="utf-8")
    return load(file, environ)


def problems(file: Path, text: str, **environ: str) -> list[str]:
    """Each as `line: key: message`."""
    with pytest.raises(InvalidConfiguration) as caught:
        read(file, text, **environ)
    for problem in caught.value.problems:
        assert problem.file == str(file)
    return [str(problem).removeprefix(f"{file}:") for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new)


def test_four_sections_are_enough(file: Path) -> None:
    settings = read(file, MINIMAL)
    assert settings.office.timezone.key == "Asia/Jakarta"
    assert settings.central.probe.interval == timedelta(seconds=15)
    assert settings.central.token_file is None
    assert settings.outage.policy == "pause"
    assert settings.printers[0].template == "card"
    with_paper = read(file, MINIMAL + "  - {name: letters, kind: paper, queue: Office_Laser}\n")
    assert with_paper.printers[1].template == "letter"
    assert settings.printers[0].options == {}


def test_the_example_loads_and_shows_the_defaults(file: Path) -> None:
    example = load(EXAMPLE, {"CREDENTIALS_DIRECTORY": "/run/credentials/giliran.service"})
    plain = read(file, MINIMAL)
    assert example.model_copy(update={"central": plain.central, "printers": plain.printers}) == plain
    assert example.central.model_copy(update={"token_file": None}) == plain.central
    assert [(printer.kind, printer.template) for printer in example.printers] == [("card", "card")]


def test_every_key_stands_in_the_example() -> None:
    written = set(_written(yaml.safe_load(_with_comments())))
    assert written - {"printers.options.media"} == set(_known(Settings))


def _with_comments() -> str:
    """The example, with the rules of the order and the witnesses that stand in its comments."""
    text = EXAMPLE.read_text(encoding="utf-8")
    without = re.sub(r"(?m)^  (precedence: null|(lanes|witnesses|neighbours): \[\]).*\n", "", text)
    return re.sub(r"(?m)^  # (?=(precedence|lanes|witnesses|neighbours):$|  )", "  ", without)


def test_what_stands_in_the_comments_of_the_example_is_valid(file: Path) -> None:
    file.write_text(_with_comments(), encoding="utf-8")
    settings = load(file, {})
    rules = settings.rules
    assert len(settings.log.witnesses) == len(settings.log.neighbours) == 1
    assert rules.precedence is not None
    assert [lane.name for lane in rules.lanes] == ["lansia"]


def _written(value: object, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}{key}"
            yield from _written(inner, f"{path}{key}.")
    elif isinstance(value, list):
        for inner in value:
            yield from _written(inner, path)


def _known(section: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        key = field.alias or name
        yield f"{path}{key}"
        for inner in (field.annotation, *get_args(field.annotation)):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from _known(inner, f"{path}{key}.")


def test_all_problems_are_told_at_once_each_with_its_line(file: Path) -> None:
    text = """\
offcie: {code: 1205, name: "x"}
database: {url: "sqlite:////var/lib/giliran/giliran.db"}
central:
  url: https://central.example/api
  probe:
    intervall: 15s
    timeout: 5
outage: {policy: no}
blanks: {low: -1}
printers:
  - {name: card-1, kind: card, queue: Evolis_1}
  - {name: card-1, kind: crd, queue: Evolis_1}
"""
    assert problems(file, text) == [
        "1: offcie: unknown key; did you mean `office`?",
        "6: central.probe.intervall: unknown key; did you mean `interval`?",
        "7: central.probe.timeout: must be a duration like 15s, 5m, 2h or 180d",
        "8: outage.policy: must be pause or drain",
        "9: blanks.low: must be at least 0",
        "12: printers[1].name: another printer has this name already",
        "12: printers[1].kind: must be card or paper",
        "12: printers[1].queue: another printer uses this CUPS queue already",
    ]


def test_a_problem_knows_its_column_and_key(file: Path) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        read(file, MINIMAL + "board: {listen: 8080}\n")
    assert caught.value.problems == (
        Problem(file=str(file), line=6, column=9, key="board.listen", message="must be text (quotes make it text)"),
    )
    assert str(caught.value) == f"{file}:6: board.listen: must be text (quotes make it text)"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (changed('code: "1205"', "code: 1205"), "1: office.code: must be text (quotes make it text)"),
        (changed('code: "1205", ', ""), "1: office.code: is required"),
        (changed('"1205"', '"12/05"'), "1: office.code: must be 1 to 32 of A-Z a-z 0-9 . _ -"),
        (changed("name: Disdukcapil Kabupaten Langkat", 'name: ""'), "1: office.name: must not be empty"),
        (
            changed("{code:", "{timezone: Asia/Medan, code:"),
            "1: office.timezone: must be a time zone that this machine knows, such as Asia/Jakarta"
            " (Debian package tzdata)",
        ),
        (changed("{code:", "{language: jv, code:"), "1: office.language: must be id or en"),
        (
            changed("https://central", "ftp://central"),
            "3: central.url: must be an address that begins with https:// or http://",
        ),
        (
            changed("https://central.example/api", "'https://central.example/api?x=1'"),
            "3: central.url: must not hold ? or #: paths are added to its end",
        ),
        (
            changed("api}", "api, sync: {page_size: 5001}}"),
            "3: central.sync.page_size: must be at most 5000",
        ),
        (changed("api}", "api, sync: {page_size: 500.0}}"), "3: central.sync.page_size: must be a whole number"),
        (changed("api}", "api, sync: {page_size: 010}}"), "3: central.sync.page_size: must be a whole number"),
        (changed("api}", "api, timeout: 0s}"), "3: central.timeout: must be a duration from 1s to 3650d"),
        (changed("api}", "api, token_file: secret}"), "3: central.token_file: must be an absolute path"),
        (
            changed("api}", "api, client_key_file: /a}"),
            "3: central.client_key_file: client_cert_file and client_key_file go together: set both, or neither",
        ),
        (
            changed("api}", "api, client_cert_file: /a}"),
            "3: central.client_key_file: client_cert_file and client_key_file go together: set both, or neither",
        ),
        (changed("api}", "api, probe: }"), "3: central.probe: is empty: give it a value or take the line out"),
        (changed("api}", "api, probe: 15s}"), "3: central.probe: must hold keys of its own (`key: value`)"),
        (MINIMAL + "queue: {order: name}\n", "6: queue.order: must be recorded_at"),
        (MINIMAL + "queue: {lanes: a}\n", "6: queue.lanes: must be a list (`- item` lines or [a, b])"),
        (
            MINIMAL + "queue: {lanes: [{name: lansia, one_in: 5}]}\n",
            "6: queue.lanes[0].instruction: is required",
        ),
        (
            MINIMAL + "queue: {lanes: [{name: lansia, instruction: SK 1, one_in: 1}]}\n",
            "6: queue.lanes[0].one_in: must be at least 2",
        ),
        (
            MINIMAL + "queue: {lanes: [{name: Lansia, instruction: SK 1, one_in: 5}]}\n",
            "6: queue.lanes[0].name: must be 1 to 32 of a-z 0-9 _, a letter or digit first",
        ),
        (
            MINIMAL + "queue: {lanes: [{name: a, instruction: S, one_in: 2}, {name: a, instruction: S, one_in: 9}]}\n",
            "6: queue.lanes: has the lane a twice",
        ),
        (
            MINIMAL + "queue: {lanes: [{name: a, instruction: S, one_in: 2}, {name: b, instruction: S, one_in: 2}]}\n",
            "6: queue.lanes: take every start together, and nobody else would get one: raise one_in",
        ),
        (MINIMAL + "queue: {precedence: {classes: [lost]}}\n", "6: queue.precedence.instruction: is required"),
        (
            MINIMAL + "queue: {precedence: {instruction: S, classes: [lost, damaged, Lost]}}\n",
            "6: queue.precedence.classes: has the class lost twice; each stands once in classes or in shut",
        ),
        (
            MINIMAL + "queue: {precedence: {instruction: S, classes: [lost], shut: [lost]}}\n",
            "6: queue.precedence.shut: has the class lost twice; each stands once in classes or in shut",
        ),
        (
            MINIMAL + "queue: {precedence: {instruction: S}}\n",
            "6: queue.precedence.shut: must name a class, or `classes` must: there is nothing to put first or to shut",
        ),
        (
            MINIMAL + "queue: {precedence: {instruction: S, classes: [lost], from: 4 January}}\n",
            "6: queue.precedence.from: must be a date like 2027-01-31",
        ),
        (
            MINIMAL + "queue: {precedence: {instruction: S, classes: [lost], from: 2027-02-01, to: 2027-01-31}}\n",
            "6: queue.precedence.to: must not be before from (2027-02-01)",
        ),
        (
            MINIMAL + "queue: {precedence: {instruction: S, classes: [lost], form: 2027-02-01}}\n",
            "6: queue.precedence.form: unknown key; did you mean `from`?",
        ),
        (MINIMAL + "queue: {presence: yes}\n", "6: queue.presence: must be true or false"),
        (MINIMAL + "cups: {server: somewhere}\n", "6: cups.server: must be the path of a socket or host:port"),
        (MINIMAL + "board: {listen: 'a:70000'}\n", "6: board.listen: must be host:port, such as 127.0.0.1:8080"),
        (
            MINIMAL + "nonsense: 1\n",
            "6: nonsense: unknown key; there are office, database, central, outage, queue,"
            " cups, printers, blanks, log, board, alerts",
        ),
        (changed("kind: card", "kind: paper"), "4: printers: must hold at least one printer of kind card"),
        (
            changed("name: card-1", "name: card 1"),
            "5: printers[0].name: must be 1 to 63 of A-Z a-z 0-9 . _ -, a letter or digit first",
        ),
        (changed("Evolis_1", "Evolis/1"), "5: printers[0].queue: must be the name of a CUPS queue: no spaces, / or #"),
        (
            changed("Evolis_1", "E, template: ../x"),
            "5: printers[0].template: must be a template's name without folder and ending",
        ),
        (
            changed("Evolis_1", "E, options: {copies: 2}"),
            "5: printers[0].options.copies: cannot be set here: Giliran decides about it for each card",
        ),
        (
            changed("Evolis_1", "E, options: {media: [a]}"),
            "5: printers[0].options.media: must be text, a whole number,"
            " true or false; put quotes around anything else",
        ),
    ],
)
def test_an_impossible_value_is_one_clear_line(file: Path, text: str, problem: str) -> None:
    assert problems(file, text) == [problem]


def test_no_printer_at_all_is_a_problem(file: Path) -> None:
    text = MINIMAL.partition("printers:")[0]
    assert problems(file, text + "printers: []\n") == ["4: printers: must not be an empty list"]
    assert problems(file, text) == ["1: printers: is required"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://giliran:h4nya-kita@db.example/giliran",
        "postgresql+psycopg://db.example/giliran?user=giliran&password=h4nya-kita",
    ],
)
def test_a_password_in_the_file_is_refused_and_not_repeated(file: Path, url: str) -> None:
    [problem] = problems(file, changed("sqlite:////var/lib/giliran/giliran.db", url))
    assert problem.startswith("2: database.url: must not hold a password")
    assert "h4nya-kita" not in problem


def test_a_token_in_the_file_is_refused_and_not_repeated(file: Path) -> None:
    [problem] = problems(file, changed("api}", "api, token: h4nya-kita}"))
    assert problem == "3: central.token: secrets never stand in this file: `token_file` names the file that holds it"
    [problem] = problems(file, changed("https://", "https://giliran:h4nya-kita@"))
    assert problem.startswith("3: central.url: must not hold a user name or a password")
    assert "h4nya-kita" not in problem


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///giliran.db",
        "sqlite:////var/lib/",
        "sqlite:////a.db?mode=ro",
        "mysql://db/giliran",
        "postgresql://db/giliran",
        "postgresql+psycopg://db:port/giliran",
        "",
    ],
)
def test_only_a_file_or_postgresql_is_a_database(file: Path, url: str) -> None:
    [problem] = problems(file, changed("sqlite:////var/lib/giliran/giliran.db", url))
    assert problem.startswith("2: database.url: must ")


def test_postgresql_over_a_socket_is_a_database(file: Path) -> None:
    url = "postgresql+psycopg:///giliran?host=/run/postgresql"
    assert read(file, changed("sqlite:////var/lib/giliran/giliran.db", url)).database.url == url


def test_the_key_of_the_database_may_be_named(file: Path) -> None:
    assert read(file, MINIMAL).database.key_file is None
    named = changed('giliran.db"}', 'giliran.db", key_file: /etc/giliran/giliran.key}')
    assert read(file, named).database.key_file == Path("/etc/giliran/giliran.key")


def test_the_environment_is_expanded_in_file_keys_alone(file: Path) -> None:
    text = changed("api}", "api, token_file: '${CREDENTIALS_DIRECTORY}/token', ca_file: $CERTIFICATES/ca.pem}")
    settings = read(file, text, CREDENTIALS_DIRECTORY="/run/credentials/x", CERTIFICATES="/etc/ssl")
    assert settings.central.token_file == Path("/run/credentials/x/token")
    assert settings.central.ca_file == Path("/etc/ssl/ca.pem")
    assert read(file, changed("Evolis_1", "$HOME"), HOME="/root").printers[0].queue == "$HOME"


def test_a_variable_that_is_not_set_is_named(file: Path) -> None:
    text = changed("api}", "api, token_file: '${NOWHERE}/token'}")
    assert problems(file, text) == ["3: central.token_file: the environment has no variable NOWHERE"]


@pytest.mark.parametrize("is_running", [True, False])
def test_an_operators_shell_finds_the_services_credentials_whether_it_runs_or_not(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_running: bool
) -> None:
    credentials = tmp_path / "giliran.service"
    monkeypatch.setattr("daemon.settings.values.CREDENTIALS", credentials)
    if is_running:
        credentials.mkdir()
    settings = read(file, changed("api}", "api, token_file: '${CREDENTIALS_DIRECTORY}/token'}"))
    assert settings.central.token_file == (credentials if is_running else Path("/etc/giliran")) / "token"


def test_options_become_text_as_cups_wants_it(file: Path) -> None:
    settings = read(file, changed("Evolis_1", 'E, options: {media: CR80, Resolution: 300, Duplex: false, x: "1.50"}'))
    assert settings.printers[0].options == {"media": "CR80", "Resolution": "300", "Duplex": "false", "x": "1.50"}


@pytest.mark.parametrize(
    "option",
    [
        "page-ranges: 2-3",
        "number-up: 2",
        "mirror: true",
        "sides: two-sided-long-edge",
        "print-scaling: fill",
        "page-set: even",
        "orientation-requested: 4",
        "Mirror: true",
        "position: top",
        "ppi: 72",
    ],
)
def test_an_option_that_changes_a_card_is_refused_by_its_name(file: Path, option: str) -> None:
    name = option.partition(":")[0]
    (told,) = problems(file, changed("Evolis_1", "E, options: {media: CR80, " + option + "}"))
    assert told.startswith(f"5: printers[0].options.{name}: would change the card")


def test_what_changes_nothing_and_what_a_paper_printer_has_is_let_be(file: Path) -> None:
    card = changed("Evolis_1", "E, options: {media: CR80, sides: one-sided, mirror: false, GRibbonType: RC_YMCKO}")
    paper = "  - {name: letters, kind: paper, queue: Office_Laser, options: {sides: two-sided-long-edge}}\n"
    assert read(file, card + paper).printers[1].options == {"sides": "two-sided-long-edge"}


def test_whatever_is_said_aloud_to_cups_against_a_default_cannot_be_set_otherwise() -> None:
    said = {**spooler._NEUTRAL, **spooler._NEUTRAL_IN_CUPS}
    ours = {"job-sheets", "copies"}  # refused whatever their value
    assert {name: NEUTRAL[name] for name in said.keys() - ours} == {name: said[name] for name in said.keys() - ours}


def test_the_address_of_the_centre_has_no_slash_at_its_end(file: Path) -> None:
    assert read(file, changed("api}", "api/}")).central.url == "https://central.example/api"


def test_by_courier_there_is_a_folder_and_a_key_and_no_address(file: Path) -> None:
    by_courier = "central: {adapter: folder, folder: /media/giliran, key_file: /etc/giliran/courier-key}"
    over_a_line = next(line for line in MINIMAL.splitlines() if line.startswith("central:"))
    file.write_text(MINIMAL.replace(over_a_line, by_courier))
    central = load(file, {}).central
    assert (central.url, str(central.folder)) == (None, "/media/giliran")
    for missing in ("folder: /media/giliran, ", ", key_file: /etc/giliran/courier-key"):
        file.write_text(MINIMAL.replace(over_a_line, by_courier.replace(missing, "")))
        with pytest.raises(InvalidConfiguration) as caught:
            load(file, {})
        assert "is required" in str(caught.value)


def test_the_rules_of_the_order_are_read_whole(file: Path) -> None:
    text = MINIMAL + (
        "queue:\n"
        "  precedence:\n"
        "    {instruction: 471.13/1, from: 2027-01-04, to: null, while_blanks_below: 500,\n"
        "     classes: [FIRST-TIME, lost], shut: [data_change]}\n"
        "  lanes: [{name: lansia, instruction: SK 12/2026, one_in: 5}]\n"
        "  presence: true\n"
    )
    assert read(file, text).rules == Rules(
        precedence=Precedence(
            instruction="471.13/1",
            first_day=date(2027, 1, 4),
            while_blanks_below=500,
            classes=("first_time", "lost"),
            shut=("data_change",),
        ),
        lanes=(Lane(name="lansia", instruction="SK 12/2026", one_in=5),),
        presence=True,
        timezone="Asia/Jakarta",
    )
    assert read(file, MINIMAL).rules == Rules()


def test_settings_built_in_code_keep_the_same_rules() -> None:
    card = {"name": "card-1", "kind": "card", "queue": "A"}
    with pytest.raises(ValueError, match="another printer has this name already"):
        Settings.model_validate(
            {
                "office": {"code": "1", "name": "x"},
                "database": {"url": "sqlite:////a.db"},
                "central": {"url": "http://localhost:1"},
                "printers": (card, {**card, "queue": "B"}),
            }
        )


def test_keys_without_effect_are_told_when_they_were_given(file: Path) -> None:
    assert no_effect_yet(read(file, MINIMAL)) == ()
    text = MINIMAL + (
        "  - {name: letters, kind: paper, queue: Laser}\n"
        "blanks: {low: 500}\nboard: {listen: '127.0.0.1:8080'}\nalerts: {urls_file: null}\n"
    )
    assert [note.key for note in no_effect_yet(read(file, text))] == [
        "blanks.low",
        "board.listen",
        "printers[1]",
    ]


def test_a_limit_of_blanks_has_effect_where_somebody_is_told(file: Path) -> None:
    text = MINIMAL + "blanks: {low: 500}\nalerts: {urls_file: /etc/giliran/alert-urls}\n"
    assert no_effect_yet(read(file, text)) == ()


def test_witnesses_and_neighbours_go_by_keys_of_their_kind(file: Path) -> None:
    public = bytes(range(32))
    log_key, witness_key = (str(VerifierKey("giliran/1275", public, kind)) for kind in (ED25519, COSIGNATURE))
    log = MINIMAL + (
        f"log:\n  witnesses: [{{name: Kota Binjai, url: 'https://binjai.example/w/', key: {witness_key}}}]\n"
        f"  neighbours: [{{key: {log_key}}}]\n"
    )
    settings = read(file, log)
    assert settings.log.witnesses[0].url == "https://binjai.example/w"
    assert settings.log.witnesses[0].verifier == VerifierKey("giliran/1275", public, COSIGNATURE)
    assert settings.log.neighbours[0].verifier == VerifierKey("giliran/1275", public)
    swapped = log.replace(witness_key, "?").replace(log_key, witness_key).replace("?", log_key)
    assert [problem.partition(": ")[2] for problem in problems(file, swapped)] == [
        "log.witnesses[0].key: must be the key of a witness (giliran audit witness key): NAME+ID+KEY, as it is shown"
        " there",
        "log.neighbours[0].key: must be the key of a log (giliran audit key): NAME+ID+KEY, as it is shown there",
    ]
    assert "must be the key of a log" in problems(file, log.replace(log_key, log_key[:-1]))[0]
    twice = log.replace("[{key", f"[{{key: {log_key}}}, {{key")
    assert "has the log giliran/1275 twice" in problems(file, twice)[0]
    twice = log.replace("[{name", f"[{{name: Medan, key: {witness_key}}}, {{name")
    assert f"has the key {witness_key} twice" in problems(file, twice)[0]
