"""A proposal in words: what was filled in, as label and value."""

from collections import Counter
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.enums import Basis, Begins, Lasts
from certificates.models import Claim, EvidenceKind, Recognition
from certificates.verdicts import rules_on
from courses.enums import Counts, ExemptionKind, TrackCode, Validity
from courses.models import Course, Track
from staff.audiences import rule_in_words
from staff.enums import DUTY_CHOICES, ChangeCause, PersonalChangeKind, StaffCategory, duty_code
from staff.models import Audience, AudienceRule, PersonalChange, Unit
from unit_coverage.enums import ProposalKind
from unit_coverage.indicators.services import rule_values
from unit_coverage.indicators.words import rule_said
from unit_coverage.models import Indicator, IndicatorRule, Proposal


def words_of(proposal: Proposal) -> list[tuple[str, str]]:
    """(label, value) of everything that the form was filled in with and that is not empty."""
    payload = proposal.payload
    said = [*_SUBJECT[ProposalKind(proposal.kind)](payload)]
    for name, label in (
        ("legal_basis", _("Legal basis")),
        ("decision_number", _("Number of the decision")),
        ("reason", _("Reason")),
    ):
        said.append((label, payload.get(name)))
    for name, label in (("valid_from", _("From")), ("valid_until", _("Until")), ("last_day", _("Last day"))):
        said.append((label, _day(payload.get(name))))
    said.append((_("Reason for changing history"), payload.get("back_dated_because")))
    return [(label, str(value)) for label, value in said if value]


def _day(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "d/m/Y") if text else ""


def _what(payload: dict) -> tuple[str, str]:
    named = Course.objects.filter(code=payload["course"]).first() if payload.get("course") else None
    return _("What must be held"), str(named or Track.objects.get(code=payload["track"]))


def _audience_rule(payload: dict):
    yield _("Audience"), payload["name"]
    lists = {name: payload[name] for name in ("categories", "unit_kinds", "positions", "duties")}
    yield _("Whom it takes in"), rule_in_words(AudienceRule(**lists))


def _requirement(payload: dict):
    yield _("Requirement"), payload["code"]
    yield _("Whom it binds"), Audience.objects.get(code=payload["audience"]).name
    yield _what(payload)
    yield _("What counts"), Counts(payload["counts"]).label
    yield _("By when"), _day(payload["due_on"]) or (payload["due_days"] and _("%s days") % payload["due_days"])


def _requirement_end(payload: dict):
    yield _("Requirement"), payload["code"]


def _track_rule(payload: dict):
    yield _("Track"), Track.objects.get(code=payload["track"]).name
    courses = ", ".join(payload["courses"])
    words = _("any %(n)s of: %(courses)s") if payload["needed"] else _("all of: %(courses)s")
    yield _("Courses"), words % {"n": payload["needed"], "courses": courses}
    preparing = list(
        Course.objects.filter(code__in=payload["courses"], is_ready=False)
        .order_by("code")
        .values_list("code", flat=True)
    )
    if len(payload["courses"]) - len(preparing) < (payload["needed"] or len(payload["courses"])):
        text = _("%(courses)s: in preparation. As long as they are, the open courses are too few to fulfil this rule.")
        yield _("Too few courses are open"), text % {"courses": ", ".join(preparing)}


def _validity(payload: dict):
    yield _("Course"), str(Course.objects.get(code=payload["course"]))
    yield _("Valid"), Validity(payload["validity"]).label
    yield _("Months of validity"), payload["months"]
    yield _("Days before the end from which the course can be taken again"), payload["renewal_window_days"]


def _duty(payload: dict):
    yield _("Duty"), str(dict(DUTY_CHOICES)[duty_code(payload["kind"], is_full_time=payload["is_full_time"])])
    yield _("Unit"), Unit.objects.get(code=payload["unit"]).name


def _exemption(payload: dict):
    yield _("Kind"), ExemptionKind(payload["kind"]).label
    named = Course.objects.filter(code=payload["course"]).first() if payload["course"] else None
    yield _("Of what"), str(named or Track.objects.get(code=payload["track"]))


def _recognition(payload: dict):
    claims = Claim.objects.filter(pk__in=payload["claims"]).select_related("kind")
    kinds = Counter(claim.kind.name for claim in claims)
    yield (
        _("Papers from elsewhere"),
        "; ".join(f"{name} ({count})" if count > 1 else name for name, count in sorted(kinds.items())),
    )
    rules = rules_on(date.fromisoformat(payload["signed_on"]))
    twice = sum(claim.kind_id in rules and rules[claim.kind_id].needs_second for claim in claims)
    if twice and payload["basis"] == Basis.EVIDENCE:
        text = _("%(n)s of these ask for a second person; until somebody else confirms, they change no figure.")
        yield _("Second person"), text % {"n": twice}
    yield _("What it rests on"), Basis(payload["basis"]).label
    yield _("Signed on"), _day(payload["signed_on"])
    yield _("Deciding body"), payload["authority"]


def _one_recognition(payload: dict):
    found = Recognition.objects.select_related("claim__kind", "decision").get(pk=payload["recognition"])
    yield _("Paper from elsewhere"), found.claim.kind.name
    yield _("Decision"), found.decision.number
    yield _("Taken back from"), _day(payload.get("from_day"))
    if "from_day" in payload and found.qualification is not None:
        again = found.qualification.covers.filter(declined_at=None).order_by("claim").select_related("claim__kind")
        yield _("Waits for a decision again"), "; ".join(str(row.claim.kind) for row in again)


def _evidence_rule(payload: dict):
    stored = EvidenceKind.objects.filter(code=payload["code"]).first()
    yield _("Kind of paper"), payload["name"] or (stored and stored.name)
    if not payload["gives_track"]:
        yield _("Gives"), _("nothing: it does not count")
    else:
        course = Course.objects.filter(code=payload["gives_course"]).first() if payload["gives_course"] else None
        yield _("Gives"), str(course or TrackCode(payload["gives_track"]).label)
        yield _("Issued from"), _day(payload["issued_from"])
        yield _("Issued until"), _day(payload["issued_until"])
        yield _("Counts from"), Begins(payload["begins"]).label
        said = [Lasts(payload["lasts"]).label, payload["lasts_number"], _day(payload["lasts_until"])]
        yield _("Counts until"), ": ".join(str(word) for word in said if word)
        yield _("Picture of the paper"), _("needed") if payload["needs_scan"] else _("not needed")
        yield _("Second person"), _("must confirm") if payload["needs_second"] else _("not needed")
    yield _("Explanation for readers"), payload["remark"]


def _indicator_rule(payload: dict):
    yield _("Indicator"), payload["name"]
    yield _("Set of indicators"), payload["framework"]
    indicator = Indicator(subject=payload["subject"])
    yield from rule_said(IndicatorRule(indicator=indicator, **rule_values(payload)))


def _personal_change(payload: dict):
    if payload["corrects"]:
        yield _("Corrects"), str(PersonalChange.objects.get(pk=payload["corrects"]))
    yield _("Change"), str(PersonalChangeKind(payload["kind"]).label).capitalize()
    unit = Unit.objects.filter(code=payload["unit"]).first() if payload["unit"] else None
    yield _("Unit"), unit.name_in_place if unit else payload["place"]
    yield _("Position"), payload["position"]
    yield _("Staff category"), payload["category"] and StaffCategory(payload["category"]).label
    yield _("Cause"), payload["cause"] and ChangeCause(payload["cause"]).label
    yield _("From"), _day(payload["first_day"])
    yield _("Date of the decision"), _day(payload["decided_on"])


def _change_taken_back(payload: dict):
    yield _("Change"), str(PersonalChange.objects.get(pk=payload["change"]))


def _nothing_more(payload: dict):
    return ()


_SUBJECT = {
    ProposalKind.AUDIENCE_RULE: _audience_rule,
    ProposalKind.REQUIREMENT: _requirement,
    ProposalKind.REQUIREMENT_END: _requirement_end,
    ProposalKind.TRACK_RULE: _track_rule,
    ProposalKind.VALIDITY: _validity,
    ProposalKind.DUTY: _duty,
    ProposalKind.DUTY_END: _nothing_more,
    ProposalKind.EXEMPTION: _exemption,
    ProposalKind.EXEMPTION_END: _nothing_more,
    ProposalKind.RECOGNITION: _recognition,
    ProposalKind.CONFIRMATION: _one_recognition,
    ProposalKind.RECOGNITION_END: _one_recognition,
    ProposalKind.EVIDENCE_RULE: _evidence_rule,
    ProposalKind.INDICATOR_RULE: _indicator_rule,
    ProposalKind.PERSONAL_CHANGE: _personal_change,
    ProposalKind.CHANGE_TAKEN_BACK: _change_taken_back,
}
