"""Who may open what in this room. Foreign things answer 404: a stranger must not learn that they exist."""

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from quizzes import queries
from quizzes.models import Attempt, Paper, QuestionPicture
from quizzes.papers import OfferedPaper, offered_paper
from quizzes.pictures import address_of
from quizzes.types import kind_of

TRAINERS, REVIEWERS = "trainers", "reviewers"


def attempt_for(user, *, pk: int) -> Attempt:
    """The user's own attempt with its quiz and paper, or 404."""
    return get_object_or_404(Attempt.objects.visible_to(user).select_related("quiz", "paper"), pk=pk)


def paper_for(user, *, pk: int) -> OfferedPaper:
    """What the user's own attempt offers to choose from, or 404: all that a save needs to know."""
    try:
        paper = offered_paper(pk)
    except Paper.DoesNotExist:
        raise Http404 from None
    if user.staff_member_id is None or paper.staff_member_id != user.staff_member_id:
        raise Http404
    return paper


def picture_for(user, *, sha256: str) -> QuestionPicture:
    """A picture that the user may see now, or 404."""
    picture = get_object_or_404(QuestionPicture, sha256=sha256)
    if not can_write_bank(user) and not _is_on_a_paper_of(user, picture):
        raise Http404
    return picture


def _is_on_a_paper_of(user, picture: QuestionPicture) -> bool:
    """A paper shows a picture while it is being answered, and again where its answers may be reviewed."""
    address = address_of(picture.sha256)
    sittings = Attempt.objects.visible_to(user).select_related("paper", "quiz").order_by("-started_at")
    shown_in = [sitting for sitting in sittings if any(address in text for text in _texts(sitting.paper))]
    return any(not queries.is_over(sitting) or queries.shows_paper(sitting) for sitting in shown_in)


def _texts(paper):
    for item in paper.items:
        yield item["stem"]
        yield from kind_of(item["type"]).texts(item)


def can_write_bank(user) -> bool:
    """Trainers, reviewers and administrators see questions with their keys and write drafts."""
    return user.is_active and (user.is_superuser or bool(_roles(user) & {TRAINERS, REVIEWERS}))


def bank_writers():
    """The active accounts of trainers, reviewers and administrators: who may look after a question."""
    writes = Q(is_superuser=True) | Q(groups__name__in=[TRAINERS, REVIEWERS])
    return get_user_model().objects.filter(writes, is_active=True).distinct()


def can_review(user) -> bool:
    """Reviewers and administrators let a question, or a quiz, be used."""
    return user.is_active and (user.is_superuser or REVIEWERS in _roles(user))


def _roles(user) -> set[str]:
    if not hasattr(user, "_role_names"):
        user._role_names = set(user.groups.values_list("name", flat=True))
    return user._role_names
