"""The decisions that make a claim count: by an officer, by two where the rule asks, refused, taken back."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import Basis, Outcome
from certificates.errors import ClaimRefused
from certificates.models import Claim, Decision, EvidenceRule, Recognition
from certificates.verdicts import first_day, judge, rules_on
from courses import services as courses
from courses.enums import Origin
from courses.models import Qualification, Track
from staff import clock
from staff.imports.requests import officers_of
from staff.models import StaffMember
from staff.services import notify
from staff.services.errors import refuse_back_dating


@transaction.atomic
def decide(
    *,
    number: str,
    signed_on: date,
    effective_from: date,
    authority: str,
    claims: Iterable[Claim],
    basis: str = Basis.EVIDENCE,
    rule: str = "",
    by=None,
    back_dated_because: str = "",
) -> Decision:
    """Accepts ``claims`` by one decision: each gives, from ``effective_from`` on, what the rule of its kind names.

    The rules are those in force on ``signed_on``. Where the rule asks for a second person nothing counts until
    ``confirm_recognition``. Coming twice changes nothing: claims already decided are left alone. A claim that the rule
    does not let count is refused altogether (ClaimRefused), with its sentence, and so is a decision on oneself. Of
    several claims of one person the first counts; who holds it already is told so, and that paper waits again once
    what is held is taken back (``open_what_was_held``).
    """
    wanted = [claim.pk for claim in claims]
    decision = _decision(
        number=number,
        signed_on=signed_on,
        effective_from=effective_from,
        authority=authority,
        rule=rule,
        back_dated_because=back_dated_because,
        by=by,
    )
    rules = rules_on(signed_on)
    shelf = _Shelf()
    settled = waiting = 0
    for claim in _locked(wanted):
        found = rules.get(claim.kind_id)
        _refuse_what_may_not_be(claim, found, decision, basis, by)
        day = first_day(claim, found, effective_from)
        refuse_back_dating(day, back_dated_because)
        facts = {"claim": claim, "decision": decision, "rule": found, "basis": basis, "recorded_by": by}
        if (held := shelf.held(claim, found, basis, day)) is not None:
            covered = Recognition.objects.create(**facts, is_accepted=False, covered_by=held)
            _tell_held(covered)
        elif found.needs_second and basis == Basis.EVIDENCE:
            Recognition.objects.create(**facts, is_accepted=True, awaits_since=clock.now())
            waiting += 1
        else:
            qualification = shelf.grant(claim, found, basis, day, by=by)
            Recognition.objects.create(**facts, is_accepted=True, qualification=qualification)
            settled += 1
            _tell_accepted(claim, decision, basis)
    if settled or waiting:
        said = {"number": number, "accepted": settled, "waiting": waiting, "from": str(effective_from)}
        log(instance=decision, action="certificates.decide", user=by, data={**said, "reason": back_dated_because})
    elif not decision.recognitions.exists():
        raise ClaimRefused(_("None of these is open any more, so there is nothing to decide."))
    return decision


def _decision(*, number, signed_on, authority, by, **values) -> Decision:
    """The decision with this number of this body and day; its other words must be those on record."""
    decision, _created = Decision.objects.get_or_create(
        number=number.strip(), signed_on=signed_on, authority=authority.strip(), defaults={**values, "recorded_by": by}
    )
    decision = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
    if decision.effective_from != values["effective_from"]:
        raise ClaimRefused(
            _("Decision %(number)s is on record with effect from %(day)s. Please use that day, or correct the number.")
            % {"number": decision.number, "day": _day(decision.effective_from)}
        )
    return decision


def _locked(ids: list[int], size: int = 500) -> Iterable[Claim]:
    """The open ones of these claims, locked, in the order in which they were made."""
    for start in range(0, len(ids), size):
        batch = Claim.objects.open().filter(pk__in=ids[start : start + size]).order_by("pk")
        people = batch.values_list("staff_member_id", flat=True)
        # whoever decides about the same people stands in line here
        list(StaffMember.objects.select_for_update(no_key=True).filter(pk__in=list(people)).order_by("pk"))
        locked = batch.select_for_update(of=("self",)).select_related("staff_member", "kind").prefetch_related("files")
        claims = list(locked)
        # whoever held one of these until now may have decided it
        decided = set(Recognition.objects.filter(claim__in=claims, declined_at=None).values_list("claim_id", flat=True))
        yield from (claim for claim in claims if claim.pk not in decided)


def _refuse_what_may_not_be(claim: Claim, rule: EvidenceRule | None, decision: Decision, basis: str, by) -> None:
    who = {"name": claim.staff_member.full_name}
    if by is not None and by.staff_member_id == claim.staff_member_id:
        raise ClaimRefused(_("Nobody decides about what they hold themselves."))
    if basis == Basis.DECLARED and claim.import_row_id is None:
        raise ClaimRefused(_("%(name)s: only what a staff list says can be accepted as declared.") % who)
    on = first_day(claim, rule, decision.effective_from) if rule else decision.effective_from
    verdict = judge(claim, rule, on=on, scans=len(claim.files.all()), as_declared=basis == Basis.DECLARED)
    if verdict.outcome != Outcome.COUNTS:
        raise ClaimRefused(
            _("%(name)s, %(kind)s: %(why)s") % {**who, "kind": claim.kind, "why": " ".join(verdict.reasons)}
        )


class _Shelf:
    """What people hold already, and the cycle in which the next recognition of each stands."""

    def __init__(self):
        self.tracks = {track.code: track for track in Track.objects.all()}

    def _alike(self, claim: Claim, rule: EvidenceRule):
        track, course = self.tracks[rule.gives_track], rule.gives_course
        return Qualification.objects.filter(staff_member=claim.staff_member, track=track, course=course)

    def held(self, claim: Claim, rule: EvidenceRule, basis: str, day: date) -> Qualification | None:
        """Something at least as good that covers all that the claim would give."""
        ends = judge(claim, rule, on=day, scans=1).ends
        held = self._alike(claim, rule).live().filter(valid_from__lte=day)
        if basis == Basis.EVIDENCE:
            held = held.exclude(origin=Origin.DECLARED)
        long_enough = Q(valid_until=None) if ends is None else Q(valid_until=None) | Q(valid_until__gte=ends)
        return held.filter(long_enough).order_by("pk").first()

    def grant(self, claim: Claim, rule: EvidenceRule, basis: str, day: date, *, by) -> Qualification:
        last = self._alike(claim, rule).filter(enrolment=None).aggregate(last=Max("cycle"))["last"]
        return courses.grant_qualification(
            staff_member=claim.staff_member,
            track=self.tracks[rule.gives_track],
            course=rule.gives_course,
            cycle=(last or 0) + 1,
            origin=Origin.DECLARED if basis == Basis.DECLARED else Origin.RECOGNISED,
            valid_from=day,
            valid_until=judge(claim, rule, on=day, scans=1).ends,
            granted_by=by,
        )


@transaction.atomic
def confirm_recognition(*, recognition: Recognition, valid_from: date, by, back_dated_because: str = "") -> Recognition:
    """The second person agrees: what the first decided counts from ``valid_from`` on. Twice changes nothing.

    Never the one who decided, and never about oneself; ``valid_from`` is the day of the decision or a later one.
    """
    locked = Recognition.objects.select_for_update(of=("self",)).get(pk=recognition.pk)
    if locked.confirmed_at is not None:
        return locked
    claim = _second_person(locked, by)
    refuse_back_dating(valid_from, back_dated_because)
    if valid_from < first_day(claim, locked.rule, locked.decision.effective_from):
        raise ClaimRefused(_("It cannot count before the day on which the decision takes effect."))
    StaffMember.objects.select_for_update(no_key=True).get(pk=claim.staff_member_id)
    shelf = _Shelf()
    locked.awaits_since = None
    locked.qualification = shelf.grant(claim, locked.rule, locked.basis, valid_from, by=by)
    locked.confirmed_at, locked.confirmed_by = clock.now(), by
    locked.save(update_fields=["awaits_since", "qualification", "confirmed_at", "confirmed_by"])
    said = {"claim": claim.pk, "from": str(valid_from), "reason": back_dated_because}
    log(instance=locked.decision, action="certificates.confirm", user=by, data=said)
    _tell_accepted(claim, locked.decision, locked.basis)
    return locked


@transaction.atomic
def decline_recognition(*, recognition: Recognition, reason: str, by) -> Recognition:
    """The second person sends it back: the first decision stays on record and the claim is open again."""
    locked = Recognition.objects.select_for_update(of=("self",)).get(pk=recognition.pk)
    if locked.declined_at is not None:
        return locked
    _second_person(locked, by)
    locked.awaits_since, locked.declined_at, locked.declined_by, locked.reason = None, clock.now(), by, reason
    locked.save(update_fields=["awaits_since", "declined_at", "declined_by", "reason"])
    log(
        instance=locked.decision,
        action="certificates.decline",
        user=by,
        data={"claim": locked.claim_id, "reason": reason},
    )
    return locked


def _second_person(recognition: Recognition, by) -> Claim:
    claim = Claim.objects.select_related("staff_member", "kind").get(pk=recognition.claim_id)
    if recognition.awaits_since is None:
        raise ClaimRefused(_("This does not wait for a second person any more."))
    if by.pk == recognition.recorded_by_id:
        raise ClaimRefused(_("The second person must be somebody else than the one who decided."))
    if by.staff_member_id == claim.staff_member_id:
        raise ClaimRefused(_("Nobody decides about what they hold themselves."))
    return claim


@transaction.atomic
def refuse_claim(*, claim: Claim, reason: str, by) -> Recognition:
    """It does not count, for this reason; the person is told and may bring another paper. Twice changes nothing."""
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    standing = Recognition.objects.filter(claim=locked, declined_at=None).first()
    if standing is not None and not standing.is_accepted:
        return standing
    _refuse_decided(locked, by)
    refused = Recognition.objects.create(
        claim=locked, basis=Basis.EVIDENCE, is_accepted=False, reason=reason, recorded_by=by
    )
    log(instance=locked, action="certificates.refuse", user=by, data={"reason": reason})
    _tell(
        locked, key=f"claim:{locked.pk}:refused:{refused.pk}", words=partial(_refused_words, str(locked.kind), reason)
    )
    return refused


@transaction.atomic
def ask_for_evidence(*, claim: Claim, asked_for: str, by) -> Claim:
    """The papers do not suffice: the person is told what to bring, and the claim waits for it."""
    locked = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    _refuse_decided(locked, by)
    if locked.submitted_at is None and locked.asked_for == asked_for:
        return locked
    locked.submitted_at, locked.asked_for = None, asked_for
    locked.save(update_fields=["submitted_at", "asked_for"])
    log(instance=locked, action="certificates.ask", user=by, data={"asked_for": asked_for})
    key = f"claim:{locked.pk}:asked:{clock.now():%Y%m%d%H%M%S}"
    _tell(locked, key=key, words=partial(_asked_words, str(locked.kind), asked_for))
    return locked


def _refuse_decided(claim: Claim, by) -> None:
    if by is not None and by.staff_member_id == claim.staff_member_id:
        raise ClaimRefused(_("Nobody decides about what they hold themselves."))
    if not Claim.objects.open().filter(pk=claim.pk).exists():
        raise ClaimRefused(_("This was decided or withdrawn meanwhile, so nothing was changed."))


@transaction.atomic
def revoke_recognition(
    *, recognition: Recognition, from_day: date, reason: str, by, back_dated_because: str = ""
) -> Recognition:
    """What was recognised no longer counts from ``from_day`` on; the decision and the claim stay on record."""
    claim = Claim.objects.select_related("staff_member", "kind").get(pk=recognition.claim_id)
    locked = Recognition.objects.select_for_update(of=("self",)).get(pk=recognition.pk)
    held = locked.qualification
    if held is None or held.revoked_from is not None:
        return locked
    if by is not None and by.staff_member_id == claim.staff_member_id:
        raise ClaimRefused(_("Nobody decides about what they hold themselves."))
    refuse_back_dating(from_day, back_dated_because)
    if from_day < held.valid_from:
        raise ClaimRefused(
            _("It counts from %(day)s only, so it cannot be taken back before.") % {"day": _day(held.valid_from)}
        )
    courses.revoke_qualification(qualification=held, from_day=from_day, reason=reason, by=by)
    said = {"claim": claim.pk, "from": str(from_day), "reason": reason, "back_dated_because": back_dated_because}
    log(instance=locked.decision, action="certificates.revoke", user=by, data=said)
    words = partial(_revoked_words, str(claim.kind), _day(from_day), reason)
    _tell(claim, key=f"claim:{claim.pk}:revoked:{held.pk}", words=words)
    open_what_was_held()
    return locked


@transaction.atomic
def open_what_was_held() -> int:
    """Papers that gave nothing beside what was held, and what was held is revoked: they wait for a decision again.

    From the moment of the revocation on, also where it takes effect later. The person and those who decide are told,
    once. Returns how many were opened.
    """
    stale = Recognition.objects.filter(declined_at=None, covered_by__revoked_from__isnull=False)
    found = list(stale.select_for_update(of=("self",)).select_related("claim__staff_member", "claim__kind"))
    for covered in found:
        covered.declined_at = clock.now()
        covered.save(update_fields=["declined_at"])
        claim = covered.claim
        log(instance=claim, action="certificates.claim.again", data={"recognition": covered.pk})
        if claim.submitted_at is None:  # named by a list only: it waits for the paper
            continue
        key = f"claim:{claim.pk}:again:{covered.pk}"
        for officer in officers_of(claim.staff_member):
            if officer.staff_member_id != claim.staff_member_id:
                _tell(claim, key=key, words=partial(_again_words, str(claim.kind), str(claim.staff_member)), to=officer)
        _tell(claim, key=key, words=partial(_own_again_words, str(claim.kind)))
    return len(found)


def _tell_accepted(claim: Claim, decision: Decision, basis: str) -> None:
    # what a whole staff list declared is told by nobody's letter: the person handed nothing in
    if basis == Basis.EVIDENCE:
        words = partial(_accepted_words, str(claim.kind), decision.number, _day(decision.signed_on))
        _tell(claim, key=f"claim:{claim.pk}:accepted:{decision.pk}", words=words)


def _tell_held(covered: Recognition) -> None:
    if covered.basis == Basis.EVIDENCE:
        claim = covered.claim
        key, kind = f"claim:{claim.pk}:held:{covered.pk}", str(claim.kind)
        _tell(claim, key=key, words=lambda: _held_words(kind, covered.held_by))


def _tell(claim: Claim, *, key: str, words, to=None) -> None:
    path = reverse("evidence:claim", args=[claim.pk])
    notify(to=to or claim.staff_member, kind="certificates.claim", key=key, words=words, path=path)


def _accepted_words(kind: str, number: str, signed: str) -> tuple[str, str]:
    return _("Recognised: %(kind)s") % {"kind": kind}, _("By decision %(number)s of %(signed)s.") % {
        "number": number,
        "signed": signed,
    }


def _held_words(kind: str, held_by: str) -> tuple[str, str]:
    return _("Nothing further was to be recognised: %(kind)s") % {"kind": kind}, _(
        "You hold already what this paper would give: %(held)s. It is kept, and waits for a decision again if that is"
        " taken back."
    ) % {"held": held_by}


def _own_again_words(kind: str) -> tuple[str, str]:
    return _("A paper of yours waits for a decision again: %(kind)s") % {"kind": kind}, _(
        "What you held beside it was taken back. Nothing is to be done: an HR officer decides about this paper."
    )


def _again_words(kind: str, name: str) -> tuple[str, str]:
    return _("A paper waits for a decision again: %(name)s") % {"name": name}, _(
        "%(kind)s: it gave nothing beside what was held, and that was taken back. Please decide about it."
    ) % {"kind": kind}


def _refused_words(kind: str, reason: str) -> tuple[str, str]:
    return _("Not recognised: %(kind)s") % {"kind": kind}, _("Reason: %(reason)s") % {"reason": reason}


def _asked_words(kind: str, asked_for: str) -> tuple[str, str]:
    return _("Better evidence is needed: %(kind)s") % {"kind": kind}, _("Please bring: %(what)s") % {"what": asked_for}


def _revoked_words(kind: str, day: str, reason: str) -> tuple[str, str]:
    return _("The recognition was taken back: %(kind)s") % {"kind": kind}, _(
        "It no longer counts from %(day)s on. Reason: %(reason)s"
    ) % {"day": day, "reason": reason}


def _day(day: date) -> str:
    return date_format(day, "d/m/Y")
