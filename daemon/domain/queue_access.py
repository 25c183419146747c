"""Who may print on a CUPS queue, by the rule that CUPS itself follows (lpadmin -u)."""

from collections.abc import Collection
from dataclasses import dataclass

GROUP = "@"
"""Before the name of a group in CUPS's lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueAccess:
    """The queue's list; CUPS keeps one of the two at most. Both empty: everybody may print."""

    allowed: tuple[str, ...] = ()
    """requesting-user-name-allowed: nobody else may print."""
    denied: tuple[str, ...] = ()
    """requesting-user-name-denied: everybody else may print."""

    @property
    def is_for_everybody(self) -> bool:
        """Whether it turns nobody away."""
        return not self.allowed and not self.denied

    def lets(self, user: str, groups: Collection[str]) -> bool:
        """Whether this user may print, who is in these groups."""
        if self.allowed:
            return _names(self.allowed, user, groups)
        return not _names(self.denied, user, groups)

    def __str__(self) -> str:
        if self.is_for_everybody:
            return "everybody"
        return ", ".join(self.allowed) or f"everybody but {', '.join(self.denied)}"


def _names(entries: Collection[str], user: str, groups: Collection[str]) -> bool:
    """CUPS takes no account of a user name's case."""
    return any(
        entry.removeprefix(GROUP) in groups if entry.startswith(GROUP) else entry.casefold() == user.casefold()
        for entry in entries
    )
