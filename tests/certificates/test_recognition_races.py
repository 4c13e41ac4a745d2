"""Several officers, or one twice, at the very same moment: one recognition, one second person."""

import uuid

import pytest

from certificates import services
from certificates.errors import ClaimRefused
from certificates.models import Claim, Decision, EvidenceKind, Recognition
from courses.enums import TrackCode
from courses.models import Qualification
from staff import clock
from tests.factories.evidence import ClaimFactory
from tests.factories.staff import UserFactory
from tests.factories.unit_coverage import TrackFactory
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


@pytest.fixture(autouse=True)
def basic(db):
    return TrackFactory(code=TrackCode.BASIC)


def decision(claim, *, number="12/QĐ", by=None):
    today = clock.today()
    facts = {"number": number, "authority": "UBND xã", "signed_on": today, "effective_from": today}
    try:
        return services.decide(**facts, claims=[claim], by=by)
    except ClaimRefused:  # another decision was first
        return None


def test_one_decision_sent_ten_times_at_once_is_one(learner):
    claim = ClaimFactory(staff_member=learner.staff_member)

    at_once(*[lambda: decision(claim)] * 10)

    assert (Decision.objects.count(), Recognition.objects.count(), Qualification.objects.count()) == (1, 1, 1)


def test_ten_decisions_on_one_paper_at_once_leave_one_that_stands(learner):
    claim = ClaimFactory(staff_member=learner.staff_member)

    at_once(*[lambda number=number: decision(claim, number=f"{number}/QĐ") for number in range(10)])

    assert (Recognition.objects.count(), Qualification.objects.count()) == (1, 1)


def test_two_papers_of_one_person_decided_at_once_give_one_qualification(learner):
    kinds = EvidenceKind.objects.filter(code__in=["cert_a", "cert_b", "cert_c"])
    claims = [ClaimFactory(staff_member=learner.staff_member, kind=kind) for kind in kinds]

    at_once(*[lambda claim=claim: decision(claim, number=f"{claim.pk}/QĐ") for claim in claims])

    assert Qualification.objects.count() == 1
    assert sorted(Recognition.objects.values_list("is_accepted", flat=True)) == [False, False, True]


def test_a_form_sent_ten_times_at_once_is_one_claim(learner):
    facts = {"staff_member": learner.staff_member, "kind": EvidenceKind.objects.get(code="cert_b"), "by": learner}
    facts |= {"submission": uuid.uuid4()}

    at_once(*[lambda: services.enter_claim(**facts)] * 10)

    assert Claim.objects.count() == 1


def test_ten_confirmations_at_once_are_one(learner, hr):
    kind = EvidenceKind.objects.get(code="international")
    claim = ClaimFactory(staff_member=learner.staff_member, kind=kind)
    [recognition] = decision(claim, by=hr).recognitions.all()
    second = UserFactory()

    at_once(
        *[
            lambda: services.confirm_recognition(recognition=recognition, valid_from=clock.today(), by=second),
        ]
        * 10
    )

    assert Qualification.objects.count() == 1


def test_accepted_and_refused_at_once_it_is_one_of_both(learner, hr):
    claim = ClaimFactory(staff_member=learner.staff_member)

    at_once(
        lambda: decision(claim),
        lambda: services.refuse_claim(claim=claim, reason="Ảnh mờ", by=hr),
        refusals=(ClaimRefused,),
    )

    assert Recognition.objects.count() == 1
