from staff.models.accounts import AccountCode, FamiliarNetwork
from staff.models.api_tokens import ApiToken
from staff.models.audiences import Audience, AudienceRule
from staff.models.feed import Change
from staff.models.imports import ImportRow, ImportRun
from staff.models.lists import ListDecision, StaffList, StaffListContent, StaffListRow, TransferRequest
from staff.models.notices import Letter, Notice
from staff.models.operation import Alarm, BackgroundFunction
from staff.models.people import Duplicate, StaffMember
from staff.models.personal_changes import PersonalChange
from staff.models.postings import Duty, Posting
from staff.models.reorganisations import Reorganisation, reorganisable_by
from staff.models.scopes import Scope
from staff.models.sessions import Session
from staff.models.units import Succession, Unit
from staff.models.users import User

__all__ = [
    "Alarm",
    "AccountCode",
    "ApiToken",
    "Audience",
    "AudienceRule",
    "BackgroundFunction",
    "Change",
    "Duplicate",
    "Duty",
    "FamiliarNetwork",
    "ImportRow",
    "ImportRun",
    "Letter",
    "ListDecision",
    "Notice",
    "PersonalChange",
    "Posting",
    "Reorganisation",
    "Scope",
    "Session",
    "StaffList",
    "StaffListContent",
    "StaffListRow",
    "StaffMember",
    "Succession",
    "TransferRequest",
    "Unit",
    "User",
    "reorganisable_by",
]
