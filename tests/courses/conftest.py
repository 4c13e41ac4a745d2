"""The catalogue as it is loaded, and a learner enrolled in CB-01."""

import pytest
from django.urls import reverse
from wagtail.blocks import BooleanBlock, ChooserBlock, ListBlock, RichTextBlock, StructBlock
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

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


@pytest.fixture
def author(trainer, course):
    """The trainer, named an author of CB-01."""
    course.authors.add(trainer)
    return trainer


@pytest.fixture
def form_of():
    """``form_of(lesson, **changes)``: what the edit form sends for the lesson as it is."""

    def posted(lesson, **changes):
        stored = lesson.body.stream_block.get_prep_value(lesson.body)
        data = {
            "title": lesson.title,
            "slug": lesson.slug,
            "summary": lesson.summary,
            "minutes": lesson.minutes,
            "body": _stream(lesson.body.stream_block, lesson.body, stored),
            "comments": inline_formset([]),
        }
        return nested_form_data({**data, **changes})

    return posted


def _stream(block, value, stored):
    """A stream as its form sends it; rich text goes as the editor's content state."""
    return streamfield(
        [
            (entry["type"], _form_value(block.child_blocks[entry["type"]], child.value))
            for entry, child in zip(stored, value, strict=True)
        ]
    )


def _form_value(block, value):
    if isinstance(block, StructBlock):
        return {name: _form_value(child, value.get(name)) for name, child in block.child_blocks.items()}
    if isinstance(block, ListBlock):
        return streamfield([("item", _form_value(block.child_block, entry)) for entry in value])
    if isinstance(block, RichTextBlock):
        return rich_text(value.source, features=block.features) if value else ""
    if isinstance(block, ChooserBlock):
        return value.pk if value else ""
    if isinstance(block, BooleanBlock):
        return "on" if value else ""
    return "" if value is None else value
