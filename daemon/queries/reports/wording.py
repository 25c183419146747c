"""Figures, dates and lengths of time, as people read them in a report."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from daemon.domain.report import Cell, Named, Period
from daemon.locale.language import Language


def shown(cell: Cell, timezone: ZoneInfo, words: Language) -> str:
    """1.234; 12,5 %; 5 Nov 2026; 05/11/2026 14.03; 2 jam 5 menit."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Named():
            return cell.label
        case int():
            return words.number(cell)
        case float():
            return words.share(cell)
        case datetime():
            return words.moment(cell, timezone)
        case date():
            return words.short_day(cell)
        case timedelta():
            return words.length(cell)


def day(moment: datetime, timezone: ZoneInfo, words: Language) -> str:
    """25 November 2026."""
    return words.day(moment.astimezone(timezone).date())


def days(period: Period, words: Language) -> str:
    """1 November 2026 sampai dengan 30 November 2026."""
    first, last = words.day(period.first), words.day(period.last)
    return first if first == last else words.gettext("{first} to {last}", first=first, last=last)
