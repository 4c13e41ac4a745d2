"""A proposal in words: what was filled in, as label and value."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.enums import Counts, ExemptionKind, Validity
from courses.models import Course, Track
from staff.audiences import rule_in_words
from staff.enums import DutyKind
from staff.models import Audience, AudienceRule, Unit
from unit_coverage.enums import ProposalKind
from unit_coverage.models import Proposal


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
    label = DutyKind(payload["kind"]).label
    if payload["kind"] == DutyKind.ICT_OFFICER:
        label = _("ICT officer, full time") if payload["is_full_time"] else _("ICT officer, part time")
    yield _("Duty"), label
    yield _("Unit"), Unit.objects.get(code=payload["unit"]).name


def _exemption(payload: dict):
    yield _("Kind"), ExemptionKind(payload["kind"]).label
    named = Course.objects.filter(code=payload["course"]).first() if payload["course"] else None
    yield _("Of what"), str(named or Track.objects.get(code=payload["track"]))


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
}
