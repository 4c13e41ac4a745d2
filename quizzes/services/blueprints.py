"""Publishing a quiz: only what can be drawn for certain may be sat."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quizzes.allocation import Allocation, Shortage, allocate
from quizzes.enums import QuestionType
from quizzes.errors import BlueprintIncomplete, PoolTooSmall
from quizzes.models import Part, Question, Quiz, Section
from quizzes.slots import PoolQuestion, Slot, slots_of, words_of
from quizzes.uses import worn_questions
from staff import clock
from staff.kept_queries import KeptQuery, put_related


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
    parts = parts_of(quiz)
    if quiz.time_limit < 1:
        raise BlueprintIncomplete(_("Give the test a time limit of at least one minute."))
    if not parts:
        raise BlueprintIncomplete(_("The test has no part yet."))
    for part in parts:
        if not part.sections.all():
            raise BlueprintIncomplete(_("Part “%(part)s” has no section yet.") % {"part": part})
    sections = sections_of(parts)
    pool = pool_of(quiz, sections, among)
    _refuse_without_markers(quiz, sections, pool)
    _refuse_small_pools(sections, pool)


def may_ask_people(quiz: Quiz) -> bool:
    """Whether a paper of the quiz, as it stands now, may ask what people mark."""
    sections = sections_of(parts_of(quiz))
    return _asks_people(sections, pool_of(quiz, sections))


def _asks_people(sections, pool) -> bool:
    slots, by_people = all_slots(sections), QuestionType.marked_by_people()
    return any(question.type in by_people and slot.takes(question) for question in pool for slot in slots)


def _refuse_without_markers(quiz, sections, pool) -> None:
    """Where a paper may ask what people mark, there must be enough people to mark it."""
    if not _asks_people(sections, pool):
        return
    markers = set(quiz.markers.values_list("pk", flat=True))
    if len(markers) < (wanted := 2 if quiz.needs_second_marking else 1):
        raise BlueprintIncomplete(
            ngettext(
                "Some of its questions are marked by people: name at least %(count)d marker.",
                "Some of its questions are marked by people: name at least %(count)d markers.",
                wanted,
            )
            % {"count": wanted}
        )
    if quiz.needs_second_marking and not set(quiz.reconcilers.values_list("pk", flat=True)) - markers:
        raise BlueprintIncomplete(
            _("Two people mark each answer: name a third person, who is none of the markers, for where they differ.")
        )


def check_published_quizzes() -> None:
    """Raises PoolTooSmall, naming the quiz, where a published quiz can no longer be drawn.

    Who takes questions out of pools stands in line here until the end of her transaction: two who each take one of
    the last two questions that may be spared would else both be let through. Starts of attempts do not wait.
    """
    list(Quiz.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    for quiz in Quiz.objects.exclude(published_at=None).order_by("pk"):
        try:
            check_blueprint(quiz=quiz)
        except PoolTooSmall as error:
            raise PoolTooSmall(_("Test “%(quiz)s” needs it. %(why)s") % {"quiz": quiz, "why": error}) from error


_PARTS = KeptQuery(lambda quiz: Part.objects.filter(quiz=quiz), int)
_SECTIONS = KeptQuery(lambda quiz: Section.objects.filter(part__quiz=quiz).select_related("category"), int)
_SECTION_TAGS = KeptQuery(
    lambda quiz: Section.tags.through.objects.filter(section__part__quiz=quiz).select_related("tag").order_by("tag"),
    int,
)


def parts_of(quiz: Quiz) -> list[Part]:
    """The parts with all that says what their sections draw. Three queries."""
    sections, tags = defaultdict(list), defaultdict(list)
    for carried in _SECTION_TAGS.rows(quiz.pk):
        tags[carried.section_id].append(carried.tag)
    for section in _SECTIONS.rows(quiz.pk):
        put_related(section, "tags", tags[section.pk])
        sections[section.part_id].append(section)
    parts = _PARTS.rows(quiz.pk)
    for part in parts:
        part.quiz = quiz
        put_related(part, "sections", sections[part.pk])
        for section in sections[part.pk]:
            section.part = part
    return parts


def sections_of(parts: list[Part]) -> list[Section]:
    return [section for part in parts for section in part.sections.all()]


def pool_of(quiz: Quiz, sections: list[Section], among: Collection[int] | None = None) -> list[PoolQuestion]:
    """Every question, of those ``among``, that lies where ``sections`` draw and that a paper may show; two queries."""
    paths = sorted({section.category.path for section in sections})
    edges = [edge for path in paths for edge in (path, path[:-1] + "0")]
    rows = _pool_between(len(paths)).rows(quiz.purpose, *edges) if paths else []
    if among is not None:
        wanted = set(among)
        rows = [row for row in rows if row[0] in wanted]
    carried = _carried({tag.pk for section in sections for tag in section.tags.all()})
    return [PoolQuestion(*row, carried.get(row[0], frozenset()), type) for *row, type in rows]


@cache
def _pool_between(paths: int) -> KeptQuery:
    def build(purpose: str, *edges: str):
        drawable = Question.objects.drawable(purpose).exclude(current=None)
        found = Question.objects.none()
        for first, behind in zip(edges[::2], edges[1::2], strict=True):
            found |= drawable.filter(category__path__gte=first, category__path__lt=behind)
        columns = ("pk", "current_id", "category__path", "current__difficulty", "current__type")
        return found.order_by("pk").values_list(*columns)

    return KeptQuery(build, str, *[str] * (2 * paths))


def _carried(tags: set[int]) -> dict[int, frozenset[int]]:
    """Which of ``tags`` each question carries."""
    carried = defaultdict(set)
    if tags:
        through = Question.tags.through.objects.filter(tag__in=tags)
        for question, tag in through.values_list("question", "tag"):
            carried[question].add(tag)
    return {question: frozenset(found) for question, found in carried.items()}


def all_slots(sections: list[Section]) -> list[Slot]:
    """The narrowest first, so that a narrow section is named before the wide one that draws from it too."""
    slots = [slot for section in sections for slot in slots_of(section)]
    return sorted(slots, key=lambda slot: -len(slot.path))


def place(slots: list[Slot], pool: Iterable[PoolQuestion]) -> Allocation:
    """The questions for each slot, the first of ``pool`` preferred."""
    return allocate(
        {slot: slot.quota for slot in slots}, pool, lambda question: [slot for slot in slots if slot.takes(question)]
    )


def _refuse_small_pools(sections, pool) -> None:
    """Names the slot that lacks questions of its own, else the slots that want the same ones."""
    named, slots = {section.pk: section for section in sections}, all_slots(sections)
    for slot in slots:
        there = sum(slot.takes(question) for question in pool)
        if there < slot.quota:
            raise PoolTooSmall(_one_is_short(named[slot.section], slot, slot.quota - there))
    shortage = place(slots, pool).shortage
    if shortage is not None:
        raise PoolTooSmall(_several_are_short(named, shortage))


def _one_is_short(section, slot, missing) -> str:
    return ngettext(
        "Not enough questions in group %(category)s: %(missing)d missing (section “%(section)s”).",
        "Not enough questions in group %(category)s: %(missing)d missing (section “%(section)s”).",
        missing,
    ) % {"category": words_of(section, slot), "missing": missing, "section": section}


def _several_are_short(named, shortage: Shortage) -> str:
    missing = shortage.asked - shortage.there
    asking = "; ".join(f"{named[slot.section]} ({words_of(named[slot.section], slot)})" for slot in shortage.slots)
    return ngettext(
        "These draw from the same questions: %(asking)s. Together they ask for %(asked)d, and there are %(there)d: "
        "%(missing)d missing.",
        "These draw from the same questions: %(asking)s. Together they ask for %(asked)d, and there are %(there)d: "
        "%(missing)d missing.",
        missing,
    ) % {"asking": asking, "asked": shortage.asked, "there": shortage.there, "missing": missing}


@dataclass(frozen=True, slots=True)
class Offer:
    """What one slot of a section asks for, and how many questions of the bank fit it.

    ``worn`` of them have reached the limit of showings: they come only where nothing else is left.
    """

    section: str
    words: str
    asked: int
    there: int
    worn: int = 0

    @property
    def is_worn_out(self) -> bool:
        """Whether a paper drawn now shows a question beyond the limit."""
        return bool(self.worn) and self.there - self.worn < self.asked


def offers_for(quiz: Quiz) -> list[Offer]:
    """Each slot in the order of the parts, for the author."""
    sections = sections_of(parts_of(quiz))
    pool, worn = pool_of(quiz, sections), worn_questions(quiz)
    return [
        Offer(
            str(section),
            words_of(section, slot),
            slot.quota,
            there=len(fitting := [question for question in pool if slot.takes(question)]),
            worn=sum(question.question in worn for question in fitting),
        )
        for section in sections
        for slot in slots_of(section)
    ]
