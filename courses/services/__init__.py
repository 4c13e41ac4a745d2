"""The verbs of this room. Keyword arguments only; one transaction each; every refusal is a clear sentence."""

from courses.services.classes import (
    add_meeting,
    add_meetings,
    cancel_class,
    change_class,
    close_class,
    confirm_nominations,
    nominate,
    open_class,
    record_attendance,
    remove_meeting,
    reopen_class,
    withdraw_nomination,
)
from courses.services.content import ensure_groups, prepare_pictures
from courses.services.learning import complete_lesson, enrol, settle_sitting, start_practice, start_test
from courses.services.moderation import tell_published, tell_reviewers, tell_sent_back
from courses.services.qualifications import grant_qualification, last_valid_day, revoke_qualification
from courses.services.reminders import remind
from courses.services.requirements import (
    add_requirement,
    add_track_rule,
    end_exemption,
    end_requirement,
    exempt,
    set_validity,
)
from courses.services.word import lesson_from_word

__all__ = [
    "add_meeting",
    "add_meetings",
    "add_requirement",
    "add_track_rule",
    "cancel_class",
    "change_class",
    "close_class",
    "complete_lesson",
    "confirm_nominations",
    "end_exemption",
    "end_requirement",
    "enrol",
    "ensure_groups",
    "exempt",
    "grant_qualification",
    "last_valid_day",
    "lesson_from_word",
    "nominate",
    "open_class",
    "prepare_pictures",
    "record_attendance",
    "remind",
    "remove_meeting",
    "reopen_class",
    "revoke_qualification",
    "set_validity",
    "settle_sitting",
    "start_practice",
    "start_test",
    "tell_published",
    "tell_reviewers",
    "tell_sent_back",
    "withdraw_nomination",
]
