"""Who may see and do what about classes: loaders answer 404 for what is foreign."""

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property

from courses.enums import ClassState
from courses.models import ClassSession, Meeting, Nomination, PastClassList
from staff.access import can_manage_accounts
from staff.enums import Capability
from staff.models import Scope, StaffMember, Unit
from staff.models.units import with_predecessors


def organises_classes(user) -> bool:
    """Whether ``user`` may hold classes and send people to them: administrators and HR officers."""
    return can_manage_accounts(user)


def require_organises(user) -> None:
    """404 unless ``organises_classes``."""
    if not organises_classes(user):
        raise Http404


class Reader:
    """What an account may do about classes, looked up once: pass it on where one page asks several times."""

    def __init__(self, user):
        self.user = user
        self.heads = Scope.objects.units_of(user, Capability.HR)
        self.is_officer = user.is_superuser or bool(self.heads)

    @cached_property
    def people(self):
        """Whose nominations she sees and makes as their HR officer; never her own."""
        if not self.is_officer:
            return StaffMember.objects.none()
        people = StaffMember.objects.visible_to(self.user, Capability.HR)
        return people.exclude(pk=self.user.staff_member_id) if self.user.staff_member_id else people

    @cached_property
    def organised(self) -> Q:
        if self.user.is_superuser:
            return Q(pk__isnull=False)  # an empty Q would vanish beside another
        if not self.is_officer:
            return Q(pk__in=[])
        return Q(unit__in=Unit.objects.within_any(with_predecessors(self.heads)))

    @cached_property
    def taught(self) -> Q:
        return Q(pk__in=ClassSession.trainers.through.objects.filter(user=self.user).values("classsession"))

    @cached_property
    def invited(self) -> Q:
        """Planned classes to which officers of her units, or of units above them, may send people."""
        above = {int(pk) for unit in self.heads for pk in unit.path.split("/") if pk}
        return Q(state=ClassState.PLANNED, invites__in=above)

    @cached_property
    def classes(self):
        """The classes that she hosts, teaches, may send people to, or has people in."""
        found = self.organised | self.taught | self.invited
        if self.is_officer:
            sent = Nomination.objects.filter(class_session=OuterRef("pk"), staff_member__in=self.people)
            found |= Q(Exists(sent))
        return ClassSession.objects.filter(found)

    def organises(self, found: ClassSession) -> bool:
        """Whether the class is hosted by a unit of her HR scopes."""
        return self.is_officer and ClassSession.objects.filter(self.organised, pk=found.pk).exists()

    def runs(self, found: ClassSession) -> bool:
        """Whether she organises the class or is named as a trainer of it: all its nominees are shown to her."""
        return ClassSession.objects.filter(self.organised | self.taught, pk=found.pk).exists()

    def may_send(self, found: ClassSession) -> bool:
        """Whether she may send people to the class: she organises it, or her units are invited."""
        return self.is_officer and ClassSession.objects.filter(self.organised | self.invited, pk=found.pk).exists()

    def nominations_shown(self, found: ClassSession, *, runs: bool):
        """All nominations where she runs the class, else those of her own people."""
        nominations = Nomination.objects.filter(class_session=found)
        return nominations if runs else nominations.filter(staff_member__in=self.people)


def own_people(user):
    """Whose nominations ``user`` sees and makes as their HR officer; never her own."""
    return Reader(user).people


def classes_of(user):
    """The classes that ``user`` hosts, teaches, may send people to, or has people in."""
    return Reader(user).classes


def organises(user, found: ClassSession) -> bool:
    """Whether the class is hosted by a unit of the user's HR scopes."""
    return Reader(user).organises(found)


def class_for(reader: Reader, *, pk: int) -> ClassSession:
    """One of the reader's classes, or 404."""
    return get_object_or_404(reader.classes.for_list(), pk=pk)


def organised_class_for(user, *, pk: int) -> ClassSession:
    """A class that ``user`` organises, or 404."""
    require_organises(user)
    return get_object_or_404(ClassSession.objects.filter(Reader(user).organised).for_list(), pk=pk)


def class_to_send_to(user, *, pk: int) -> ClassSession:
    """A class to which ``user`` may send people: she organises it, or her units are invited. Else 404."""
    require_organises(user)
    reader = Reader(user)
    return get_object_or_404(ClassSession.objects.filter(reader.organised | reader.invited).for_list(), pk=pk)


def meeting_for(user, *, pk: int, meeting_pk: int) -> Meeting:
    """A session of a class that ``user`` organises or teaches, or 404."""
    reader = Reader(user)
    found = get_object_or_404(ClassSession.objects.filter(reader.organised | reader.taught).for_list(), pk=pk)
    meeting = get_object_or_404(Meeting, pk=meeting_pk, class_session=found)
    meeting.class_session = found
    return meeting


def nominations_changed_by(user, found: ClassSession):
    """Those that ``user`` may withdraw: all where she organises the class, else those of her own people."""
    reader = Reader(user)
    return reader.nominations_shown(found, runs=reader.organises(found))


def own_nomination_for(user, *, pk: int) -> Nomination:
    """The reader's own nomination, or 404."""
    if user.staff_member_id is None:
        raise Http404
    mine = Q(staff_member=user.staff_member_id) | Q(staff_member__merged_into=user.staff_member_id)
    rows = Nomination.objects.filter(mine).select_related("class_session__course", "class_session__unit__parent")
    return get_object_or_404(rows, pk=pk)


def past_list_for(user, *, pk: int) -> PastClassList:
    """A list of past classes of the user's units, or 404."""
    require_organises(user)
    lists = PastClassList.objects.select_related("unit__parent", "uploaded_by")
    return get_object_or_404(lists, pk=pk, unit__in=Unit.objects.visible_to(user, Capability.HR))
