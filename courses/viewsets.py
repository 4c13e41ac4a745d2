"""Lists of the CMS for the rows behind the pages: courses and tracks are changed here, never deleted."""

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from courses.models import Course, Track
from quizzes.access import TRAINERS


class KeptRows(ModelPermissionPolicy):
    """Rows that are changed and never deleted or added in the CMS, whoever asks: records refer to them."""

    def user_has_permission(self, user, action: str) -> bool:
        return action not in {"add", "delete"} and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user, action: str, instance: Model) -> bool:
        return self.user_has_permission(user, action)


class CourseForm(WagtailAdminModelForm):
    """Authors are chosen among the trainers; one who is no trainer any more stays visible until unticked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "authors" in self.fields:
            users = get_user_model().objects
            eligible = Q(groups__name=TRAINERS, is_active=True) | Q(pk__in=self.instance.authors.values("pk"))
            field = self.fields["authors"]
            field.queryset = users.filter(eligible).distinct().order_by("full_name", "pk")
            field.label_from_instance = lambda user: f"{user.full_name} ({user.staff_code})"


class CourseViewSet(ModelViewSet):
    model = Course
    name = "khoa-hoc"
    icon = "folder-open-1"
    menu_label = _("Courses")
    menu_order = 210
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = [
        "code",
        "title",
        "track",
        "hours",
        # Wagtail's own column of yes and no says True and False.
        Column(
            "is_ready", label=_("Open for learning"), accessor=lambda course: _("yes") if course.is_ready else _("no")
        ),
    ]
    list_filter = ["track", "is_ready"]
    search_fields = ["code", "title"]
    edit_handler = ObjectList(
        [
            HelpPanel(content=_("Code and track stay as they are: learners' records and certificates refer to them.")),
            MultiFieldPanel(
                [FieldPanel("code", read_only=True), FieldPanel("track", heading=_("Track"), read_only=True)],
                _("Fixed"),
            ),
            FieldPanel(
                "title",
                heading=_("Course title"),
                help_text=_("Certificates issued so far keep the title they were issued with."),
            ),
            FieldPanel("title_en", help_text=_("Printed on English sheets; empty: they say the Vietnamese title.")),
            FieldPanel("summary", help_text=_("One or two sentences; shown in the list of courses.")),
            FieldPanel("hours", help_text=_("Class hours of 45 minutes, printed on certificates issued from now on.")),
            FieldPanel(
                "is_ready", help_text=_("Tick it once lessons and test are published: then people can take it.")
            ),
            FieldPanel(
                "needs_supervision",
                help_text=_("Then the test can only be started in an exam session, before an invigilator."),
            ),
            FieldPanel(
                "attendance_is_lessons",
                help_text=_(
                    "Who attended a class of it need not finish the lessons then. The test is still to be passed."
                ),
            ),
            FieldPanel(
                "authors",
                widget=forms.CheckboxSelectMultiple,
                heading=_("Authors"),
                help_text=_("These trainers write the lessons and the test; other trainers do not see the drafts."),
            ),
        ],
        base_form_class=CourseForm,
    )


class TrackViewSet(ModelViewSet):
    model = Track
    name = "nhom-khoa-hoc"
    icon = "list-ul"
    menu_label = _("Tracks")
    menu_order = 220
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["code", "name"]
    panels = [
        FieldPanel("code", read_only=True),
        FieldPanel("name"),
        FieldPanel("description", help_text=_("Shown above the courses of the track.")),
        FieldPanel("audience", help_text=_("For whom the courses of the track are meant.")),
    ]
