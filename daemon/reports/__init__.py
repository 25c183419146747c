"""Reports that leave the office: what the store knows, put on a paper (daemon/domain/report.py), in Indonesian."""

from daemon.reports.blanks import blanks
from daemon.reports.counts import counts
from daemon.reports.destructions import destructions
from daemon.reports.fairness import fairness
from daemon.reports.outages import outages
from daemon.reports.request import ReportRequest, period

__all__ = ["ReportRequest", "blanks", "counts", "destructions", "fairness", "outages", "period"]
