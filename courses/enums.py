"""The closed lists of the course room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class TrackCode(TextChoices):
    BASIC = "basic", _("Basic computer skills")
    APPLICATION = "application", _("Applications at work")
    SPECIALIST = "specialist", _("ICT specialists")
    OSS_SECURITY = "oss_security", _("Open source and information security")


class CourseTag(TextChoices):
    """Which indicators a course feeds (ICT Index 2.2.4, 2.2.5 and the two 100 % targets)."""

    BASIC = "basic", _("basic skills for all")
    ICT_OFFICER = "ict_officer", _("upskilling of ICT officers")
    OSS = "oss", _("open-source software")
    SECURITY = "security", _("information security")


class Validity(TextChoices):
    NONE = "none", _("without end")
    MONTHS = "months", _("for a number of months")
    END_OF_YEAR = "end_of_year", _("until the end of the reporting year")


class Counts(TextChoices):
    """What satisfies a requirement: a passed test, completion as well, or only a test that somebody invigilated."""

    PASSED = "passed", _("passed")
    COMPLETED = "completed", _("completed or passed")
    SUPERVISED = "supervised", _("passed in a supervised sitting")


class Origin(TextChoices):
    PASSED = "passed", _("passed")
    COMPLETED = "completed", _("completed")
    RECOGNISED = "recognised", _("recognised")
    DECLARED = "declared", _("as declared")


class ExemptionKind(TextChoices):
    EXEMPT = "exempt", _("exempt")
    DEFERRED = "deferred", _("deferred")


class Binding(TextChoices):
    """How a track's requirements stand to a person."""

    BOUND = "bound", _("bound")
    EXEMPT = "exempt", _("exempt")
    DEFERRED = "deferred", _("deferred")
    NOT_BOUND = "not_bound", _("not bound")


class Part(TextChoices):
    """What of a track a standing is about: the whole, or the courses that carry one tag.

    The fourth track is never one official figure: open source and security are two pairs.
    """

    WHOLE = "", _("whole track")
    OSS = "oss", _("open-source software")
    SECURITY = "security", _("information security")


class ToldLevel(TextChoices):
    """Who hears of somebody's overdue requirement beside the learner."""

    HEAD = "head", _("head of unit")
    HR = "hr", _("HR officer")


class ClassState(TextChoices):
    PLANNED = "planned", _("planned")
    HELD = "held", pgettext_lazy("class", "held")
    CANCELLED = "cancelled", _("cancelled")


class NominationState(TextChoices):
    NOMINATED = "nominated", _("nominated")
    CONFIRMED = "confirmed", _("confirmed")
    WITHDRAWN = "withdrawn", _("withdrawn")


class ReportedResult(TextChoices):
    """What an old list says of somebody's result; it counts for nothing by itself."""

    NONE = "", _("not stated")
    PASSED = "passed", pgettext_lazy("result in a list", "passed")
    FAILED = "failed", _("not passed")


class PastListState(TextChoices):
    SHOWN = "shown", _("waits for your confirmation")
    TAKEN = "taken", _("taken in")
    ASIDE = "aside", _("put aside")


class Whom(TextChoices):
    """Whom of a unit an officer looks for to send to a class; the value stands in the address."""

    MUST = "phai-hoc", _("who must learn the course and does not hold it")
    NOT_HELD = "chua-co", _("everybody who does not hold the course")
    ALL = "tat-ca", _("everybody")
