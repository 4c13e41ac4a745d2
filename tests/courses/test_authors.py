"""A trainer of one course is a stranger to the next: in the explorer, by any address, chooser, search or API."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import Page

from courses.models import Course, CoursePage, LessonPage
from tests.architecture.routes import every_route

SECRET = "Bài chưa ai được đọc"


@pytest.fixture
def foreign(catalogue):
    """A draft in a course that the trainer does not write."""
    course = Course.objects.exclude(code="CB-01").filter(track__code="basic").first()
    page = course.track.page.add_child(instance=CoursePage(title=course.title, slug="khoa-khac", course=course))
    page.save_revision().publish()
    lesson = page.add_child(instance=LessonPage(title=SECRET, slug="bai-kin", live=False))
    lesson.save_revision()
    return lesson


@pytest.fixture
def desk(client, author):
    client.force_login(author)
    return client


def test_an_author_writes_in_her_course_and_publishes_nothing(author, lessons, foreign):
    own, other = lessons[0].permissions_for_user(author), foreign.permissions_for_user(author)

    assert (own.can_edit(), own.can_publish(), own.can_unpublish()) == (True, False, False)
    assert (other.can_edit(), other.can_submit_for_moderation() and other.can_edit(), other.can_copy()) == (False,) * 3


def test_a_trainer_without_a_course_sees_no_page(client, catalogue, trainer, lessons):
    client.force_login(trainer)

    assert client.get(reverse("wagtailadmin_pages:edit", args=[lessons[0].pk])).status_code == 404
    assert client.get("/cms/").status_code == 200


def test_who_is_no_trainer_any_more_writes_nothing(author, lessons):
    author.groups.clear()

    assert lessons[0].permissions_for_user(author).can_edit() is False


def test_a_reviewer_publishes_in_every_course(reviewer, lessons, foreign):
    assert [page.permissions_for_user(reviewer).can_publish() for page in (lessons[0], foreign)] == [True, True]


def test_authors_are_among_those_who_may_change_a_page(author, lessons, foreign):
    from wagtail.permissions import policy_registry

    policy = policy_registry.get_by_type(Page)

    def may_change(page):
        return author in policy.users_with_any_permission_for_instance({"change"}, page)

    assert (may_change(lessons[0]), may_change(foreign)) == (True, False)
    assert author in policy.users_with_any_permission({"change"})
    assert author not in policy.users_with_any_permission({"publish"})


def _page_addresses(pk: int) -> set[str]:
    """Every address of the CMS that names a page, with this page in it."""
    found = set()
    for route in every_route():
        if route.name.startswith(("wagtailadmin_pages:", "wagtailadmin_explore")) and "/1/" in route.path:
            found.add(route.path.replace("/1/", f"/{pk}/", 1))
    return found


def test_no_address_of_a_foreign_page_opens(desk, foreign):
    addresses = _page_addresses(foreign.pk) | _page_addresses(foreign.get_parent().pk)

    answers = {address: desk.get(address).status_code for address in sorted(addresses)}

    assert len(answers) > 40
    assert answers == dict.fromkeys(answers, 404)


# Wagtail's lists of pictures leave the temporary files of thumbnails open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_screen_fails_or_names_a_foreign_draft(desk, foreign, lessons):
    """Every address of the CMS with her own lesson, where there is one, in it; and the API as the explorer asks it."""
    paths = {
        route.path.replace("/1/", f"/{lessons[0].pk}/")
        for route in every_route()
        if route.path.startswith("/cms/") and "logout" not in route.path
    }
    paths |= {
        "/cms/api/main/pages/?for_explorer=1",
        f"/cms/api/main/pages/{foreign.pk}/",
        f"/cms/api/main/pages/?child_of={foreign.get_parent().pk}",
        "/cms/pages/search/?q=đọc",
        "/cms/choose-page/search/?q=đọc",
        "/cms/choose-page/?page_type=courses.lessonpage",
        f"/cms/choose-page/{foreign.get_parent().pk}/",
        "/cms/pages/usage/courses/lessonpage/",
    }

    desk.raise_request_exception = False
    naming, broken = [], []
    for path in sorted(paths):
        response = desk.get(path)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if SECRET in content.decode(errors="replace") or "\\u01b0a ai" in content.decode(errors="replace"):
            naming.append(path)
        if response.status_code >= 500:
            broken.append(path)

    assert (naming, broken) == ([], [])


def test_a_reviewer_names_authors_in_the_form_of_the_course(client, course, reviewer, trainer, learner):
    client.force_login(reviewer)
    address = reverse("khoa-hoc:edit", args=[course.pk])

    form = client.get(address).content.decode()
    client.post(
        address,
        {"title": course.title, "summary": "", "hours": course.hours, "is_ready": "on", "authors": [trainer.pk]},
    )

    assert (trainer.full_name in form, learner.full_name in form) == (True, False)
    assert list(course.authors.all()) == [trainer]


def test_a_trainer_names_nobody(desk, course, author):
    assert desk.get(reverse("khoa-hoc:edit", args=[course.pk])).status_code in {302, 404}
    desk.post(reverse("khoa-hoc:edit", args=[course.pk]), {"title": "Của tôi", "hours": "1", "authors": []})

    assert Course.objects.get(pk=course.pk).title == course.title
    assert list(course.authors.all()) == [author]


def test_a_page_stays_with_its_course(course, foreign):
    page = course.page
    page.course = foreign.get_parent().specific.course

    with pytest.raises(ValidationError) as refusal:
        page.full_clean()

    assert "course" in refusal.value.message_dict


@pytest.mark.parametrize("path", ["/cms/pages/create/courses/lessonpage", "/cms/pages/usage/courses/lessonpage/"])
def test_an_author_chooses_the_course_of_a_new_lesson(desk, lessons, foreign, path):
    response = desk.get(path, follow=True)

    assert response.status_code == 200
    assert SECRET not in response.text
