"""What a staff list got wrong about somebody: her name, her sex, her birth day."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.log_actions import log

from staff.enums import Gender
from staff.lists.dates import BirthDay
from staff.models import StaffMember, User
from staff.personal_numbers import fingerprint
from staff.services.errors import CorrectedMeanwhile, NothingToCorrect, ReasonMissing
from staff.services.notices import notify

ACTION = "staff.person.correct"


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What can be corrected."""

    full_name: str
    gender: str
    born: BirthDay

    @classmethod
    def of(cls, person: StaffMember) -> "PersonalData":
        return cls(person.full_name, person.gender, BirthDay(person.date_of_birth, person.date_of_birth_precision))

    @property
    def said(self) -> dict[str, str]:
        """As it is logged, told and shown: words, by what they say."""
        return {
            "full_name": self.full_name,
            "gender": str(Gender(self.gender).label) if self.gender else "",
            "date_of_birth": self.born.shown,
        }

    @property
    def mark(self) -> str:
        """Whoever corrects says by it what she saw."""
        return fingerprint(repr((self.full_name, str(self.gender), self.born.written)))[:32]


@transaction.atomic
def correct_person(*, staff_member: StaffMember, to: PersonalData, seen: str, reason: str, by) -> StaffMember:
    """Put right what is recorded of a person, in the entry and in her account, and tell her; the log keeps both.

    Nothing that was issued is rewritten, and postings, figures and the way to sign in stay as they are. ``seen`` is the
    mark of what the officer looked at. Raises ReasonMissing, NothingToCorrect where everything says so already, and
    CorrectedMeanwhile where somebody else was quicker.
    """
    if not reason.strip():
        raise ReasonMissing
    person = StaffMember.objects.select_for_update(of=("self",)).get(pk=staff_member.pk)
    before = PersonalData.of(person)
    if to.mark == before.mark:
        raise NothingToCorrect
    if before.mark != seen:
        raise CorrectedMeanwhile
    person.full_name, person.gender = to.full_name, to.gender
    person.date_of_birth, person.date_of_birth_precision = to.born.day, to.born.precision
    person.save()
    User.objects.filter(staff_member=person).update(full_name=person.full_name)
    with override("vi"):
        changes = [[name, was, to.said[name]] for name, was in before.said.items() if was != to.said[name]]
    entry = log(instance=person, action=ACTION, user=by, data={"changes": changes, "reason": reason.strip()[:300]})
    notify(
        to=person,
        kind="staff.correction",
        key=f"{ACTION}:{entry.pk}",
        words=lambda: (
            _("Your details were corrected"),
            _("%(officer)s corrected your name, sex or birth day: %(what)s. Reason: %(reason)s. If this is wrong, tell "
              "your HR officer. Certificates that were issued keep what they say; if you need one with the new details,"
              " ask your HR officer to issue it anew.")
            % {
                "officer": by.full_name,
                "what": "; ".join(f"{was or '–'} → {now or '–'}" for _name, was, now in changes),
                "reason": reason.strip()[:300],
            },
        ),
    )  # fmt: skip
    return person
