"""A token sees what the HR officer of its unit sees, and of everything else not even that it exists."""

from datetime import date, timedelta

import pytest

from staff import clock
from staff.models import ApiToken, Unit
from staff.services import end_token, transfer
from tests.factories.staff import PostingFactory, StaffMemberFactory, SuccessionFactory, UnitFactory

pytestmark = pytest.mark.django_db

# Every address with every word that can name something; {…} is filled from a world.
ADDRESSES = [
    ("token", {}),
    ("units", {}),
    ("units", {"under": "{unit}"}),
    ("units/{unit}", {}),
    ("successions", {}),
    ("staff", {}),
    ("staff", {"unit": "{unit}"}),
    ("staff", {"staff_code": "{staff_code}"}),
    ("staff", {"on": "2024-05-06"}),
    ("staff/{person}", {}),
    ("qualifications", {}),
    ("qualifications", {"unit": "{unit}"}),
    ("qualifications", {"person": "{person}"}),
    ("qualifications", {"held": "true"}),
    ("qualifications", {"changed_since": "0.0"}),
    ("coverage", {"unit": "{unit}"}),
    ("coverage", {"unit": "{unit}", "structure": "today"}),
    ("coverage/people", {"unit": "{unit}", "track": "basic"}),
]


def filled(address, words):
    path, parameters = address
    return path.format(**words), {name: value.format(**words) for name, value in parameters.items()}


def words_of(world, name, unit):
    return {"unit": unit.code, "person": world["people"][name].pk, "staff_code": f"HV000{1 if name == 'lan' else 3}"}


def test_no_answer_names_anything_of_the_other_commune(world, give, ask, commune, other_commune):
    theirs = ["Ngô Quốc Khánh", "HV0003", "24934-2", "Xã Ka Đô", world["certificates"]["khanh"].code[:4]]
    mine = ["Trần Thị Lan", "HV0001", "24931-2", "Xã Đơn Dương", world["certificates"]["lan"].code[:4]]

    own, others = give(commune), give(other_commune)

    for address in ADDRESSES:
        path, parameters = filled(address, words_of(world, "lan", commune))
        first, second = ask(own, path, **parameters), ask(others, path, **parameters)

        assert (address, first.status_code) == (address, 200)
        assert [word for word in theirs if word in first.text] == []
        # asked about the first commune, the second one's token has nothing to tell
        assert second.status_code in {200, 404}
        assert [word for word in mine if word in second.text] == []


def test_what_is_outside_is_answered_like_what_does_not_exist(world, give, ask, commune, other_commune):
    token = give(other_commune)
    naming = [(path, words) for path, words in ADDRESSES if "{" in "".join([path, *words.values()])]

    def answers(words):
        asked = [ask(token, path, **parameters) for path, parameters in (filled(one, words) for one in naming)]
        return [(one.status_code, one.headers["Content-Type"], one.json()) for one in asked]

    foreign = answers(words_of(world, "lan", commune))
    unknown = answers({"unit": "khong-co", "person": 987654321, "staff_code": "KHONGCO"})

    assert len(naming) == 10
    assert foreign == unknown


def test_the_province_sees_both_communes(world, give, ask, province):
    token = give(province)

    units = [unit["code"] for unit in ask(token, "units").json()["units"]]
    staff = {line["full_name"] for line in ask(token, "staff").json()["staff"]}
    held = [line["staff_code"] for line in ask(token, "qualifications").json()["qualifications"]]
    figure = ask(token, "coverage", unit=province.code, track="basic").json()["whole"]["figures"][0]

    assert units == ["68-2", "24931-2", "24931-2/VP", "24934-2"]
    assert staff == {"Trần Thị Lan", "Đỗ Quang Minh", "Ngô Quốc Khánh"}
    assert held == ["HV0001", "HV0003"]
    assert (figure["a"], figure["b"]) == (2, 3)


@pytest.mark.parametrize(
    "changed", [{"valid_until": date(2026, 1, 1)}, {"ended_at": clock.now()}], ids=["expired", "ended"]
)
def test_a_token_that_is_over_opens_nothing(world, give, ask, commune, changed):
    over = give(commune, **changed)

    for address in ADDRESSES:
        path, parameters = filled(address, words_of(world, "lan", commune))
        response = ask(over, path, **parameters)

        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert response.json() == ask("hoc_invented", path, **parameters).json()


def test_the_last_day_is_included(world, give, ask, commune):
    assert ask(give(commune, valid_until=clock.today()), "token").status_code == 200
    assert ask(give(commune, valid_until=clock.today() - timedelta(days=1)), "token").status_code == 401


def test_an_administrators_session_is_no_token(client, admin, world):
    client.force_login(admin)

    assert client.get("/api/v1/units").status_code == 401


PERMITTED = {
    "units": {"units", "units/{unit}", "successions"},
    "staff": {"staff", "staff/{person}"},
    "qualifications": {"qualifications"},
    "coverage": {"coverage", "coverage/people"},
    "figures": {"coverage"},
}


@pytest.mark.parametrize("permission", PERMITTED)
def test_a_token_reads_only_what_was_chosen_for_it(world, give, ask, commune, permission):
    token = give(commune, [permission])

    opened = set()
    for address in ADDRESSES:
        path, parameters = filled(address, words_of(world, "lan", commune))
        response = ask(token, path, **parameters)
        assert response.status_code in {200, 403}
        if response.status_code == 200:
            opened.add(address[0])

    assert opened == PERMITTED[permission] | {"token"}


def test_figures_alone_name_nobody(world, give, ask, commune):
    token = give(commune, ["figures"])

    text = ask(token, "coverage", unit=commune.code).text

    assert [name for name in ("Lan", "Minh", "HV000") if name in text] == []
    assert ask(token, "coverage/people", unit=commune.code, track="basic").json()["code"] == "not_permitted"


def test_nothing_private_is_in_any_answer(world, give, ask, commune):
    token = give(commune)
    person = world["people"]["lan"]

    answers = "".join(
        ask(token, path, **parameters).text
        for path, parameters in (filled(address, words_of(world, "lan", commune)) for address in ADDRESSES)
    )

    assert [
        word for word in (person.email, person.phone, "rieng.example", "birth", "phone", "email") if word in answers
    ] == []


def test_a_successor_sees_what_it_succeeded_and_the_people_now_with_it(give, ask, province):
    """Figures and units of the predecessor; of its people those who came along, not who went elsewhere."""
    old = UnitFactory(code="old", name="Xã Cũ", parent=province, valid_until=date(2025, 6, 30))
    new = UnitFactory(code="new", name="Xã Mới", parent=province, valid_from=date(2025, 7, 1))
    SuccessionFactory(predecessor=old, successor=new)
    came = StaffMemberFactory(full_name="Người Theo")
    left = StaffMemberFactory(full_name="Người Đi")
    for person, unit in ((came, new), (left, province)):
        PostingFactory(staff_member=person, unit=old, valid_until=date(2025, 6, 30))
        PostingFactory(staff_member=person, unit=unit, valid_from=date(2025, 7, 1))
    token = give(new)

    units = ask(token, "units", on="2025-06-30").json()["units"]
    staff = ask(token, "staff", on="2025-06-30").json()["staff"]
    became = ask(token, "units/old").json()["became"]

    assert [unit["code"] for unit in units] == ["old"]
    assert [(line["full_name"], line["unit"]) for line in staff] == [("Người Theo", "old")]
    assert [(one["on"], one["to_code"]) for one in became] == [("2025-07-01", "new")]
    assert ask(token, f"staff/{left.pk}").status_code == 404


def test_a_succession_names_no_code_outside(give, ask, province):
    old = UnitFactory(code="old", name="Xã Cũ", parent=province, valid_until=date(2025, 6, 30))
    one, other = (UnitFactory(code=code, parent=province, valid_from=date(2025, 7, 1)) for code in ("one", "other"))
    for successor in (one, other):
        SuccessionFactory(predecessor=old, successor=successor, kind="split")

    told = ask(give(one), "units/old").json()["became"]

    assert [(row["to_code"], row["to_name"]) for row in told] == [("one", one.name), (None, other.name)]


def test_a_token_ends_with_its_unit(give, ask, commune):
    token = give(commune)
    Unit.objects.filter(pk=commune.pk).update(valid_until=clock.today() - timedelta(days=1))

    response = ask(token, "units")

    assert (response.status_code, response.json()["code"]) == (403, "unit_closed")


def test_who_moves_away_is_seen_there_and_no_longer_here(world, give, ask, commune, other_commune):
    mine, theirs = give(commune), give(other_commune)
    person = world["people"]["lan"]
    transfer(staff_member=person, to_unit=other_commune, on=clock.today(), position="Chuyên viên")

    seen = [
        [line["staff_code"] for line in ask(token, "qualifications").json()["qualifications"]]
        for token in (mine, theirs)
    ]

    assert seen == [[], ["HV0001", "HV0003"]]
    assert [ask(token, f"staff/{person.pk}").status_code for token in (mine, theirs)] == [404, 200]


def test_ending_a_token_closes_it_at_once(give, ask, commune):
    token = give(commune)
    assert ask(token, "token").status_code == 200

    end_token(token=ApiToken.objects.get())

    assert ask(token, "token").status_code == 401
