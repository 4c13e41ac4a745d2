"""Who on the list of an exam session could not press Start, and why: known to the planner before the candidate."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from quizzes.enums import Purpose
from quizzes.models import Attempt, ExamSession
from quizzes.terms import granted_to_each, terms_with
from staff import clock

# What one action of the organiser mends.
ENROLMENT = "enrolment"

# Rooms above add what they know of a test of theirs, as two functions of a session and ids of people: the one returns
# the hindrances by id, or None where the test is none of theirs; the other, with ``by`` too, enrols whom only that
# hinders, and returns how many.
CHECKERS: list = []
ENROLLERS: list = []


@dataclass(frozen=True, slots=True)
class Hindrance:
    kind: str
    words: str


def hindrances(session: ExamSession, people: Iterable[int]) -> dict[int, tuple[Hindrance, ...]]:
    """Why each of ``people`` could not start in this session now; nobody who could is in it. Constant queries."""
    people = list(people)
    if not people:
        return {}
    for checker in CHECKERS:
        if (found := checker(session, people)) is not None:
            return found
    sat = Attempt.objects.filter(quiz=session.quiz_id, staff_member__in=people, is_preview=False)
    used: dict[int, int] = defaultdict(int)
    for person in sat.values_list("staff_member", flat=True):
        used[person] += 1
    return of_attempts(session, people, used)


def of_attempts(session: ExamSession, people: list[int], used: Mapping[int, int]) -> dict[int, tuple[Hindrance, ...]]:
    """What the test itself refuses, with ``used`` attempts by person: none left, too soon, elsewhere, not open."""
    quiz = session.quiz
    granted = granted_to_each(people, quiz, on=clock.today())
    sat = Attempt.objects.filter(quiz=quiz, staff_member__in=people, is_preview=False).order_by()
    last = dict(sat.values_list("staff_member").annotate(last=Max("finished_at")))
    elsewhere = set(sat.open().exclude(exam_session=session.pk).values_list("staff_member", flat=True))
    begins = max(session.opens_at, clock.now())
    found = {}
    for person in people:
        terms = terms_with(quiz, granted[person])
        words = []
        if person in elsewhere:
            words.append(_("has begun this test outside the session and not handed it in"))
        if terms.attempts is not None and used.get(person, 0) >= terms.attempts:
            words.append(_("has used all %(count)d attempts") % {"count": terms.attempts})
        may_start = _may_start(quiz, last.get(person))
        if may_start is not None and may_start > begins:
            words.append(_("may take the test again from %(moment)s on") % {"moment": clock.shown_moment(may_start)})
        if terms.opens_at is not None and terms.opens_at > begins:
            words.append(_("the test opens at %(moment)s") % {"moment": clock.shown_moment(terms.opens_at)})
        if terms.closes_at is not None and terms.closes_at <= begins:
            words.append(_("the test closed at %(moment)s") % {"moment": clock.shown_moment(terms.closes_at)})
        if words:
            found[person] = tuple(Hindrance("attempts", said) for said in words)
    return found


def _may_start(quiz, last):
    if quiz.purpose == Purpose.PRACTICE or not quiz.retry_after_hours or last is None:
        return None
    return last + timedelta(hours=quiz.retry_after_hours)


def lack_enrolment_only(found: Mapping[int, tuple[Hindrance, ...]]) -> list[int]:
    """The people among ``found`` whom enrolment alone would let start."""
    return [person for person, why in found.items() if {hindrance.kind for hindrance in why} == {ENROLMENT}]


def words_of(why: Iterable[Hindrance]) -> str:
    return "; ".join(hindrance.words for hindrance in why)
