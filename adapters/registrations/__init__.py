"""The office's own registrations, from a CSV file as offices have it."""

from adapters.registrations.dates import Dates
from adapters.registrations.rows import BadRow, hints_that_hold, read_registrations

__all__ = ["BadRow", "Dates", "hints_that_hold", "read_registrations"]
