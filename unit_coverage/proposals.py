"""A change is proposed, looked at, and carried out once: exactly what was shown, or nothing."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import partial

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from certificates import services as certificates
from certificates.models import Claim, Decision, EvidenceRule, Recognition
from courses import services as courses
from courses.models import Course, Exemption, Requirement, Track, TrackRule
from staff import clock
from staff import services as staff
from staff.models import Audience, AudienceRule, Duty, PersonalChange, Unit
from unit_coverage.effects import Effect, HeldPaper, rehearse
from unit_coverage.enums import ABOUT_POSTINGS, ProposalKind
from unit_coverage.indicators.effects import IndicatorEffect, effect_of_rule
from unit_coverage.indicators.services import add_indicator_rule
from unit_coverage.models import IndicatorRule, Proposal
from unit_coverage.personal_effects import PersonalEffect, rehearse_personal
from unit_coverage.services import only_writer


class FactsMoved(Exception):
    """What the proposal would do is no longer what was shown."""

    def __init__(self):
        super().__init__(
            _("The data changed after you opened this page. Please look at the new effect below, then confirm again.")
        )


class NewerVersion(Exception):
    """Somebody else wrote a version after the one that this proposal follows."""

    def __init__(self):
        super().__init__(
            _("Somebody wrote a newer version meanwhile. Please open the rule again, look at it, and begin anew.")
        )


def propose(*, kind: str, payload: dict, by, staff_member=None) -> Proposal:
    """The open proposal of ``by`` with these words about this person: the one that is there, or a new one.

    Nothing is changed by it. One decision often names several people: the same words about another person are another
    proposal.
    Raises what the verb refuses, so that the form can say it.
    """
    stored = json.loads(json.dumps(payload, cls=DjangoJSONEncoder))
    about = [staff_member and staff_member.pk, stored]
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    proposal = Proposal(kind=kind, payload=stored, payload_hash=digest, staff_member=staff_member, made_by=by)
    effect_of(proposal)
    found, _new = Proposal.objects.get_or_create(
        kind=kind,
        payload_hash=digest,
        made_by=by,
        applied_at=None,
        defaults={"payload": stored, "staff_member": staff_member},
    )
    return found


def effect_of(proposal: Proposal) -> Effect | IndicatorEffect | PersonalEffect:
    """What the proposal would do now. It runs the verb that ``apply`` runs, and takes it back.

    An indicator binds nobody: both versions of its rule are counted instead.
    """
    if proposal.kind == ProposalKind.INDICATOR_RULE:
        _verb(proposal)
        tops = Unit.objects.filter(parent=None).existing_on(clock.today()).visible_to(proposal.made_by).in_name_order()
        return effect_of_rule(proposal.payload, list(tops))
    if proposal.kind in ABOUT_POSTINGS:
        return rehearse_personal(_verb(proposal), proposal.staff_member)
    if proposal.kind == ProposalKind.RECOGNITION:
        held_in = partial(_held_in, claims=proposal.payload["claims"])
        return rehearse(_verb(proposal), staff_member_ids=_people(proposal), held_in=held_in)
    return rehearse(_verb(proposal), staff_member_ids=_people(proposal))


def _held_in(decision: Decision, *, claims: list[int]) -> tuple[HeldPaper, ...]:
    """The papers among ``claims`` that the decision leaves without effect."""
    rows = decision.recognitions.filter(claim__in=claims, declined_at=None, covered_by__isnull=False).order_by("claim")
    named = rows.values_list("claim", "covered_by__recognition__claim", "covered_by__title")
    return tuple(HeldPaper(*row) for row in named)


def _people(proposal: Proposal) -> set[int] | None:
    """Whom the change concerns; None where a rule changes."""
    if proposal.kind == ProposalKind.RECOGNITION:
        claims = Claim.objects.filter(pk__in=proposal.payload["claims"])
        return set(claims.values_list("staff_member_id", flat=True))
    return {proposal.staff_member_id} if proposal.staff_member_id else None


@transaction.atomic
def apply(*, proposal: Proposal, shown: str) -> Proposal:
    """Carry the proposal out if its effect is still the one with the digest ``shown``; a second call changes nothing.

    Raises FactsMoved where it differs. Proposals are carried out one at a time.
    """
    only_writer()
    proposal = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    if proposal.applied_at is not None:
        return proposal
    if effect_of(proposal).digest != shown:
        raise FactsMoved
    _verb(proposal)()
    proposal.applied_at, proposal.shown = clock.now(), shown
    proposal.save(update_fields=["applied_at", "shown"])
    return proposal


def latest_version(rows) -> int:
    """The number of the last version of a rule; 0 while there is none. A proposal keeps the one it was made after."""
    return rows.order_by("-version").values_list("version", flat=True).first() or 0


def _verb(proposal: Proposal) -> Callable[[], object]:
    return _VERBS[ProposalKind(proposal.kind)](proposal.payload, proposal)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _refuse_newer(rows, payload: dict) -> None:
    """A version that came in between was not on the page that this proposal was written on."""
    if latest_version(rows) != payload["after_version"]:
        raise NewerVersion


def _audience_rule(payload: dict, proposal: Proposal):
    _refuse_newer(AudienceRule.objects.filter(audience__code=payload["code"]), payload)
    return partial(
        staff.add_audience_rule,
        code=payload["code"],
        name=payload["name"],
        valid_from=_day(payload["valid_from"]),
        categories=payload["categories"],
        unit_kinds=payload["unit_kinds"],
        positions=payload["positions"],
        duties=payload["duties"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _requirement(payload: dict, proposal: Proposal):
    _refuse_newer(Requirement.objects.filter(code=payload["code"]), payload)
    return partial(
        courses.add_requirement,
        code=payload["code"],
        audience=Audience.objects.get(code=payload["audience"]),
        track=Track.objects.get(code=payload["track"]),
        course=Course.objects.get(code=payload["course"]) if payload["course"] else None,
        counts=payload["counts"],
        due_on=_day(payload["due_on"]),
        due_days=payload["due_days"],
        legal_basis=payload["legal_basis"],
        valid_from=_day(payload["valid_from"]),
        valid_until=_day(payload["valid_until"]),
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _requirement_end(payload: dict, proposal: Proposal):
    return partial(
        courses.end_requirement,
        requirement=Requirement.objects.get(code=payload["code"], version=payload["version"]),
        last_day=_day(payload["last_day"]),
        reason=payload["reason"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _track_rule(payload: dict, proposal: Proposal):
    track = Track.objects.get(code=payload["track"])
    _refuse_newer(TrackRule.objects.filter(track=track), payload)
    return partial(
        courses.add_track_rule,
        track=track,
        courses=list(Course.objects.filter(code__in=payload["courses"])),
        needed=payload["needed"],
        valid_from=_day(payload["valid_from"]),
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _validity(payload: dict, proposal: Proposal):
    return partial(
        courses.set_validity,
        course=Course.objects.get(code=payload["course"]),
        validity=payload["validity"],
        months=payload["months"],
        renewal_window_days=payload["renewal_window_days"],
        by=proposal.made_by,
    )


def _duty(payload: dict, proposal: Proposal):
    return partial(
        staff.begin_duty,
        staff_member=proposal.staff_member,
        unit=Unit.objects.get(code=payload["unit"]),
        kind=payload["kind"],
        is_full_time=payload["is_full_time"],
        valid_from=_day(payload["valid_from"]),
        decision_number=payload["decision_number"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _duty_end(payload: dict, proposal: Proposal):
    return partial(
        staff.end_duty,
        duty=Duty.objects.get(pk=payload["duty"], staff_member=proposal.staff_member),
        last_day=_day(payload["last_day"]),
        reason=payload["reason"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _exemption(payload: dict, proposal: Proposal):
    return partial(
        courses.exempt,
        staff_member=proposal.staff_member,
        track=Track.objects.get(code=payload["track"]),
        course=Course.objects.get(code=payload["course"]) if payload["course"] else None,
        kind=payload["kind"],
        reason=payload["reason"],
        decision_number=payload["decision_number"],
        valid_from=_day(payload["valid_from"]),
        valid_until=_day(payload["valid_until"]),
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _exemption_end(payload: dict, proposal: Proposal):
    return partial(
        courses.end_exemption,
        exemption=Exemption.objects.get(pk=payload["exemption"], staff_member=proposal.staff_member),
        last_day=_day(payload["last_day"]),
        reason=payload["reason"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _recognition(payload: dict, proposal: Proposal):
    return partial(
        certificates.decide,
        number=payload["decision_number"],
        signed_on=_day(payload["signed_on"]),
        effective_from=_day(payload["valid_from"]),
        authority=payload["authority"],
        claims=list(Claim.objects.filter(pk__in=payload["claims"])),
        basis=payload["basis"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _confirmation(payload: dict, proposal: Proposal):
    return partial(
        certificates.confirm_recognition,
        recognition=Recognition.objects.get(pk=payload["recognition"]),
        valid_from=_day(payload["valid_from"]),
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _recognition_end(payload: dict, proposal: Proposal):
    return partial(
        certificates.revoke_recognition,
        recognition=Recognition.objects.get(pk=payload["recognition"]),
        from_day=_day(payload["from_day"]),
        reason=payload["reason"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _evidence_rule(payload: dict, proposal: Proposal):
    _refuse_newer(EvidenceRule.objects.filter(kind__code=payload["code"]), payload)
    return partial(
        certificates.add_evidence_rule,
        **evidence_rule_values(payload),
        code=payload["code"],
        name=payload["name"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _indicator_rule(payload: dict, proposal: Proposal):
    _refuse_newer(IndicatorRule.objects.filter(indicator__code=payload["code"]), payload)
    return partial(
        add_indicator_rule,
        code=payload["code"],
        name=payload["name"],
        framework=payload["framework"],
        subject=payload["subject"],
        valid_from=_day(payload["valid_from"]),
        values=payload,
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _personal_change(payload: dict, proposal: Proposal):
    own = PersonalChange.objects.filter(staff_member=proposal.staff_member)
    words = ("kind", "place", "position", "category", "cause", "ends_duties", "decision_number", "reason")
    return partial(
        staff.change_person,
        staff_member=proposal.staff_member,
        unit=Unit.objects.get(code=payload["unit"]) if payload["unit"] else None,
        **{name: payload[name] for name in words},
        **{name: _day(payload[name]) for name in ("first_day", "last_day", "decided_on")},
        corrects=own.get(pk=payload["corrects"]) if payload["corrects"] else None,
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def _change_taken_back(payload: dict, proposal: Proposal):
    return partial(
        staff.take_back_change,
        change=PersonalChange.objects.get(pk=payload["change"], staff_member=proposal.staff_member),
        reason=payload["reason"],
        by=proposal.made_by,
        back_dated_because=payload["back_dated_because"],
    )


def evidence_rule_values(payload: dict) -> dict:
    """The fields of the version that a proposal would write."""
    names = ("gives_track", "begins", "lasts", "lasts_number", "needs_scan", "needs_second", "legal_basis", "remark")
    days = ("valid_from", "issued_from", "issued_until", "lasts_until")
    return {
        **{name: payload[name] for name in names},
        **{name: _day(payload[name]) for name in days},
        "gives_course": Course.objects.get(code=payload["gives_course"]) if payload["gives_course"] else None,
    }


_VERBS = {
    ProposalKind.AUDIENCE_RULE: _audience_rule,
    ProposalKind.REQUIREMENT: _requirement,
    ProposalKind.REQUIREMENT_END: _requirement_end,
    ProposalKind.TRACK_RULE: _track_rule,
    ProposalKind.VALIDITY: _validity,
    ProposalKind.DUTY: _duty,
    ProposalKind.DUTY_END: _duty_end,
    ProposalKind.EXEMPTION: _exemption,
    ProposalKind.EXEMPTION_END: _exemption_end,
    ProposalKind.RECOGNITION: _recognition,
    ProposalKind.CONFIRMATION: _confirmation,
    ProposalKind.RECOGNITION_END: _recognition_end,
    ProposalKind.EVIDENCE_RULE: _evidence_rule,
    ProposalKind.INDICATOR_RULE: _indicator_rule,
    ProposalKind.PERSONAL_CHANGE: _personal_change,
    ProposalKind.CHANGE_TAKEN_BACK: _change_taken_back,
}
