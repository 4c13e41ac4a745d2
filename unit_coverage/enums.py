"""The closed lists of the coverage room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from staff.enums import ReformKind


class FigureKey(TextChoices):
    """The figures that pages print, in their order; the value stands in the address."""

    BASIC = "basic", _("Basic computer skills")
    APPLICATION = "application", _("Applications at work")
    SPECIALIST = "specialist", _("ICT specialists")
    OSS = "oss", _("Open source")
    SECURITY = "security", _("Information security")


class Cause(TextChoices):
    """Why somebody moves a figure between two days; the value stands in the address."""

    CAME = "moi-tinh", _("counted here since: came, or changed the staff category")
    LEFT = "khong-con-tinh", _("no longer counted here: left, moved, or changed the staff category")
    BOUND = "moi-phai-hoc", _("has to learn it since")
    FREED = "khong-con-phai-hoc", _("no longer has to learn it")
    TRAINED = "moi-dat", _("trained since")
    LAPSED = "khong-con-dat", _("no longer trained: run out, revoked, or more is asked")


class Group(TextChoices):
    """Whom of a figure a list shows; the value stands in the address."""

    ALL = "tat-ca", _("everybody counted")
    BOUND = "phai-hoc", _("must learn")
    TRAINED = "dat", _("trained")
    PASSED = "thi-dat", _("passed")
    COMPLETED = "hoan-thanh", _("completed")
    RECOGNISED = "cong-nhan", _("recognised")
    DECLARED = "ke-khai", _("as declared")
    NOT_TRAINED = "chua-dat", _("not trained")
    EXEMPT = "mien", _("exempt")
    DEFERRED = "tam-hoan", _("deferred")
    NOT_BOUND = "khong-bat-buoc", _("not bound")
    TRAINED_OUTSIDE = "dat-ngoai-mau-so", _("trained, but not bound")
    OVERDUE = "qua-han", _("overdue")
    LAPSING = "sap-het-han", _("trained, ends within 90 days")
    UPDATED = "cap-nhat-trong-nam", _("trained, updated in the year")
    LEADERS = "lanh-dao", _("leaders who must learn")


class Order(TextChoices):
    """How the units of the table are sorted beside by a figure; "-" before it turns it round."""

    NAME = "ten", _("name")
    PEOPLE = "so-nguoi", _("headcount")


class Turn(TextChoices):
    """What a change turns for a person and a requirement."""

    BOUND = "bound", _("becomes bound")
    RELEASED = "released", _("no longer bound")
    DUE = "due", _("due date moves")
    UNMET = "unmet", _("no longer meets it")
    MET = "met", _("meets it from now on")


class ProposalKind(TextChoices):
    """Every change that is shown with its effect before it is made."""

    AUDIENCE_RULE = "audience_rule", _("Rule of an audience")
    REQUIREMENT = "requirement", _("Requirement")
    REQUIREMENT_END = "requirement_end", _("End of a requirement")
    TRACK_RULE = "track_rule", _("Rule of a track")
    VALIDITY = "validity", _("Validity of a course")
    DUTY = "duty", _("Duty")
    DUTY_END = "duty_end", _("End of a duty")
    EXEMPTION = "exemption", _("Exemption")
    EXEMPTION_END = "exemption_end", _("End of an exemption")
    RECOGNITION = "recognition", _("Recognition by decision")
    CONFIRMATION = "confirmation", _("Confirmation by a second person")
    RECOGNITION_END = "recognition_end", _("Recognition to be taken back")
    EVIDENCE_RULE = "evidence_rule", _("Rule of a kind of evidence")
    INDICATOR_RULE = "indicator_rule", _("Rule of an indicator")
    PERSONAL_CHANGE = "personal_change", _("Change of a person")
    CHANGE_TAKEN_BACK = "change_taken_back", _("Change of a person to be taken back")


ABOUT_A_PERSON = (
    ProposalKind.DUTY,
    ProposalKind.DUTY_END,
    ProposalKind.EXEMPTION,
    ProposalKind.EXEMPTION_END,
    ProposalKind.CONFIRMATION,
    ProposalKind.RECOGNITION_END,
    ProposalKind.PERSONAL_CHANGE,
    ProposalKind.CHANGE_TAKEN_BACK,
)
# What rewrites the postings of one person; its page shows rows and days.
ABOUT_POSTINGS = (ProposalKind.PERSONAL_CHANGE, ProposalKind.CHANGE_TAKEN_BACK)
# Decided on the desk, under its own rights: nobody about themselves, not even an administrator.
ABOUT_CLAIMS = (ProposalKind.RECOGNITION, ProposalKind.CONFIRMATION, ProposalKind.RECOGNITION_END)


class Subject(TextChoices):
    """What an indicator counts."""

    PEOPLE = "people", _("people")
    UNITS = "units", _("units")
    EVENTS = "events", _("classes and sittings")


class EventKind(TextChoices):
    """Which events an indicator of events counts."""

    CLASS = "class", _("classes that were held")
    EXAM = "exam", _("exam sessions that somebody sat")


class Asks(TextChoices):
    """Which training makes somebody count in the numerator."""

    NOTHING = "", _("no training is asked")
    TRACK = "track", _("the whole track, by its rule")
    COURSE = "course", _("at least one course of the track or the group")


class Window(TextChoices):
    """When the training of the numerator must have happened."""

    CUT_OFF = "cut_off", _("valid on the cut-off day")
    PERIOD = "period", _("obtained in the period")
    EVER = "ever", _("obtained by the cut-off day, however long ago")


class Place(TextChoices):
    """Where somebody stands to an indicator; the value stands in the address."""

    A = "tu-so", _("in a and b")
    B_ONLY = "chi-mau-so", _("only in b")
    UNCLASSIFIED = "chua-phan-loai", _("unclassified, not counted")


class PeriodShape(TextChoices):
    MONTH = "month", _("month")
    QUARTER = "quarter", _("quarter")
    HALF_YEAR = "half_year", _("half-year")
    YEAR = "year", _("year")
    TERM = "term", _("term of several years")
    FREE = "free", _("from a day until a day")


# What the page of each kind of reorganisation says about it.
ABOUT_REFORMS = {
    ReformKind.MERGE: _("Several units become one; offices of the same name become one office."),
    ReformKind.SPLIT: _("One unit becomes several; each office and each person goes to one of them."),
    ReformKind.RENAME: _("A unit goes on under another name; people and duties stay together."),
    ReformKind.MOVE: _("A unit goes on below another superior unit, with its offices, people and duties."),
    ReformKind.CLOSE: _("Units end without a successor of their own; everybody goes to another unit, or leaves."),
    ReformKind.FILE: _("Many changes of one day, from tables of units and successions."),
}


class ReportKind(TextChoices):
    """The reports that are made in one click."""

    COVERAGE = "coverage", _("training rates by unit and track")
    INDEX = "index", _("indicators: a, b, a/b, evidence")
    PEOPLE = "people", _("list of people with their results")


class FileRole(TextChoices):
    """The files of a frozen report, as its page calls them."""

    CONTENT = "content", _("Frozen content, JSON")
    PDF = "pdf", _("Report, PDF")
    XLSX = "xlsx", _("Figures, Excel")
    PEOPLE_XLSX = "people-xlsx", _("People, Excel")
    PEOPLE_CSV = "people-csv", _("People, CSV")
