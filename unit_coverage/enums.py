"""The closed lists of the coverage room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


class FigureKey(TextChoices):
    """The figures that pages print, in their order; the value stands in the address."""

    BASIC = "basic", _("Basic computer skills")
    APPLICATION = "application", _("Applications at work")
    SPECIALIST = "specialist", _("ICT specialists")
    OSS = "oss", _("Open source")
    SECURITY = "security", _("Information security")


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
