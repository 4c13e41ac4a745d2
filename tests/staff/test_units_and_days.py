"""Days are inclusive, units never move, a successor's HR inherits figures but not people who moved elsewhere."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from staff import access
from staff.audiences import rule_matches
from staff.models import Posting, StaffMember, Unit
from staff.personal_numbers import decrypt, encrypt, masked, search_hash
from tests.factories.staff import AudienceRuleFactory, PostingFactory, SuccessionFactory, UnitFactory

pytestmark = pytest.mark.django_db


def test_first_and_last_day_are_both_included():
    posting = PostingFactory(valid_from=date(2025, 1, 10), valid_until=date(2025, 6, 30))

    days = [date(2025, 1, 9), date(2025, 1, 10), date(2025, 6, 30), date(2025, 7, 1)]
    assert [Posting.objects.on(day).exists() for day in days] == [False, True, True, False]
    assert [posting.holds_on(day) for day in days] == [False, True, True, False]


def test_unit_never_moves(commune, other_commune):
    commune.parent = other_commune

    with pytest.raises(ValidationError):
        commune.save()


def test_subtree_does_not_take_units_whose_ids_begin_alike():
    units = [UnitFactory() for _ in range(12)]
    child = UnitFactory(parent=units[0])

    assert set(Unit.objects.within(units[0])) == {units[0], child}


def test_successors_hr_sees_predecessors_figures_but_only_the_people_now_posted_there(hr, commune, other_commune):
    old = UnitFactory(name="Thị trấn cũ", valid_until=date(2025, 6, 30))
    SuccessionFactory(predecessor=old, successor=commune)
    stays, leaves, retired = (PostingFactory(unit=old, valid_until=date(2025, 6, 30)).staff_member for _ in range(3))
    PostingFactory(staff_member=stays, unit=commune, valid_from=date(2025, 7, 1))
    PostingFactory(staff_member=leaves, unit=other_commune, valid_from=date(2025, 7, 1))

    assert access.unit_for(hr, code=old.code) == old
    assert set(StaffMember.objects.visible_to(hr)) == {hr.staff_member, stays, retired}


def test_empty_lists_of_a_rule_ask_nothing_and_positions_match_folded():
    rule = AudienceRuleFactory(positions=["Kế toán"], duties=["head", "ict_officer"])
    person = {"category": "cong_chuc", "unit_kind": "commune"}

    assert rule_matches(rule, **person, position="KE TOAN", duty_kinds=["head"])
    assert not rule_matches(rule, **person, position="Kế toán trưởng", duty_kinds=["head"])
    assert not rule_matches(rule, **person, position="Kế toán", duty_kinds=[])


def test_personal_number_comes_back_and_is_shown_masked():
    cipher = encrypt("099 076 854 801")

    assert (decrypt(cipher), masked("099076854801"), masked("123456789")) == (
        "099076854801",
        "099•••••4801",
        "•••••789",
    )
    assert b"0990" not in cipher
    assert search_hash("099-076.854801") == search_hash("099076854801")
