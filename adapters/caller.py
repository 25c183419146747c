"""Who runs this command, from the kernel where it knows."""

import os
import pwd
import re
from collections.abc import Mapping
from pathlib import Path

from daemon.domain.actor import Caller

_LOGIN = Path("/proc/self/loginuid")
_CGROUP = Path("/proc/self/cgroup")
_UNSET = 2**32 - 1
"""What the kernel says of a process that no login began."""
_UNIT = re.compile(r"/([^/\n]+\.service)(?:/[^\n]*)?$", re.MULTILINE)


def caller(environ: Mapping[str, str] = os.environ) -> Caller:
    """As it stands now. What the environment says is told apart (`daemon.domain.actor` weighs it)."""
    uid, login = os.getuid(), _login()
    sudo = environ.get("SUDO_USER")
    return Caller(
        login=None if login is None else _name(login),
        real=_name(uid),
        is_root=uid == 0,
        unit=_unit() if environ.get("INVOCATION_ID") else None,
        behind_sudo=sudo if sudo and _is_known(sudo) else None,
    )


def _login() -> int | None:
    """None where nobody logged in, or where the kernel keeps no such thing."""
    try:
        login = int(_LOGIN.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return None if login == _UNSET else login


def _unit() -> str:
    """By the kernel's control groups; empty where they do not say (inside a container)."""
    try:
        units = _UNIT.findall(_CGROUP.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return str(units[-1]) if units else ""


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _is_known(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except (KeyError, ValueError):
        return False
    return True
