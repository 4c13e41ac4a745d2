"""Versions in the memory of the process."""

import pytest

from quizzes import versions
from quizzes.models import QuestionVersion
from quizzes.versions import versions_to_mark, versions_to_show
from tests.factories.quizzes import CategoryFactory, fill

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids():
    fill(CategoryFactory(), 4)
    return list(QuestionVersion.objects.order_by("pk").values_list("pk", flat=True))


def test_versions_are_asked_for_once(ids, django_assert_num_queries):
    first = versions_to_mark(ids[:3])

    with django_assert_num_queries(1):  # the one that is new
        every = versions_to_mark(ids)
    with django_assert_num_queries(0):
        again = versions_to_mark(ids[::-1])

    assert list(every) == ids
    assert every == again == QuestionVersion.objects.in_bulk(ids)
    assert {pk: every[pk].key for pk in first} == {pk: first[pk].key for pk in first}


def test_a_version_that_is_shown_holds_no_key_whatever_was_marked_before(ids):
    versions_to_mark(ids)

    shown = versions_to_show(ids)

    assert {pk: version.get_deferred_fields() for pk, version in shown.items()} == dict.fromkeys(
        ids, {"key", "feedback"}
    )


def test_memory_is_bounded_and_nothing_that_was_asked_for_is_missing(ids, monkeypatch):
    monkeypatch.setattr(versions, "VERSIONS_KEPT", 3)
    versions_to_mark(ids[:2])

    found = versions_to_mark(ids)

    assert list(found) == ids
    assert all(found.values())
    assert len(versions._marked) <= 3
