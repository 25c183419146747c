"""YAML that is broken, hostile or merely surprising."""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daemon.settings import InvalidConfiguration, load
from daemon.settings.values import duration
from daemon.settings.yaml_document import Unreadable, parse

EXAMPLE = (Path(__file__).parents[4] / "config" / "giliran.yaml").read_bytes()


def refusal(content: bytes) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as caught:
        parse(content)
    mark = caught.value.mark
    return caught.value.message, mark.line if mark else None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", "010"),
        ("0123456", "0123456"),
        ("12:30:00", "12:30:00"),
        ("no", "no"),
        ("on", "on"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("2026-01-05", "2026-01-05"),
        (".inf", ".inf"),
        ("=", "="),
        ("1205010101900001", 1205010101900001),
        ("9" * 5000, "9" * 5000),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("True", "True"),
        ("null", None),
        ("~", None),
        ("", None),
        ('"1"', "1"),
        ("!!str 1", "1"),
    ],
)
def test_a_plain_value_is_what_it_looks_like(text: str, value: object) -> None:
    found = parse(f"a: {text}\n".encode()).data["a"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("content", "message", "line"),
    [
        (b"", "is empty", None),
        (b"# nothing\n", "is empty", None),
        (b"a: 1\n\tb: 2\n", "a tab: YAML is indented with spaces", 2),
        (b"a:\n\t- 1\n", "a tab: YAML is indented with spaces", 2),
        (b"!x\na: 1\n", "YAML tags (!name) cannot be used here", 1),
        (b"- 1\n", "must be a mapping: keys and values, one `key: value` a line", 1),
        (b"text", "must be a mapping: keys and values, one `key: value` a line", 1),
        (b"a: 1\n---\nb: 2\n", "a second document (---): there must be only one", 2),
        (b"a: 1\nb: \xff\n", "is not UTF-8 text", 2),
        (b"a: 1\nb: \x00\n", "a control character", 2),
        (b"a: &x 1\nb: *x\n", "not YAML: aliases (*name) cannot be used here", 2),
        (
            b"a: 1\nb: c: d\n",
            "not YAML: a second `: ` in this line; put the value in quotes, or the key on its own line",
            2,
        ),
        (b'a: "\\UFFFFFFFF"', "an escape sequence that names no character", None),
        (b"a: " + b"[" * 5000, "not YAML: nested too deeply", 1),
        (b"a: " + b"x" * (1 << 20), "is larger than 1024 KiB", None),
    ],
)
def test_what_is_no_mapping_in_yaml_is_one_clear_line(content: bytes, message: str, line: int | None) -> None:
    assert refusal(content) == (message, line)


def test_an_alias_bomb_is_refused_at_its_first_alias() -> None:
    bomb = b"a: &a [x,x]\n" + b"".join(b"%c: &%c [*%c,*%c]\n" % (i, i, i - 1, i - 1) for i in range(98, 122))
    assert refusal(bomb) == ("not YAML: aliases (*name) cannot be used here", 2)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"a: 1\na: 2\n", "a: given twice; line 1 has it already"),
        (b"a: {b: 1, b: 2}\n", "a.b: given twice; line 1 has it already"),
        (b"1: x\n", "a key must be text"),
        (b"? [a]\n: x\n", "a key must be text"),
        (b"a: !!python/object:os.system x\n", "a: YAML tags (!name) cannot be used here"),
        (b"a: !!binary aGk=\n", "a: YAML tags (!name) cannot be used here"),
        (b'a: "\\uD800"\n', "a: an escape sequence that names no character"),
    ],
)
def test_lesser_problems_are_collected(content: bytes, problem: str) -> None:
    assert [str(found) for found in parse(content).problems] == [problem]


def test_a_byte_order_mark_is_no_problem(tmp_path: Path) -> None:
    file = tmp_path / "giliran.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + EXAMPLE)
    assert load(file, {}).office.code == "1205"


def test_a_key_given_twice_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "giliran.yaml"
    file.write_bytes(EXAMPLE + b"blanks: {low: 1}\n")
    with pytest.raises(InvalidConfiguration, match="blanks: given twice") as caught:
        load(file, {})
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("what", ["missing", "folder", "below a file"])
def test_a_file_that_cannot_be_read_is_one_clear_line(tmp_path: Path, what: str) -> None:
    file = tmp_path / "giliran.yaml"
    said = "cannot be read"
    if what == "missing":
        said = "there is no such file; --config FILE names another"
    elif what == "folder":
        file.mkdir()
    else:
        file.write_bytes(EXAMPLE)
        file = file / "giliran.yaml"
    with pytest.raises(InvalidConfiguration, match=said) as caught:
        load(file, {})
    assert len(caught.value.problems) == 1
    assert "\n" not in str(caught.value)


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@given(count=st.integers(1, 3650), unit=st.sampled_from(sorted(UNITS)))
def test_a_duration_is_its_count_of_its_unit(count: int, unit: str) -> None:
    assert duration(f"{count}{unit}") == timedelta(seconds=count * UNITS[unit])


@given(
    st.one_of(st.text(max_size=12), st.integers(), st.floats(), st.none(), st.booleans(), st.from_regex(r"\d+[smhd]"))
)
def test_anything_else_is_no_duration(value: object) -> None:
    with suppress(ValueError):
        assert timedelta() < duration(value) <= timedelta(days=3650)


@pytest.mark.parametrize("text", ["15", "15 s", "1.5s", "-1s", "s", "15S", "１s", "15s\n", "1h30m", "", "0d", "3651d"])
def test_near_misses_of_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="must be a duration"):
        duration(text)


def assert_only_invalid_configuration(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    refused: InvalidConfiguration | None = None
    try:
        load(file, {})
    except InvalidConfiguration as error:
        refused = error
    if refused is not None:
        shown = sum(2 for problem in refused.problems if problem.excerpt is not None)
        assert len(str(refused).split("\n")) - shown == len(refused.problems) > 0
        str(refused).encode()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("yaml") / "giliran.yaml"


@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
)
def test_any_bytes_load_or_are_an_invalid_configuration(scratch: Path, content: bytes) -> None:
    assert_only_invalid_configuration(scratch, content)


_MARKS = ["\t", "\n", "  ", ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!x ", "? ", "| ", "'", '"', "#", "<<: "]
_WORDS = ["---\n", "...\n", "%YAML 1.1\n", "null", "\\U00110000", "\x85", "\u2028", "010"]
_PIECES = st.sampled_from(_MARKS + _WORDS)


@given(place=st.integers(0, len(EXAMPLE)), length=st.integers(0, 30), pieces=st.lists(_PIECES, max_size=4))
def test_the_example_damaged_anywhere_loads_or_is_an_invalid_configuration(
    scratch: Path, place: int, length: int, pieces: list[str]
) -> None:
    assert_only_invalid_configuration(scratch, EXAMPLE[:place] + "".join(pieces).encode() + EXAMPLE[place + length :])


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
_SECTIONS = ("office", "database", "central", "outage", "queue", "cups", "printers", "blanks", "board", "alerts")


@given(data=st.dictionaries(st.sampled_from(_SECTIONS), _VALUES, max_size=4))
def test_any_value_in_any_section_loads_or_is_an_invalid_configuration(scratch: Path, data: dict[str, object]) -> None:
    assert_only_invalid_configuration(scratch, json.dumps(data).encode())
