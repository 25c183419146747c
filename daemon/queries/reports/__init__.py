"""Reports that leave the office: what the store knows, put on a paper (daemon/domain/report.py)."""

from daemon.queries.reports.absent import absent
from daemon.queries.reports.blanks import blanks
from daemon.queries.reports.counts import counts
from daemon.queries.reports.daily import daily
from daemon.queries.reports.destructions import destructions
from daemon.queries.reports.fairness import fairness
from daemon.queries.reports.outages import outages
from daemon.queries.reports.request import ReportRequest, period

__all__ = ["ReportRequest", "absent", "blanks", "counts", "daily", "destructions", "fairness", "outages", "period"]
