"""Publishing a quiz: only what can be drawn for certain may be sat."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.enums import PartKind
from quizzes.errors import BlueprintIncomplete, PoolTooSmall
from quizzes.models import Question, Quiz, Section
from staff import clock


@transaction.atomic
def publish_quiz(*, quiz: Quiz) -> Quiz:
    """Opens the quiz to be sat. Refused while it is incomplete or a pool is too small; harmless when published."""
    quiz = Quiz.objects.select_for_update().get(pk=quiz.pk)
    check_blueprint(quiz=quiz)
    if quiz.published_at is None:
        quiz.published_at = clock.now()
        quiz.save(update_fields=["published_at"])
    return quiz


@transaction.atomic
def unpublish_quiz(*, quiz: Quiz) -> Quiz:
    """Closes the quiz to new attempts; running ones go on."""
    Quiz.objects.filter(pk=quiz.pk).update(published_at=None)
    quiz.refresh_from_db()
    return quiz


def check_blueprint(*, quiz: Quiz, among: Collection[int] | None = None) -> None:
    """Raises BlueprintIncomplete or PoolTooSmall where a paper, of the questions ``among``, could not be drawn for
    certain."""
    parts = list(quiz.parts.prefetch_related("sections__category"))
    if quiz.time_limit < 1:
        raise BlueprintIncomplete(_("Give the test a time limit of at least one minute."))
    if not parts:
        raise BlueprintIncomplete(_("The test has no part yet."))
    for part in parts:
        if part.kind == PartKind.PRACTICAL:
            raise BlueprintIncomplete(
                _("Part “%(part)s” is a practical task; those cannot be marked yet.") % {"part": part}
            )
        if not part.sections.all():
            raise BlueprintIncomplete(_("Part “%(part)s” has no section yet.") % {"part": part})
    sections = [section for part in parts for section in part.sections.all()]
    _refuse_small_pools(sections, pool_of(quiz, sections, among))


def check_published_quizzes() -> None:
    """Raises PoolTooSmall, naming the quiz, where a published quiz can no longer be drawn."""
    for quiz in Quiz.objects.exclude(published_at=None).order_by("pk"):
        try:
            check_blueprint(quiz=quiz)
        except PoolTooSmall as error:
            raise PoolTooSmall(_("Test “%(quiz)s” needs it. %(why)s") % {"quiz": quiz, "why": error}) from error


def pool_of(quiz: Quiz, sections: list[Section], among: Collection[int] | None = None) -> list[tuple[int, str]]:
    """(current version, path of its category) of every question, of those ``among``, that a paper may show."""
    drawable = Question.objects.drawable(quiz.purpose).exclude(current=None)
    if among is not None:
        drawable = drawable.filter(pk__in=among)
    pool = Question.objects.none()
    for path in {section.category.path for section in sections}:
        pool |= drawable.filter(category__path__gte=path, category__path__lt=path[:-1] + "0")
    return list(pool.order_by("pk").values_list("current_id", "category__path"))


def _refuse_small_pools(sections, pool) -> None:
    """Categories are a tree, so the sets that sections draw from are nested or disjoint: a paper without
    repeated questions exists exactly if, for each section, all quotas at or below its category fit in its pool.
    """
    for section in sorted(sections, key=lambda s: (-len(s.category.path), s.part.position, s.position, s.pk)):
        path = section.category.path
        asked = sum(other.quota for other in sections if other.category.path.startswith(path))
        missing = asked - sum(question_path.startswith(path) for _version, question_path in pool)
        if missing > 0:
            raise PoolTooSmall(
                ngettext(
                    "Not enough questions in group %(category)s: %(missing)d missing (section “%(section)s”).",
                    "Not enough questions in group %(category)s: %(missing)d missing (section “%(section)s”).",
                    missing,
                )
                % {"category": section.category.code, "missing": missing, "section": section}
            )
