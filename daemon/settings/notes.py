"""Keys that are accepted although what they steer does not exist yet."""

from collections.abc import Iterator

from daemon.settings.models import Settings
from daemon.settings.problem import Problem

_STEER_NOTHING = (("board", "listen"),)


def no_effect_yet(settings: Settings) -> tuple[Problem, ...]:
    """One note for each such key that was given, so that nobody relies on it."""
    return tuple(_notes(settings))


def _notes(settings: Settings) -> Iterator[Problem]:
    if "low" in settings.blanks.model_fields_set and settings.alerts.urls_file is None:
        yield Problem(key="blanks.low", message="accepted, but has no effect without alerts.urls_file")
    for section_name, key in _STEER_NOTHING:
        section = getattr(settings, section_name)
        if key in section.model_fields_set and getattr(section, key) not in (None, ()):
            yield Problem(key=f"{section_name}.{key}", message="accepted, but has no effect so far")
    for index, printer in enumerate(settings.printers):
        if printer.kind == "paper":
            yield Problem(key=f"printers[{index}]", message="accepted, but nothing is printed on paper so far")
