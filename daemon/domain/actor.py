"""Who did it, as log and ledger keep it: the kernel's word, never the environment's alone."""

from dataclasses import dataclass

from daemon.domain.job import CENTRE, SYSTEM

SCHEDULED = "a scheduled task"
"""What is said of a unit whose name the kernel does not tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What is known of whoever runs a command."""

    login: str | None
    """The user who logged in (the kernel's `loginuid`): `su` and `sudo` leave it as it is. None: nobody logged in."""
    real: str
    """The user whom the process belongs to."""
    is_root: bool
    """Whether that is root, who alone comes out of `sudo` and may say what he likes."""
    unit: str | None
    """The systemd unit that runs it; empty where its name is not known, None where it is none."""
    behind_sudo: str | None
    """Whom the environment names."""


def actor(caller: Caller) -> str:
    """The words for it. A task is nobody's login, so it is named by its unit, and never taken for the daemon."""
    if caller.login is not None:
        return _person(caller.login)
    if caller.unit is not None:
        return f"{caller.unit or SCHEDULED} (as {caller.real})"
    if caller.is_root and caller.behind_sudo is not None:
        return f"{caller.real} (sudo says {caller.behind_sudo})"
    return _person(caller.real)


def _person(name: str) -> str:
    """The service's own account bears the name that stands for what no person did; a person's must not."""
    return f"{name} (at the command line)" if name in (SYSTEM, CENTRE) else name
