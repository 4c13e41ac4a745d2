"""What the README's walk relies on."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from courses.enums import Origin
from courses.models import Qualification
from lms import demo
from staff import clock
from staff.models import Unit, User
from tests.factories.staff import StaffMemberFactory, UserFactory
from unit_coverage.queries import coverage

NO_ACCOUNT = {"P0403": "Lê Thị Chi", "P0019": "Hồ Xuân Quý Phúc", "P0382": "Lê Văn Quân"}


def test_three_people_of_the_commune_have_neither_e_mail_nor_account():
    with (demo.STAFF_DATA / "staff-clean.csv").open(encoding="utf-8-sig") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}

    assert {key: rows[key]["full_name"] for key in NO_ACCOUNT} == NO_ACCOUNT
    assert {rows[key]["email"] for key in NO_ACCOUNT} == {""}
    assert NO_ACCOUNT.keys() & {account.list_key for account in demo.ACCOUNTS} == set()


def _printed(monkeypatch, password):
    monkeypatch.setenv("DEMO_PASSWORD", password)
    out = StringIO()
    call_command("create_demo", stdout=out)
    return out.getvalue().splitlines()[-1]


@pytest.mark.django_db
def test_the_password_that_is_printed_opens_the_accounts(monkeypatch):
    for account in demo.ACCOUNTS:
        UserFactory(email=account.email, password="mat-khau-cua-hom-qua")

    assert _printed(monkeypatch, "mat-khau-cua-hom-qua") == "password: mat-khau-cua-hom-qua"
    assert "mat-khau-moi-hom-nay" not in _printed(monkeypatch, "mat-khau-moi-hom-nay")
    assert User.objects.get(email=demo.ACCOUNTS[0].email).check_password("mat-khau-cua-hom-qua")


@pytest.mark.django_db
def test_a_database_with_other_people_is_refused_and_left_as_it_is():
    StaffMemberFactory()

    with pytest.raises(CommandError):
        call_command("create_demo")

    assert (User.objects.count(), Unit.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_demonstration_that_is_cut_short_leaves_nothing_and_begins_again(monkeypatch):
    def account(made, **_password):
        UserFactory(email=made.email)

    def power_cut():
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "_quietly", lambda *_args, **_options: None)
    monkeypatch.setattr(demo, "_load_people", lambda: None)
    monkeypatch.setattr(demo, "_decide_declared", lambda: None)
    monkeypatch.setattr(demo, "_make_account", account)
    monkeypatch.setattr(demo, "_name_authors", power_cut)

    with pytest.raises(KeyboardInterrupt):
        demo.create_demo(password="x")

    assert (User.objects.count(), demo.is_complete()) == (0, False)


@pytest.mark.django_db
def test_somebody_is_trained_in_every_track_and_part_and_a_second_start_adds_nothing():
    call_command("create_demo", stdout=StringIO())
    commune = Unit.objects.get(code=demo.COMMUNE)
    figures = coverage(unit=commune, on=clock.today()).whole.figures
    open_source = Qualification.objects.filter(course__code="NM-01", origin=Origin.RECOGNISED).count()
    before = Qualification.objects.count()

    call_command("create_demo", stdout=StringIO())

    assert len(figures) == 5  # the fourth track in its two parts
    assert [code for code, figure in figures.items() if not 0 < figure.trained < figure.bound] == []
    assert open_source > 0
    assert Qualification.objects.count() == before
