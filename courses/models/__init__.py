from courses.models.catalogue import Course, Track, TrackRule
from courses.models.classes import Attendance, ClassSession, Meeting, Nomination, PastClassList
from courses.models.content import LoadedContent
from courses.models.learning import Enrolment, LessonCompletion, Sitting
from courses.models.moderation import ReviewTask
from courses.models.pages import CatalogueIndexPage, CoursePage, LessonPage, TestPage, TrackPage
from courses.models.qualifications import Qualification
from courses.models.reminders import Escalation, OpenObligation, ReminderRound
from courses.models.requirements import Exemption, Requirement
from courses.models.word_imports import WordImport

__all__ = [
    "Attendance",
    "CatalogueIndexPage",
    "ClassSession",
    "Course",
    "CoursePage",
    "Enrolment",
    "Escalation",
    "Exemption",
    "LessonCompletion",
    "LessonPage",
    "LoadedContent",
    "Meeting",
    "Nomination",
    "OpenObligation",
    "PastClassList",
    "Qualification",
    "ReminderRound",
    "Requirement",
    "ReviewTask",
    "Sitting",
    "TestPage",
    "Track",
    "TrackPage",
    "TrackRule",
    "WordImport",
]
