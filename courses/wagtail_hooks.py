"""What this room registers in the CMS."""

from django.contrib import messages
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from courses import guards
from courses.models import Course, Track
from courses.viewsets import CourseViewSet, KeptRows, TrackViewSet

register_permission_policy(Course, KeptRows(Course))
register_permission_policy(Track, KeptRows(Track))


@hooks.register("register_admin_viewset")
def register_courses():
    return CourseViewSet()


@hooks.register("register_admin_viewset")
def register_tracks():
    return TrackViewSet()


def _refused(request, refusal, page):
    messages.error(request, str(refusal))
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_delete_page")
def before_delete_page(request, page):
    refusal = guards.refusal_to_delete(page)
    return _refused(request, refusal, page) if refusal else None


@hooks.register("before_bulk_action")
def before_bulk_action(request, action_type, objects, action_class_instance):
    check = {
        "delete": guards.refusal_to_delete,
        "move": guards.refusal_to_move,
        "publish": guards.refusal_to_publish,
    }.get(action_type)
    if check is None:
        return None
    for page in objects:
        if hasattr(page, "specific") and (refusal := check(page)):
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


@hooks.register("construct_main_menu")
def hide_what_trainers_do_not_need(request, menu_items):
    """Reports, settings and help say nothing to people who write lessons."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name not in {"reports", "help", "settings"}]


@hooks.register("construct_page_action_menu")
def say_publish(menu_items, request, context):
    """The first thing offered is the one trainers want: publish. There is no approval by moderators yet."""
    menu_items[:] = [item for item in menu_items if item.name != "action-submit"]
    for index, item in enumerate(menu_items):
        if item.name == "action-publish":
            menu_items.insert(0, menu_items.pop(index))
            break
