"""The demonstration: real units, invented people, and a little life, made by the same verbs as everything else."""

from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

import certificates.services
import staff.services
import unit_coverage.services
from certificates.enums import Basis
from certificates.models import Claim, Decision
from courses.models import Course
from lms import env
from lms.demo_life import COMMUNE, COUNCIL, ON_RECORD, PROVINCE, bring_to_life
from staff.enums import Capability, DutyKind
from staff.models import Duty, StaffMember, Unit, User

STAFF_DATA = Path(settings.BASE_DIR) / "staff" / "demo_data"
REQUIREMENTS = Path(settings.BASE_DIR) / "courses" / "content" / "requirements.yaml"
MAIL_DOMAIN = "donduong.example"
FIRST_DAY = date(2024, 9, 30)
LAST_DAY_BEFORE = date(2025, 6, 30)
DECISION_NUMBER = "01/QĐ-TD"


class OtherPeopleHere(Exception):
    """The database holds people who are not of the demonstration."""


@dataclass(frozen=True)
class Account:
    """One account of the demonstration: it belongs to the person ``list_key`` of the staff list."""

    name: str
    list_key: str
    unit: str = ""
    capability: str = ""
    group: str = ""
    is_administrator: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@{MAIL_DOMAIN}"


D_RAN = "24934-2"

ACCOUNTS = [
    Account("learner", "P0202"),
    Account("hr", "P0066", unit=COMMUNE, capability=Capability.HR),
    Account("other-hr", "", unit=D_RAN, capability=Capability.HR),
    Account("province-hr", "P0172", unit=PROVINCE, capability=Capability.HR),
    Account("head", "P0365", unit=COMMUNE, capability=Capability.HEAD),
    Account("trainer", "P0268", group="trainers"),
    Account("reviewer", "P0149", group="reviewers"),
    Account("monitor", "P0180", unit=PROVINCE, capability=Capability.MONITOR),
    Account("admin", "P0212", is_administrator=True),
]


@transaction.atomic
def create_demo(*, password: str) -> list[Account]:
    """Fill an empty database, or complete one that the demonstration filled before; return its accounts.

    All of it or nothing: who interrupts the first start finds no half demonstration at the next.
    ``password`` is given to accounts that are made now; those that exist keep theirs.
    Raises OtherPeopleHere when the database holds anybody else.
    """
    _refuse_other_people()
    _quietly("load_courses")
    _load_people()
    _decide_declared()
    _appoint_officers()
    _quietly("load_requirements", str(REQUIREMENTS))
    for account in ACCOUNTS:
        _make_account(account, password=password)
    _name_authors()
    bring_to_life(marker=_user("trainer"), organiser=_user("province-hr"))
    unit_coverage.services.rebuild_all()
    return ACCOUNTS


def is_complete() -> bool:
    """Whether the demonstration is already here, so that starting again takes no time."""
    return User.objects.filter(email__in=[account.email for account in ACCOUNTS]).count() == len(ACCOUNTS)


def chosen_password() -> str:
    """``DEMO_PASSWORD``, or the one that the README names."""
    return env.text("DEMO_PASSWORD", "hoc-cntt-2026")


def password_words(password: str) -> str:
    """What to print of the password of the accounts: ``password``, unless they were made with another."""
    first = User.objects.filter(email=ACCOUNTS[0].email).first()
    if first is None or first.check_password(password):
        return password
    return _("(the one with which the demonstration was made, or your own)")


def _quietly(command: str, *args, **options) -> None:
    """Run a command of ours without its report: a newcomer waits for an address, not for the list of rows."""
    call_command(command, *args, verbosity=0, stdout=StringIO(), **options)


def _refuse_other_people() -> None:
    strangers = User.objects.exclude(email__iendswith=f"@{MAIL_DOMAIN}").exists()
    strangers = strangers or StaffMember.objects.filter(Q(list_key=None) | ~Q(list_key__startswith="P0")).exists()
    if strangers:
        raise OtherPeopleHere(_("This database holds people who are not of the demonstration. It is left as it is."))


def _load_people() -> None:
    _quietly("import_units", STAFF_DATA / "units.csv", STAFF_DATA / "unit_successions.csv")
    _quietly("import_staff", STAFF_DATA / "staff-clean.csv", on=FIRST_DAY)
    _quietly("import_transfers", STAFF_DATA / "transfers-2025.csv")


def _appoint_officers() -> None:
    """The communes of 2025 appointed their ICT and security officers anew: the duties ended with the units before."""
    for duty in Duty.objects.filter(
        kind__in=[DutyKind.ICT_OFFICER, DutyKind.SECURITY_OFFICER], valid_until=LAST_DAY_BEFORE
    ):
        posting = duty.staff_member.postings.open().filter(is_primary=True).first()
        if posting and not duty.staff_member.duties.open().filter(kind=duty.kind).exists():
            staff.services.begin_duty(
                staff_member=duty.staff_member,
                unit=posting.unit,
                kind=duty.kind,
                is_full_time=duty.is_full_time,
                valid_from=LAST_DAY_BEFORE + timedelta(days=1),
                back_dated_because="Bổ nhiệm lại sau sáp nhập (trình diễn)",
            )


def _decide_declared() -> None:
    """One bulk decision accepts, as declared, what the staff list itself says meets the basic standard."""
    certificates.services.claims_from_import_rows()
    if Decision.objects.filter(number=DECISION_NUMBER).exists():
        return
    certificates.services.decide(
        number=DECISION_NUMBER,
        signed_on=FIRST_DAY,
        effective_from=FIRST_DAY,
        authority=COUNCIL,
        rule="Danh sách cán bộ ghi đạt chuẩn tin học cơ bản; công nhận theo kê khai",
        claims=Claim.objects.open().filter(meets_rule="yes"),
        basis=Basis.DECLARED,
        back_dated_because=ON_RECORD,
    )


@transaction.atomic
def _make_account(account: Account, *, password: str) -> None:
    if User.objects.filter(email=account.email).exists():
        return
    person = StaffMember.objects.get(list_key=account.list_key) if account.list_key else _somebody_of(account.unit)
    user = User.objects.create_user(
        staff_code=f"TD{person.list_key[1:]}",
        full_name=person.full_name,
        email=account.email,
        password=password,
        staff_member=person,
        is_superuser=account.is_administrator,
    )
    if account.group:
        user.groups.add(Group.objects.get(name=account.group))
    if account.capability:
        staff.services.grant_scope(
            user=user,
            unit=Unit.objects.get(code=account.unit),
            capability=account.capability,
            valid_from=date(2025, 7, 1),
            by=None,
        )


def _somebody_of(unit_code: str) -> StaffMember:
    """The first person, by name, of the office of culture and society: there HR is kept in a commune since 2025."""
    office = f"{unit_code}/VHXH"
    return (
        StaffMember.objects.filter(postings__unit__code=office, postings__valid_until=None, user=None)
        .in_name_order()
        .first()
    )


def _name_authors() -> None:
    """The trainer of the demonstration writes every course that has a page."""
    _user("trainer").authored_courses.add(*Course.objects.filter(page__isnull=False))


def _user(name: str) -> User:
    return User.objects.get(email=f"{name}@{MAIL_DOMAIN}")
