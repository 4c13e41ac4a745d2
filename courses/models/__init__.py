from courses.models.catalogue import Course, Track, TrackRule
from courses.models.content import LoadedContent
from courses.models.learning import Enrolment, LessonCompletion, Sitting
from courses.models.pages import CatalogueIndexPage, CoursePage, LessonPage, TestPage, TrackPage
from courses.models.qualifications import Qualification
from courses.models.requirements import Exemption, ReminderRound, Requirement

__all__ = [
    "CatalogueIndexPage",
    "Course",
    "CoursePage",
    "Enrolment",
    "Exemption",
    "LessonCompletion",
    "LessonPage",
    "LoadedContent",
    "Qualification",
    "ReminderRound",
    "Requirement",
    "Sitting",
    "TestPage",
    "Track",
    "TrackPage",
    "TrackRule",
]
