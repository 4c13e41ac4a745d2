"""What may go wrong in this room. ``str`` of each is a sentence for the reader."""

from django.utils.translation import gettext as _

from quizzes.errors import StartRefused


class CourseError(StartRefused):
    """Something the person can be told, and often mend."""


class CourseNotReady(CourseError):
    def __init__(self):
        super().__init__(_("This course is still being prepared and cannot be taken yet."))


class NotInThisCourse(CourseError):
    def __init__(self):
        super().__init__(_("This lesson or test does not belong to the course you are taking."))


class NotEnrolled(CourseError):
    def __init__(self, course):
        super().__init__(
            _("This is the test of the course “%(course)s”, in which you are not enrolled.") % {"course": course.title}
        )


class LessonsFirst(CourseError):
    def __init__(self, missing: int):
        super().__init__(
            _("The test opens when all lessons are finished; lessons still to finish: %(count)d.") % {"count": missing}
        )


class AlreadyPassed(CourseError):
    def __init__(self):
        super().__init__(_("You have already passed the test of this course."))


class SupervisedOnly(CourseError):
    def __init__(self):
        super().__init__(
            _(
                "The test of this course is sat in a supervised exam session. The training organiser of your agency "
                "tells you when and where."
            )
        )


class StillProvisional(CourseError):
    def __init__(self):
        super().__init__(
            _(
                "The result of your supervised test is provisional. Whether and when you can take the test again is "
                "said once the examination board has decided."
            )
        )


class AlreadyRevoked(CourseError):
    def __init__(self):
        super().__init__(_("This qualification has already been revoked."))


class RuleConflict(CourseError):
    """A new version of a rule does not fit the versions that exist."""


class FixedByFacts(CourseError):
    """Something learners' records refer to cannot be changed, copied, moved or deleted."""


class ContentBroken(CourseError):
    """A file of the course content cannot be used; the sentence names the file and the place."""


class ClassRefused(CourseError):
    """Something cannot be done to a class as it stands; the sentence says why."""
