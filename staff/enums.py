"""The closed lists of the ground floor. The stored values are the codes that staff files use."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitKind(TextChoices):
    PROVINCE = "province", _("province")
    DISTRICT = "district", _("district")
    DISTRICT_CITY = "district_city", _("provincial city")
    COMMUNE = "commune", _("commune")
    WARD = "ward", _("ward")
    TOWNSHIP = "township", _("township")
    SPECIAL_ZONE = "special_zone", _("special zone")
    DEPARTMENT = "department", _("department")
    OFFICE = "office", _("office")
    PARTY_BODY = "party_body", _("Party body")
    MASS_ORG = "mass_org", _("Front or mass organisation")
    SERVICE_UNIT = "service_unit", _("public service unit")


# The lowest level of government; what is below is a part of one of these.
COMMUNE_KINDS = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP, UnitKind.SPECIAL_ZONE)


class SuccessionKind(TextChoices):
    MERGE = "merge", _("merger")
    SPLIT = "split", _("split")
    RENAME = "rename", _("renaming")
    ABSORBED = "absorbed", _("absorbed")
    UNCHANGED = "unchanged", _("carried over unchanged")


class ReformKind(TextChoices):
    """What a reorganisation does; the value stands in the address."""

    MERGE = "sap-nhap", _("merger")
    SPLIT = "chia-tach", _("split")
    RENAME = "doi-ten", _("renaming")
    MOVE = "chuyen", _("move under another unit")
    CLOSE = "giai-the", _("closing")
    FILE = "tep", _("reorganisation by file")


class ReformState(TextChoices):
    """How far a reorganisation has come; never stored."""

    DRAFT = "draft", _("draft")
    PLANNED = "planned", _("confirmed, waits for its day")
    APPLIED = "applied", _("carried out")
    WITHDRAWN = "withdrawn", _("withdrawn")


class StaffCategory(TextChoices):
    CADRE = "can_bo", _("elected or appointed cadre")
    CIVIL_SERVANT = "cong_chuc", _("civil servant")
    PUBLIC_EMPLOYEE = "vien_chuc", _("public employee")
    PART_TIME_COMMUNE = "khong_chuyen_trach", _("part-time commune worker")
    CONTRACT = "hop_dong", _("contract worker")
    UNCLASSIFIED = "unclassified", _("unclassified")


# Who makes up the headcount unless a figure says otherwise; the other categories stand on their own lines.
HEADCOUNT_CATEGORIES = (
    StaffCategory.CADRE,
    StaffCategory.CIVIL_SERVANT,
    StaffCategory.PUBLIC_EMPLOYEE,
    StaffCategory.UNCLASSIFIED,
)


class PostingStatus(TextChoices):
    ACTIVE = "active", _("at work")
    LEAVE = "leave", _("on leave")
    SECONDED = "seconded", _("seconded")


class PersonalChangeKind(TextChoices):
    """What changes for one person; the value stands in the address."""

    TRANSFER = "dieu-dong", _("transfer to another unit")
    SECONDMENT = "biet-phai", _("secondment")
    LEAVE = "nghi", _("leave of absence")
    RETURN = "tro-lai", _("return to work")
    POSITION = "chuc-danh", _("change of position or category")
    LEAVING = "thoi-viec", _("leaving for good")
    REJOIN = "vao-lai", _("coming back after leaving")


class ChangeCause(TextChoices):
    """Why somebody is on leave, or has left."""

    MATERNITY = "maternity", _("maternity leave")
    ILLNESS = "illness", _("long illness")
    STUDY = "study", _("full-time study")
    UNPAID = "unpaid", _("unpaid leave")
    OTHER_LEAVE = "other_leave", _("other leave")
    RETIRED = "retired", _("retired from service")
    RESIGNED = "resigned", _("resigned")
    ELSEWHERE = "elsewhere", _("went to a body outside this system")
    DISMISSED = "dismissed", _("dismissed, or the contract ended")
    DIED = "died", _("died")


LEAVE_CAUSES = (
    ChangeCause.MATERNITY,
    ChangeCause.ILLNESS,
    ChangeCause.STUDY,
    ChangeCause.UNPAID,
    ChangeCause.OTHER_LEAVE,
)
LEAVING_CAUSES = (
    ChangeCause.RETIRED,
    ChangeCause.RESIGNED,
    ChangeCause.ELSEWHERE,
    ChangeCause.DISMISSED,
    ChangeCause.DIED,
)


class ChangeState(TextChoices):
    """How far a change of a person has come; never stored."""

    AHEAD = "ahead", _("recorded, begins later")
    IN_FORCE = "in_force", _("in force")
    TAKEN_BACK = "taken_back", _("taken back")


class DutyKind(TextChoices):
    ICT_OFFICER = "ict_officer", _("ICT officer")
    SECURITY_OFFICER = "security_officer", _("security officer")
    HEAD = "head", _("head of unit")


# A duty as forms, rules of indicators and tables name it: its kind, and whether it is somebody's whole work.
DUTY_OF = {
    "ict_full": (DutyKind.ICT_OFFICER, True),
    "ict_part": (DutyKind.ICT_OFFICER, False),
    "security_full": (DutyKind.SECURITY_OFFICER, True),
    "security_part": (DutyKind.SECURITY_OFFICER, False),
    "head": (DutyKind.HEAD, False),
}
DUTY_CHOICES = [
    ("ict_full", _("ICT officer, full time")),
    ("ict_part", _("ICT officer, part time")),
    ("security_full", _("Security officer, full time")),
    ("security_part", _("Security officer, part time")),
    ("head", DutyKind.HEAD.label),
]
_DUTY_CODES = {duty: code for code, duty in DUTY_OF.items()}


def duty_code(kind: str, *, is_full_time: bool) -> str:
    """The code of a duty among ``DUTY_OF``; to head a unit is never told apart by time."""
    return _DUTY_CODES[kind, is_full_time and kind != DutyKind.HEAD]


class Capability(TextChoices):
    HR = "hr", _("HR officer")
    HEAD = "head", _("head of unit")
    MONITOR = "monitor", _("monitor")


class Gender(TextChoices):
    MALE = "M", _("male")
    FEMALE = "F", _("female")
    UNKNOWN = "", _("not stated")


class DatePrecision(TextChoices):
    DAY = "day", _("day")
    MONTH = "month", _("month")
    YEAR = "year", _("year")
    UNKNOWN = "", _("unknown")


class CodeKind(TextChoices):
    ACTIVATION = "activation", _("activation code on a slip")
    ONE_TIME = "one_time", _("one-time code from HR")


class AccountState(TextChoices):
    """What HR sees of an account; never stored."""

    NONE = "none", _("no account")
    WAITING = "waiting", _("slip printed")
    EXPIRED = "expired", _("slip expired")
    LOCKED = "locked", _("slip locked by wrong tries")
    ACTIVE = "active", _("active")
    CLOSED = "closed", _("closed")


class LetterPurpose(TextChoices):
    NOTICE = "notice", _("notice")
    RESET = "reset", _("forgotten password")
    CONFIRM = "confirm", _("confirmation of an address")


class ApiPermission(TextChoices):
    """What a token of another system may read."""

    UNITS = "units", _("units and their successions")
    STAFF = "staff", _("staff: code, name, unit, position, category, state of the account")
    QUALIFICATIONS = "qualifications", _("qualifications and numbers of certificates")
    COVERAGE = "coverage", _("training rates with the people behind them")
    FIGURES = "figures", _("training rates only, without people")
