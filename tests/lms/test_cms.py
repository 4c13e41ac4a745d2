import pytest

from staff.models import Letter, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/cms/login/", "/trang/_util/login/"])
def test_wagtails_sign_in_leads_to_the_one_sign_in_page(client, path):
    response = client.get(path, {"next": "/cms/pages/"})

    assert (response.status_code, response["Location"]) == (302, "/tai-khoan/login/?next=/cms/pages/")


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_never_leads_to_another_site(client, evil):
    response = client.get("/cms/login/", {"next": evil})

    assert response["Location"] == "/tai-khoan/login/?next=/cms/"


def test_wagtails_password_reset_leads_to_the_one_reset_page(client):
    assert client.get("/cms/password_reset/")["Location"] == "/tai-khoan/password/reset/"
    assert client.get("/cms/password_reset/confirm/a/b-c/")["Location"] == "/tai-khoan/password/reset/"


def test_opening_the_sign_out_address_signs_nobody_out(client, admin):
    client.force_login(admin)

    response = client.get("/cms/logout/")

    assert (response.status_code, response["Location"]) == (302, "/tai-khoan/logout/")
    assert client.get("/cms/").status_code == 200


def test_the_cms_signs_out_by_post(client, admin):
    client.force_login(admin)

    response = client.post("/cms/logout/")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/cms/")["Location"] == "/tai-khoan/login/?next=/cms/"


@pytest.mark.parametrize("path", ["/cms/", "/cms/users/", "/cms/pages/", "/cms/login/", "/cms/api/main/pages/"])
def test_the_cms_does_not_exist_for_learners(client, learner, path):
    client.force_login(learner)

    assert client.get(path).status_code == 404


def test_the_cms_asks_strangers_to_sign_in(client):
    assert client.get("/cms/")["Location"] == "/tai-khoan/login/?next=/cms/"


@pytest.mark.parametrize("query", ["", "?ordering=name", "?ordering=-name", "?q=lan", "?q=HV0001"])
def test_an_administrator_lists_and_finds_accounts(client, admin, learner, query):
    client.force_login(admin)

    response = client.get(f"/cms/users/{query}")

    assert response.status_code == 200
    assert learner.full_name in response.text


def test_an_administrator_adds_an_account_without_an_address(client, admin):
    client.force_login(admin)
    assert client.get("/cms/users/new/").status_code == 200

    response = client.post(
        "/cms/users/new/",
        {
            "staff_code": "gv0099",
            "full_name": "Nguyễn Văn Mới",
            "email": "",
            "language": "vi",
            "password1": "mot-mat-khau-kho-doan",
            "password2": "mot-mat-khau-kho-doan",
        },
    )

    assert response.status_code == 302
    assert User.objects.filter(staff_code="GV0099").values_list("full_name", "email").get() == ("Nguyễn Văn Mới", None)


def test_an_administrator_closes_an_account(client, admin, learner):
    client.force_login(admin)
    assert client.get(f"/cms/users/edit/{learner.pk}/").status_code == 200

    response = client.post(
        f"/cms/users/edit/{learner.pk}/",
        {"staff_code": learner.staff_code, "full_name": learner.full_name, "email": learner.email, "language": "vi"},
    )

    learner.refresh_from_db()
    assert (response.status_code, learner.is_active) == (302, False)


def test_what_an_administrator_changes_of_the_way_in_is_told_to_the_owner(client, admin, learner):
    client.force_login(admin)
    known = {"staff_code": learner.staff_code, "full_name": learner.full_name, "language": "vi", "is_active": "on"}

    client.post(
        f"/cms/users/edit/{learner.pk}/",
        {**known, "email": "moi@donduong.example", "password1": "Mat-khau-moi-2026", "password2": "Mat-khau-moi-2026"},
    )

    kinds = sorted(learner.staff_member.notices.values_list("kind", flat=True))
    old_address = Letter.objects.get(notices__kind="account.address").address
    assert (kinds, old_address) == (["account.address", "account.password"], learner.email)


def test_a_save_that_changes_nothing_of_the_way_in_tells_nothing(client, admin, learner):
    client.force_login(admin)

    client.post(
        f"/cms/users/edit/{learner.pk}/",
        {"staff_code": learner.staff_code, "full_name": "Tên Mới", "email": learner.email, "language": "vi"},
    )

    assert not learner.staff_member.notices.exists()


def test_accounts_are_never_deleted(client, admin, trainer):
    client.force_login(admin)

    client.post(f"/cms/users/delete/{trainer.pk}/")
    client.post(f"/cms/bulk/staff/user/delete/?id={trainer.pk}")

    assert User.objects.filter(pk=trainer.pk).exists()


def test_my_settings_in_the_cms_open(client, admin):
    client.force_login(admin)

    assert client.get("/cms/account/").status_code == 200
