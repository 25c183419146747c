"""Alerts by whatever apprise can reach: mail, Telegram, ntfy, a webhook and a hundred others, one URL a line.

The URLs hold passwords and tokens. Nothing here ever shows one: a line is named by its number.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import apprise

from daemon.domain.errors import Retryable
from daemon.ports import Messenger

MOST_MESSENGERS = 10
TIMEOUT_SECONDS = 20.0
"""For one message at one messenger, whatever its server does."""

_LOG = logging.getLogger("apprise")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False  # its messages may name addresses; what failed is told by us


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file of URLs gives."""

    messengers: tuple[Messenger, ...]
    problems: tuple[str, ...]
    """One line each, without any URL."""


def read_messengers(path: Path, *, timeout_seconds: float = TIMEOUT_SECONDS) -> Reading:
    """One messenger for each line that holds a URL; empty lines and those that begin with # are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        return Reading(messengers=(), problems=(f"{path}: {reason}",))
    messengers: list[Messenger] = []
    problems: list[str] = []
    for number, text in enumerate(lines, start=1):
        url = text.strip()
        if not url or url.startswith("#"):
            continue
        service = apprise.Apprise.instantiate(url, asset=_asset(timeout_seconds), suppress_exceptions=True)
        if service is None:
            problems.append(f"{path}:{number}: no URL that apprise knows")
        elif len(messengers) == MOST_MESSENGERS:
            problems.append(f"{path}:{number}: more than {MOST_MESSENGERS} URLs; this one is not used")
        else:
            messengers.append(_AppriseMessenger(service, f"{path}:{number}", timeout_seconds))
    if not messengers and not problems:
        problems.append(f"{path}: holds no URL")
    return Reading(messengers=tuple(messengers), problems=tuple(problems))


class _AppriseMessenger:
    """The Messenger port."""

    def __init__(self, service: apprise.NotifyBase, name: str, timeout_seconds: float) -> None:
        self._apprise = apprise.Apprise(asset=_asset(timeout_seconds))
        self._apprise.add(service)
        self._name = name
        self._timeout_seconds = timeout_seconds

    @property
    def name(self) -> str:
        """File and line."""
        return self._name

    def send(self, title: str, text: str) -> None:
        """Send it as plain text. Retryable."""
        sent = self._apprise.notify(
            title=title,
            body=text,
            notify_type=apprise.NotifyType.WARNING,
            body_format=apprise.NotifyFormat.TEXT,
            timeout=self._timeout_seconds,
        )
        if not sent:
            raise Retryable(f"an alert could not be sent by {self._name}")


def _asset(timeout_seconds: float) -> apprise.AppriseAsset:
    return apprise.AppriseAsset(
        app_id="Giliran",
        app_desc="Giliran",
        service_timeout=timeout_seconds,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
