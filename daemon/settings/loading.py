"""Reading the configuration: file, YAML, models; every problem at once, each with its place in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daemon.settings import yaml_document
from daemon.settings.models import Settings, conflicts
from daemon.settings.problem import InvalidConfiguration, Problem
from daemon.settings.yaml_document import Document, Mark, Place, Unreadable

_SECRETS = frozenset({"token", "password", "secret", "client_key"})


def load(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in this file, or InvalidConfiguration with all that is wrong. `environ` fills `*_file` keys."""
    document = _document(path)
    problems = list(document.problems)
    settings = None
    try:
        settings = Settings.model_validate(document.data, context={"environ": environ})
    except ValidationError as error:
        refused = {problem.key for problem in document.problems}
        found = _problems(error.errors(include_url=False), document)
        problems += (problem for problem in found if problem.key not in refused)
    problems += _conflicts(document)
    if problems or settings is None:
        in_file = (_in_file(problem, path) for problem in problems)
        raise InvalidConfiguration(sorted(in_file, key=lambda problem: (problem.line or 0, problem.column or 0)))
    return settings


def _document(path: Path) -> Document:
    try:
        with path.open("rb") as file:
            content = file.read(yaml_document.MOST_BYTES + 1)
        return yaml_document.parse(content)
    except FileNotFoundError as error:
        problem = Problem(file=str(path), message="there is no such file; --config FILE names another")
        raise InvalidConfiguration([problem]) from error
    except OSError as error:
        problem = Problem(file=str(path), message=f"cannot be read: {error.strerror or error}")
        raise InvalidConfiguration([problem]) from error
    except Unreadable as error:
        line, column = (error.mark.line, error.mark.column) if error.mark else (None, None)
        hidden = error.line is None or any(word in error.line for word in _SECRETS)
        problem = Problem(message=error.message, line=line, column=column, excerpt=None if hidden else error.line)
        raise InvalidConfiguration([_in_file(problem, path)]) from error


def _in_file(problem: Problem, path: Path) -> Problem:
    return replace(problem, file=str(path))


def _problems(errors: Sequence[ErrorDetails], document: Document) -> Iterator[Problem]:
    mistyped: set[Place] = set()
    for error in errors:
        if error["type"] == "extra_forbidden":
            place = _place(error)
            message, meant = _unknown(place)
            if meant:
                mistyped.add((*place[:-1], meant))
            yield _at(place, message, document)
    for error in errors:
        place = _place(error)
        follows = (
            error["type"] in ("conflict", "default_factory_not_called")
            or (error["type"] == "missing" and place in mistyped)
            or (error["type"] == "too_short" and error["input"])  # its entries are wrong, each with its own message
        )
        if error["type"] != "extra_forbidden" and not follows:
            yield _at(place, _message(error), document)


def _conflicts(document: Document) -> Iterator[Problem]:
    printers = document.data.get("printers")
    if isinstance(printers, tuple):
        for place, message in conflicts(printers):
            yield _at(("printers", *place), message, document)


def _place(error: ErrorDetails) -> Place:
    return tuple(part for part in error["loc"] if part != "[key]")


def _at(place: Place, message: str, document: Document) -> Problem:
    """With the line of the key, or of the nearest thing around it that stands in the file."""
    around = place
    while around not in document.marks:
        around = around[:-1]
    mark: Mark = document.marks[around]
    return Problem(key=yaml_document.path(place), message=message, line=mark.line, column=mark.column)


def _unknown(place: Place) -> tuple[str, str | None]:
    """What to say of an unknown key, and the key that was probably meant."""
    known = [field.alias or name for name, field in _section(place[:-1]).model_fields.items()]
    key = str(place[-1])
    if key in _SECRETS and f"{key}_file" in known:
        return f"secrets never stand in this file: `{key}_file` names the file that holds it", f"{key}_file"
    before, colon, _ = key.partition(":")
    if colon and before in known:
        return f"a space is missing after `{before}:`", before
    from difflib import get_close_matches

    close = get_close_matches(key, known, n=1)
    if close:
        return f"unknown key; did you mean `{close[0]}`?", close[0]
    return f"unknown key; there are {', '.join(known)}", None


def _section(place: Place) -> type[BaseModel]:
    """The model of the section at this place."""
    section: type[BaseModel] = Settings
    for part in place:
        if isinstance(part, int):
            continue
        annotation: Any = section.model_fields[part].annotation
        section = next((arg for arg in get_args(annotation) if isinstance(arg, type)), annotation)
    return section


def _message(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if error["input"] is None and error["type"] not in ("missing", "value_error"):
        return "is empty: give it a value or take the line out"
    match error["type"]:
        case "missing":
            return "is required"
        case "value_error":
            return str(context["error"])
        case "string_type":
            return "must be text (quotes make it text)"
        case "bool_type":
            return "must be true or false"
        case "int_type" | "int_from_float":
            return "must be a whole number"
        case "model_type" | "mapping_type" | "dict_type":
            return "must hold keys of its own (`key: value`)"
        case "tuple_type":
            return "must be a list (`- item` lines or [a, b])"
        case "literal_error":
            return f"must be {str(context['expected']).replace(chr(39), '')}"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case "too_short":
            return "must not be an empty list"
        case "string_too_short":
            return "must not be empty"
        case "string_too_long":
            return f"must have at most {context['max_length']} characters"
        case _:
            return error["msg"]
