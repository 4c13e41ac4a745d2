"""The catalogue as it is loaded, and a learner enrolled in CB-01."""

import pytest
from django.urls import reverse

from courses.models import Course, LessonPage, TestPage
from courses.services import enrol
from tests.conftest import CONTENT  # noqa: F401 - the tests of this room name it from here


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
    return TestPage.objects.exams().live().child_of(course.page).get()


@pytest.fixture
def enrolment(learner, course):
    return enrol(staff_member=learner.staff_member, course=course)


@pytest.fixture
def address():
    return lambda lesson, name="lesson": reverse(f"courses:{name}", args=["CB-01", lesson.slug])
