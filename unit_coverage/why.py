"""Why somebody must learn something, or need not: every fact that decides it, with where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from certificates.models import Recognition
from courses.enums import Binding, Counts
from courses.facts import load_people, load_track_facts
from courses.models import Course, Exemption, Requirement
from courses.obligations import (
    Due,
    DueKind,
    Obligation,
    PersonFacts,
    assess,
    due_of,
    lapses_on,
    latest_versions,
    need_of,
    obligation_of,
    primary_posting,
)
from staff.audiences import rule_matches, words_beside
from staff.enums import Capability, DutyKind, StaffCategory, UnitKind
from staff.models import Audience, AudienceRule, Posting, Scope, StaffMember, Unit
from staff.vietnamese import fold
from unit_coverage.reasons import day_words, evidence, lifted, lost


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing the audience's rule asks, beside what is on record, since when, and whether it fits."""

    label: str
    asked: str
    recorded: str
    since: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class Why:
    """One requirement and one person on a day. Without an ``obligation`` the requirement does not reach the person."""

    requirement: Requirement
    audience_words: str
    conditions: tuple[Condition, ...]
    fulfilled_by: tuple[Course, ...]
    needed: int | None
    obligation: Obligation | None
    due: Due | None
    held: tuple[str, ...]
    lost: tuple[str, ...]
    lifted: str
    ends_on: date | None

    @property
    def state(self) -> str:
        """ "not_bound", "exempt", "deferred", "met" or "bound"."""
        if self.obligation is None:
            return Binding.NOT_BOUND
        if self.obligation.lifted_by is not None:
            return self.obligation.lifted_by.kind
        return "met" if self.obligation.is_met else Binding.BOUND

    @property
    def how_met(self) -> str:
        """How what fulfils it was come by: passed, completed, recognised, as declared."""
        held = self.obligation.held if self.obligation else ()
        return ", ".join(dict.fromkeys(str(one.get_origin_display()) for one in held))

    @property
    def title(self) -> str:
        return str(self.requirement.course) if self.requirement.course else self.requirement.track.name

    @property
    def counts_words(self) -> str:
        if self.requirement.counts == Counts.COMPLETED:
            return _("A passed test counts, and so does completing without a test, a recognition or an accepted list.")
        if self.requirement.counts == Counts.SUPERVISED:
            return _("Only a test that was passed in a supervised sitting counts, or a recognition by decision.")
        return _(
            "A passed test counts, and so does a recognition or an accepted staff list; completing alone does not."
        )

    @property
    def due_words(self) -> str:
        if self.due is None:
            return ""
        if self.due.kind == DueKind.FIXED:
            return _("The requirement names this day.")
        if self.due.kind == DueKind.RENEWAL:
            return _("What was held was valid until this day and had to be renewed by then.")
        return ngettext(
            "%(n)d day from %(since)s, the day since which the requirement binds without a break.",
            "%(n)d days from %(since)s, the day since which the requirement binds without a break.",
            self.requirement.due_days,
        ) % {"n": self.requirement.due_days, "since": day_words(self.due.since)}


def whys(staff_member: StaffMember, on: date) -> list[Why]:
    """Every requirement in force on ``on`` and how it stands to the person: what binds first, then what does not."""
    [person] = load_people([staff_member.pk])
    tracks = load_track_facts(parts=False)
    audiences = {audience.pk: audience for audience in Audience.objects.all()}
    courses = {course.pk: course for course in Course.objects.order_by("position", "code")}
    held = [q.pk for rows in person.qualifications.values() for q in rows]
    decided = Recognition.objects.filter(qualification__in=held).select_related("decision")
    recognitions = {recognition.qualification_id: recognition for recognition in decided}
    found = [
        _why(person, track, requirement, on, audiences, courses, recognitions)
        for track in tracks
        for requirement in latest_versions(track.requirements, on, key=lambda r: r.code)
    ]
    order = [Binding.BOUND, "met", "deferred", "exempt", Binding.NOT_BOUND]
    return sorted(found, key=lambda w: (order.index(w.state), w.due.day if w.due else date.max, w.requirement.code))


def why(staff_member: StaffMember, code: str, on: date) -> Why | None:
    """How the requirement ``code`` stands to the person; None when no version of it is in force on ``on``."""
    return next((why for why in whys(staff_member, on) if why.requirement.code == code), None)


def hr_officers_of(staff_member: StaffMember, on: date) -> list[Scope]:
    """Whom to ask when a fact is wrong: the HR officers of the person's unit, or of the nearest one above it."""
    posting = Posting.objects.on(on).filter(staff_member=staff_member, is_primary=True).select_related("unit").first()
    if posting is None:
        return []
    above = [posting.unit_id, *reversed(posting.unit.ancestor_ids)]
    scopes = Scope.objects.on(on).filter(capability=Capability.HR, unit__in=above, user__is_active=True)
    found = list(scopes.select_related("user", "unit").order_by("user__full_name"))
    nearest = min((above.index(scope.unit_id) for scope in found), default=None)
    return [scope for scope in found if above.index(scope.unit_id) == nearest]


def _why(person, track, requirement, on, audiences, courses, recognitions) -> Why:
    rules = latest_versions(track.audience_rules.get(requirement.audience_id, ()), on)
    rule = rules[0] if rules else None
    posting = primary_posting(person, on)
    obligation = obligation_of(assess(person, track, on), requirement.code)
    need = obligation.need if obligation else need_of(track, requirement, on)
    is_open = obligation is not None and obligation.lifted_by is None and not obligation.is_met
    fulfilled_by = tuple(course for course in courses.values() if need and course.pk in need.courses)
    return Why(
        requirement=requirement,
        audience_words=words_beside(audiences[requirement.audience_id].name, rule) if rule else "",
        conditions=tuple(_conditions(person, rule, posting, on)),
        fulfilled_by=fulfilled_by,
        needed=need.count if need and need.count < len(fulfilled_by) else None,
        obligation=obligation,
        due=due_of(person, track, requirement, on) if is_open else None,
        held=tuple(evidence(q, recognitions.get(q.pk)) for q in (obligation.held if obligation else ())),
        lost=tuple(lost(person, track, obligation, on)) if is_open else (),
        lifted=lifted(obligation.lifted_by) if obligation and obligation.lifted_by else "",
        ends_on=lapses_on(person, track, obligation) if obligation and obligation.is_met else None,
    )


def _conditions(person: PersonFacts, rule: AudienceRule | None, posting: Posting | None, on: date):
    """Each list of the rule that asks something. It is decided by ``rule_matches`` with the other lists left empty."""
    if rule is None:
        return
    if posting is None:
        yield Condition(_("Main posting"), _("a main posting"), _("none on this day"), None, False)
        return
    duties = [duty for duty in person.duties if duty.holds_on(on)]

    def holds(**lists) -> bool:
        return rule_matches(
            AudienceRule(**lists),
            category=posting.category,
            unit_kind=posting.unit.kind,
            position=posting.position,
            duty_kinds=[duty.kind for duty in duties],
        )

    yield Condition(
        _("Main posting"), _("a main posting"), posting.unit.name, _since(person, posting, lambda p: p.unit_id), True
    )
    if rule.categories:
        yield Condition(
            _("Staff category"),
            _listed(StaffCategory, rule.categories),
            posting.get_category_display(),
            _since(person, posting, lambda p: p.category),
            holds(categories=rule.categories),
        )
    if rule.unit_kinds:
        yield Condition(
            _("Kind of body"),
            _listed(UnitKind, rule.unit_kinds),
            posting.unit.get_kind_display(),
            _since(person, posting, lambda p: p.unit.kind),
            holds(unit_kinds=rule.unit_kinds),
        )
    if rule.positions:
        yield Condition(
            _("Position"),
            ", ".join(rule.positions),
            posting.position or _("none on record"),
            _since(person, posting, lambda p: fold(p.position)),
            holds(positions=rule.positions),
        )
    if rule.duties:
        fitting = [duty for duty in duties if duty.kind in rule.duties]
        yield Condition(
            _("Duty"),
            _listed(DutyKind, rule.duties),
            ", ".join(str(duty.get_kind_display()) for duty in duties) or _("none on record"),
            min((duty.valid_from for duty in fitting), default=None),
            holds(duties=rule.duties),
        )


def _since(person: PersonFacts, posting: Posting, value: Callable[[Posting], object]) -> date:
    """The first day of the unbroken row of postings with the same value as ``posting``."""
    first = posting
    for earlier in sorted(person.postings, key=lambda p: p.valid_from, reverse=True):
        follows = earlier.valid_until == first.valid_from - timedelta(days=1)
        if follows and value(earlier) == value(posting):
            first = earlier
    return first.valid_from


def _listed(choices, codes) -> str:
    labels = dict(choices.choices)
    return ", ".join(str(labels.get(code, code)) for code in codes)


def exemptions_in(unit: Unit, on: date):
    """The exemptions that hold on ``on`` or later, of people whose main posting of today lies in ``unit`` or below."""
    here = Posting.objects.on(on).filter(is_primary=True, unit__in=Unit.objects.within(unit))
    return (
        Exemption.objects.filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .filter(staff_member__in=here.values("staff_member"))
        .select_related("staff_member", "track", "course", "recorded_by")
        .order_by("staff_member__sort_key", "pk")
    )
