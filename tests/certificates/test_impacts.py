"""A regrade takes no qualification and no certificate away: it opens a list, and somebody decides."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates.enums import CertificateStatus, ImpactDecision
from certificates.models import RegradeImpact
from certificates.services import ImpactRefused, decide_impact, issue_certificate, note_impacts, revoke_forgotten
from certificates.tasks import SWEEPERS
from certificates.tasks import note_impacts as sweep
from courses.models import Qualification
from courses.services import enrol, settle_sitting, start_test
from courses.tasks import settle_forgotten
from quizzes.enums import FinishCause, RegradePolicy
from quizzes.models import Question
from quizzes.question_text import text_of
from quizzes.services import (
    apply_regrade,
    finalise,
    plan_of,
    propose_regrade,
    review_question,
    revise_question,
    save_answer,
)
from staff import clock
from tests.courses.conftest import course, lessons, test_page  # noqa: F401 - fixtures
from tests.courses.test_learning import finish_lessons

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _key_folder(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def catalogue(loaded, db):
    return loaded


@pytest.fixture
def sat(learner, course, lessons, test_page):  # noqa: F811
    """``sat(right=n)``: the learner's finished attempt at CB-01's test with n right answers."""

    def sit(*, right):
        enrolment = enrol(staff_member=learner.staff_member, course=course)
        finish_lessons(enrolment, lessons)
        attempt = start_test(enrolment=enrolment, test=test_page)
        for answer in attempt.answers.select_related("version")[:right]:
            save_answer(attempt_id=attempt.pk, number=answer.number, response=answer.version.key["right"], sequence=1)
        finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
        settle_sitting(attempt_id=attempt.pk)
        return attempt

    return sit


def single_on(attempt):
    """A question of one right answer on the paper."""
    return Question.objects.filter(versions__answers__attempt=attempt, versions__type="single").order_by("pk").first()


def regrade(question, by, *, policy=RegradePolicy.AGAIN, lower="Đáp án sai từ đầu"):
    """Another option becomes the right one, and the papers are marked again."""
    said = text_of(question.current)
    wrong = next(words for words, right in said.options if not right)
    options = tuple((words, words == wrong) for words, _right in said.options)
    revise_question(question=question, text=replace(said, options=options))
    review_question(question=question)
    asked = propose_regrade(question=question, policy=policy, reason="Đáp án sai", may_lower_because=lower, by=by)
    return apply_regrade(regrade=asked, shown=plan_of(asked).digest, by=by)


@pytest.fixture
def lowered(sat, reviewer):
    """A passed attempt with its qualification, of which one question was then taken away."""
    attempt = sat(right=100)
    question = Question.objects.get(pk=single_on(attempt).pk)
    regrade(question, reviewer)
    return attempt


def test_a_lowered_mark_leaves_qualification_and_opens_one_line(lowered):
    qualification = Qualification.objects.get()

    assert [note_impacts(), note_impacts()] == [1, 0]

    impact = RegradeImpact.objects.get()
    assert (impact.qualification, impact.mark_before) == (qualification, qualification.mark)
    assert impact.grading == lowered.gradings.last()
    assert impact.grading.mark < impact.mark_before == Decimal("10.00")
    assert (qualification.revoked_from, impact.decided_at) == (None, None)


def test_the_certificate_is_untouched(lowered):
    certificate = issue_certificate(qualification_id=Qualification.objects.get().pk)
    files = list(certificate.files.values_list("sha256", flat=True))

    note_impacts()
    revoke_forgotten()

    certificate.refresh_from_db()
    assert certificate.status == CertificateStatus.ISSUED
    assert list(certificate.files.values_list("sha256", flat=True)) == files


def test_a_raised_mark_that_passes_now_leads_to_the_qualification_as_a_pass_does(sat, reviewer):
    attempt = sat(right=0)
    assert not Qualification.objects.exists()
    for question in Question.objects.filter(versions__answers__attempt=attempt).distinct():
        Question.objects.filter(pk=question.pk).update(status="retired")
        asked = propose_regrade(question=question, policy=RegradePolicy.FULL, reason="Đề lỗi", by=reviewer)
        apply_regrade(regrade=asked, shown=plan_of(asked).digest, by=reviewer)

    settled = [settle_sitting(attempt_id=attempt.pk), settle_sitting(attempt_id=attempt.pk)]

    qualification = Qualification.objects.get()
    assert settled == [qualification, qualification]
    assert (qualification.mark, qualification.origin) == (Decimal("10.00"), "passed")
    assert note_impacts() == 0


def test_the_sweeper_finds_a_raised_pass_whose_news_was_lost(sat, reviewer):
    attempt = sat(right=0)
    for question in Question.objects.filter(versions__answers__attempt=attempt).distinct():
        Question.objects.filter(pk=question.pk).update(status="retired")
        asked = propose_regrade(question=question, policy=RegradePolicy.FULL, reason="Đề lỗi", by=reviewer)
        apply_regrade(regrade=asked, shown=plan_of(asked).digest, by=reviewer)

    assert settle_forgotten() == 1
    assert Qualification.objects.count() == 1


def test_a_mark_that_led_to_nothing_opens_no_line(sat, reviewer):
    attempt = sat(right=1)
    question = single_on(attempt)
    regrade(question, reviewer)

    assert note_impacts() == 0


def test_news_of_a_regrade_opens_the_line_at_once(sat, reviewer, django_capture_on_commit_callbacks):
    attempt = sat(right=100)

    with django_capture_on_commit_callbacks(execute=True):
        regrade(single_on(attempt), reviewer)

    assert RegradeImpact.objects.count() == 1
    assert sweep in SWEEPERS


def test_keeping_changes_nothing_and_is_logged(lowered, reviewer):
    note_impacts()

    decided = decide_impact(
        impact=RegradeImpact.objects.get(), decision=ImpactDecision.KEEP, reason="Vẫn đạt", by=reviewer
    )

    assert (decided.decision, decided.decided_by, decided.reason) == ("keep", reviewer, "Vẫn đạt")
    assert Qualification.objects.get().revoked_from is None
    assert ModelLogEntry.objects.filter(action="certificates.decide_impact", user=reviewer).count() == 1


def test_revoking_takes_qualification_and_certificate_from_that_day(lowered, reviewer):
    certificate = issue_certificate(qualification_id=Qualification.objects.get().pk)
    note_impacts()

    decide_impact(impact=RegradeImpact.objects.get(), decision=ImpactDecision.REVOKE, reason="Không đạt", by=reviewer)
    revoke_forgotten()

    certificate.refresh_from_db()
    qualification = Qualification.objects.get()
    assert (qualification.revoked_from, qualification.revoked_by) == (clock.today(), reviewer)
    assert (certificate.status, certificate.revoked_from) == (CertificateStatus.REVOKED, clock.today())


def test_the_first_decision_stays(lowered, reviewer, admin):
    note_impacts()
    impact = RegradeImpact.objects.get()
    decide_impact(impact=impact, decision=ImpactDecision.KEEP, reason="Vẫn đạt", by=reviewer)

    with pytest.raises(ImpactRefused):
        decide_impact(impact=impact, decision=ImpactDecision.REVOKE, reason="Không đạt", by=admin)

    assert Qualification.objects.get().revoked_from is None


@pytest.mark.parametrize(
    ("reason", "days"),
    [(" ", 0), ("Không đạt", 1), ("Không đạt", -400)],
)
def test_a_decision_without_reason_or_with_an_impossible_day_is_refused(lowered, reviewer, reason, days):
    note_impacts()
    day = clock.today() + timedelta(days=days)

    with pytest.raises(ImpactRefused):
        decide_impact(
            impact=RegradeImpact.objects.get(), decision=ImpactDecision.REVOKE, reason=reason, by=reviewer, from_day=day
        )

    assert Qualification.objects.get().revoked_from is None


@pytest.fixture
def _cms_opens_to_reviewers(db):
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name in ("trainers", "reviewers"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


@pytest.mark.usefixtures("_cms_opens_to_reviewers")
def test_a_reviewer_decides_on_the_page_and_reads_no_name_out_of_her_scope(client, lowered, reviewer):
    note_impacts()
    impact = RegradeImpact.objects.get()
    client.force_login(reviewer)
    url = reverse("certificates_cms:impact", args=[impact.pk])

    listed, page = client.get(reverse("certificates_cms:impacts")), client.get(url)
    refused = client.post(url, {"decision": "keep", "reason": ""})
    done = client.post(url, {"decision": "keep", "reason": "Vẫn đạt"}, follow=True)

    name = impact.qualification.staff_member.full_name
    assert [row.pk for row, _seen in listed.context["rows"]] == [impact.pk]
    assert name not in listed.text
    assert page.context["name"] is None
    assert list(refused.context["form"].errors) == ["reason"]
    assert done.context["rows"] == []


@pytest.mark.usefixtures("_cms_opens_to_reviewers")
@pytest.mark.parametrize("who", ["trainer", "learner", "hr", "head", "monitor", "examiner"])
def test_nobody_else_reaches_the_list(request, client, lowered, who):
    note_impacts()
    client.force_login(request.getfixturevalue(who))

    for name, args in (("impacts", []), ("impact", [RegradeImpact.objects.get().pk])):
        assert client.get(reverse(f"certificates_cms:{name}", args=args)).status_code == 404
