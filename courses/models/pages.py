"""The pages trainers write. A page shows a course, a lesson or a test; facts live in the other models."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from courses.blocks import LESSON_BLOCKS


class CatalogueIndexPage(Page):
    """The root of the catalogue: its children are the tracks."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.TrackPage"]

    class Meta:
        verbose_name = _("catalogue")


class TrackPage(Page):
    track = models.OneToOneField("courses.Track", on_delete=models.PROTECT, related_name="page")

    content_panels = [*Page.content_panels, FieldPanel("track", read_only=True)]
    parent_page_types = ["courses.CatalogueIndexPage"]
    subpage_types = ["courses.CoursePage"]

    class Meta:
        verbose_name = _("track page")


class CoursePage(Page):
    course = models.OneToOneField("courses.Course", on_delete=models.PROTECT, related_name="page")
    introduction = RichTextField(_("introduction"), blank=True)
    objectives = RichTextField(_("what one can do afterwards"), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("course"),
        FieldPanel("introduction"),
        FieldPanel("objectives"),
    ]
    parent_page_types = ["courses.TrackPage"]
    subpage_types = ["courses.LessonPage", "courses.TestPage"]

    class Meta:
        verbose_name = _("course page")


class LessonPage(Page):
    """A lesson of a course. ``minutes`` is the time a beginner needs."""

    minutes = models.PositiveIntegerField(_("minutes"), default=30)
    summary = models.TextField(_("summary"), blank=True)
    body = StreamField(LESSON_BLOCKS, verbose_name=_("content"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")


class TestPage(Page):
    """Places a quiz at the end of a course."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    quiz = models.OneToOneField("quizzes.Quiz", on_delete=models.PROTECT, related_name="test_page")
    introduction = RichTextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("quiz"), FieldPanel("introduction")]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("test")
        verbose_name_plural = _("tests")
