"""One factory a model of the ground floor. A factory sets only what the model requires."""

from datetime import date

import factory
from django.contrib.auth.models import Group

from staff.enums import Capability, DutyKind, StaffCategory, SuccessionKind, UnitKind
from staff.models import (
    Audience,
    AudienceRule,
    Change,
    Duty,
    ImportRow,
    ImportRun,
    Posting,
    Scope,
    StaffMember,
    Succession,
    Unit,
    User,
)
from staff.models.imports import ImportKind, RowAction

# Long before any day that a test speaks of.
LONG_AGO = date(2020, 1, 1)

PASSWORD = "Mot-mat-khau-dai-2024"


class UnitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Unit

    code = factory.Sequence(lambda n: f"unit-{n}")
    name = factory.Sequence(lambda n: f"Xã số {n}")
    kind = UnitKind.COMMUNE


class SuccessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Succession

    predecessor = factory.SubFactory(UnitFactory)
    successor = factory.SubFactory(UnitFactory)
    effective_on = date(2025, 7, 1)
    kind = SuccessionKind.MERGE


class StaffMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StaffMember

    full_name = factory.Sequence(lambda n: f"Nguyễn Văn Số {n}")


class PostingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Posting

    staff_member = factory.SubFactory(StaffMemberFactory)
    unit = factory.SubFactory(UnitFactory)
    category = StaffCategory.CIVIL_SERVANT
    valid_from = LONG_AGO


class DutyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Duty

    staff_member = factory.SubFactory(StaffMemberFactory)
    unit = factory.SubFactory(UnitFactory)
    kind = DutyKind.ICT_OFFICER
    valid_from = LONG_AGO


class UserFactory(factory.django.DjangoModelFactory):
    """An account with the password ``PASSWORD``; ``groups=["trainers"]`` puts it into groups."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    staff_code = factory.Sequence(lambda n: f"CB{n:05d}")
    full_name = factory.Sequence(lambda n: f"Trần Thị Số {n}")
    email = factory.LazyAttribute(lambda user: f"{user.staff_code.lower()}@donduong.example")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def groups(self, create, names, **kwargs):
        for name in names or ():
            self.groups.add(Group.objects.get_or_create(name=name)[0])


class ScopeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Scope

    user = factory.SubFactory(UserFactory)
    unit = factory.SubFactory(UnitFactory)
    capability = Capability.HR
    valid_from = LONG_AGO


class AudienceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Audience

    code = factory.Sequence(lambda n: f"audience-{n}")
    name = factory.Sequence(lambda n: f"Nhóm số {n}")


class AudienceRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AudienceRule

    audience = factory.SubFactory(AudienceFactory)
    version = 1
    valid_from = LONG_AGO


class ChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Change

    since = date(2025, 1, 1)
    cause = "posting.began"


class ImportRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRun

    kind = ImportKind.STAFF
    file_name = "danh-sach.csv"
    file_sha256 = "0" * 64


class ImportRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRow

    run = factory.SubFactory(ImportRunFactory)
    number = factory.Sequence(lambda n: n + 2)
    action = RowAction.CREATED
    staff_member = factory.SubFactory(StaffMemberFactory)
