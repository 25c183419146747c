"""What is said of a file that is written wrongly: in plain words, with the line and a caret."""

from pathlib import Path

import pytest

from daemon.settings import InvalidConfiguration, load

JARGON = ("<block", "token", "scalar", "flow", "mapping values", "node content", "stream")


def refusal(tmp_path: Path, text: str) -> str:
    file = tmp_path / "giliran.yaml"
    file.write_text(text)
    with pytest.raises(InvalidConfiguration) as refused:
        load(file, {})
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "words", "caret"),
    [
        ("office:\n  code: x\n name: y\n", "keys of one section begin in the same column", "     name: y\n     ^"),
        ("a: 1\nb: c: d\n", "a second `: ` in this line", "    b: c: d\n        ^"),
        ("a: [1, 2\nb: 3\n", "a list [a, b] that is not closed", "    b: 3\n     ^"),
        ("a: {b: 1\n", "a mapping {a: b} that is not closed", "    a: {b: 1\n       ^"),
        (
            "p:\n  - {queue: E #1}\n",
            "cut off at ` #`, which begins a comment",
            "      - {queue: E #1}\n                  ^",
        ),
        ("p: [E #1]\nb: 3\n", "cut off at ` #`, which begins a comment", "    p: [E #1]\n          ^"),
        ("p:\n  - name:c\n    kind: d\n", "a key without a space after its `:`", "      - name:c\n            ^"),
        ("o:\n  a:x\n  b: y\n", "a key without a space after its `:`", "      a:x\n       ^"),
        (
            "p:\n  - name: c\n     kind: d\n",
            "indented further than those above it: keys of one section begin in the same column",
            "         kind: d\n         ^",
        ),
        ('a: "x\n', "a quote that is not closed", None),
        ("a: @x\n", "put it in quotes", "    a: @x\n       ^"),
        ('a: "\\q"\n', "an escape sequence that YAML does not know", None),
    ],
)
def test_plain_words_and_the_line_as_it_stands(tmp_path: Path, text: str, words: str, caret: str | None) -> None:
    said = refusal(tmp_path, text)

    assert words in said
    assert not any(word in said for word in JARGON), said
    if caret is not None:
        assert said.endswith(caret)


def test_a_line_that_may_hold_a_secret_is_not_shown(tmp_path: Path) -> None:
    assert "sesame" not in refusal(tmp_path, "central:\n  token: sesame: 1\n")


def test_a_value_that_is_cut_off_at_a_comment_is_told(tmp_path: Path) -> None:
    said = refusal(tmp_path, "printers:\n  - queue: Evolis #1\n")

    assert "printers[0].queue: is cut off at ` #`, which begins a comment" in said


def test_a_comment_behind_a_value_is_one(tmp_path: Path) -> None:
    assert "cut off" not in refusal(tmp_path, "printers:\n  - queue: Evolis # the new one\n")


def test_a_key_without_a_space_after_its_colon_in_braces(tmp_path: Path) -> None:
    said = refusal(tmp_path, "blanks: {low:3}\n")

    assert "a space is missing after `low:`" in said


@pytest.mark.parametrize("text", ["b: c: d\n", "p:\n  - a: 1\n    b: c: d\n"])
def test_a_second_colon_in_a_line_is_told_where_there_is_one(tmp_path: Path, text: str) -> None:
    assert "a second `: ` in this line" in refusal(tmp_path, text)
