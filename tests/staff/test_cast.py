"""The cast stands where the other rooms expect it."""

from staff.models import StaffMember, Unit


def test_hr_sees_the_learner_and_other_hr_does_not(learner, hr, other_hr):
    seen = [learner.staff_member in StaffMember.objects.visible_to(user) for user in (hr, other_hr)]

    assert seen == [True, False]


def test_monitor_sees_every_unit_of_the_province(monitor, province, commune, office, other_commune):
    assert set(Unit.objects.visible_to(monitor)) == {province, commune, office, other_commune}


def test_trainer_reviewer_and_admin_have_their_roles(trainer, reviewer, examiner, admin):
    roles = [
        (set(u.groups.values_list("name", flat=True)), u.is_superuser) for u in (trainer, reviewer, examiner, admin)
    ]

    assert roles == [({"trainers"}, False), ({"reviewers"}, False), (set(), False), (set(), True)]
