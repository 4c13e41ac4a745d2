"""What a list got wrong about somebody is put right by the officer; what was issued and what counts stays."""

from datetime import date

import pytest
from wagtail.models import ModelLogEntry

from staff import services
from staff.enums import DatePrecision, Gender
from staff.models import StaffMember
from staff.services import PersonalData

NEW = {"full_name": "Trần Thị Lan Anh", "gender": "F", "born": "24/06/1976", "reason": "Gõ nhầm khi nhập danh sách"}


def path(user):
    return f"/can-bo/{user.staff_member_id}/dinh-chinh/"


def correct(client, officer, owner, **fields):
    client.force_login(officer)
    seen = client.get(path(owner)).context["form"].initial["seen"]
    return client.post(path(owner), {**NEW, "seen": seen, **fields})


def data_of(user):
    return PersonalData.of(StaffMember.objects.get(pk=user.staff_member_id)).said


def test_name_sex_and_birth_day_are_put_right_in_the_entry_and_in_the_account(client, hr, learner):
    response = correct(client, hr, learner)

    learner.refresh_from_db()
    person = learner.staff_member
    assert response.url == f"/can-bo/{person.pk}/"
    assert (learner.full_name, person.full_name, person.search_key) == (
        "Trần Thị Lan Anh", "Trần Thị Lan Anh", "tran thi lan anh"
    )  # fmt: skip
    assert (person.gender, person.date_of_birth, person.date_of_birth_precision) == (
        Gender.FEMALE, date(1976, 6, 24), DatePrecision.DAY
    )  # fmt: skip


def test_the_person_is_told_and_the_log_keeps_both(client, hr, learner):
    correct(client, hr, learner, gender="", born="")

    [notice] = learner.staff_member.notices.all()
    entry = ModelLogEntry.objects.get(action="staff.person.correct")
    assert "Trần Thị Lan → Trần Thị Lan Anh" in notice.text
    assert (NEW["reason"] in notice.text, hr.full_name in notice.text) == (True, True)
    assert (entry.user, entry.data) == (
        hr, {"changes": [["full_name", "Trần Thị Lan", "Trần Thị Lan Anh"]], "reason": NEW["reason"]}
    )  # fmt: skip
    page = client.get(path(learner)).content.decode()
    assert 'Trần Thị Lan → <span class="strong">Trần Thị Lan Anh</span>' in page


@pytest.mark.parametrize(
    ("words", "said"), [("1975", "1975"), ("10/1986", "10/1986"), ("3-4-1980", "03/04/1980"), ("", "")]
)
def test_a_birth_day_is_as_precise_as_it_is_known(client, hr, learner, words, said):
    correct(client, hr, learner, born=words)

    assert data_of(learner)["date_of_birth"] == said
    assert client.get(path(learner)).context["form"].initial["born"] == said


@pytest.mark.parametrize(
    "fields",
    [
        {"born": "31/02/1976"}, {"born": "24/06/2020"}, {"full_name": "=HYPERLINK(1)"}, {"full_name": "  "},
        {"full_name": "TrÇn V¨n Nam"}, {"gender": "X"}, {"reason": " "}, {"seen": ""},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_was_typed_stands_there_still(client, hr, learner, fields):
    before = data_of(learner)

    response = correct(client, hr, learner, **fields)

    assert (response.status_code, bool(response.context["form"].errors)) == (200, True)
    assert response.context["form"]["reason"].value() == fields.get("reason", NEW["reason"])
    assert (data_of(learner), ModelLogEntry.objects.filter(action="staff.person.correct").count()) == (before, 0)


def test_the_same_again_changes_nothing_and_tells_nobody(client, hr, learner):
    correct(client, hr, learner)
    response = correct(client, hr, learner)

    assert response.context["form"].non_field_errors() == ["Hồ sơ đã ghi đúng như vậy: không có gì thay đổi."]
    assert learner.staff_member.notices.count() == 1


def test_of_two_officers_the_slower_one_sees_what_the_other_wrote(hr, learner):
    person = learner.staff_member
    seen = PersonalData.of(person)
    mine, hers = (PersonalData(name, seen.gender, seen.born) for name in ("Trần Thị Lan Anh", "Trần Thị Làn"))
    services.correct_person(staff_member=person, to=mine, seen=seen.mark, reason="Nhầm", by=hr)

    with pytest.raises(services.CorrectedMeanwhile):
        services.correct_person(staff_member=person, to=hers, seen=seen.mark, reason="Nhầm", by=hr)

    assert data_of(learner)["full_name"] == "Trần Thị Lan Anh"


def test_an_officer_of_elsewhere_a_head_and_the_person_herself_cannot(client, other_hr, head, learner, hr):
    for user in (other_hr, head, learner):
        client.force_login(user)
        assert client.post(path(learner), NEW).status_code == 404
    client.force_login(hr)
    assert client.get(path(hr)).status_code == 404
