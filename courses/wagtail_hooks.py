"""What this room registers in the CMS."""

from django.contrib import messages
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.action_menu import SubmitForModerationMenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from courses import access, guards, reviewing
from courses.authors import CataloguePolicy
from courses.dashboard import OwnPagesPanel, WaitingPanel
from courses.models import Course, CoursePage, LessonPage, Track
from courses.services import prepare_pictures
from courses.viewsets import CourseViewSet, KeptRows, TrackViewSet

register_permission_policy(Page, CataloguePolicy())
register_permission_policy(Course, KeptRows(Course))
register_permission_policy(Track, KeptRows(Track))


@hooks.register("register_admin_viewset")
def register_courses():
    return CourseViewSet()


@hooks.register("register_admin_viewset")
def register_tracks():
    return TrackViewSet()


@hooks.register("register_admin_viewset")
def register_reviewed_pages():
    return reviewing.VIEWSETS


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [path("bai-hoc-tu-word/", include("courses.cms_urls"))]


@hooks.register("insert_global_admin_css")
def styles():
    return format_html('<link rel="stylesheet" href="{}">', static("css/cms.css"))


ACTIONS = {
    "courses.class.open": gettext_lazy("Class planned"),
    "courses.class.change": gettext_lazy("Class changed"),
    "courses.class.meeting": gettext_lazy("Session of a class added or removed"),
    "courses.class.nominate": gettext_lazy("People sent to a class"),
    "courses.class.confirm": gettext_lazy("People of a class confirmed"),
    "courses.class.withdraw": gettext_lazy("Somebody no longer takes part in a class"),
    "courses.class.attendance": gettext_lazy("Attendance noted"),
    "courses.class.close": gettext_lazy("Class closed"),
    "courses.class.reopen": gettext_lazy("Closed class opened again"),
    "courses.class.cancel": gettext_lazy("Class cancelled"),
    "courses.class.print": gettext_lazy("Paper of a class printed"),
    "courses.past_classes.hand_in": gettext_lazy("List of past classes handed in"),
    "courses.past_classes.take_in": gettext_lazy("List of past classes taken in"),
    "courses.past_classes.put_aside": gettext_lazy("List of past classes put aside"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)


# --- What records refer to ------------------------------------------------------


def _refused(request, refusal, page):
    messages.error(request, str(refusal))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_page")
def before_delete_page(request, page):
    refusal = guards.refusal_to_delete(page)
    return _refused(request, refusal, page) if refusal else None


@hooks.register("before_bulk_action")
def before_bulk_action(request, action_type, objects, action_class_instance):
    checks = {
        "delete": guards.refusal_to_delete,
        "move": guards.refusal_to_move,
        "publish": guards.refusal_to_publish_in_bulk,
    }
    if action_type not in checks:
        return None
    for page in objects:
        if hasattr(page, "specific") and (refusal := checks[action_type](page)):
            return _refused(request, refusal, page)
    return None


@hooks.register("before_move_page")
def before_move_page(request, page, destination):
    refusal = guards.refusal_to_move(page)
    return _refused(request, refusal, page) if refusal else None


@hooks.register("before_publish_page")
def before_publish_page(request, page):
    refusal = guards.refusal_to_publish(page)
    return _refused(request, refusal, page) if refusal else None


@hooks.register("before_copy_page")
def before_copy_page(request, page):
    refusal = guards.refusal_to_copy(page)
    return _refused(request, refusal, page) if refusal else None


# --- Drafts ---------------------------------------------------------------------


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def prepare_pictures_of_drafts(request, page):
    """Sized pictures are made when a draft is saved, so that its preview and its checklist show what learners get."""
    if isinstance(page, LessonPage):
        prepare_pictures(lesson=page)


@hooks.register("construct_page_chooser_queryset")
def choose_own_or_published_pages(pages, request):
    """Drafts of other people's courses are nobody's to choose; what is published every learner may read anyway."""
    return access.pages_to_choose(pages, request.user)


@hooks.register("register_page_header_buttons")
def header_buttons(page, user, view_name, next_url=None):
    """Compare with one click; a lesson from a Word file beside the other ways to begin one."""
    if page.live and page.has_unpublished_changes and page.live_revision_id:
        yield Button(
            _("Compare with the published version"),
            reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, "live", "latest"]),
            icon_name="resubmit",
            priority=12,
        )
    course_page = page if isinstance(page, CoursePage) else None
    if course_page is None and page.specific_class is CoursePage:
        course_page = page.specific
    if course_page and access.may_add_lessons(user, course_page):
        yield Button(
            _("Make a lesson from a Word file"),
            reverse("courses_cms:upload", args=[course_page.pk]),
            icon_name="doc-full",
            priority=14,
        )


# --- The first page and the menus -------------------------------------------------


@hooks.register("construct_homepage_panels")
def dashboard(request, panels):
    """Ours say in one line each what Wagtail's panels of workflows say in tables."""
    replaced = {"workflow_objects_to_moderate", "user_objects_in_workflow_moderation"}
    panels[:] = [panel for panel in panels if getattr(panel, "name", "") not in replaced]
    panels += [WaitingPanel(), OwnPagesPanel()]


@hooks.register("construct_homepage_summary_items", order=1000)
def no_summary(request, items):
    """How many pages and pictures a site has says nothing to people who write lessons."""
    if not request.user.is_superuser:
        items.clear()


@hooks.register("construct_main_menu")
def hide_what_trainers_do_not_need(request, menu_items):
    """Reports, settings and help say nothing to people who write lessons."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name not in {"reports", "help", "settings"}]


class SubmitItem(SubmitForModerationMenuItem):
    """Says what happens, whatever the workflow is called and however often the lesson went to and fro."""

    def get_context_data(self, parent_context):
        return {**super().get_context_data(parent_context), "label": gettext_lazy("Send for review")}


@hooks.register("construct_page_action_menu")
def order_actions(menu_items, request, context):
    """First stands what this person does next: a trainer sends for review, a reviewer lets through or publishes."""
    names = {item.name for item in menu_items}
    hidden = {"action-restart-workflow"}
    if "approve" in names or "reject" in names:
        # Publishing past the task would leave it open; the reviewer's own submission would ask herself.
        hidden |= {"action-publish", "action-submit"}
    elif "action-publish" in names:
        hidden |= {"action-submit"}
    menu_items[:] = [
        SubmitItem(order=item.order) if item.name == "action-submit" else item
        for item in menu_items
        if item.name not in hidden
    ]
    first = next(
        (
            item
            for name in ("approve", "action-publish", "action-submit", "reject")
            for item in menu_items
            if item.name == name
        ),
        None,
    )
    if first is not None:
        menu_items.remove(first)
        menu_items.insert(0, first)
