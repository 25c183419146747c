"""Figures, dates and lengths of time as Indonesians write them. Babel knows how."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from daemon.domain.report import Cell, Named, Period

LOCALE = "id_ID"


def shown(cell: Cell, timezone: ZoneInfo) -> str:
    """1.234; 12,5 %; 5 Nov 2026; 05/11/2026 14.03; 2 jam 5 menit."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case Named():
            return cell.label
        case int():
            return number(cell)
        case float():
            return format_percent(cell, "#,##0.0 %", locale=LOCALE)
        case datetime():
            return format_datetime(cell, "dd/MM/y HH.mm", tzinfo=timezone, locale=LOCALE)
        case date():
            return format_date(cell, "d MMM y", locale=LOCALE)
        case timedelta():
            return _length(cell)


def number(of: int) -> str:
    """1.234."""
    return format_decimal(of, locale=LOCALE)


def day(moment: datetime | date, timezone: ZoneInfo) -> str:
    """25 November 2026."""
    on = moment.astimezone(timezone).date() if isinstance(moment, datetime) else moment
    return format_date(on, "d MMMM y", locale=LOCALE)


def days(period: Period, timezone: ZoneInfo) -> str:
    """1 November 2026 sampai dengan 30 November 2026."""
    first, last = day(period.first, timezone), day(period.last, timezone)
    return first if first == last else f"{first} sampai dengan {last}"


def _length(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    of_days, hours = divmod(hours, 24)
    named = ((of_days, "hari"), (hours, "jam"), (minutes, "menit"), (seconds, "detik"))
    largest = [f"{number} {unit}" for number, unit in named if number][:2]
    return " ".join(largest) or "0 detik"
