"""Marking again in the CMS: what is asked, what is shown, what is confirmed."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from quizzes.enums import RegradePolicy
from quizzes.models import Grading, Regrade
from quizzes.services import plan_of
from tests.quizzes.test_regrading import ask, carry_out, correct, marks, single, sit  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    """As an installation has it: trainers and reviewers may enter the CMS."""
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name in ("trainers", "reviewers"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


@pytest.fixture
def form(single):  # noqa: F811
    return reverse("quizzes_cms:question_regrade", args=[single.pk])


def test_from_the_question_to_the_new_marking(client, reviewer, single, form):  # noqa: F811
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    client.force_login(reviewer)
    assert form in client.get(reverse("quizzes_cms:question", args=[single.pk])).text

    asked = client.post(form, {"policy": "again", "reason": "Đáp án sai"})
    dry_run = client.get(asked.url)
    before = Grading.objects.count()
    done = client.post(asked.url, {"shown": dry_run.context["plan"].digest}, follow=True)

    assert [row.name for row in dry_run.context["rows"]] == [""]  # a reviewer without a scope judges no persons
    assert (Grading.objects.count(), marks(attempt)) == (before + 1, ["5.00"])
    assert done.context["count"] == 1


def test_an_administrator_reads_names(client, admin, single):  # noqa: F811
    attempt = sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    client.force_login(admin)

    page = client.get(reverse("quizzes_cms:regrade", args=[ask(single, RegradePolicy.AGAIN, admin).pk]))

    assert [row.name for row in page.context["rows"]] == [attempt.staff_member.full_name]


def test_another_digest_changes_nothing_and_shows_the_new_effect(client, reviewer, single):  # noqa: F811
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.AGAIN, reviewer)
    shown = plan_of(regrade).digest
    sit_late = Grading.objects.count()
    client.force_login(reviewer)
    url = reverse("quizzes_cms:regrade", args=[regrade.pk])

    page = client.post(url, {"shown": shown[::-1]}, follow=True)

    assert Grading.objects.count() == sit_late
    assert page.context["plan"].digest == shown
    assert "xác nhận lại" in page.text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"policy": "again", "reason": ""}, "reason"),
        ({"policy": "again", "reason": "Sai", "may_lower": "on"}, "may_lower_because"),
        ({"policy": "again", "reason": "Sai", "may_lower_because": "Đề lộ"}, "may_lower"),
        ({"policy": "full", "reason": "Sai", "may_lower": "on", "may_lower_because": "Đề lộ"}, "may_lower"),
        ({"policy": "zzz", "reason": "Sai"}, "policy"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(client, reviewer, single, form, sent, field):  # noqa: F811
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    client.force_login(reviewer)

    page = client.post(form, sent)

    assert list(page.context["form"].errors) == [field]
    assert page.context["form"]["reason"].value() == sent["reason"]
    assert not Regrade.objects.exists()


def test_without_a_paper_there_is_no_form(client, reviewer, form):
    client.force_login(reviewer)

    page = client.get(form)

    assert page.context["policies"] == []
    assert 'name="policy"' not in page.text


@pytest.mark.parametrize("who", ["trainer", "learner", "hr", "head", "monitor", "examiner"])
def test_only_reviewers_and_administrators_mark_again(request, client, reviewer, single, form, who):  # noqa: F811
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    regrade = ask(single, RegradePolicy.FULL, reviewer)
    client.force_login(request.getfixturevalue(who))

    for url in (form, reverse("quizzes_cms:regrade", args=[regrade.pk])):
        assert (client.get(url).status_code, client.post(url, {"policy": "full", "reason": "a"}).status_code) == (
            404,
            404,
        )
    assert Grading.objects.count() == 1


def test_earlier_decisions_are_listed(client, reviewer, single, form):  # noqa: F811
    sit(single, "Ổ cứng")
    correct(single, "Ổ cứng")
    done = carry_out(single, RegradePolicy.BOTH, reviewer)
    client.force_login(reviewer)

    assert client.get(form).context["earlier"] == [done]
