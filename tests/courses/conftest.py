"""The catalogue as it is loaded, and a learner enrolled in CB-01."""

from pathlib import Path

import pytest
from django.db import transaction
from django.urls import reverse

import courses
from courses.loading import load_catalogue
from courses.models import Course, LessonPage, TestPage
from courses.services import enrol

CONTENT = Path(courses.__file__).parent / "content"


@pytest.fixture(scope="session")
def one_course(tmp_path_factory):
    """The catalogue with the pages of one course only: loading them all would be most of a test's time."""
    folder = tmp_path_factory.mktemp("content")
    for name in ("tracks.yaml", "CB-01"):
        (folder / name).symlink_to(CONTENT / name)
    return folder


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, one_course):
    """Loaded once a module, in a transaction around those of its tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield load_catalogue(one_course)
        transaction.set_rollback(True)


@pytest.fixture
def catalogue(loaded, db):
    return loaded


@pytest.fixture
def course(catalogue):
    return Course.objects.get(code="CB-01")


@pytest.fixture
def lessons(course):
    return list(LessonPage.objects.live().child_of(course.page).order_by("path"))


@pytest.fixture
def test_page(course):
    return TestPage.objects.live().child_of(course.page).get()


@pytest.fixture
def enrolment(learner, course):
    return enrol(staff_member=learner.staff_member, course=course)


@pytest.fixture
def address():
    return lambda lesson, name="lesson": reverse(f"courses:{name}", args=["CB-01", lesson.slug])
