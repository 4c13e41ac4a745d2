"""Papers of exam sessions: shifts of one examination share no question, and papers can be drawn beforehand."""

import secrets
from collections import defaultdict

from django.db import transaction
from django.utils.translation import gettext as _

from quizzes.drawing import draw, is_as_drawn
from quizzes.errors import PoolTooSmall, SessionRefused
from quizzes.examinations import shifts_of
from quizzes.keeping import kept_parts
from quizzes.models import ExamSession, PreparedPaper, Seat
from quizzes.services.blueprints import check_blueprint, parts_of, pool_of, sections_of
from staff import clock

_random = secrets.SystemRandom()


@transaction.atomic
def deal_questions(*, session: ExamSession) -> list[int] | None:
    """The ids of the questions that this shift draws from; None where it is the only one and may draw from all.

    Dealt once for all shifts, group by group, so that each gets as many of a group as the others (or one more or less).
    Raises SessionRefused where a share is too small for the test: then nothing is dealt.
    """
    ExamSession.objects.select_for_update(no_key=True).get(pk=session.first_shift_id or session.pk)
    shifts = list(shifts_of(session).select_related("quiz"))
    if len(shifts) == 1:
        return None
    if all(shift.question_share is None for shift in shifts):
        _deal(session.quiz, shifts)
    return next(shift.question_share for shift in shifts if shift.pk == session.pk)


def _deal(quiz, shifts) -> None:
    shares = _shares(quiz, len(shifts))
    for shift, share in zip(shifts, shares, strict=True):
        try:
            check_blueprint(quiz=quiz, among=share)
        except PoolTooSmall as error:
            raise SessionRefused(
                _("The bank has too few questions for %(count)d shifts that share none. %(why)s")
                % {"count": len(shifts), "why": error}
            ) from error
        shift.question_share = share
        shift.save(update_fields=["question_share"])


def _shares(quiz, count) -> list[list[int]]:
    """The pool of the quiz in ``count`` parts, dealt on through all groups, so that no part is always last."""
    sections = sections_of(parts_of(quiz))
    by_group = defaultdict(list)
    for row in pool_of(quiz, sections):
        by_group[row.path, row.difficulty, tuple(sorted(row.tags))].append(row.question)
    shares, turn = [[] for _shift in range(count)], 0
    for group in sorted(by_group):
        questions = sorted(by_group[group])
        _random.shuffle(questions)
        for question in questions:
            shares[turn % count].append(question)
            turn += 1
    return [sorted(share) for share in shares]


def prepare_papers(*, session: ExamSession, most: int | None = None) -> int:
    """Draws the papers of the seats that have none yet, at most so many. How many it drew; again, it draws none."""
    share = deal_questions(session=session)
    waiting = Seat.objects.filter(session=session, attempt=None, prepared_paper=None)
    drawn = [
        PreparedPaper(seat=seat, **_drawn(seat, share))
        for seat in waiting.select_related("staff_member", "session__quiz")[:most]
    ]
    before = PreparedPaper.objects.filter(seat__session=session).count()
    PreparedPaper.objects.bulk_create(drawn, ignore_conflicts=True)
    return PreparedPaper.objects.filter(seat__session=session).count() - before


def _drawn(seat, share) -> dict:
    items, blueprint = _draw_for(seat, share, _kept_for(seat))
    return {"items": items, "blueprint": blueprint}


def _draw_for(seat, share, kept) -> tuple[list[dict], dict]:
    return draw(seat.session.quiz, staff_member=seat.staff_member, kept=kept, among=share)


def _kept_for(seat) -> dict[int, dict]:
    """A part that was passed without an invigilator is sat again in the room."""
    return kept_parts(seat.session.quiz, seat.staff_member, now=clock.database_now(), only_supervised=True)


def paper_of_seat(seat: Seat) -> tuple[list[dict], dict]:
    """(items, blueprint) for the start: the prepared paper where the test is as it was then, else one drawn now.

    To be called in the transaction of the start; the prepared paper goes with it.
    """
    kept = _kept_for(seat)
    prepared = PreparedPaper.objects.filter(seat=seat).first()
    if prepared is not None:
        prepared.delete()
        if is_as_drawn(seat.session.quiz, prepared, kept=kept):
            return prepared.items, prepared.blueprint
    return _draw_for(seat, deal_questions(session=seat.session), kept)
