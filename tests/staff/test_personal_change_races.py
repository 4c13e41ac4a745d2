"""Two officers change the same person at the same moment, on the database that has real locks."""

from staff import clock
from staff.enums import PersonalChangeKind
from staff.models import PersonalChange, Posting
from staff.services import change_person, take_back_change
from staff.services.errors import StaffError
from tests.factories.staff import UnitFactory, UserFactory
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


def transferred(person, unit):
    return change_person(
        staff_member=person,
        kind=PersonalChangeKind.TRANSFER,
        first_day=clock.today(),
        unit=unit,
        decision_number="12/QĐ-UBND",
        decided_on=clock.today(),
        by=UserFactory(),
    )


def open_units(person):
    return list(Posting.objects.open().filter(staff_member=person, is_primary=True).values_list("unit", flat=True))


def test_of_two_transfers_on_one_day_one_is_made_and_the_other_is_told_of_it(learner, commune):
    person, units = learner.staff_member, [UnitFactory(parent=commune), UnitFactory(parent=commune)]

    answers = at_once(*(lambda unit=unit: transferred(person, unit) for unit in units), refusals=StaffError)

    made = [answer for answer in answers if isinstance(answer, PersonalChange)]
    refused = [answer for answer in answers if isinstance(answer, StaffError)]
    assert (len(made), len(refused)) == (1, 1)
    assert made[0].unit.name in str(refused[0])
    assert open_units(person) == [made[0].unit_id]


def test_taken_back_by_two_at_once_everything_is_as_it_was(learner, office, commune):
    change = transferred(learner.staff_member, UnitFactory(parent=commune))

    at_once(*(lambda: take_back_change(change=change, reason="nhầm người", by=UserFactory()) for _officer in range(3)))

    assert open_units(learner.staff_member) == [office.pk]
    assert Posting.objects.filter(staff_member=learner.staff_member).count() == 1
