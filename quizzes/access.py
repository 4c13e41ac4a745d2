"""Who may open what in this room. Foreign things answer 404: a stranger must not learn that they exist."""

from django.shortcuts import get_object_or_404

from quizzes.models import Attempt

TRAINERS, REVIEWERS = "trainers", "reviewers"


def attempt_for(user, *, pk: int) -> Attempt:
    """The user's own attempt with its quiz and paper, or 404."""
    return get_object_or_404(Attempt.objects.visible_to(user).select_related("quiz", "paper"), pk=pk)


def can_write_bank(user) -> bool:
    """Trainers, reviewers and administrators see questions with their keys and write drafts."""
    return user.is_active and (user.is_superuser or bool(_roles(user) & {TRAINERS, REVIEWERS}))


def can_review(user) -> bool:
    """Reviewers and administrators let a question, or a quiz, be used."""
    return user.is_active and (user.is_superuser or REVIEWERS in _roles(user))


def _roles(user) -> set[str]:
    if not hasattr(user, "_role_names"):
        user._role_names = set(user.groups.values_list("name", flat=True))
    return user._role_names
