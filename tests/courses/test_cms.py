"""What reviewers do with pages and rows in the CMS."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from courses.models import Course, LessonPage
from courses.models.pages import RESERVED_SLUGS


@pytest.fixture
def desk(client, catalogue, reviewer):
    client.force_login(reviewer)
    return client


# Wagtail's forms leave the temporary files of thumbnails open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_draft_is_not_read_and_what_is_published_is(desk, lessons, learner, address, form_of):
    edit = reverse("wagtailadmin_pages:edit", args=[lessons[0].pk])
    desk.post(edit, form_of(lessons[0], title="Bản nháp"))
    assert LessonPage.objects.get(pk=lessons[0].pk).title == lessons[0].title

    desk.post(edit, {**form_of(lessons[0], title="Tên mới"), "action-publish": "1"})

    desk.force_login(learner)
    assert "Tên mới" in desk.get(address(lessons[0])).text


def test_an_address_made_of_a_title_has_no_accents(desk, lessons, form_of):
    edit = reverse("wagtailadmin_pages:edit", args=[lessons[0].pk])

    desk.post(edit, {**form_of(lessons[0], slug="đường-dây-nóng"), "action-publish": "1"})

    assert LessonPage.objects.get(pk=lessons[0].pk).slug == "duong-day-nong"


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_an_address_of_our_own_is_refused_for_a_lesson(lessons, slug):
    lessons[0].slug = slug

    with pytest.raises(ValidationError) as refusal:
        lessons[0].full_clean()

    assert list(refusal.value.message_dict) == ["slug"]


def test_code_and_track_of_a_course_stay_whatever_is_sent_and_nothing_is_deleted(desk, course):
    sent = {"code": "X-1", "track": "3", "title": "Tên mới", "summary": "", "hours": "9", "is_ready": "on"}
    desk.post(reverse("khoa-hoc:edit", args=[course.pk]), sent)

    changed = Course.objects.get(pk=course.pk)
    assert (changed.code, changed.track_id, changed.title, changed.hours) == ("CB-01", course.track_id, "Tên mới", 9)
    desk.post(reverse("khoa-hoc:delete", args=[course.pk]))
    assert Course.objects.filter(pk=course.pk).exists()


def test_a_learner_finds_no_cms(client, course, learner):
    client.force_login(learner)

    assert client.get(reverse("khoa-hoc:index")).status_code == 404
