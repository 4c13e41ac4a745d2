"""Drawing a paper from a blueprint: pure but for the reading, and random by a seed of the system's generator."""

import secrets
from collections import Counter
from collections.abc import Collection
from random import Random

from quizzes.errors import PoolTooSmall
from quizzes.models import Part
from quizzes.services.blueprints import all_slots, check_blueprint, parts_of, place, pool_of, sections_of
from quizzes.slots import PoolQuestion
from quizzes.types import kind_of
from quizzes.uses import showings_to, showings_within
from quizzes.versions import versions_to_show


def draw(
    quiz,
    *,
    staff_member=None,
    kept: dict[int, dict] | None = None,
    among: Collection[int] | None = None,
    parts: list[Part] | None = None,
    random: Random | None = None,
) -> tuple[list[dict], dict]:
    """(items, blueprint) of a new paper, as ``Paper`` describes them. No question comes twice; no key is inside.

    Of the questions that fit, those come first that ``staff_member`` has met least, and where the quiz limits
    showings before them those below the limit. A part in ``kept`` asks nothing: its earlier result stands for it.
    ``among``: ids of the only questions that may come, where a shift has its own share of the pool. ``parts``: what
    ``parts_of`` the quiz found, where it was asked already.
    """
    kept, random = kept or {}, random or _seeded()
    parts = parts_of(quiz) if parts is None else parts
    asked = [part for part in parts if part.pk not in kept]
    sections = sections_of(asked)
    pool = pool_of(quiz, sections, among)
    drawn = _draw_versions(quiz, sections, _wanted_first(quiz, staff_member, pool, random))
    versions = versions_to_show([version for chosen in drawn.values() for version in chosen])
    items = []
    for part in asked:
        rows = [(section, version) for section in part.sections.all() for version in drawn[section.pk]]
        random.shuffle(rows)
        for section, version in rows:
            items.append(_item(len(items) + 1, part, section, versions[version], random))
    return items, _blueprint(quiz, parts, kept)


def _seeded() -> Random:
    """A generator for one paper. The system's own would be asked four hundred times for it, which takes longer than all
    else here; what a learner sees of one paper says nothing of the seed of the next."""
    return Random(secrets.randbits(256))  # noqa: S311 - seeded by what may be used here


def is_as_drawn(quiz, paper, *, kept: dict[int, dict] | None = None) -> bool:
    """Whether ``paper`` is one that the quiz could still have drawn: same blueprint, same parts ``kept``, questions
    still in the pool."""
    parts = parts_of(quiz)
    drawable = {question.version for question in pool_of(quiz, sections_of(parts))}
    is_same = _blueprint(quiz, parts, kept or {}).items() <= paper.blueprint.items()
    return is_same and all(item["version"] in drawable for item in paper.items)


def _wanted_first(quiz, staff_member, pool: list[PoolQuestion], random) -> list[PoolQuestion]:
    """Chance decides among equals."""
    random.shuffle(pool)
    met = showings_to(staff_member) if staff_member is not None else Counter()
    if quiz.exposure_limit is None:
        return sorted(pool, key=lambda row: met[row.question])
    shown = showings_within(quiz)
    limit = quiz.exposure_limit
    return sorted(
        pool,
        key=lambda row: (shown[row.question] >= limit, met[row.question], shown[row.question]),
    )


def _draw_versions(quiz, sections, pool) -> dict[int, list[int]]:
    """The versions of each section. A published quiz can always be drawn: publishing asked the same of the bank."""
    found = place(all_slots(sections), pool)
    if found.shortage is not None:
        check_blueprint(quiz=quiz)
        raise PoolTooSmall(str(quiz))
    drawn = {section.pk: [] for section in sections}
    for slot, questions in found.placed.items():
        drawn[slot.section] += [question.version for question in questions]
    return drawn


def _item(number, part, section, version, random) -> dict:
    return {
        "number": number,
        "version": version.pk,
        "part": part.pk,
        "section": section.pk,
        "type": version.type,
        "stem": version.stem,
        "points": str(version.points) if section.weighs_questions else "1",
        **kind_of(version.type).frozen(version, random),
    }


def _blueprint(quiz, parts, kept) -> dict:
    return {
        "title": quiz.title,
        "time_limit": quiz.time_limit,
        "parts": [
            {
                "part": part.pk,
                "title": part.title,
                "pass_mark": str(part.pass_mark),
                "sections": [
                    {
                        "section": section.pk,
                        "title": str(section),
                        "category": section.category.code,
                        "floor_mark": str(section.floor_mark),
                        "quota": section.quota,
                        "mix": section.mix,
                        "tags": [tag.name for tag in section.tags.all()],
                        "weighs_questions": section.weighs_questions,
                    }
                    for section in part.sections.all()
                ],
            }
            | ({"kept": kept[part.pk]} if part.pk in kept else {})
            for part in parts
        ],
    }
