"""From the trainer's desk to the learner's screen: she writes and sends, the reviewer lets through, learners read."""

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from courses.models import Course, LessonPage
from tests.courses.conftest import form_of  # noqa: F401 - a fixture
from tests.flows import story

# Wagtail's forms leave the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_trainers_words_reach_learners_through_the_reviewer(admin, trainer, reviewer, learner, form_of):  # noqa: F811
    call_command("load_courses", verbosity=0)
    course = Course.objects.get(code="CB-01")
    lesson = LessonPage.objects.child_of(course.page).live().first()
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])
    office, desk, review, reader = Client(), Client(), Client(), Client()
    for client, user in ((office, admin), (desk, trainer), (review, reviewer), (reader, learner)):
        story.sign_in(client, user)

    # The administrator gives the course to the trainer: before that she does not find it.
    assert desk.get(edit).status_code == 404
    office.post(
        reverse("khoa-hoc:edit", args=[course.pk]),
        {
            "title": course.title,
            "summary": course.summary,
            "hours": course.hours,
            "is_ready": "on",
            "authors": trainer.pk,
        },
    )
    assert "Gửi duyệt" in desk.get(edit).text

    # She writes and sends; learners still read the lesson as it was.
    desk.post(edit, form_of(lesson, title="Máy tính của xã", **{"action-submit": "1"}))
    address = reverse("courses:lesson", args=["CB-01", lesson.slug])
    assert "Máy tính của xã" not in reader.get(address).text

    # The reviewer finds it on the first page, compares, and lets it through.
    assert "Máy tính của xã" in review.get("/cms/").text
    assert (
        review.get(reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, "live", "latest"])).status_code
        == 200
    )
    state = LessonPage.objects.get(pk=lesson.pk).current_workflow_task_state
    review.post(reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "approve", state.pk]))

    assert "Máy tính của xã" in reader.get(address).text
    assert "đã xuất bản" in desk.get("/cms/").text
