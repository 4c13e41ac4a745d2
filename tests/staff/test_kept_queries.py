from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Count

from lms import context_processors
from staff import clock
from staff.kept_queries import KeptQuery, insert_one
from staff.models import Notice, Posting, User
from tests.factories.staff import PostingFactory, StaffMemberFactory, UserFactory

DAYS = [date(2024, 9, 30), date(2025, 6, 30), date(2025, 7, 1)]


def _units_of(user_id, day):
    postings = Posting.objects.on(day).filter(staff_member__user=user_id).order_by("pk")
    return postings.values_list("unit__name", "staff_member__user")


@pytest.fixture
def people(db):
    """Two with accounts, who moved to another unit on different days."""
    users = []
    for last, first in ((date(2024, 12, 31), date(2025, 1, 1)), (date(2025, 6, 30), date(2025, 7, 1))):
        before = PostingFactory(valid_from=date(2024, 1, 1), valid_until=last)
        PostingFactory(staff_member=before.staff_member, valid_from=first)
        users.append(UserFactory(staff_member=before.staff_member))
    return users


def test_a_kept_query_answers_as_the_query_it_was_made_from(people):
    kept = KeptQuery(_units_of, int, date)
    questions = [(user.pk, day) for day in DAYS for user in people]

    answers = [kept.first(*question) for question in questions]

    assert answers == [_units_of(*question).first() for question in questions]
    assert len(set(answers)) == 4  # each of the two in each of her two units


def test_a_kept_query_finds_nobody_where_there_is_nobody(db):
    assert KeptQuery(lambda user_id: User.objects.filter(pk=user_id).values_list("pk"), int).first(1) is None


def test_the_sql_of_a_kept_query_is_worked_out_once(people):
    built = []

    def build(user_id):
        built.append(user_id)
        return User.objects.filter(pk=user_id).values_list(Count("pk"))

    kept = KeptQuery(build, int)
    for user in people:
        kept.first(user.pk)

    assert len(built) == 1


def test_the_header_is_built_from_nothing_but_the_user_and_the_day(monkeypatch):
    """What else it read, the day of its first request for one, would be kept for all that follow."""

    def refuse():
        raise AssertionError("the clock was asked while the query was built")

    monkeypatch.setattr(clock, "today", refuse)
    monkeypatch.setattr(clock, "now", refuse)
    queries = [context_processors._header_rows(user_id, DAYS[0]).query for user_id in (1, 2)]

    (sql, ones), (_same, twos) = [query.sql_with_params() for query in queries]

    assert sql == _same
    assert {(one, two) for one, two in zip(ones, twos, strict=True) if one != two} == {(1, 2)}


def test_values_come_as_the_models_give_them(people):
    def build(user_id):
        return User.objects.filter(pk=user_id).values_list("date_joined", "is_active", "pk")

    kept = KeptQuery(build, int)

    assert [kept.rows(user.pk) for user in people] == [list(build(user.pk)) for user in people]


def test_a_value_that_is_worked_into_a_pattern_is_refused(db):
    """It would stay what it was when the query was worked out."""
    kept = KeptQuery(lambda name: User.objects.filter(full_name__startswith=name).values_list("pk"), str)

    with pytest.raises(ValueError, match="cannot be kept"):
        kept.first("Lan")


def _main_postings_of(user_id, day):
    postings = Posting.objects.on(day).filter(staff_member__user=user_id).annotate(of_unit=Count("unit__postings"))
    return postings.select_related("unit__parent", "staff_member").defer("position").order_by("pk")


def test_objects_come_with_what_is_related_and_annotated(people, django_assert_num_queries):
    kept = KeptQuery(_main_postings_of, int, date)
    kept.rows(people[0].pk, DAYS[0])

    with django_assert_num_queries(1):
        found = kept.rows(people[1].pk, DAYS[1])
        said = [(row.unit.name, row.unit.parent, row.staff_member.full_name, row.of_unit) for row in found]

    (wanted,) = _main_postings_of(people[1].pk, DAYS[1])
    assert said == [(wanted.unit.name, wanted.unit.parent, wanted.staff_member.full_name, wanted.of_unit)]
    assert [row.get_deferred_fields() for row in found] == [{"position"}]
    assert found == [wanted]
    assert not found[0]._state.adding


def test_a_kept_query_that_would_prefetch_is_refused(db):
    kept = KeptQuery(lambda pk: User.objects.filter(pk=pk).prefetch_related("groups"), int)

    with pytest.raises(ValueError, match="prefetches nothing"):
        kept.first(1)


def _notice(person, key="class-7"):
    # "ế" as some keyboards write it, in three letters: the field puts them together when it is stored
    return Notice(staff_member=person, kind="class", key=key, title="Lớp học ở Ka Đô: đổi giờ, thê\u0301")


def test_one_row_is_stored_as_its_save_stores_it(db):
    person = StaffMemberFactory()
    saved, kept = _notice(person, key="by save"), _notice(person, key="kept")
    saved.save()

    assert insert_one(kept) is kept
    assert not kept._state.adding

    def stored(pk):
        columns = [field.attname for field in Notice._meta.concrete_fields if field.name not in ("id", "key")]
        return Notice.objects.values(*columns).get(pk=pk)

    assert stored(kept.pk) | {"created_at": None} == stored(saved.pk) | {"created_at": None}
    assert stored(kept.pk)["title"].endswith("thế")
    assert Notice.objects.get(pk=kept.pk).created_at == kept.created_at


def test_a_row_that_is_there_already_is_refused_or_left_as_it_is(db):
    person = StaffMemberFactory()
    first = insert_one(_notice(person))

    with pytest.raises(IntegrityError), transaction.atomic():
        insert_one(_notice(person))
    assert insert_one(_notice(person), unless_there=True).pk is None
    assert insert_one(_notice(person, key="another"), unless_there=True).pk != first.pk
    assert Notice.objects.count() == 2
