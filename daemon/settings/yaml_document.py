"""YAML as it is meant: plain values and where each one stands.

YAML 1.1 reads 010 as 8, no as False and 12:30:00 as 45000. Here a plain scalar is null, true, false, a decimal
number without leading zeros, or the text that stands there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from daemon.domain.errors import Rejected
from daemon.settings.problem import Problem

Place = tuple[str | int, ...]
"""Keys and indices from the root."""

MOST_BYTES = 1 << 20
_DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Mappings, tuples, text, int, float, bool and None; where each key stands; what was wrong on the way."""

    data: Any
    marks: Mapping[Place, Mark]
    problems: tuple[Problem, ...]


class Unreadable(Rejected):
    """It is no YAML document that could be looked at further."""

    def __init__(self, message: str, mark: Mark | None = None, line: str | None = None) -> None:
        """`line`: as it stands in the file, where that helps."""
        super().__init__(message)
        self.message = message
        self.mark = mark
        self.line = line


def parse(content: bytes) -> Document:
    """The one mapping in the file. Unreadable; lesser problems (a key given twice, a tag) are collected."""
    text = _decode(content)
    node = _compose(text)
    if node is None:
        raise Unreadable("is empty")
    if not isinstance(node, yaml.MappingNode):
        raise Unreadable("must be a mapping: keys and values, one `key: value` a line", _mark(node))
    if node.tag != "tag:yaml.org,2002:map":
        raise Unreadable("YAML tags (!name) cannot be used here", _mark(node))
    reader = _Reader()
    data = reader.value(node, ())
    return Document(data=data, marks=reader.marks, problems=tuple(reader.problems))


def path(place: Place) -> str:
    """A place as people read it: printers[0].name."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")


def _decode(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable(f"is larger than {MOST_BYTES // 1024} KiB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("is not UTF-8 text", _mark_at(content[: error.start].decode("latin-1"))) from error


class _Loader(yaml.SafeLoader):
    """Composes nodes; refuses what makes small files large or deep."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own form
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self._refused("aliases (*name) cannot be used here")
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self._refused("nested too deeply")
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def _refused(self, problem: str) -> yaml.MarkedYAMLError:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


for _tag, _pattern, _first in (
    ("null", r"~|null|", ["~", "n", ""]),
    ("bool", r"true|false", list("tf")),
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})", list("-+0123456789")),
    ("float", r"[-+]?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), _first)


def _compose(text: str) -> yaml.Node | None:
    try:
        loader = _Loader(text)
        try:
            return loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.reader.ReaderError as error:
        raise Unreadable("a control character", _mark_at(text[: error.position])) from error
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text) from error
    except (ValueError, OverflowError) as error:  # "\UFFFFFFFF": PyYAML hands it to chr()
        raise Unreadable("an escape sequence that names no character") from error


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    where = error.problem_mark or error.context_mark
    mark = Mark(line=where.line + 1, column=where.column + 1) if where else None
    if where and text[where.index : where.index + 1] == "\t":
        return Unreadable("a tab: YAML is indented with spaces", mark)
    if error.context == "expected a single document in the stream":
        return Unreadable("a second document (---): there must be only one", mark)
    said = f"{error.context or ''} {error.problem or ''}"
    lines = text.split("\n")
    plain = next((words for jargon, words in _PLAIN_WORDS if jargon in said), error.problem or error.context)
    begun = error.context_mark
    if where and begun and "expected ',' or" in said:
        cut = _comment_inside(lines, begun.line, where.line)
        if cut is not None:
            plain, mark = "cut off at ` #`, which begins a comment; put the value in quotes, or a space after #", cut
        elif where.line >= len(text.splitlines()):
            mark = Mark(line=begun.line + 1, column=begun.column + 1)
    elif where and where.line < len(lines) and "mapping values are not allowed" in said:
        found = _misplaced_key(lines, where.line, where.column)
        if found is not None:
            plain, mark = found
    line = lines[mark.line - 1].rstrip("\r") if mark and mark.line <= len(lines) else None
    return Unreadable(f"not YAML: {plain}", mark, line or None)


def _comment_inside(lines: list[str], first: int, last: int) -> Mark | None:
    """Where ` #1` cuts a line of an open [ or {."""
    for number, line in enumerate(lines[first : last + 1], start=first + 1):
        for found in re.finditer(r"(?<=\s)#[^\s#]", line):
            before = line[: found.start()]
            if before.strip() and before.count('"') % 2 == before.count("'") % 2 == 0:
                return Mark(line=number, column=found.start() + 1)
    return None


def _misplaced_key(lines: list[str], number: int, column: int) -> tuple[str, Mark] | None:
    """Where a line has one `: ` alone, what is wrong stands above it, or before it."""
    line = lines[number]
    if re.search(r":\s", line[:column]):
        return None
    above = next((place for place in range(number - 1, -1, -1) if lines[place].split("#")[0].strip()), None)
    if above is None:
        return None
    tight = re.match(r"\s*(?:- +)*[A-Za-z_][\w-]*(?=:[^\s:])", lines[above])
    if tight and not re.search(r":(\s|$)", lines[above]):
        return "a key without a space after its `:`", Mark(line=above + 1, column=tight.end() + 1)
    indented = len(line) - len(line.lstrip())
    keys = re.match(r"\s*(?:- +)*", lines[above])
    if keys and indented > keys.end():
        words = "this key is indented further than those above it: keys of one section begin in the same column"
        return words, Mark(line=number + 1, column=indented + 1)
    return None


_PLAIN_WORDS = (
    ("expected <block end>", "what stands here fits nothing above it: keys of one section begin in the same column"),
    (
        "mapping values are not allowed",
        "a second `: ` in this line; put the value in quotes, or the key on its own line",
    ),
    ("could not find expected ':'", "a key without `:` before this"),
    ("expected ',' or ']'", "a list [a, b] that is not closed, or lacks a comma"),
    ("expected ',' or '}'", "a mapping {a: b} that is not closed, or lacks a comma"),
    ("found unexpected end of stream", "a quote that is not closed"),
    (
        "found unknown escape character",
        'an escape sequence that YAML does not know; in "…" a backslash is written \\\\',
    ),
    ("that cannot start any token", "no value begins with this character; put it in quotes"),
    ("expected the node content", "a value is missing here, or it begins with a sign that needs quotes"),
    ("did not find expected", "this does not belong here"),
    ("sequence entries are not allowed here", "a list's `- ` must stand on a line of its own"),
)
"""PyYAML's words, and those of people."""


class _Reader:
    """Turns nodes into values and remembers where they stood."""

    def __init__(self) -> None:
        self.marks: dict[Place, Mark] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, place: Place) -> Any:
        self.marks.setdefault(place, _mark(node))
        match node:
            case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                return dict(self._pairs(node, place))
            case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                return tuple(self.value(item, (*place, index)) for index, item in enumerate(node.value))
            case yaml.ScalarNode(tag=tag, value=text) if tag in _SCALARS:
                if any("\ud800" <= character <= "\udfff" for character in text):
                    self._problem("an escape sequence that names no character", place, node)
                    return ""
                self._look_behind(node, place)
                return _SCALARS[tag](text)
            case _:
                self._problem("YAML tags (!name) cannot be used here", place, node)
                return None

    def _look_behind(self, node: yaml.ScalarNode, place: Place) -> None:
        """` #1` behind a value is a comment to YAML, and hardly ever meant as one: those begin with `# `."""
        buffer = node.end_mark.buffer
        if node.style is not None or buffer is None:
            return
        behind = re.match(r"[ \t]+#[^\s#]", buffer[node.end_mark.pointer :])
        if behind:
            self._problem(
                "is cut off at ` #`, which begins a comment; put the value in quotes, or a space after #", place, node
            )

    def _pairs(self, node: yaml.MappingNode, place: Place) -> Iterator[tuple[str, Any]]:
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag != "tag:yaml.org,2002:str":
                self._problem("a key must be text", place, key_node)
                continue
            key: str = key_node.value
            if not key.isprintable() or len(key) > 100:
                self._problem("a key with more than 100, or with unprintable, characters", place, key_node)
                continue
            here = (*place, key)
            if key in lines:
                self._problem(f"given twice; line {lines[key]} has it already", here, key_node)
                continue
            mark = _mark(key_node)
            lines[key] = mark.line
            self.marks[here] = mark
            yield key, self.value(value_node, here)

    def _problem(self, message: str, place: Place, node: yaml.Node) -> None:
        mark = _mark(node)
        self.problems.append(Problem(key=path(place), message=message, line=mark.line, column=mark.column))


_SCALARS: Mapping[str, Any] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}


def _mark(node: yaml.Node) -> Mark:
    return Mark(line=node.start_mark.line + 1, column=node.start_mark.column + 1)


def _mark_at(before: str) -> Mark:
    return Mark(line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))
