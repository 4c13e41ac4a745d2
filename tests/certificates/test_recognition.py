"""Claims count for nothing until a decision accepts them, once; some ask for two people."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from certificates import services
from certificates.enums import Basis, ClaimState
from certificates.errors import ClaimRefused
from certificates.models import Claim, Decision, EvidenceKind, EvidenceRule, Recognition
from certificates.training_record import training_record
from courses import services as courses
from courses.enums import Origin, TrackCode
from courses.models import Qualification
from staff import clock
from staff.enums import Capability
from staff.models import Change, ImportRow, ImportRun, Notice
from staff.models.imports import ImportKind, RowAction
from staff.services import BackDated
from tests.factories.certificates import passed_qualification
from tests.factories.evidence import ClaimFactory
from tests.factories.staff import ScopeFactory, UserFactory
from tests.factories.unit_coverage import CourseFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def basic(db):
    return TrackFactory(code=TrackCode.BASIC, name="Tin học cơ bản")


@pytest.fixture
def claim(learner):
    return ClaimFactory(staff_member=learner.staff_member)


@pytest.fixture
def second(commune):
    user = UserFactory(full_name="Ngô Thị Hai")
    ScopeFactory(user=user, unit=commune, capability=Capability.HR)
    return user


def decision(claims, **facts):
    today = clock.today()
    words = {"number": "12/QĐ-UBND", "authority": "UBND xã Đơn Dương", "signed_on": today, "effective_from": today}
    return services.decide(**words | facts, claims=claims)


def listed(staff_member, level="cert_a", year="2015", number=1):
    run, _new = ImportRun.objects.get_or_create(kind=ImportKind.STAFF, file_name="a.csv", file_sha256="0" * 64)
    evidence = {"ict_level": level, "ict_cert_year": year, "basic_standard_met": "yes"}
    return ImportRow.objects.create(
        run=run, number=number, action=RowAction.CREATED, staff_member=staff_member, evidence=evidence
    )


def again(claim):
    return Claim.objects.for_list().get(pk=claim.pk)


def test_claims_of_lists_are_made_once_and_count_by_decision_only(learner, hr, other_hr):
    levels = [(learner, "cert_a", "2015"), (hr, "none", ""), (other_hr, "unknown", "")]
    for number, (user, level, year) in enumerate(levels):
        listed(user.staff_member, level, year, number)

    assert [services.claims_from_import_rows(), services.claims_from_import_rows()] == [1, 0]
    assert Qualification.objects.count() == 0
    assert Claim.objects.for_list().get().state == ClaimState.NEEDS_EVIDENCE
    for _twice in range(2):
        decision(
            Claim.objects.all(),
            signed_on=date(2024, 10, 1),
            effective_from=date(2024, 10, 1),
            basis=Basis.DECLARED,
            back_dated_because="Ghi lại quyết định đã có",
        )

    granted = Qualification.objects.get()
    assert (granted.staff_member, granted.origin, granted.valid_from) == (
        learner.staff_member,
        Origin.DECLARED,
        date(2024, 10, 1),
    )
    assert Recognition.objects.get().is_accepted
    assert Claim.objects.for_list().get().state == ClaimState.DECLARED


def test_a_paper_that_was_seen_is_recognised_from_the_day_of_the_decision(claim, learner, hr, basic):
    found = decision([claim], by=hr)

    granted = Qualification.objects.get()
    assert (granted.staff_member, granted.track, granted.course, granted.origin, granted.valid_from) == (
        learner.staff_member,
        basic,
        None,
        Origin.RECOGNISED,
        clock.today(),
    )
    recognition = found.recognitions.get()
    assert (recognition.qualification, recognition.rule.version, recognition.recorded_by) == (granted, 1, hr)
    assert again(claim).state == ClaimState.RECOGNISED
    assert Change.objects.filter(staff_member=learner.staff_member, cause="qualification.granted").count() == 1
    assert Notice.objects.get(staff_member=learner.staff_member).title.endswith("Chứng chỉ tin học ứng dụng B")


def test_a_decision_that_arrives_twice_grants_once(claim, hr):
    assert decision([claim], by=hr) == decision([claim], by=hr)

    assert (Qualification.objects.count(), Recognition.objects.count(), Decision.objects.count()) == (1, 1, 1)


def test_what_the_rule_does_not_let_count_is_not_accepted(claim, hr):
    claim.issued_on = date(2016, 8, 10)
    claim.save()

    with pytest.raises(ClaimRefused, match="09/08/2016"):
        decision([claim], by=hr)

    assert (Qualification.objects.count(), Recognition.objects.count()) == (0, 0)


def test_one_claim_that_may_not_be_keeps_the_whole_decision_back(claim, hr, head):
    without_scan = ClaimFactory(staff_member=head.staff_member, scanned=False)

    with pytest.raises(ClaimRefused, match="Đặng Văn Trưởng"), transaction.atomic():
        decision([claim, without_scan], by=hr)

    assert (Qualification.objects.count(), Decision.objects.count()) == (0, 0)


def test_nobody_decides_about_themselves(hr):
    own = ClaimFactory(staff_member=hr.staff_member)

    for verb in (
        lambda: decision([own], by=hr),
        lambda: services.refuse_claim(claim=own, reason="x", by=hr),
        lambda: services.ask_for_evidence(claim=own, asked_for="x", by=hr),
    ):
        with pytest.raises(ClaimRefused):
            verb()


def test_a_decision_with_effect_in_the_past_says_why(claim, hr):
    yesterday = clock.today() - timedelta(days=1)

    with pytest.raises(BackDated), transaction.atomic():
        decision([claim], by=hr, effective_from=yesterday)
    decision([claim], by=hr, effective_from=yesterday, back_dated_because="Quyết định ký hôm qua")

    assert Qualification.objects.get().valid_from == yesterday
    assert Decision.objects.get().back_dated_because == "Quyết định ký hôm qua"


def test_the_same_number_of_another_body_is_another_decision(claim, hr, head):
    other = ClaimFactory(staff_member=head.staff_member)

    found = {decision([claim], by=hr).pk, decision([other], by=hr, authority="UBND xã Ka Đô").pk}

    assert len(found) == 2


def test_a_decision_on_record_keeps_its_day(claim, hr, head):
    decision([claim], by=hr)
    other = ClaimFactory(staff_member=head.staff_member)

    with pytest.raises(ClaimRefused, match="12/QĐ-UBND"):
        decision([other], by=hr, effective_from=clock.today() + timedelta(days=3))


# --- Two people ---------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(learner):
    kind = EvidenceKind.objects.get(code="international")
    return ClaimFactory(staff_member=learner.staff_member, kind=kind, issued_on=date(2024, 5, 1))


def test_where_two_are_asked_nothing_counts_until_the_second_confirms(foreign, hr, second):
    [recognition] = decision([foreign], by=hr).recognitions.all()

    assert Qualification.objects.count() == 0
    assert again(foreign).state == ClaimState.SECOND
    for _twice in range(2):
        services.confirm_recognition(recognition=recognition, valid_from=clock.today(), by=second)

    granted = Qualification.objects.get()
    recognition.refresh_from_db()
    assert (recognition.qualification, recognition.confirmed_by, granted.granted_by) == (granted, second, second)
    assert again(foreign).state == ClaimState.RECOGNISED


def test_the_first_cannot_confirm_and_nobody_their_own(foreign, hr, learner, commune):
    [recognition] = decision([foreign], by=hr).recognitions.all()
    ScopeFactory(user=learner, unit=commune, capability=Capability.HR)

    for who in (hr, learner):
        with pytest.raises(ClaimRefused):
            services.confirm_recognition(recognition=recognition, valid_from=clock.today(), by=who)

    assert Qualification.objects.count() == 0


def test_the_database_refuses_that_one_person_is_both(foreign, hr):
    [recognition] = decision([foreign], by=hr).recognitions.all()

    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.filter(pk=recognition.pk).update(confirmed_by=hr)


def test_sent_back_by_the_second_the_claim_is_open_again(foreign, hr, second):
    [recognition] = decision([foreign], by=hr).recognitions.all()

    services.decline_recognition(recognition=recognition, reason="Không có trong danh mục", by=second)

    assert again(foreign).state == ClaimState.WAITING
    assert Recognition.objects.get().declined_by == second
    services.refuse_claim(claim=foreign, reason="Không có trong danh mục", by=hr)
    assert again(foreign).state == ClaimState.REFUSED


def test_a_confirmation_counts_from_the_decision_on_at_the_earliest(foreign, hr, second):
    later = clock.today() + timedelta(days=5)
    [recognition] = decision([foreign], by=hr, effective_from=later).recognitions.all()

    with pytest.raises(ClaimRefused):
        services.confirm_recognition(recognition=recognition, valid_from=clock.today(), by=second)


# --- Refused, asked for, taken back ---------------------------------------------------------------------------


def test_a_refusal_says_why_and_is_made_once(claim, hr, learner):
    for _twice in range(2):
        services.refuse_claim(claim=claim, reason="Ảnh là của người khác", by=hr)

    assert (again(claim).state, again(claim).decided.reason) == (ClaimState.REFUSED, "Ảnh là của người khác")
    assert [notice.text for notice in Notice.objects.filter(staff_member=learner.staff_member)] == [
        "Lý do: Ảnh là của người khác"
    ]


def test_who_is_asked_for_better_evidence_is_told_and_waits(claim, hr, learner):
    for _twice in range(2):
        services.ask_for_evidence(claim=claim, asked_for="Ảnh rõ cả hai mặt", by=hr)

    assert again(claim).state == ClaimState.NEEDS_EVIDENCE
    assert Notice.objects.filter(staff_member=learner.staff_member).count() == 1

    services.complete_claim(claim=claim, by=learner, number="B 123")

    assert (again(claim).state, again(claim).asked_for, again(claim).number) == (ClaimState.WAITING, "", "B 123")


def test_taken_back_it_counts_until_the_day_before(claim, hr):
    day = clock.today() + timedelta(days=10)
    [recognition] = decision([claim], by=hr).recognitions.all()

    for _twice in range(2):
        services.revoke_recognition(recognition=recognition, from_day=day, reason="Chứng chỉ giả", by=hr)

    held = [Qualification.objects.held_on(d).count() for d in (day - timedelta(days=1), day)]
    assert held == [1, 0]
    assert again(claim).state == ClaimState.RECOGNISED  # until that day
    assert Notice.objects.filter(title__startswith="Thu hồi").count() == 1


def test_taking_back_for_a_past_day_says_why(claim, hr):
    long_ago = clock.today() - timedelta(days=30)
    found = decision([claim], by=hr, effective_from=long_ago, back_dated_because="Quyết định cũ")
    [recognition] = found.recognitions.all()
    facts = {"recognition": recognition, "reason": "Chứng chỉ giả", "by": hr}

    with pytest.raises(BackDated), transaction.atomic():
        services.revoke_recognition(**facts, from_day=long_ago)
    with pytest.raises(ClaimRefused), transaction.atomic():
        services.revoke_recognition(**facts, from_day=long_ago - timedelta(days=1), back_dated_because="Sai từ đầu")
    services.revoke_recognition(**facts, from_day=long_ago, back_dated_because="Sai từ đầu")

    assert again(claim).state == ClaimState.REVOKED


def test_after_a_revocation_another_paper_can_be_recognised(claim, hr, learner):
    [recognition] = decision([claim], by=hr).recognitions.all()
    services.revoke_recognition(recognition=recognition, from_day=clock.today(), reason="Nhầm người", by=hr)
    other = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_c"))

    decision([other], by=hr, number="13/QĐ-UBND")

    assert again(other).state == ClaimState.RECOGNISED
    assert Qualification.objects.held_on(clock.today()).count() == 1


# --- What is held already, and for how long -----------------------------------------------------------------------


def test_of_two_papers_that_give_the_same_the_first_counts(claim, learner, hr):
    other = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_c"))

    decision([claim, other], by=hr)

    assert [again(claim).state, again(other).state] == [ClaimState.RECOGNISED, ClaimState.HELD]
    assert Qualification.objects.count() == 1


@pytest.fixture
def twice(claim, learner, hr):
    """Two papers for the same: the first is recognised, the second was decided after it."""
    decision([claim], by=hr)
    other = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_c"))
    for _twice in range(2):
        decision([other], number="8/QĐ-UBND", by=hr)
    return again(claim), again(other)


def test_who_holds_it_already_is_told_that_the_second_paper_gives_nothing_further(twice, learner):
    first, second = twice

    assert second.state == ClaimState.HELD
    assert second.decided.covered_by == first.decided.qualification
    told = Notice.objects.filter(key__startswith=f"claim:{second.pk}:held").get()
    assert "Không cần công nhận thêm" in told.title
    assert Qualification.objects.count() == 1
    record = training_record(learner.staff_member, clock.today())
    assert [entry.recognition.claim for entry in record.entries] == [first]


def test_a_paper_for_what_is_held_is_listed_apart_from_refused_ones(twice, learner, hr):
    _first, second = twice
    refused = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_a"))
    services.refuse_claim(claim=refused, reason="Ảnh mờ", by=hr)

    listed_in = {state: list(Claim.objects.in_state(state)) for state in (ClaimState.HELD, ClaimState.REFUSED)}

    assert listed_in == {ClaimState.HELD: [second], ClaimState.REFUSED: [refused]}


def test_a_paper_for_what_is_held_waits_again_once_the_first_recognition_is_taken_back(twice, learner, hr):
    first, second = twice
    day = clock.today() + timedelta(days=10)

    services.revoke_recognition(recognition=first.decided, from_day=day, reason="Chứng chỉ giả", by=hr)
    services.open_what_was_held()

    assert again(second).state == ClaimState.WAITING
    told = Notice.objects.filter(key__startswith=f"claim:{second.pk}:again").order_by("pk")
    assert [(notice.staff_member, notice.path) for notice in told] == [
        (hr.staff_member, f"/minh-chung/{second.pk}/"),
        (learner.staff_member, f"/minh-chung/{second.pk}/"),
    ]
    decision([second], number="9/QĐ-UBND", by=hr)
    assert again(second).state == ClaimState.RECOGNISED
    assert Qualification.objects.held_on(day).get() == again(second).decided.qualification


def test_however_the_first_result_is_taken_back_the_sweeper_opens_the_paper_again(learner, hr):
    course, kind = yearly_course_rule()
    passed = passed_qualification(learner.staff_member, code=course.code)
    Qualification.objects.filter(pk=passed.pk).update(track=course.track)
    other = ClaimFactory(staff_member=learner.staff_member, kind=kind, issued_on=clock.today())
    decision([other], by=hr)
    held = (again(other).state, again(other).decided.covered_by)

    courses.revoke_qualification(qualification=passed, from_day=clock.today(), reason="Gian lận", by=hr)
    opened = [services.open_what_was_held() for _twice in range(2)]

    assert held == (ClaimState.HELD, passed)
    assert opened == [1, 0]
    assert again(other).state == ClaimState.WAITING
    assert Notice.objects.filter(key__startswith=f"claim:{other.pk}:again").count() == 2


def test_the_database_refuses_that_a_paper_gives_something_and_is_held_already(twice):
    first, _second = twice

    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.filter(pk=first.decided.pk).update(covered_by=first.decided.qualification)


def test_a_paper_is_recognised_beside_what_a_list_declared(learner, hr):
    listed(learner.staff_member, "cert_b", "2012")
    services.claims_from_import_rows()
    decision(Claim.objects.all(), basis=Basis.DECLARED, number="01/QĐ")

    decision([ClaimFactory(staff_member=learner.staff_member)], by=hr)

    origins = [q.origin for q in Qualification.objects.held_on(clock.today()).order_by("pk")]
    assert origins == [Origin.DECLARED, Origin.RECOGNISED]


def yearly_course_rule():
    course = CourseFactory(code="AT-01", track=TrackFactory(code=TrackCode.OSS_SECURITY))
    services.add_evidence_rule(
        code="security_class",
        name="Giấy chứng nhận tập huấn an toàn thông tin",
        valid_from=clock.today(),
        legal_basis="Kế hoạch 12/KH-UBND",
        gives_track=TrackCode.OSS_SECURITY,
        gives_course=course,
        lasts="years",
        lasts_number=1,
    )
    return course, EvidenceKind.objects.get(code="security_class")


def test_what_holds_for_the_year_is_recognised_anew_each_year(learner, hr):
    course, kind = yearly_course_rule()
    this_year = clock.today().year
    ends = []
    for number in range(2):
        issued = date(this_year + number, 1, 1)
        claim = ClaimFactory(staff_member=learner.staff_member, kind=kind, issued_on=issued)
        decision([claim], by=hr, number=f"{number}/QĐ")
        ends.append(again(claim).decided.qualification.valid_until)

    assert ends == [date(this_year, 12, 31), date(this_year + 1, 12, 31)]
    assert Qualification.objects.filter(course=course).count() == 2


def test_a_recognised_course_never_stands_in_for_one_that_is_passed(learner, hr):
    course, kind = yearly_course_rule()
    claim = ClaimFactory(staff_member=learner.staff_member, kind=kind, issued_on=clock.today())
    decision([claim], by=hr)

    passed = passed_qualification(learner.staff_member, code=course.code)

    assert {q.origin for q in Qualification.objects.filter(course=course)} == {Origin.RECOGNISED, Origin.PASSED}
    assert passed.cycle == again(claim).decided.qualification.cycle == 1


def test_the_rule_of_the_day_of_signing_decides(claim, hr):
    services.add_evidence_rule(
        code="cert_b",
        name="",
        valid_from=clock.today() + timedelta(days=1),
        legal_basis="Luật mới",
        remark="Hết hiệu lực",
    )
    other = ClaimFactory(staff_member=UserFactory(staff_member=ClaimFactory().staff_member).staff_member)

    decision([claim], by=hr)
    tomorrow = clock.today() + timedelta(days=1)
    with pytest.raises(ClaimRefused, match="Hết hiệu lực"), transaction.atomic():
        decision([other], by=hr, number="14/QĐ", signed_on=tomorrow, effective_from=tomorrow)

    assert again(claim).decided.rule.version == 1
    assert EvidenceRule.objects.filter(kind__code="cert_b").count() == 2
