"""Where drafts stand between trainer and reviewer: frozen records in a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, WorkflowState

from courses.models import CoursePage, LessonPage, TestPage

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Review:
    """The newest round of a page between trainer and reviewer."""

    state: str
    words: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One page in a list of the dashboard. ``state``: waiting, sent_back, draft, changed or live."""

    pk: int
    title: str
    course: str
    state: str
    is_live: bool
    who: str
    at: datetime | None
    words: str = ""


def outcome_of_review(page, *, by) -> str:
    """For the reviewer ``by``, who has just decided: where the page went, with which words, and who is told."""
    state = _newest_round(page)
    review, author = _review(state), state.requested_by
    said = {
        "title": page.get_admin_display_title(),
        "author": author.full_name if author else "",
        "words": review.words,
    }
    if review.state == "sent_back" and author and author != by:
        return _("“%(title)s” went back to %(author)s, who is told your words: “%(words)s”") % said
    if review.state == "sent_back":
        return _("“%(title)s” was sent back to be changed: “%(words)s”") % said
    if author and author != by:
        return _("“%(title)s” is let through and published: learners read it from now on. %(author)s is told.") % said
    return _("“%(title)s” is let through and published: learners read it from now on.") % said


def review_of(page) -> Review | None:
    """What the reviewer said last, or that the page waits; None when nobody submitted it."""
    state = _newest_round(page)
    return _review(state) if state and state.current_task_state else None


def _newest_round(page) -> WorkflowState | None:
    return (
        WorkflowState.objects.for_instance(page)
        .select_related("current_task_state__finished_by", "requested_by")
        .order_by("-created_at", "-pk")
        .first()
    )


def _review(state: WorkflowState) -> Review:
    task = state.current_task_state
    names = {WorkflowState.STATUS_IN_PROGRESS: "waiting", WorkflowState.STATUS_NEEDS_CHANGES: "sent_back"}
    return Review(
        names.get(state.status, state.status),
        task.comment,
        task.finished_by.full_name if task.finished_by else "",
        task.finished_at or task.started_at,
    )


def waiting_for(user) -> list[Row]:
    """What this person may let through or send back, longest waiting first: four queries."""
    states = (
        TaskState.objects.reviewable_by(user)
        .select_related("workflow_state__requested_by")
        .order_by("started_at", "pk")[:SHOWN]
    )
    by_page = {int(state.workflow_state.object_id): state for state in states}
    pages = {page.pk: page for page in Page.objects.filter(pk__in=by_page).select_related("latest_revision")}
    courses = _courses(pages.values())
    return [
        Row(
            pk,
            pages[pk].draft_title,
            courses.get(pages[pk].path[: -Page.steplen], ""),
            "waiting",
            pages[pk].live,
            state.workflow_state.requested_by.full_name if state.workflow_state.requested_by else "",
            state.started_at,
        )
        for pk, state in by_page.items()
        if pk in pages
    ]


def courses_of_author(user) -> list[CoursePage]:
    """The courses in which she begins lessons, by code: one query."""
    return list(CoursePage.objects.filter(course__authors=user).select_related("course").order_by("course__code"))


def pages_of_author(user) -> list[Row]:
    """The lessons and tests of her courses, what waits for her first, then the newest: four queries."""
    own = courses_of_author(user)
    if not own:
        return []
    below = Q()
    for page in own:
        below |= Q(path__startswith=page.path, depth=page.depth + 1)
    kinds = ContentType.objects.get_for_models(LessonPage, TestPage).values()
    pages = list(
        Page.objects.filter(below, content_type__in=kinds)
        .select_related("latest_revision__user")
        .order_by("-latest_revision_created_at", "-pk")[:SHOWN]
    )
    reviews = _newest_reviews(pages)
    courses = {page.path: page.course.code for page in own}
    rows = [_row(page, reviews.get(page.pk), courses.get(page.path[: -Page.steplen], "")) for page in pages]
    return sorted(rows, key=lambda row: row.state != "sent_back")


def _row(page, review: Review | None, course: str) -> Row:
    state = review.state if review and review.state in {"waiting", "sent_back"} else None
    if state is None:
        state = "draft" if not page.live else "changed" if page.has_unpublished_changes else "live"
    author = page.latest_revision.user if page.latest_revision else None
    words = review.words if review and state == "sent_back" else ""
    who = (review.by if words else "") or (author.full_name if author else "")
    return Row(
        page.pk, page.draft_title or page.title, course, state, page.live, who, page.latest_revision_created_at, words
    )


def _newest_reviews(pages) -> dict[int, Review]:
    states = (
        WorkflowState.objects.filter(
            base_content_type=ContentType.objects.get_for_model(Page), object_id__in=[str(page.pk) for page in pages]
        )
        .select_related("current_task_state__finished_by")
        .order_by("created_at", "pk")
    )
    return {int(state.object_id): _review(state) for state in states if state.current_task_state}


def _courses(pages) -> dict[str, str]:
    above = {page.path[: -Page.steplen] for page in pages}
    return dict(CoursePage.objects.filter(path__in=above).values_list("path", "course__code"))
