"""JSON as RFC 8259 has it, without what Python's parser lets through: duplicate keys, NaN, depth without end."""

import json
import math
from typing import Any, NoReturn


class BadJson(Exception):
    """The text is not JSON that can be trusted. The message says why, never with the content."""


def loads(body: bytes) -> Any:
    """The value of a UTF-8 JSON text. BadJson."""
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise BadJson("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"not JSON (character {error.pos:,} of {len(error.doc):,}: {error.msg.lower()})") from None
    except RecursionError:
        raise BadJson("nested too deeply") from None
    except ValueError:
        raise BadJson("a number with too many digits") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise BadJson("the same key twice in one object")
    return value


def _no_constant(_: str) -> NoReturn:
    raise BadJson("NaN or Infinity")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadJson("a number out of range")
    return value
