"""Drawing a paper from a blueprint: pure but for the reading, and random by the system's generator."""

import secrets
from collections.abc import Collection

from django.db.models import Prefetch

from quizzes.errors import PoolTooSmall
from quizzes.models import QuestionVersion, Section
from quizzes.services.blueprints import check_blueprint, pool_of
from quizzes.types import kind_of

_random = secrets.SystemRandom()


def draw(quiz, random=_random, among: Collection[int] | None = None) -> tuple[list[dict], dict]:
    """(items, blueprint) of a new paper, as ``Paper`` describes them. No question comes twice; no key is inside.

    ``among``: ids of the only questions that may come, where a shift has its own share of the pool.
    """
    parts = _parts_of(quiz)
    sections = [section for part in parts for section in part.sections.all()]
    pool = pool_of(quiz, sections, among)
    drawn = _draw_versions(quiz, sections, pool, random)
    versions = _shown(version for chosen in drawn.values() for version in chosen)
    items = []
    for part in parts:
        rows = [(section, version) for section in part.sections.all() for version in drawn[section.pk]]
        random.shuffle(rows)
        for section, version in rows:
            items.append(_item(len(items) + 1, part, section, versions[version], random))
    return items, _blueprint(quiz, parts)


def _parts_of(quiz) -> list:
    sections = Prefetch("sections", Section.objects.select_related("category"))
    return list(quiz.parts.prefetch_related(sections))


def is_as_drawn(quiz, paper) -> bool:
    """Whether ``paper`` is one that the quiz could still have drawn: same blueprint, questions still in the pool."""
    parts = _parts_of(quiz)
    sections = [section for part in parts for section in part.sections.all()]
    drawable = {version for version, _path in pool_of(quiz, sections)}
    is_same = _blueprint(quiz, parts).items() <= paper.blueprint.items()
    return is_same and all(item["version"] in drawable for item in paper.items)


def _draw_versions(quiz, sections, pool, random) -> dict[int, list[int]]:
    """Narrow categories choose first: what they take can then never be missing to a wider one (see check_blueprint)."""
    drawn, taken = {}, set()
    for section in sorted(sections, key=lambda s: -len(s.category.path)):
        path = section.category.path
        free = [version for version, at in pool if at.startswith(path) and version not in taken]
        if len(free) < section.quota:
            check_blueprint(quiz=quiz)
            raise PoolTooSmall(str(section))
        drawn[section.pk] = random.sample(free, section.quota)
        taken.update(drawn[section.pk])
    return drawn


def _shown(ids) -> dict[int, QuestionVersion]:
    """The versions without their keys: what is not loaded cannot leak."""
    return QuestionVersion.objects.defer("key", "feedback").in_bulk(list(ids))


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


def _blueprint(quiz, parts) -> dict:
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
                        "weighs_questions": section.weighs_questions,
                    }
                    for section in part.sections.all()
                ],
            }
            for part in parts
        ],
    }
