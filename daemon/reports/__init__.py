"""Reports that leave the office: what the store knows, put on a paper (daemon/domain/paper.py), in Indonesian."""

from daemon.reports.asking import Asked, period
from daemon.reports.blanks import blanks
from daemon.reports.counts import counts
from daemon.reports.destructions import destructions
from daemon.reports.fairness import fairness
from daemon.reports.outages import outages

__all__ = ["Asked", "blanks", "counts", "destructions", "fairness", "outages", "period"]
