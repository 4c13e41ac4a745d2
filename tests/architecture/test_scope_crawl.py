"""Nobody outside a unit learns a name of its people, or changes a thing of theirs, by any address, search or form.

The people of one commune bear names that occur nowhere else. Everybody who has no business there then opens every
address of the site with that commune's objects, follows every link from her own first page, types the names into every
search box, and tells every form she finds to act on them (D1, D2, D10 of the list of attacks).
"""

import logging
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from courses.models import Enrolment
from quizzes.models import Attempt
from staff import clock
from staff.enums import Capability
from staff.models import Posting, Scope, StaffMember, Unit
from staff.services import carry_out_due, end_scope, transfer
from tests.architecture.crawling import Reader
from tests.architecture.routes import every_route
from tests.architecture.test_access_matrix import MATRIX, address, places  # noqa: F401 - a fixture
from tests.conftest import _person
from tests.factories.staff import PostingFactory, ScopeFactory, StaffMemberFactory, UserFactory
from tests.scenes import planned_merger

logger = logging.getLogger(__name__)

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves a file open where it makes a picture smaller for its own lists.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# Folded and whole, and what finds them.
SECRETS = ("Zượcquỹ", "zuocquy", "ZQX000")
ASKED_FOR = ("zuocqu", "ượcqu", "ZQX00", "zq")


@pytest.fixture
def marked(places, learner, hr, head, office):  # noqa: F811
    """Everything that the matrix asks for, made of people with the marked name."""
    for number, user in enumerate((learner, hr, head)):
        user.full_name = user.staff_member.full_name = f"Zượcquỹ Thị Số{number}"
        user.staff_code, user.email = f"ZQX000{number}", f"zuocquy{number}@x.example"
        user.staff_member.save()
        user.save()
    PostingFactory(unit=office, staff_member=StaffMemberFactory(full_name="Zượcquỹ Văn Không Tài Khoản"))
    return {name: address(name, places(key)) for name, (key, _row) in MATRIX.items()}


@pytest.fixture
def outsiders(other_commune, other_hr, trainer, reviewer, marked):
    """Everybody who has no business with the marked people, of each role."""
    other_learner = _person("Võ Thị Ngoài", other_commune, staff_code="HV0002", email="ngoai@donduong.example")
    other_head = _person("Lý Văn Bên", other_commune, staff_code="LD0002", email="ben@donduong.example")
    ScopeFactory(user=other_head, unit=other_commune, capability=Capability.HEAD)
    monitor = UserFactory(full_name="Vũ Giám Sát Bên", staff_code="GS0002", email="giamsat@donduong.example")
    ScopeFactory(user=monitor, unit=other_commune, capability=Capability.MONITOR)
    people = {
        "other_hr": other_hr,
        "other_learner": other_learner,
        "other_head": other_head,
        "trainer": trainer,
        "reviewer": reviewer,
        "monitor": monitor,
    }
    readers = [Reader("anonymous", Client(), SECRETS)]
    for name, user in people.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        readers.append(Reader(name, client, SECRETS))
    return readers


def all_said(readers, what):
    leaks, broken = [sum((getattr(reader, kind) for reader in readers), []) for kind in ("leaks", "broken")]
    counts = {kind: sum(getattr(reader, kind) for reader in readers) for kind in ("asked", "searched", "posted")}
    logger.info("%s: %s people, %s", what, len(readers), counts)
    assert (leaks, broken) == ([], [])
    return counts


def test_no_address_with_an_object_of_the_commune_says_a_name_to_an_outsider(outsiders, marked):
    for reader in outsiders:
        for url in marked.values():
            for method in ("get", "head", "post"):
                reader.ask(url, method)

    counts = all_said(outsiders, "by address")

    assert counts["asked"] == len(outsiders) * len(MATRIX) * 3


def test_who_may_know_the_names_meets_them_on_each_of_these_ways(marked, hr):
    """The walk can find what it looks for."""
    client = Client()
    client.force_login(hr)
    by_address, by_links, by_search = (Reader("hr", client, SECRETS) for _way in range(3))

    for url in marked.values():
        by_address.ask(url)
    by_links.walk("/", "/can-bo/", most=100, of_each=2)
    by_search.forms = by_links.forms
    by_search.search(*ASKED_FOR)

    assert min(len(by_address.leaks), len(by_links.leaks), len(by_search.leaks)) >= 20


def test_no_page_search_or_chooser_that_an_outsider_finds_says_a_name(outsiders):
    for reader in outsiders:
        reader.walk("/", "/hoc/", "/don-vi/", "/can-bo/", "/cms/", most=400, of_each=4)
        reader.search(*ASKED_FOR)
        for route in every_route():
            if route.path.startswith("/cms/") and reader.name != "anonymous":
                reader.ask(f"{route.path}?q={ASKED_FOR[0]}")

    counts = all_said(outsiders, "by links, searches and choosers")

    assert counts["asked"] > 1000
    assert counts["searched"] > 50


def test_no_form_that_an_outsider_finds_touches_the_commune(outsiders, learner, commune, office, other_commune):
    """Each list, hidden field and number of each form names the commune's people, posts and units in turn."""
    theirs = [
        StaffMember.objects.filter(pk=learner.staff_member_id),
        Posting.objects.filter(unit__in=[commune, office]),
        Unit.objects.filter(pk__in=[commune.pk, office.pk]),
        Scope.objects.filter(unit__in=[commune, office]),
        Attempt.objects.filter(staff_member=learner.staff_member),
        Enrolment.objects.filter(staff_member=learner.staff_member),
    ]
    foreign = [str(learner.staff_member_id), str(commune.pk), office.code, str(learner.pk)]
    before = [list(rows.values_list()) for rows in theirs]
    mail.outbox.clear()
    for reader in outsiders:
        reader.walk("/", "/hoc/", "/don-vi/", "/can-bo/", "/cms/", most=400, of_each=3)
        for action, data in reader.press(foreign):
            assert [list(rows.values_list()) for rows in theirs] == before, (reader.name, action, data)

    counts = all_said(outsiders, "by forms")

    assert counts["posted"] > 200
    told = [letter for letter in mail.outbox if not any("zuocquy" in to for to in letter.to)]
    assert [letter.body for letter in told if any(secret in letter.body for secret in SECRETS)] == []


def opened(url, *users):
    """The status that each gets, in a client of her own."""
    answers = []
    for user in users:
        client = Client()
        client.force_login(user)
        answers.append(client.get(url).status_code)
    return answers


def test_rights_follow_a_transfer_with_the_next_request(learner, hr, other_hr, other_commune):
    url = reverse("staff:person", args=[learner.staff_member_id])
    before = opened(url, hr, other_hr)

    transfer(staff_member=learner.staff_member, to_unit=other_commune, on=clock.today())

    assert (before, opened(url, hr, other_hr)) == ([200, 404], [404, 200])


def test_a_right_that_is_ended_ends_with_the_next_request(learner, hr, commune):
    pages = [
        reverse("staff:person", args=[learner.staff_member_id]),
        reverse("unit_coverage:people", args=[commune.code]),
        reverse("unit_coverage:people_file", args=[commune.code]),
    ]
    before = [opened(page, hr) for page in pages]

    end_scope(scope=hr.scopes.get(), last_day=clock.today() - timedelta(days=1))

    assert (before, [opened(page, hr) for page in pages]) == ([[200]] * 3, [[404]] * 3)


def test_after_a_merger_the_officer_of_the_new_unit_sees_both_and_the_old_figures(
    learner, hr, commune, other_commune, admin
):
    merger = planned_merger([commune, other_commune], admin, confirm=True)
    day = merger.effective_on
    with time_machine.travel(datetime.combine(day, time(3), tzinfo=UTC)):
        assert carry_out_due() == 1
        new = Unit.objects.get(successions_in__predecessor=commune, valid_from=day)
        successor = UserFactory()
        ScopeFactory(user=successor, unit=new, capability=Capability.HR, valid_from=day)
        urls = [
            reverse("staff:person", args=[learner.staff_member_id]),
            reverse("unit_coverage:people", args=[new.code]),
            reverse("unit_coverage:unit", args=[commune.code]) + f"?ngay={day - timedelta(days=1)}",
        ]

        assert [opened(url, successor) for url in urls] == [[200]] * 3
