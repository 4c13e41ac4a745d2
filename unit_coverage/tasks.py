"""Thin: who looks for news of the change feed, and who checks."""

from unit_coverage.checks import check_slice
from unit_coverage.jobs import JOBS
from unit_coverage.left_behind import tell_what_is_left
from unit_coverage.reports.services import freeze_waiting, tell_schedules
from unit_coverage.services import count_days, drain_changes
from unit_coverage.target_heirs import hand_on_targets

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]

PROMPT = [drain_changes, freeze_waiting]
# What goes on by itself goes on before anybody is told of what stays.
SWEEPERS = [count_days, check_slice, tell_schedules, hand_on_targets, tell_what_is_left]
