"""Versions of questions, kept in the memory of the process: none is ever edited, and every paper asks for thirty."""

from collections.abc import Collection

from quizzes.models import QuestionVersion

# A version weighs about two kilobytes. Beyond this the process forgets them all and begins again.
VERSIONS_KEPT = 4_000

_marked: dict[int, QuestionVersion] = {}
_shown: dict[int, QuestionVersion] = {}


def versions_to_mark(ids: Collection[int]) -> dict[int, QuestionVersion]:
    """The versions with their keys, by id. They are everybody's: nobody changes them, or asks them for ``question``."""
    return _kept(_marked, QuestionVersion.objects.all(), ids)


def versions_to_show(ids: Collection[int]) -> dict[int, QuestionVersion]:
    """The versions without their keys: what is not loaded cannot leak."""
    return _kept(_shown, QuestionVersion.objects.defer("key", "feedback"), ids)


def _kept(kept: dict[int, QuestionVersion], versions, ids) -> dict[int, QuestionVersion]:
    missing = [pk for pk in ids if pk not in kept]
    found = versions.in_bulk(missing) if missing else {}
    # Put together before anything is forgotten: another thread may be at it too.
    asked = {pk: found.get(pk) or kept.get(pk) for pk in ids}
    if len(kept) + len(found) > VERSIONS_KEPT:
        kept.clear()
    kept.update(found)
    return asked


def forget_versions() -> None:
    """For tests, whose transactions are taken back and leave their numbers to others."""
    _marked.clear()
    _shown.clear()
