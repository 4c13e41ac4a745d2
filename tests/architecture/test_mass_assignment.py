"""Fields that no form offers change nothing, whoever sends them to whatever address (D8)."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.urls import reverse

from quizzes.models import Attempt
from staff.models import User
from tests.architecture.test_access_matrix import MATRIX, places  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

# What an attacker would add, in the words of our models and of those he may know from elsewhere.
POISON = {
    "is_superuser": "1",
    "is_staff": "1",
    "is_active": "1",
    "role": "admin",
    "groups": "1",
    "user_permissions": "1",
    "staff_member": "1",
    "staff_member_id": "1",
    "user": "1",
    "user_id": "1",
    "unit": "1",
    "capability": "hr",
    "score": "10",
    "mark": "10.00",
    "is_passed": "1",
    "points": "10",
    "finished_at": "2026-01-01 00:00",
    "finish_cause": "invigilator",
    "started_at": "2030-01-01 00:00",
    "deadline": "2030-01-01 00:00",
    "extra_time": "600",
    "extra_seconds": "36000",
    "grace_seconds": "36000",
    "attempt_no": "9",
    "number": "9",
    "attempts_allowed": "99",
    "passed_at": "2026-01-01 00:00",
    "completed_at": "2026-01-01 00:00",
    "valid_from": "2020-01-01",
    "valid_until": "2099-12-31",
    "origin": "passed",
    "status": "issued",
    "cycle": "7",
}
# Facts that no form of these people writes; what a verb of theirs may write (an enrolment) is not among them.
UNTOUCHED = [
    "staff.Scope",
    "staff.Posting",
    "staff.Duty",
    "staff.Unit",
    "staff.StaffMember",
    "courses.Qualification",
    "courses.Requirement",
    "courses.Exemption",
    "courses.Attendance",
    "certificates.Certificate",
    "certificates.Decision",
    "certificates.Recognition",
    "certificates.EvidenceRule",
    "certificates.EvidenceKind",
    "unit_coverage.Target",
    "quizzes.Quiz",
    "quizzes.Part",
    "quizzes.Section",
    "quizzes.QuestionVersion",
]


def rows(label):
    return list(apps.get_model(label).objects.order_by("pk").values_list())


def rights():
    accounts = User.objects.order_by("pk")
    return (
        list(accounts.values_list("pk", "staff_code", "is_superuser", "is_active", "staff_member_id")),
        list(Group.objects.filter(user__isnull=False).values_list("user", "name").order_by("user", "name")),
        list(User.user_permissions.through.objects.values_list("user_id", "permission_id")),
    )


def clocks():
    return list(
        Attempt.objects.order_by("pk").values_list(
            "pk", "quiz_id", "staff_member_id", "number", "is_preview", "started_at", "deadline", "grace_seconds"
        )
    )


@pytest.mark.parametrize("person", ["learner", "trainer", "hr", "head", "monitor"])
def test_fields_that_no_form_offers_change_nothing(request, client, places, person):  # noqa: F811
    urls = [reverse(name, kwargs=places(key)) for name, (key, _row) in MATRIX.items() if name != "cms_reset_password"]
    client.force_login(request.getfixturevalue(person))
    before = (rights(), clocks(), {label: rows(label) for label in UNTOUCHED})

    answers = [client.post(url, POISON).status_code for url in urls]

    assert max(answers) < 500
    assert (rights(), clocks(), {label: rows(label) for label in UNTOUCHED}) == before
    assert not Attempt.objects.filter(finish_cause="invigilator").exists()
