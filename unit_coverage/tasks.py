"""Thin: who looks for news of the change feed, and who checks."""

from unit_coverage.jobs import JOBS
from unit_coverage.reports.services import freeze_waiting, tell_schedules
from unit_coverage.services import check_some, drain_changes

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]

PROMPT = [drain_changes, freeze_waiting]
SWEEPERS = [check_some, tell_schedules]
