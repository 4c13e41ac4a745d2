"""The verbs of the ground floor. Keyword arguments only; one transaction each; every refusal is a clear sentence."""

from staff.services.audiences import add_audience_rule
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
    "grant_scope",
    "record_change",
    "transfer",
]
