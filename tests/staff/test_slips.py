"""HR makes accounts and prints slips: for whom, how often, and what the slip opens."""

import io
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from staff import clock, codes, services
from staff.enums import Capability
from staff.models import AccountCode, Notice, StaffMember, User
from staff.services import print_slips
from tests.factories.staff import PASSWORD, PostingFactory, ScopeFactory, StaffMemberFactory, UserFactory

pytestmark = pytest.mark.django_db
SLIPS, ACTIVATE, CHOOSE = "/can-bo/phieu/", "/tai-khoan/kich-hoat/", "/tai-khoan/kich-hoat/mat-khau/"
TOKEN, OTHER_TOKEN = "a" * 22, "b" * 22


@pytest.fixture
def people(office):
    """Two people of the office who have no account."""
    names = ("Trần Đạt", "Lê Ánh")
    return [PostingFactory(staff_member=StaffMemberFactory(full_name=n), unit=office).staff_member for n in names]


def _print(people, hr, token=TOKEN, seen=0):
    return print_slips(people=people, by=hr, token=token, seen=seen)


def _post(client, people, token=TOKEN, seen=0, **extra):
    return client.post(SLIPS, {"p": [person.pk for person in people], "token": token, "seen": seen, **extra})


def _text(pdf):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def _codes_of(text):
    return re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text)


def test_a_print_makes_accounts_without_password_and_one_live_code_each(hr, people):
    issued = _print(people, hr)

    users = User.objects.filter(staff_member__in=people)
    assert {one.user for one in issued} == set(users)
    assert [user.has_usable_password() for user in users] == [False, False]
    assert AccountCode.objects.live().count() == 2
    assert not {one.code for one in issued} & set(AccountCode.objects.values_list("code_hash", flat=True))


def test_the_same_form_sent_twice_gives_the_same_slips(hr, people):
    first, second = _print(people, hr), _print(people, hr)

    assert {one.code for one in first} == {one.code for one in second}
    assert (User.objects.filter(staff_member__in=people).count(), AccountCode.objects.count()) == (2, 2)


def test_another_print_kills_the_slips_of_before(hr, people):
    first = _print(people, hr)[0]
    _print(people, hr, OTHER_TOKEN, seen=AccountCode.objects.latest("pk").pk)

    with pytest.raises(services.CodeNotValid):
        services.check_code(staff_code=first.user.staff_code, code=first.code)
    assert AccountCode.objects.live().count() == 2


def test_a_form_that_does_not_know_of_a_print_in_between_is_refused(hr, people):
    _print(people, hr)

    with pytest.raises(services.PrintedMeanwhile):
        _print(people, hr, OTHER_TOKEN, seen=0)

    assert AccountCode.objects.count() == 2


def test_the_token_of_an_officer_gives_another_officer_other_codes(hr, admin, people):
    first = {one.code for one in _print(people, hr)}
    second = {one.code for one in _print(people, admin, TOKEN, seen=AccountCode.objects.latest("pk").pk)}

    assert first & second == set()


@pytest.mark.parametrize("more", ["scope", "later scope", "group", "administrator", "password", "closed"])
def test_no_slip_for_an_account_that_is_more_than_an_unopened_learners(hr, people, commune, more):
    user = UserFactory(staff_member=people[0], password=None, groups=["trainers"] if more == "group" else [])
    user.set_unusable_password()
    if more == "administrator":
        user.is_superuser = True
    if more == "password":
        user.set_password(PASSWORD)
    if more == "closed":
        user.is_active = False
    user.save()
    if "scope" in more:
        later = {"valid_from": clock.today() + timedelta(days=30)} if more == "later scope" else {}
        ScopeFactory(user=user, unit=commune, capability=Capability.MONITOR, **later)

    issued = _print(people, hr)

    assert [one.user.staff_member for one in issued] == [people[1]]


def test_a_staff_code_that_is_taken_is_drawn_anew(hr, people, monkeypatch):
    drawn = iter(["AAA0001", "AAA0001", "AAA0002"])
    monkeypatch.setattr(codes, "new_staff_code", lambda: next(drawn))

    made = services.create_accounts(people=people, by=hr)

    assert {user.staff_code for user in made} == {"AAA0001", "AAA0002"}


def test_a_second_live_code_of_an_account_is_refused_by_the_database(hr, people):
    _print(people, hr)
    code = AccountCode.objects.live().first()
    code.pk = None

    with pytest.raises(IntegrityError):
        code.save()


def test_every_account_and_slip_is_in_the_log_and_no_code_is(hr, people):
    issued = _print(people, hr)

    entries = ModelLogEntry.objects.filter(action__startswith="staff.")
    assert sorted(entries.values_list("action", flat=True)) == ["staff.account.create"] * 2 + ["staff.slip.print"] * 2
    assert {entry.user for entry in entries} == {hr}
    assert [one.code for one in issued if any(one.code in str(entry.data) for entry in entries)] == []


# --- The pages --------------------------------------------------------------


def test_the_page_says_what_a_print_does_and_changes_nothing(client, hr, people):
    client.force_login(hr)

    response = client.get(SLIPS, {"p": [person.pk for person in people]})

    assert [line.person.full_name for line in response.context["plan"].lines] == ["Lê Ánh", "Trần Đạt"]
    assert (response.context["plan"].new_accounts, User.objects.filter(staff_member__in=people).count()) == (2, 0)


def test_the_pdf_has_each_slip_once_by_given_name_and_is_never_stored(client, hr, people, settings):
    client.force_login(hr)

    response = _post(client, people)

    [text] = _text(response.content)
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]
    assert text.index("Lê Ánh") < text.index("Trần Đạt")
    assert len(set(_codes_of(text))) == 2
    assert f"{settings.SITE_URL.removeprefix('http://')}{ACTIVATE}" in text.replace(" ", "")


def test_each_unit_begins_a_new_page(client, hr, people, commune):
    other = PostingFactory(staff_member=StaffMemberFactory(full_name="Võ Xa"), unit=commune).staff_member
    client.force_login(hr)

    pages = _text(_post(client, [*people, other]).content)

    assert ["Võ Xa" in page for page in pages] == [False, True]


def test_all_that_the_list_found_can_be_chosen(client, hr, people, learner):
    client.force_login(hr)

    response = client.get(SLIPS, {"all": "1", "account": "none", "q": "anh"})

    assert [line.person.full_name for line in response.context["plan"].lines] == ["Lê Ánh"]


def test_a_person_of_another_commune_is_404_and_gets_no_account(client, other_hr, people):
    client.force_login(other_hr)

    answers = [client.get(SLIPS, {"p": people[0].pk}).status_code, _post(client, people).status_code]

    assert (answers, User.objects.filter(staff_member__in=people).count()) == ([404, 404], 0)


def test_somebody_who_left_gets_no_slip(client, hr, people):
    people[0].postings.update(valid_until=clock.today() - timedelta(days=1))
    client.force_login(hr)

    assert _post(client, people[:1]).status_code == 404


@pytest.mark.parametrize("role", ["learner", "head", "monitor", "trainer", "reviewer", "examiner"])
def test_only_hr_prints(client, request, people, role):
    client.force_login(request.getfixturevalue(role))

    assert (_post(client, people).status_code, User.objects.filter(staff_member__in=people).count()) == (404, 0)


def test_a_print_in_between_shows_the_page_again(client, hr, admin, people):
    _print(people, admin, OTHER_TOKEN)
    client.force_login(hr)

    response = _post(client, people)

    assert (response.status_code, response.context["plan"].revoked) == (409, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_number_of_queries_for_one_and_three(
    client, hr, office, count, django_assert_num_queries
):
    people = [posting.staff_member for posting in PostingFactory.create_batch(count, unit=office)]
    client.force_login(hr)
    client.get(SLIPS)

    # session, account; scopes (may he?); people: scopes, predecessors, how many twice, people, postings, printable
    # accounts, newest code; page frame
    with django_assert_num_queries(11):
        client.get(SLIPS, {"p": [person.pk for person in people]})


@pytest.mark.parametrize("form", [{"token": "short"}, {"seen": "x"}, {"seen": "9" * 30}, {"p": "1e3"}, {"p": "9" * 30}])
def test_a_form_that_is_not_ours_makes_nothing(client, hr, people, form):
    client.force_login(hr)

    response = client.post(SLIPS, {"p": people[0].pk, "token": TOKEN, "seen": 0, **form})

    assert (response.status_code in (404, 409), User.objects.filter(staff_member__in=people).count()) == (True, 0)


# --- The slip opens the account ---------------------------------------------


@pytest.fixture
def slip(hr, people):
    return _print(people, hr)[0]


def _enter(client, staff_code, code):
    return client.post(ACTIVATE, {"staff_code": staff_code, "code": code})


def _choose(client, password=PASSWORD, again=None, **extra):
    return client.post(CHOOSE, {"password1": password, "password2": again or password, **extra})


@pytest.mark.parametrize("shape", ["{}", " {} ", "{} "])
def test_a_slip_opens_its_account_once_however_it_is_typed(client, slip, shape):
    code = "-".join([slip.code[:4], slip.code[4:8], slip.code[8:]]).lower().replace("0", "o").replace("1", "i")

    entered = _enter(client, shape.format(slip.user.staff_code.lower()), shape.format(code))
    chosen = _choose(client)

    slip.user.refresh_from_db()
    assert (entered.url, chosen.status_code) == (CHOOSE, 302)
    assert (client.session["_auth_user_id"], slip.user.check_password(PASSWORD)) == (str(slip.user.pk), True)
    assert slip.code not in entered.url
    assert _enter(type(client)(), slip.user.staff_code, slip.code).status_code == 200


def test_the_owner_finds_a_notice_and_is_told_how_to_sign_in_from_now_on(client, slip):
    _enter(client, slip.user.staff_code, slip.code)
    _choose(client)

    assert [notice.kind for notice in slip.user.staff_member.notices.all()] == ["account.activated"]


def test_unknown_wrong_used_revoked_and_old_codes_read_alike(client, hr, people, slip):
    used = _print(people, hr)[1]
    services.use_code(code=services.check_code(staff_code=used.user.staff_code, code=used.code), password=PASSWORD)
    answers = [
        _enter(client, "TD9999", slip.code),
        _enter(client, used.user.staff_code, slip.code),
        _enter(client, used.user.staff_code, used.code),
        _enter(client, slip.user.staff_code, used.code),
    ]
    until = AccountCode.objects.live().values_list("valid_until", flat=True)[0]
    AccountCode.objects.live().update(valid_until=clock.now())
    answers.append(_enter(client, slip.user.staff_code, slip.code))
    AccountCode.objects.live().update(valid_until=until)
    AccountCode.objects.live().update(revoked_at=clock.now())
    answers.append(_enter(client, slip.user.staff_code, slip.code))

    said = [list(answer.context["form"].non_field_errors()) for answer in answers]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert said == [said[0]] * 6
    assert len(said[0]) == 1


def test_the_last_day_of_a_slip_is_included(slip):
    local = timezone.localtime(slip.valid_until)

    assert (local.date(), f"{local:%H:%M:%S}") == (clock.today() + timedelta(days=14), "23:59:59")


def test_ten_tries_are_all_a_code_allows(client, slip, people, hr):
    wrong = _print(people, hr)[1].code
    for _number in range(10):
        _enter(client, slip.user.staff_code, wrong)

    response = _enter(client, slip.user.staff_code, slip.code)

    assert response.status_code == 200


def test_a_mistyped_code_is_told_as_such_and_is_no_try(client, slip):
    code = slip.code[:-1] + ("0" if slip.code[-1] != "0" else "1")
    staff_code = slip.user.staff_code[:-1] + ("0" if slip.user.staff_code[-1] != "0" else "1")

    response = _enter(client, staff_code, code)

    assert sorted(response.context["form"].errors) == ["code", "staff_code"]
    assert AccountCode.objects.filter(tries__gt=0).count() == 0


def test_a_code_of_an_old_list_that_looks_like_ours_opens_its_account_too(client, hr, learner):
    learner.staff_code = "CB00264"
    learner.save()
    issued = services.issue_one_time_code(user=learner, by=hr, reason="Quên", token=TOKEN)

    assert _enter(client, "cb00264", issued.code).url == CHOOSE


def test_known_and_unknown_accounts_cost_the_same_statements(slip, people, hr):
    wrong = _print(people, hr)[1].code

    statements = []
    for staff_code in (slip.user.staff_code, "TD9999"):
        with CaptureQueriesContext(connection) as asked, pytest.raises(services.CodeNotValid):
            services.check_code(staff_code=staff_code, code=wrong)
        statements.append(len(asked))

    assert statements[0] == statements[1]


def test_without_a_checked_code_there_is_no_password_to_choose(client, slip):
    assert (_choose(client).url, client.get(CHOOSE).url) == (ACTIVATE, ACTIVATE)


def test_two_tabs_with_the_same_code_open_the_account_once(client, slip):
    first, second = type(client)(), type(client)()
    for tab in (first, second):
        _enter(tab, slip.user.staff_code, slip.code)
    _choose(first)

    late = _choose(second, "Mot-mat-khau-khac-2025")

    slip.user.refresh_from_db()
    assert (late.url, slip.user.check_password(PASSWORD)) == (ACTIVATE, True)


@pytest.mark.parametrize("password", ["ngan", "12345678901", "password", "x" * 129])
def test_a_bad_password_is_refused_and_the_code_stays_usable(client, slip, password):
    _enter(client, slip.user.staff_code, slip.code)

    response = _choose(client, password)

    assert (response.status_code, "password1" in response.context["form"].errors) == (200, True)
    assert _choose(client).status_code == 302


def test_nothing_but_the_password_can_be_set_by_the_form(client, slip):
    _enter(client, slip.user.staff_code, slip.code)

    _choose(client, is_superuser="on", email="a@evil.example", staff_code="X1", user="1")

    slip.user.refresh_from_db()
    assert (slip.user.is_superuser, slip.user.email, slip.user.staff_code != "X1") == (False, None, True)


def test_the_session_gets_a_new_key_when_a_code_was_checked(client, slip):
    session = client.session
    session["before"] = 1
    session.save()
    planted = session.session_key

    _enter(client, slip.user.staff_code, slip.code)

    assert client.session.session_key != planted
    assert slip.code not in str(dict(client.session))


def test_two_hundred_people_of_one_office_open_their_accounts_behind_one_address(client, hr, office):
    people = [posting.staff_member for posting in PostingFactory.create_batch(200, unit=office)]

    statuses = set()
    for one in _print(people, hr):
        browser = type(client)()
        _enter(browser, one.user.staff_code, one.code[::-1])
        statuses.add((_enter(browser, one.user.staff_code, one.code).status_code, _choose(browser).status_code))

    assert statuses == {(302, 302)}


def test_the_address_of_the_staff_list_becomes_the_accounts_unless_it_is_taken(hr, office, learner):
    free = StaffMemberFactory(email="free@donduong.example")
    taken = StaffMemberFactory(email=learner.email.upper())
    for person in (free, taken):
        PostingFactory(staff_member=person, unit=office)

    services.create_accounts(people=[free, taken], by=hr)

    assert [User.objects.get(staff_member=p).email for p in (free, taken)] == ["free@donduong.example", None]
    assert StaffMember.objects.get(pk=free.pk).user.full_name == free.full_name


def test_list_shows_the_state_of_accounts_and_filters_by_it(client, hr, people, learner):
    _print(people[:1], hr)
    reachable = PostingFactory(unit=people[0].postings.get().unit, staff_member__full_name="Vũ Hữu Anh").staff_member
    StaffMember.objects.filter(pk=reachable.pk).update(email="anhvh@donduong.example")
    client.force_login(hr)

    found = {
        state: [line.full_name for line in client.get("/can-bo/", {"account": state}).context["page"].object_list]
        for state in ("none", "no_mail", "waiting", "active")
    }

    assert found == {
        "none": ["Vũ Hữu Anh", "Lê Ánh"],
        "no_mail": ["Lê Ánh"],
        "waiting": ["Trần Đạt"],
        "active": ["Trần Thị Lan", "Lê Văn Nhân"],
    }


def test_a_slip_locked_by_wrong_tries_is_called_so_and_its_officer_is_told_once(client, hr, people):
    (issued, _other) = _print(people, hr)
    AccountCode.objects.filter(user=issued.user).update(tries=10)

    told = [services.tell_of_locked_codes() for _ in range(2)]

    client.force_login(hr)
    page = client.get(reverse("staff:person", args=[issued.user.staff_member_id])).text
    assert told == [1, 0]
    assert (page.count("bị khóa do gõ sai"), "hiệu lực đến" in page) == (2, False)
    assert (
        Notice.objects.filter(user=hr, kind="account.locked").count()
        + Notice.objects.filter(staff_member=hr.staff_member, kind="account.locked").count()
        == 1
    )


def test_ticks_of_other_pages_stay(client, hr, people, office, monkeypatch):
    monkeypatch.setattr("staff.queries.PAGE_SIZE", 1)
    client.force_login(hr)
    first, second = (person.pk for person in people)

    page = client.get(reverse("staff:people"), {"p": [first, second, "x"], "account": "none"}).text

    assert page.count(" checked>") == 1
    assert page.count('type="hidden" name="p"') == 1
    assert f'formaction="{reverse("staff:people")}" name="page" value="2"' in page


def test_person_page_offers_a_slip_to_hr_only(client, hr, head, people):
    seen = {}
    for user in (hr, head):
        client.force_login(user)
        seen[user] = SLIPS in client.get(reverse("staff:person", args=[people[0].pk])).text

    assert seen == {hr: True, head: False}
