"""What a section asks the bank for: slots of one difficulty each, and which questions fit them. Pure."""

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from quizzes.enums import Difficulty, PartKind, QuestionType


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """A question that papers may show: its current version, where it lies, what is said about it."""

    question: int
    version: int
    path: str
    difficulty: str
    tags: frozenset[int] = frozenset()
    type: str = QuestionType.SINGLE


@dataclass(frozen=True, slots=True)
class Slot:
    """``quota`` questions of a section; an empty ``difficulty`` takes any. Practical tasks stand in practical parts,
    and nothing else stands there."""

    section: int
    path: str
    quota: int
    difficulty: str = ""
    tags: frozenset[int] = frozenset()
    is_practical: bool = False

    def takes(self, question: PoolQuestion) -> bool:
        return (
            question.path.startswith(self.path)
            and self.difficulty in ("", question.difficulty)
            and self.tags <= question.tags
            and self.is_practical == (question.type == QuestionType.PRACTICAL)
        )


def slots_of(section) -> list[Slot]:
    """The slots of a section whose part, category and tags are loaded; those that ask for nothing are left out."""
    tags = frozenset(tag.pk for tag in section.tags.all())
    is_practical = section.part.kind == PartKind.PRACTICAL
    shares = mixed(section.quota, section.mix) if section.mix else {"": section.quota}
    return [
        Slot(section.pk, section.category.path, quota, str(difficulty), tags, is_practical)
        for difficulty, quota in shares.items()
        if quota
    ]


def mixed(quota: int, mix: dict[str, int]) -> dict[str, int]:
    """``quota`` in whole questions by the percents of ``mix``, which add up to 100.

    Each share is rounded down, and what is left goes to the largest remainders, the easier first among equals: 8 by
    50/30/20 are 4, 2 and 2.
    """
    exact = {difficulty: Fraction(quota * percent, 100) for difficulty, percent in mix.items()}
    shares = {difficulty: int(share) for difficulty, share in exact.items()}
    left = quota - sum(shares.values())
    for difficulty in sorted(exact, key=lambda d: shares[d] - exact[d])[:left]:
        shares[difficulty] += 1
    return shares


def words_of(section, slot: Slot) -> str:
    """IU01, hard, tags: mật khẩu."""
    words = [section.category.code]
    if slot.difficulty:
        words.append(str(Difficulty(slot.difficulty).label))
    if names := [tag.name for tag in section.tags.all()]:
        words.append(_("tags: %(tags)s") % {"tags": ", ".join(names)})
    return ", ".join(words)
