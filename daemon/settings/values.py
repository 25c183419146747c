"""The kinds of values that stand in the configuration, each checked where it is read."""

import os
import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from daemon.domain.errors import Rejected
from daemon.domain.ledger import PRINTER_NAME
from daemon.domain.note import COSIGNATURE, ED25519, verifier_key
from daemon.domain.records import as_class

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]{1,9})([smhd])")
_LONGEST = timedelta(days=3650)
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))", re.ASCII)
_HOST_AND_PORT = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([0-9]{1,5})")
_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_NIP = re.compile(r"[0-9]{18}")
_LANE = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SUPPLY = re.compile(r"[A-Za-z][A-Za-z0-9 _-]{0,31}")
_TEMPLATE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_OPTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,126}")
_QUEUE_NAME = re.compile(r"[^\s/#]{1,127}")

CREDENTIALS, _CREDENTIALS_COME_FROM = Path("/run/credentials/giliran.service"), Path("/etc/giliran")
"""Only the service itself has $CREDENTIALS_DIRECTORY; a command typed by an operator reads the same file, and while the
service does not run the one that it will get (LoadCredential= in the unit)."""

_OURS = frozenset({"copies", "job-hold-until", "job-name", "job-sheets"})
"""CUPS options that would break one card at most, or the token: Giliran alone decides about them."""


def duration(value: object) -> timedelta:
    """The length of time that 15s, 5m, 2h or 180d stands for: 1 s to 3,650 d."""
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("must be a duration like 15s, 5m, 2h or 180d")
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if not timedelta() < length <= _LONGEST:
        raise ValueError("must be a duration from 1s to 3650d")
    return length


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("must be a date like 2027-01-31")


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be one line of text without spaces around it")
    return text


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            "must be a time zone that this machine knows, such as Asia/Jakarta (Debian package tzdata)"
        ) from error


def _absolute(value: object) -> object:
    if isinstance(value, str):
        if not value.startswith("/") or not value.isprintable():
            raise ValueError("must be an absolute path")
        return Path(value)
    return value


def _expanded(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    environ: Mapping[str, str] = (info.context or {}).get("environ", {})

    def variable(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name in environ:
            return environ[name]
        if name == "CREDENTIALS_DIRECTORY":
            return str(CREDENTIALS if os.path.isdir(CREDENTIALS) else _CREDENTIALS_COME_FROM)
        raise ValueError(f"the environment has no variable {name}")

    return _absolute(_VARIABLE.sub(variable, value))


def _host_and_port(text: str) -> str:
    match = _HOST_AND_PORT.fullmatch(text)
    if match is None or not 0 < int(match[1]) < 65536:
        raise ValueError("must be host:port, such as 127.0.0.1:8080")
    return text


def _cups_server(text: str) -> str:
    if text.startswith("/") and text.isprintable():
        return text
    try:
        return _host_and_port(text)
    except ValueError as error:
        raise ValueError("must be the path of a socket or host:port") from error


def _database_url(text: str) -> str:
    if text.startswith("sqlite:"):
        path = text.removeprefix("sqlite:///")
        if not path.startswith("/") or path.endswith("/") or not path.isprintable() or "?" in path:
            raise ValueError("must name a file by its absolute path: sqlite:////var/lib/giliran/giliran.db")
        return text
    parts = _split(text)
    if parts is None or parts.scheme != "postgresql+psycopg":
        raise ValueError("must begin with sqlite://// or postgresql+psycopg://")
    if parts.password is not None or any(key.lower() == "password" for key, _ in parse_qsl(parts.query)):
        raise ValueError("must not hold a password: put it into a password file (PGPASSFILE), or let the socket tell")
    return text


def _central_url(text: str) -> str:
    parts = _split(text)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that begins with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or a password: the token stands in token_file")
    if parts.query or parts.fragment:
        raise ValueError("must not hold ? or #: paths are added to its end")
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    """The URL's parts, or None if it is none."""
    if not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _printer_name(text: str) -> str:
    if PRINTER_NAME.fullmatch(text) is None:
        raise ValueError("must be 1 to 63 of A-Z a-z 0-9 . _ -, a letter or digit first")
    return text


def _option_name(text: str) -> str:
    if _OPTION_NAME.fullmatch(text) is None:
        raise ValueError("is not the name of a CUPS option")
    if text.lower() in _OURS:
        raise ValueError("cannot be set here: Giliran decides about it for each card")
    return text


def _option_value(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        raise ValueError("must be text, a whole number, true or false; put quotes around anything else")
    return value


def _matching(pattern: re.Pattern[str], message: str) -> AfterValidator:
    def check(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(message)
        return text

    return AfterValidator(check)


def _key_of(type_: bytes) -> AfterValidator:
    def check(text: str) -> str:
        try:
            verifier_key(text, type_)
        except Rejected:
            whose = "log (giliran audit key" if type_ == ED25519 else "witness (giliran audit witness key"
            raise ValueError(f"must be the key of a {whose}): NAME+ID+KEY, as it is shown there") from None
        return text

    return AfterValidator(check)


Duration = Annotated[timedelta, BeforeValidator(duration)]
Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_line)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]
FilePath = Annotated[Path, BeforeValidator(_expanded)]
"""For `*_file` keys: $NAME and ${NAME} are taken from the environment."""
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]
CupsServer = Annotated[str, AfterValidator(_cups_server)]
DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
CentralUrl = Annotated[str, AfterValidator(_central_url)]
OfficeCode = Annotated[str, _matching(_CODE, "must be 1 to 32 of A-Z a-z 0-9 . _ -")]
Nip = Annotated[str, _matching(_NIP, "must be 18 digits (Nomor Induk Pegawai)")]
SupplyName = Annotated[str, _matching(_SUPPLY, "must be a word such as ribbon or film")]
ClassName = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_one_line), AfterValidator(as_class)]
"""Of a request, compared as the centre's are: `FIRST-TIME` is first_time."""
LaneName = Annotated[str, _matching(_LANE, "must be 1 to 32 of a-z 0-9 _, a letter or digit first")]
LogVerifierKey = Annotated[str, _key_of(ED25519)]
WitnessKey = Annotated[str, _key_of(COSIGNATURE)]
PrinterName = Annotated[str, AfterValidator(_printer_name)]
QueueName = Annotated[str, _matching(_QUEUE_NAME, "must be the name of a CUPS queue: no spaces, / or #")]
TemplateName = Annotated[str, _matching(_TEMPLATE_NAME, "must be a template's name without folder and ending")]
OptionName = Annotated[str, AfterValidator(_option_name)]
OptionValue = Annotated[
    str, BeforeValidator(_option_value), Field(min_length=1, max_length=1000), AfterValidator(_one_line)
]
