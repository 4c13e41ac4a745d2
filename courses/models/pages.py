"""The pages trainers write. A page shows a course, a lesson or a test; facts live in the other models."""

from django.core.exceptions import ValidationError
from django.db import models
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from courses.blocks import LESSON_BLOCKS
from courses.lesson_form import LessonForm, PlainAddressForm
from courses.models.catalogue import Course
from courses.panels import ChecklistPanel
from quizzes.enums import Purpose

# Parts of our own addresses under a course (courses.urls): a lesson of that name could never be opened.
RESERVED_SLUGS = {"ghi-danh", "kiem-tra", "luyen-tap", "da-hoc", "tu-kiem-tra"}
SECOND_EXAM = _("The course has a published exam already. Unpublish that one first, or place a practice quiz here.")


class OwnAddressMixin:
    """The page is shown by our own view: Wagtail's addresses lead there, and its preview draws the same template."""

    preview_sizes = [
        {"name": "phone", "icon": "mobile-alt", "device_width": 360, "label": _("Phone, 360 px")},
        {"name": "tablet", "icon": "tablet-alt", "device_width": 768, "label": _("Tablet, 768 px")},
        {"name": "desktop", "icon": "desktop", "device_width": 1366, "label": _("Computer, 1366 px")},
    ]
    default_preview_size = "phone"

    def own_path(self) -> str:
        raise NotImplementedError

    def get_url_parts(self, request=None):
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        site_id, root_url, _path = parts
        return site_id, root_url, self.own_path()

    def serve(self, request, *args, **kwargs):
        return redirect(self.own_path())


class CatalogueIndexPage(OwnAddressMixin, Page):
    """The root of the catalogue: its children are the tracks."""

    preview_modes: list = []  # nothing of its own is shown
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["courses.TrackPage"]

    class Meta:
        verbose_name = _("catalogue")

    def own_path(self):
        return reverse("courses:catalogue")


class TrackPage(OwnAddressMixin, Page):
    track = models.OneToOneField(
        "courses.Track", verbose_name=_("track"), on_delete=models.PROTECT, related_name="page"
    )

    content_panels = [*Page.content_panels, FieldPanel("track", read_only=True)]
    preview_modes: list = []  # its row is shown
    parent_page_types = ["courses.CatalogueIndexPage"]
    subpage_types = ["courses.CoursePage"]

    class Meta:
        verbose_name = _("track page")

    def own_path(self):
        return reverse("courses:catalogue") + f"#{self.track.code}"


class CoursePage(OwnAddressMixin, Page):
    course = models.OneToOneField(
        "courses.Course", verbose_name=_("course"), on_delete=models.PROTECT, related_name="page"
    )
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

    def clean(self):
        super().clean()
        if self.pk and not CoursePage.objects.filter(pk=self.pk, course=self.course_id).exists():
            raise ValidationError({"course": _("A page stays with its course: learners' records refer to it.")})

    def own_path(self):
        return reverse("courses:course", args=[self.course.code])

    def get_preview_template(self, request, mode_name):
        return "courses/course.html"

    def get_preview_context(self, request, mode_name):
        from courses.pages import course_preview

        return course_preview(self, request)


class LessonPage(OwnAddressMixin, Page):
    """A lesson of a course. ``minutes`` is the time a beginner needs.

    ``topic`` is the branch of the bank that asks about the lesson: a weak result there leads back here.
    """

    minutes = models.PositiveIntegerField(_("minutes"), default=30)
    summary = models.TextField(_("summary"), blank=True)
    topic = models.ForeignKey(
        "quizzes.Category",
        verbose_name=_("question category"),
        help_text=_("Which questions ask about this lesson. Whoever does badly there is shown this lesson again."),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    body = StreamField(LESSON_BLOCKS, verbose_name=_("content"))

    content_panels = [
        ChecklistPanel(),
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("minutes"),
        FieldPanel("topic"),
        FieldPanel("body"),
    ]
    base_form_class = LessonForm
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def clean(self):
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address is used by the site itself. Please choose another one.")})

    def own_path(self):
        course = Course.objects.filter(page__path=self.path[: -self.steplen]).first()
        if course is None:
            return reverse("courses:catalogue")
        return reverse("courses:lesson", args=[course.code, self.slug])

    def get_preview_template(self, request, mode_name):
        return "courses/lesson.html"

    def get_preview_context(self, request, mode_name):
        from courses.pages import lesson_preview

        return lesson_preview(self, request)


class TestPageQuerySet(PageQuerySet):
    def exams(self):
        """Tests that can lead to a qualification."""
        return self.filter(quiz__purpose=Purpose.EXAM)

    def practice(self):
        return self.filter(quiz__purpose=Purpose.PRACTICE)


class TestPage(OwnAddressMixin, Page):
    """Places a quiz in a course: the one exam at its end, or practice, of which there may be several."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    quiz = models.OneToOneField("quizzes.Quiz", on_delete=models.PROTECT, related_name="test_page")
    introduction = RichTextField(_("introduction"), blank=True)

    objects = PageManager.from_queryset(TestPageQuerySet)()

    content_panels = [*Page.content_panels, FieldPanel("quiz", heading=_("Test")), FieldPanel("introduction")]
    base_form_class = PlainAddressForm
    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("test")
        verbose_name_plural = _("tests")

    def clean(self):
        super().clean()
        if self.live and self.is_second_exam():
            raise ValidationError({"quiz": SECOND_EXAM})

    def is_second_exam(self) -> bool:
        """Whether the course has a published exam beside this one."""
        if not self.path or self.quiz_id is None or self.quiz.purpose != Purpose.EXAM:
            return False
        beside = TestPage.objects.exams().live().filter(depth=self.depth, path__startswith=self.path[: -self.steplen])
        return beside.exclude(pk=self.pk).exists()

    def own_path(self):
        course = Course.objects.filter(page__path=self.path[: -self.steplen]).first()
        return reverse("courses:course", args=[course.code]) if course else reverse("courses:catalogue")

    def get_preview_template(self, request, mode_name):
        return "courses/course.html"

    def get_preview_context(self, request, mode_name):
        from courses.pages import test_preview

        return test_preview(self, request)
