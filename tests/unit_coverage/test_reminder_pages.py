"""The list of who is overdue and who was told."""

from datetime import timedelta

import pytest
from django.urls import reverse

from courses.enums import ToldLevel
from courses.models import Escalation, OpenObligation
from courses.services import add_requirement
from staff import clock
from staff.models import Letter, Notice
from staff.services import notify
from tests.factories.staff import AudienceRuleFactory, PostingFactory

pytestmark = pytest.mark.django_db
PAGE = "/can-bo/nhac-viec/"


@pytest.fixture
def open_since(course):
    requirement = add_requirement(
        code="YC-1",
        audience=AudienceRuleFactory().audience,
        track=course.track,
        course=course,
        valid_from=clock.today(),
        legal_basis="Kế hoạch số 1",
    )

    def open_since(person, unit, days, **fields):
        due = clock.today() - timedelta(days=days)
        return OpenObligation.objects.create(
            staff_member=person, requirement=requirement, unit=unit, due_on=due, as_of=clock.today()
        )

    return open_since


def _shown(client, **asked):
    page = client.get(PAGE, asked)
    return [(line.obligation.staff_member.full_name, line.days_left) for line in page.context["lines"]]


def test_lists_part_what_is_overdue_from_what_will_be(client, hr, learner, office, open_since):
    soon = PostingFactory(unit=office, staff_member__full_name="Lê Ánh").staff_member
    open_since(learner.staff_member, office, 8)
    open_since(soon, office, -20)
    client.force_login(hr)

    assert _shown(client) == [("Trần Thị Lan", -8)]
    assert _shown(client, muc="sap-den-han") == [("Lê Ánh", 20)]
    assert _shown(client, muc="tat-ca") == [("Lê Ánh", 20), ("Trần Thị Lan", -8)]
    assert _shown(client, muc="tat-ca", thu="khong") == [("Lê Ánh", 20)]
    assert _shown(client, muc="?", **{"don-vi": office.code}) == [("Trần Thị Lan", -8)]


def test_another_communes_officer_sees_nobody_and_cannot_choose_the_unit(client, other_hr, learner, office, open_since):
    open_since(learner.staff_member, office, 8)
    notify(to=learner, kind="requirement.overdue", key="requirement:YC-1:1:x", words=lambda: ("Quá hạn", ""))
    client.force_login(other_hr)

    assert _shown(client, muc="tat-ca") == []
    assert list(client.get(PAGE, {"muc": "nhat-ky"}).context["page"]) == []
    assert client.get(PAGE, {"don-vi": office.code}).status_code == 404


def test_a_line_says_what_was_told_how_it_came_and_who_above_knows(client, hr, head, learner, office, open_since):
    row = open_since(learner.staff_member, office, 8)
    notice = notify(
        to=learner, kind="requirement.overdue", key="requirement:YC-1:1:2026:-7", words=lambda: ("Quá hạn", "")
    )
    raised = Escalation.objects.create(
        staff_member=learner.staff_member,
        requirement=row.requirement,
        due_on=row.due_on,
        level=ToldLevel.HEAD,
        told_on=clock.today(),
    )
    raised.notices.add(notify(to=head, kind="obligations.overdue", key="k", words=lambda: ("x", "")))
    client.force_login(hr)

    def how():
        return client.get(PAGE).context["lines"][0].reached.value

    waits = how()
    Letter.objects.filter(notices=notice).update(sent_at=clock.now())
    sent = how()
    Notice.objects.filter(pk=notice.pk).update(read_at=clock.now())

    assert (waits, sent, how()) == ("mail_waits", "mailed", "read")
    assert "Đặng Văn Trưởng" in client.get(PAGE).text
    assert [(n.title, n.staff_member) for n in client.get(PAGE, {"muc": "nhat-ky"}).context["page"]] == [
        ("Quá hạn", learner.staff_member)
    ]


@pytest.mark.parametrize("people", [1, 3])
@pytest.mark.parametrize("asked", [{"muc": "tat-ca"}, {"muc": "nhat-ky"}])
def test_the_lists_take_the_same_queries_for_1_and_3_people(
    client, hr, office, open_since, people, asked, django_assert_num_queries
):
    for posting in PostingFactory.create_batch(people, unit=office):
        open_since(posting.staff_member, office, 8)
        notify(
            to=posting.staff_member,
            kind="requirement.overdue",
            key="requirement:YC-1:1:x",
            words=lambda: ("Quá hạn", ""),
        )
    client.force_login(hr)
    client.get(PAGE)

    with django_assert_num_queries({"tat-ca": 14, "nhat-ky": 10}[asked["muc"]]):
        page = client.get(PAGE, asked)

    assert len(page.context["page"]) == people


def test_ticked_people_go_to_the_page_that_prints_slips(client, hr, office, open_since):
    person = PostingFactory(unit=office).staff_member
    open_since(person, office, 8)
    client.force_login(hr)

    assert f'name="p" value="{person.pk}"' in client.get(PAGE).text
    assert client.get(reverse("staff:slips"), {"p": person.pk}).context["plan"].new_accounts == 1
