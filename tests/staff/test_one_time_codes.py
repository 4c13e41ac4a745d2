"""HR's one-time codes: to whom, and who learns of it."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from wagtail.models import ModelLogEntry

from staff import clock, queries, services
from staff.models import AccountCode, Scope
from staff.services import issue_one_time_code, send_waiting
from tests.factories.staff import PASSWORD, PostingFactory, ScopeFactory, StaffMemberFactory, UserFactory

pytestmark = pytest.mark.django_db
TOKEN, REASON, NEW = "a" * 22, "Quên mật khẩu, đến tại phòng", "Mat-khau-moi-2026"


def _path(user):
    return f"/can-bo/{user.staff_member_id}/ma-vao-mot-lan/"


def _ask(client, officer, owner, **fields):
    client.force_login(officer)
    return client.post(_path(owner), {"reason": REASON, "token": TOKEN, **fields})


def _use(client, user, code):
    client.post("/tai-khoan/kich-hoat/", {"staff_code": user.staff_code, "code": code})
    return client.post("/tai-khoan/kich-hoat/mat-khau/", {"password1": NEW, "password2": NEW})


def test_a_code_lets_the_owner_choose_a_password_and_ends_all_other_sessions(client, hr, learner):
    elsewhere = type(client)()
    elsewhere.force_login(learner)
    code = _ask(client, hr, learner).context["code"]
    owner = type(client)()

    _use(owner, learner, code)

    learner.refresh_from_db()
    assert (owner.session["_auth_user_id"], learner.check_password(NEW)) == (str(learner.pk), True)
    assert elsewhere.get("/viec-hoc/").status_code == 302
    assert _use(type(client)(), learner, code).url == "/tai-khoan/kich-hoat/"


def test_a_code_lasts_half_an_hour(client, hr, learner):
    issued = issue_one_time_code(user=learner, by=hr, reason=REASON, token=TOKEN)

    minutes = (issued.valid_until - clock.now()).total_seconds() / 60
    services.check_code(staff_code=learner.staff_code, code=issued.code)
    AccountCode.objects.update(valid_until=clock.now())

    assert 29 < minutes <= 30
    with pytest.raises(services.CodeNotValid):
        services.check_code(staff_code=learner.staff_code, code=issued.code)


def test_the_owner_is_told_in_the_product_and_by_mail_and_it_is_in_the_log(client, hr, learner):
    code = _ask(client, hr, learner).context["code"]
    send_waiting()

    [notice] = learner.staff_member.notices.all()
    entry = ModelLogEntry.objects.get(action="staff.code.issue")
    assert (notice.kind, hr.full_name in notice.text, REASON in notice.text) == ("account.one_time_code", True, True)
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [([learner.email], notice.title)]
    assert (entry.user, entry.data["reason"]) == (hr, REASON)
    assert [code for text in (notice.text, mail.outbox[0].body, str(entry.data)) if code in text] == []


def test_a_page_that_is_loaded_again_shows_the_same_code_and_tells_nobody_twice(client, hr, learner):
    codes = {_ask(client, hr, learner).context["code"] for _time in range(2)}

    assert (len(codes), AccountCode.objects.count(), learner.staff_member.notices.count()) == (1, 1, 1)
    assert ModelLogEntry.objects.filter(action="staff.code.issue").count() == 1


def test_the_owner_sees_it_at_home_until_it_is_read(client, hr, learner):
    _ask(client, hr, learner)
    client.force_login(learner)

    before = client.get("/").text
    client.post("/thong-bao/da-doc/")

    assert ("Cán bộ tổ chức đã cấp" in before, "Cán bộ tổ chức đã cấp" in client.get("/").text) == (True, False)


@pytest.mark.parametrize("role", ["head", "monitor", "other_hr", "learner", "trainer", "reviewer", "examiner"])
def test_nobody_but_hr_of_the_unit_gives_codes(client, request, learner, role):
    assert _ask(client, request.getfixturevalue(role), learner).status_code == 404
    assert AccountCode.objects.count() == 0


@pytest.mark.parametrize("more", ["scope", "later scope", "trainers", "administrator", "right"])
def test_an_account_that_is_more_than_a_learners_gets_no_code(client, hr, learner, commune, more):
    from django.contrib.auth.models import Group, Permission

    if more == "administrator":
        learner.is_superuser = True
        learner.save()
    elif "scope" in more:
        start = clock.today() + timedelta(days=9 if "later" in more else -9)
        ScopeFactory(user=learner, unit=commune, capability="monitor", valid_from=start)
    elif more == "right":
        learner.user_permissions.add(Permission.objects.first())
    else:
        learner.groups.add(Group.objects.get_or_create(name=more)[0])

    response = _ask(client, hr, learner)

    assert (response.status_code, len(response.context["form"].non_field_errors())) == (200, 1)
    assert AccountCode.objects.count() == 0


def test_a_right_that_ended_leaves_a_learner(client, hr, learner, commune):
    ScopeFactory(user=learner, unit=commune, valid_until=clock.today() - timedelta(days=1))

    assert "code" in _ask(client, hr, learner).context


def test_a_room_above_can_name_further_roles(monkeypatch, hr, learner):
    from staff.models import users

    named = Scope.objects.none().values("user")
    monkeypatch.setattr(users, "FURTHER_ROLES", [lambda: named, lambda: type(learner).objects.filter(pk=learner.pk)])

    with pytest.raises(services.MoreThanLearner):
        issue_one_time_code(user=learner, by=hr, reason=REASON, token=TOKEN)


def test_hr_gives_no_code_to_herself(client, hr):
    assert _ask(client, hr, hr).status_code == 404


def test_somebody_who_moved_away_is_the_new_units(client, hr, other_hr, learner, other_commune):
    learner.staff_member.postings.update(valid_until=clock.today() - timedelta(days=1))
    PostingFactory(staff_member=learner.staff_member, unit=other_commune, valid_from=clock.today())

    assert _ask(client, hr, learner).status_code == 404
    assert "code" in _ask(client, other_hr, learner).context


def test_a_reason_is_needed(client, hr, learner):
    assert _ask(client, hr, learner, reason="  ").context["form"].errors.keys() == {"reason"}
    with pytest.raises(services.ReasonMissing):
        issue_one_time_code(user=learner, by=hr, reason=" ", token=TOKEN)


def test_nothing_of_the_account_can_be_set_beside_the_reason(client, hr, learner):
    _ask(client, hr, learner, password=NEW, user=hr.pk, valid_until="2099-01-01", kind="activation")

    row = AccountCode.objects.get()
    learner.refresh_from_db()
    assert (row.user, row.kind, row.valid_until < clock.now() + timedelta(hours=1)) == (learner, "one_time", True)
    assert not learner.check_password(NEW)


def test_person_without_account_is_404(client, hr, office):
    person = PostingFactory(staff_member=StaffMemberFactory(), unit=office).staff_member
    client.force_login(hr)

    assert client.get(f"/can-bo/{person.pk}/ma-vao-mot-lan/").status_code == 404


def test_an_account_without_a_password_gets_a_slip_and_no_code(hr, office):
    user = UserFactory(staff_member=PostingFactory(unit=office).staff_member)
    user.set_unusable_password()
    user.save()

    with pytest.raises(services.NotActivatedYet):
        issue_one_time_code(user=user, by=hr, reason=REASON, token=TOKEN)


def test_a_second_factor_is_still_asked_after_a_code(client, hr, learner):
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(learner, generate_totp_secret())
    issued = issue_one_time_code(user=learner, by=hr, reason=REASON, token=TOKEN)

    response = _use(client, learner, issued.code)

    assert (response.url, "_auth_user_id" in client.session) == ("/tai-khoan/2fa/authenticate/", False)


def test_codes_near_a_moment_are_found_and_others_are_not(hr, learner):
    noon = clock.now()
    for hours in (-5, -1, 1, 5):
        with time_machine.travel(noon + timedelta(hours=hours)):
            issue_one_time_code(user=learner, by=hr, reason=f"{hours}", token=TOKEN)

    near = queries.codes_issued_near(learner.staff_member, noon, 2)

    assert [code.reason for code in near] == ["-1", "1"]
    assert queries.codes_issued_near(hr.staff_member, noon, 2) == []


def test_the_person_page_shows_the_codes_and_offers_them_to_hr_only(client, hr, head, learner):
    learner.set_password(PASSWORD)
    learner.save()
    issue_one_time_code(user=learner, by=hr, reason=REASON, token=TOKEN)

    seen = {}
    for user in (hr, head):
        client.force_login(user)
        page = client.get(f"/can-bo/{learner.staff_member_id}/").text
        seen[user] = (_path(learner) in page, REASON in page)

    assert seen == {hr: (True, True), head: (False, True)}
