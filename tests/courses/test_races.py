"""Real threads on PostgreSQL: one enrolment a cycle, one qualification, whoever comes first."""

import pytest
from wagtail.models import Collection, Locale, Page, Site

from courses.enums import Origin
from courses.loading import load_catalogue
from courses.models import Course, Enrolment, Qualification, Track
from courses.services import enrol, grant_qualification, settle_sitting, start_test
from quizzes.enums import FinishCause
from quizzes.services import finalise, save_answer
from staff import clock
from staff.models import Change
from tests.courses.conftest import CONTENT
from tests.courses.test_learning import finish_lessons
from tests.factories.staff import AudienceFactory, AudienceRuleFactory
from tests.threads import ON_POSTGRESQL, at_once
from unit_coverage.enums import ProposalKind
from unit_coverage.proposals import apply, effect_of, propose

pytestmark = ON_POSTGRESQL


@pytest.fixture
def catalogue(db):
    """With the roots that Wagtail's migrations made and that a flush by an earlier test has taken along."""
    Locale.objects.get_or_create(language_code="vi")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    Site.objects.get_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": root})
    return load_catalogue(CONTENT)


@pytest.fixture
def bare_course(db):
    track = Track.objects.create(code="basic", name="Tin học cơ bản")
    return Course.objects.create(code="CB-99", track=track, title="Thử", hours=8, is_ready=True)


def test_twenty_enrolments_at_once_are_one(learner, bare_course):
    made = at_once(*[lambda: enrol(staff_member=learner.staff_member, course=bare_course)] * 20)

    assert {enrolment.pk for enrolment in made} == {Enrolment.objects.get().pk}


def test_twenty_grants_at_once_are_one_qualification_and_one_change(learner, bare_course):
    facts = {"staff_member": learner.staff_member, "track": bare_course.track, "course": bare_course}
    facts |= {"origin": Origin.PASSED, "valid_from": clock.today()}

    made = at_once(*[lambda: grant_qualification(**facts)] * 20)

    assert {qualification.pk for qualification in made} == {Qualification.objects.get().pk}
    assert Change.objects.filter(cause="qualification.granted").count() == 1


def test_a_passed_sitting_settled_by_many_at_once_grants_one_qualification(enrolment, lessons, test_page, monkeypatch):
    monkeypatch.setattr("courses.receivers.settle", lambda **news: None)  # the news is lost
    monkeypatch.setattr("certificates.receivers.wake", lambda *task, **ids: None)
    finish_lessons(enrolment, lessons)
    attempt = start_test(enrolment=enrolment, test=test_page)
    for answer in attempt.answers.select_related("version"):
        save_answer(attempt_id=attempt.pk, number=answer.number, response=answer.version.key["right"], sequence=1)
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    assert not Qualification.objects.exists()

    made = at_once(*[lambda: settle_sitting(attempt_id=attempt.pk)] * 12)

    assert {qualification.pk for qualification in made} == {Qualification.objects.get().pk}
    assert Change.objects.filter(cause="qualification.granted").count() == 1


def test_a_change_confirmed_by_many_at_once_is_made_once(admin, bare_course):
    audience = AudienceRuleFactory(audience=AudienceFactory()).audience
    payload = {"code": audience.code, "name": audience.name, "valid_from": clock.today(), "back_dated_because": ""}
    payload |= {"categories": ["cong_chuc"], "unit_kinds": [], "positions": [], "duties": [], "after_version": 1}
    found = propose(kind=ProposalKind.AUDIENCE_RULE, payload=payload, by=admin)
    shown = effect_of(found).digest

    at_once(*[lambda: apply(proposal=found, shown=shown)] * 8)

    assert audience.rules.count() == 2
