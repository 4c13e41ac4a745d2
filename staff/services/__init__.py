"""The verbs of the ground floor. Keyword arguments only; one transaction each; every refusal is a clear sentence."""

from staff.services.audiences import add_audience_rule
from staff.services.background_runs import failing_functions, note_failure, note_success, try_at_once
from staff.services.changes import record_change
from staff.services.duties import begin_duty, end_duty
from staff.services.errors import (
    AlreadyEnded,
    BackDated,
    DutyAlreadyHeld,
    EndsBeforeItBegins,
    NotPosted,
    PostingOverlaps,
    ScopeAlreadyGranted,
    StaffError,
    UnitHasStaff,
    UnitHasUnits,
    UnitNotThere,
    VersionTooEarly,
)
from staff.services.postings import begin_posting, carry_over, end_posting, transfer
from staff.services.scopes import end_scope, grant_scope
from staff.services.units import close_unit

__all__ = [
    "AlreadyEnded",
    "BackDated",
    "DutyAlreadyHeld",
    "EndsBeforeItBegins",
    "NotPosted",
    "PostingOverlaps",
    "ScopeAlreadyGranted",
    "StaffError",
    "UnitHasStaff",
    "UnitHasUnits",
    "UnitNotThere",
    "VersionTooEarly",
    "add_audience_rule",
    "begin_duty",
    "begin_posting",
    "carry_over",
    "close_unit",
    "end_duty",
    "end_posting",
    "end_scope",
    "failing_functions",
    "grant_scope",
    "note_failure",
    "note_success",
    "record_change",
    "transfer",
    "try_at_once",
]
