"""Learners of one commune, DO0001 and on, for the databases that measurements fill. Imported after django.setup()."""

from collections.abc import Iterator

from django.contrib.auth.hashers import make_password

from staff.models import Posting, StaffMember, Unit, User


def made_learners(count: int, password: str) -> Iterator[StaffMember]:
    """Each with a posting and an account; all share one hash, because making hashes is not what is measured."""
    unit = Unit.objects.create(code="DO", name="Xã Đo Tải", kind="commune")
    hashed = make_password(password)
    for number in range(1, count + 1):
        person = StaffMember.objects.create(full_name=f"Người Học {number}")
        Posting.objects.create(
            staff_member=person, unit=unit, position="Chuyên viên", category="cong_chuc", valid_from="2024-01-01"
        )
        User.objects.create(
            staff_code=f"DO{number:04d}", full_name=person.full_name, staff_member=person, password=hashed
        )
        yield person
