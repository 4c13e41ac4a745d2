"""What the pages of the catalogue print: frozen records, a fixed number of queries whatever the size of a course."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from courses.models import (
    Course,
    CoursePage,
    Enrolment,
    LessonCompletion,
    LessonPage,
    Qualification,
    TestPage,
    Track,
)
from courses.services.learning import may_begin_again
from courses.sittings import Sat, sittings_of
from quizzes.keeping import KeptResult, kept_results
from quizzes.models import Section
from quizzes.terms import terms_for, terms_with
from staff import clock
from staff.vietnamese import fold


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A lesson in the list of a course."""

    pk: int
    number: int
    title: str
    slug: str
    minutes: int
    summary: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Outline:
    lessons: tuple[OutlineItem, ...]
    enrolment: Enrolment | None
    sittings: tuple[Sat, ...] = ()

    @property
    def done(self) -> int:
        return sum(lesson.is_done for lesson in self.lessons)

    @property
    def total(self) -> int:
        return len(self.lessons)

    @property
    def is_attended(self) -> bool:
        """Whether a class that was attended stands for the lessons."""
        return self.enrolment is not None and self.enrolment.lessons_by_id is not None

    @property
    def next_lesson(self) -> OutlineItem | None:
        """Where the learner stopped: the first lesson not finished; none where they need not be finished."""
        if self.is_attended:
            return None
        return next((lesson for lesson in self.lessons if not lesson.is_done), None)

    @property
    def running(self) -> Sat | None:
        """The test that is being sat just now."""
        return next((sat for sat in self.sittings if sat.minutes_left is not None), None)

    @property
    def waiting(self) -> Sat | None:
        """The test that people still mark."""
        return next((sat for sat in self.sittings if sat.waits_for_marks), None)

    @property
    def last_result(self) -> Sat | None:
        """The newest sitting that is over and marked."""
        return next((sat for sat in reversed(self.sittings) if sat.mark is not None), None)

    @property
    def minutes_left(self) -> int:
        return 0 if self.is_attended else sum(lesson.minutes for lesson in self.lessons if not lesson.is_done)

    def around(self, slug: str):
        """(the lesson, the one before, the one after); None where there is none."""
        for index, lesson in enumerate(self.lessons):
            if lesson.slug == slug:
                before = self.lessons[index - 1] if index else None
                after = self.lessons[index + 1] if index + 1 < len(self.lessons) else None
                return lesson, before, after
        return None, None, None


def newest_enrolment(page: CoursePage, staff_member_id: int | None) -> Enrolment | None:
    if staff_member_id is None:
        return None
    return (
        Enrolment.objects.filter(course=page.course_id, staff_member=staff_member_id)
        .select_related("course")
        .order_by("-cycle")
        .first()
    )


def outline_of(page: CoursePage, enrolment: Enrolment | None) -> Outline:
    """The published lessons in order, with the marks of this enrolment, in one query."""
    mine = LessonCompletion.objects.filter(lesson=OuterRef("pk"), enrolment=enrolment.pk if enrolment else None)
    rows = (
        LessonPage.objects.live()
        .child_of(page)
        .annotate(is_done=Exists(mine))
        .order_by("path")
        .values_list("pk", "title", "slug", "minutes", "summary", "is_done")
    )
    return Outline(
        tuple(
            OutlineItem(pk, number, title, slug, minutes, summary, is_done)
            for number, (pk, title, slug, minutes, summary, is_done) in enumerate(rows, 1)
        ),
        enrolment,
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """What an image block draws: an address and the size the browser must keep free for it."""

    url: str
    width: int
    height: int


def add_pictures(lesson: LessonPage) -> None:
    """Gives each image block its picture; nothing is made here, for a GET changes nothing.

    The sized file is made when the lesson is published. Where it is missing (a preview, a file lost),
    the original stands in.
    """
    for block in lesson.body:
        if block.block_type == "image" and (image := block.value["image"]):
            file = getattr(image, "sized", None) or image
            block.value["picture"] = Picture(file.file.url, file.width, file.height)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the server says to a chosen answer of a self-check."""

    block: str
    chosen: int
    is_right: bool
    text: str

    @property
    def says_itself(self) -> bool:
        """Whether the text begins with the verdict, which then need not stand above it again."""
        return fold(self.text).startswith(("dung", "chua dung"))


def judge(lesson: LessonPage, block_id: str, chosen: int) -> Feedback | None:
    """None where the lesson has no such self-check or answer. Nothing is stored and nothing counts."""
    for block in lesson.body:
        if block.block_type == "self_check" and str(block.id) == block_id:
            options = list(block.value["options"])
            if not 0 <= chosen < len(options):
                return None
            option = options[chosen]
            return Feedback(block_id, chosen, bool(option["right"]), option["feedback"])
    return None


def lesson_context(page: CoursePage, lesson: LessonPage, outline: Outline, answers: Sequence[Feedback] = ()) -> dict:
    here, before, after = outline.around(lesson.slug)
    add_pictures(lesson)
    judged = {feedback.block: feedback for feedback in answers}
    for block in lesson.body:
        block.judged = judged.get(str(block.id))
    return {
        "page": lesson,
        "course": page.course,
        "outline": outline,
        "here": here,
        "before": before,
        "after": after,
        "answers": answers,
    }


def lesson_preview(lesson: LessonPage, request) -> dict:
    """The draft as learners would see it; whoever previews need not be enrolled."""
    parent = CoursePage.objects.ancestor_of(lesson).select_related("course").first() if lesson.path else None
    outline = Outline((), None) if parent is None else outline_of(parent, None)
    if parent is None:
        add_pictures(lesson)
    context = lesson_context(parent, lesson, outline) if parent else {"page": lesson}
    return {**context, "request": request, "is_preview": True}


@dataclass(frozen=True, slots=True)
class PracticeItem:
    """A practice quiz as the page of its course offers it."""

    title: str
    slug: str
    introduction: str
    questions: int
    minutes: int
    tries: int
    is_open: bool


def practice_of(page: CoursePage, staff_member_id: int | None) -> tuple[PracticeItem, ...]:
    """The published practice of a course with what this person did of it, in one query."""
    mine = Q(quiz__attempts__staff_member=staff_member_id, quiz__attempts__is_preview=False)
    rows = (
        TestPage.objects.practice()
        .live()
        .child_of(page)
        .exclude(quiz__published_at=None)
        .annotate(
            tries=Count("quiz__attempts", filter=mine, distinct=True),
            open_tries=Count("quiz__attempts", filter=mine & Q(quiz__attempts__finished_at=None), distinct=True),
            questions=Subquery(
                Section.objects.filter(part__quiz=OuterRef("quiz"))
                .values("part__quiz")
                .annotate(asked=Sum("quota"))
                .values("asked")
            ),
        )
        .select_related("quiz")
        .order_by("path")
    )
    return tuple(
        PracticeItem(
            row.title,
            row.slug,
            row.introduction,
            row.questions or 0,
            row.quiz.time_limit,
            row.tries,
            row.open_tries > 0,
        )
        for row in rows
    )


def course_context(page: CoursePage, user) -> dict:
    outline = outline_of(page, newest_enrolment(page, user.staff_member_id))
    test = TestPage.objects.exams().live().child_of(page).select_related("quiz").first()
    parts = list(test.quiz.parts.annotate(questions=Count("sections"))) if test else []
    if outline.enrolment and test:
        sittings = sittings_of([outline.enrolment.pk]).get(outline.enrolment.pk, ())
        outline = replace(outline, sittings=sittings)
    used = len(outline.sittings)
    held = (
        Qualification.objects.filter(staff_member=user.staff_member_id, course=page.course_id)
        .held_on(clock.today())
        .order_by("-valid_from")
        .first()
        if user.staff_member_id
        else None
    )
    return {
        "page": page,
        "course": page.course,
        "outline": outline,
        "test": test,
        "practice": practice_of(page, user.staff_member_id),
        "parts": parts,
        "kept": _kept(test, parts, outline.enrolment),
        "used": used,
        "offer": (offer := _offer(test, user)),
        "allowed": (allowed := offer.attempts if offer else None),
        "left": None if allowed is None else allowed - used,
        "is_provisional": bool(used) and outline.enrolment.sittings.provisional().exists(),
        "held": held,
        "may_begin_again": page.course.is_ready
        and outline.enrolment is not None
        and may_begin_again(outline.enrolment),
    }


def _kept(test, parts, enrolment) -> list[KeptResult]:
    """The parts of the test that this learner has passed and need not sit again for now."""
    if test is None or enrolment is None or enrolment.passed_at is not None:
        return []
    return kept_results(
        test.quiz,
        enrolment.staff_member_id,
        now=clock.database_now(),
        only_supervised=enrolment.course.needs_supervision,
        parts=parts,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A test as its reader may begin it ``now``: with what was granted to her. ``attempts`` is None without limit."""

    limit: int
    extra: int
    attempts: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    now: datetime

    @property
    def minutes(self) -> int:
        return self.limit + self.extra

    @property
    def is_early(self) -> bool:
        return self.opens_at is not None and self.now < self.opens_at

    @property
    def is_over(self) -> bool:
        return self.closes_at is not None and self.now >= self.closes_at

    @property
    def minutes_to_the_end(self) -> int | None:
        """What is left of the window, where that is less than the time for the test."""
        left = None if self.closes_at is None else int((self.closes_at - self.now).total_seconds() // 60)
        return left if left is not None and left < self.minutes else None


def _offer(test, user) -> Offer | None:
    if test is None or not test.quiz_id:
        return None
    person = user.staff_member_id
    terms = terms_for(test.quiz, person) if person else terms_with(test.quiz, ())
    extra = int(terms.extra.total_seconds() // 60)
    return Offer(test.quiz.time_limit, extra, terms.attempts, terms.opens_at, terms.closes_at, clock.now())


def course_preview(page: CoursePage, request) -> dict:
    return {**course_context(page, request.user), "request": request, "is_preview": True}


def test_preview(test: TestPage, request) -> dict:
    """The end of the course's page, where learners meet the test, with the draft in its place."""
    page = CoursePage.objects.ancestor_of(test).select_related("course").first()
    parts = list(test.quiz.parts.annotate(questions=Count("sections"))) if test.quiz_id else []
    shown = test if test.quiz_id else None
    return {**course_preview(page, request), "test": shown, "parts": parts, "offer": _offer(shown, request.user)}


def catalogue() -> list[Track]:
    """The tracks with their courses and, where it is published, the page of each: two queries."""
    courses = {}
    rows = Course.objects.annotate(
        lessons=Count("page", filter=Q(page__live=True)),
    ).order_by("position", "code")
    for course in rows:
        course.is_open = course.is_ready and course.lessons > 0
        courses.setdefault(course.track_id, []).append(course)
    tracks = list(Track.objects.order_by("position"))
    for track in tracks:
        track.ready = [course for course in courses.get(track.pk, []) if course.is_open]
        track.preparing = [course for course in courses.get(track.pk, []) if not course.is_open]
    return tracks
