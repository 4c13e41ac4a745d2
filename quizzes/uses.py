"""Where a question is used: the sections that may draw it, and the papers it was on."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from quizzes.models import Answer, Question, Quiz, Section
from quizzes.slots import PoolQuestion, slots_of
from staff import clock
from staff.kept_queries import KeptQuery


@dataclass(frozen=True, slots=True)
class QuizUse:
    """``sections`` may draw the question as the quiz stands now; it was on ``papers`` of it, last on ``last_shown``."""

    quiz: Quiz
    sections: tuple[str, ...]
    papers: int
    last_shown: datetime | None


@dataclass(frozen=True, slots=True)
class VersionUse:
    number: int
    papers: int
    last_shown: datetime | None


def sections_that_may_draw(question: Question) -> list[Section]:
    """The sections that take the question as papers show it, or as it is newest, once it is reviewed. Four queries."""
    version = question.current or question.versions.order_by("-number").first()
    tags = frozenset(question.tags.values_list("pk", flat=True))
    asked = PoolQuestion(question.pk, version.pk, question.category.path, version.difficulty, tags, version.type)
    groups = [int(pk) for pk in question.category.path.split("/") if pk]
    sections = Section.objects.filter(category__in=groups, part__quiz__purpose=question.purpose)
    found = sections.select_related("part", "category").prefetch_related("tags")
    return [section for section in found if any(slot.takes(asked) for slot in slots_of(section))]


def quizzes_that_may_draw(question: Question) -> list[Quiz]:
    """The quizzes that have such a section, by code."""
    quizzes = {section.part.quiz_id for section in sections_that_may_draw(question)}
    return list(Quiz.objects.filter(pk__in=quizzes).order_by("code"))


def uses_of(question: Question) -> list[QuizUse]:
    """Every quiz that may draw the question or has shown it, by code. Previews are no papers. Six queries."""
    sections: dict[int, list[str]] = {}
    for section in sections_that_may_draw(question):
        sections.setdefault(section.part.quiz_id, []).append(str(section))
    shown = {row["attempt__quiz"]: row for row in _showings(question).values("attempt__quiz").annotate(**_FIGURES)}
    quizzes = Quiz.objects.filter(pk__in={*sections, *shown}).order_by("code")
    return [
        QuizUse(quiz, tuple(sections.get(quiz.pk, ())), row.get("papers", 0), row.get("last_shown"))
        for quiz in quizzes
        for row in [shown.get(quiz.pk, {})]
    ]


def showings_by_version(question: Question) -> list[VersionUse]:
    """Each version, the newest first, with the papers it was on. Two queries."""
    shown = {row["version"]: row for row in _showings(question).values("version").annotate(**_FIGURES)}
    return [
        VersionUse(number, row.get("papers", 0), row.get("last_shown"))
        for pk, number in question.versions.order_by("-number").values_list("pk", "number")
        for row in [shown.get(pk, {})]
    ]


def showings_to(staff_member) -> Counter:
    """How often each question stood on a paper of this person."""
    return Counter(dict(_SHOWN_TO.rows(staff_member.pk)))


_SHOWN_TO = KeptQuery(lambda person: _counted(Answer.objects.filter(attempt__staff_member=person)), int)


def showings_since(moment: datetime, *, purpose: str) -> Counter:
    """How often each question stood on a paper of any quiz of ``purpose`` that was begun at ``moment`` or later."""
    shown = _counted(Answer.objects.filter(attempt__started_at__gte=moment, attempt__quiz__purpose=purpose))
    return Counter(dict(shown))


def showings_within(quiz: Quiz) -> Counter:
    """How often each question was shown in the period in which ``quiz`` counts showings."""
    return showings_since(clock.database_now() - timedelta(days=quiz.exposure_days), purpose=quiz.purpose)


def worn_questions(quiz: Quiz) -> set[int]:
    """Ids of the questions that have reached its limit of showings; none where it has no limit."""
    if (limit := quiz.exposure_limit) is None:
        return set()
    return {question for question, papers in showings_within(quiz).items() if papers >= limit}


def _counted(answers):
    """(question, on how many papers) of ``answers``."""
    shown = answers.filter(attempt__is_preview=False).order_by().values_list("version__question")
    return shown.annotate(papers=Count("pk"))


_FIGURES = {"papers": Count("pk"), "last_shown": Max("attempt__started_at")}


def _showings(question: Question):
    return Answer.objects.filter(version__question=question, attempt__is_preview=False).order_by()
