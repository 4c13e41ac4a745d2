"""How answers look: pages, tags, days, limits, refusals, and the description of it all."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine

from courses.services import revoke_qualification
from staff import clock
from staff.api import tokens
from staff.models import ApiToken
from tests.api.conftest import DUE, official
from tests.factories.certificates import passed_qualification
from tests.factories.staff import DutyFactory, PostingFactory, StaffMemberFactory, UnitFactory
from unit_coverage.services import rebuild_all

pytestmark = pytest.mark.django_db

LISTS = [
    ("units", "units", {}),
    ("staff", "staff", {}),
    ("qualifications", "qualifications", {}),
    ("coverage/people", "people", {"unit": "68-2", "track": "basic"}),
]


@pytest.mark.parametrize(("path", "name", "parameters"), LISTS, ids=lambda value: str(value))
def test_pages_of_any_size_make_the_whole_list_once(world, give, ask, province, path, name, parameters):
    token = give(province)
    for number in range(3):
        more = official(f"Người Thêm {number}", UnitFactory(parent=province), code=f"THEM{number}")
        passed_qualification(more)
    rebuild_all()
    whole = ask(token, path, **parameters).json()

    for limit in (1, 2, 5):
        after, found = 0, []
        while after is not None:
            page = ask(token, path, limit=limit, after=after, **parameters).json()
            assert 1 <= len(page[name]) <= limit
            found += page[name]
            after = page["next"]
        assert found == whole[name]

    assert whole["next"] is None
    assert len(whole[name]) >= 5


def test_somebody_new_before_the_cursor_neither_repeats_nor_hides_a_line(world, give, ask, province):
    token = give(province)
    first = ask(token, "staff", limit=2).json()

    official("Aa Người Mới", province, code="MOI0001")
    rest = ask(token, "staff", limit=500, after=first["next"]).json()

    names = [line["full_name"] for line in first["staff"] + rest["staff"]]
    assert len(names) == len(set(names)) == 4


# the token with its unit; what the unit succeeded, asked once for units and once for people; and then
QUERIES = {
    # the units with their parents (and no people)
    "units": 3,
    # postings with people and accounts; live codes of the accounts; duties; posts beside the main one
    "staff": 7,
    # the end of the feed; qualifications with people and accounts; certificates with registers
    "qualifications": 6,
}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(world, give, ask, province, path, count, django_assert_num_queries):
    token = give(province)
    for number in range(count):
        passed_qualification(official(f"Người Thêm {number}", UnitFactory(parent=province), code=f"THEM{number}"))
    ask(token, path)  # notes the hour of use

    with django_assert_num_queries(QUERIES[path]):
        response = ask(token, path)

    assert len(response.json()[path]) >= 2 + count


@pytest.mark.parametrize("path", ["coverage", "coverage/people"])
def test_figures_and_people_take_equally_many_queries_for_few_and_many(
    world, give, ask, province, path, django_assert_max_num_queries
):
    token = give(province)
    ask(token, path, unit="68-2", track="basic")

    def queries():
        with django_assert_max_num_queries(100) as taken:
            assert ask(token, path, unit="68-2", track="basic").status_code == 200
        return len(taken)

    few = queries()
    for number in range(4):
        passed_qualification(official(f"Người Thêm {number}", UnitFactory(parent=province), code=f"THEM{number}"))
    rebuild_all()

    assert queries() == few


def test_an_answer_that_did_not_change_is_not_sent_again(world, give, ask, commune):
    token = give(commune)
    first = ask(token, "staff")

    same = ask(token, "staff", headers={"If-None-Match": first["ETag"]})
    weak = ask(token, "staff", headers={"If-None-Match": f'"other", W/{first["ETag"]}'})
    official("Người Mới", commune, code="MOI0001")
    changed = ask(token, "staff", headers={"If-None-Match": first["ETag"]})

    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    assert weak.status_code == 304
    assert (changed.status_code, len(changed.json()["staff"])) == (200, 3)
    assert "no-store" not in first["Cache-Control"]
    assert "private" in first["Cache-Control"]


def test_changes_since_name_who_was_granted_or_lost_something(world, give, ask, commune, admin):
    token = give(commune)
    changes = ask(token, "qualifications").json()["changes"]
    assert ask(token, "qualifications", changed_since=changes).json()["qualifications"] == []

    lan = world["certificates"]["lan"].qualification
    revoke_qualification(qualification=lan, reason="Thi hộ", from_day=clock.today(), by=admin)
    told = ask(token, "qualifications", changed_since=changes).json()

    assert [(one["id"], one["status"]) for one in told["qualifications"]] == [(lan.pk, "revoked")]
    assert ask(token, "qualifications", changed_since=told["changes"]).json()["qualifications"] == []


@pytest.mark.parametrize("words", ["x", "1", "1.", "-1.2", "99999999999999999999.1", "1.2.3"])
def test_what_is_no_cursor_is_refused(world, give, ask, commune, words):
    assert ask(give(commune), "qualifications", changed_since=words).status_code == 422


def test_a_qualification_is_told_with_its_certificate(world, give, ask, commune, settings):
    certificate = world["certificates"]["lan"]

    [told] = ask(give(commune), "qualifications").json()["qualifications"]

    code = "-".join(re.findall("....", certificate.code))
    assert told == {
        "id": certificate.qualification_id,
        "person": world["people"]["lan"].pk,
        "staff_code": "HV0001",
        "code": "CB-01",
        "title": "Hiểu biết CNTT cơ bản",
        "track": "basic",
        "origin": "passed",
        "is_supervised": None,
        "hours": 8,
        "valid_from": "2026-11-22",
        "valid_until": None,
        "revoked_from": None,
        "status": "valid",
        "certificate": {
            "number": certificate.serial,
            "code": code,
            "status": "valid",
            "issued_on": certificate.issued_on.isoformat(),
            "check_address": f"{settings.SITE_URL}/kt/{code}/",
        },
    }


def test_only_what_is_held_on_the_day(world, give, ask, commune):
    token = give(commune)

    held = [
        len(ask(token, "qualifications", on=day, held="true").json()["qualifications"])
        for day in ("2026-11-21", "2026-11-22")
    ]

    assert held == [0, 1]


def test_figures_are_those_of_the_page(world, give, ask, commune):
    table = ask(give(commune), "coverage", unit=commune.code, track="basic").json()

    whole = table["whole"]["figures"][0]
    assert (table["structure"], table["whole"]["headcount"]) == ("then", 2)
    assert (whole["a"], whole["b"], whole["share"]) == (1, 2, {"text": "50,00%", "percent": 50.0})
    assert [(row["unit"], row["figures"][0]["a"], row["figures"][0]["b"]) for row in table["children"]] == [
        ("24931-2/VP", 1, 1)
    ]
    assert [(rule["code"], rule["version"]) for rule in table["rules"]] == [("YC-CB", 1)]


def test_where_nobody_is_bound_there_is_a_dash_and_no_number(world, give, ask, commune):
    table = ask(give(commune), "coverage", unit=commune.code, track="specialist").json()

    assert table["whole"]["figures"][0]["share"] == {"text": "–", "percent": None}


def test_before_the_first_staff_list_there_are_no_figures(give, ask, world, province):
    UnitFactory(code="empty", parent=province)

    row = ask(give(province), "coverage", unit="empty").json()["whole"]

    assert (row["has_figures"], row["figures"]) == (False, [])


def test_people_behind_a_figure_come_with_reasons(world, give, ask, commune):
    token = give(commune)

    told = ask(token, "coverage/people", unit=commune.code, track="basic", group="not_trained").json()

    assert [(one["staff_code"], one["is_trained"], one["due_on"]) for one in told["people"]] == [
        ("HV0002", False, DUE.isoformat())
    ]
    assert told["people"][0]["reasons"][-1] == f"Chưa đạt; hạn {DUE:%d/%m/%Y}."


def test_english_is_for_those_who_ask_for_it(world, give, ask, commune):
    token = give(commune)
    parameters = {"unit": commune.code, "track": "basic", "group": "not_trained"}

    english = ask(token, "coverage/people", headers={"Accept-Language": "en-GB"}, **parameters)

    assert english.json()["people"][0]["reasons"][-1] == f"Not yet trained; due on {DUE:%d/%m/%Y}."
    assert english["Content-Language"] == "en"
    assert "Accept-Language" in english["Vary"]


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("units", {"on": "2999-01-01"}),
        ("units", {"on": "0001-01-01"}),
        ("units", {"on": "hôm qua"}),
        ("staff", {"limit": "0"}),
        ("staff", {"limit": "501"}),
        ("staff", {"after": "-1"}),
        ("staff", {"after": "9" * 30}),
        ("qualifications", {"person": "9" * 30}),
        ("coverage", {}),
        ("coverage", {"unit": "24931-2", "track": "none"}),
        ("coverage", {"unit": "24931-2", "structure": "x"}),
        ("coverage/people", {"unit": "24931-2", "track": "basic", "group": "x"}),
    ],
    ids=str,
)
def test_what_cannot_be_understood_is_refused_in_a_sentence(give, ask, commune, path, parameters):
    response = ask(give(commune), path, **parameters)

    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")
    told = response.json()
    assert (told["status"], told["code"], set(told)) == (
        422,
        "bad_parameter",
        {"type", "title", "status", "code", "detail"},
    )
    assert len(told["detail"]) > 20


def test_a_unit_that_did_not_exist_on_the_day_has_no_figures(give, ask, province, commune):
    closed = UnitFactory(code="old", name="Xã Cũ", parent=province, valid_until=clock.today() - timedelta(days=9))

    response = ask(give(province), "coverage", unit=closed.code)

    assert (response.status_code, response.json()["code"]) == (422, "unit_not_there")


def test_who_asks_too_often_is_told_when_to_come_again(give, ask, commune, monkeypatch):
    monkeypatch.setattr(tokens, "REQUESTS_A_MINUTE", 2)
    one, other = give(commune), give(commune)

    with time_machine.travel("2026-11-27T08:00:20Z", tick=False):
        answers = [ask(one, "token") for _ in range(3)]
        unhurried = ask(other, "token")
    with time_machine.travel("2026-11-27T08:01:00Z", tick=False):
        later = ask(one, "token")

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[-1]["Retry-After"], answers[-1].json()["code"]) == ("40", "too_many")
    assert (unhurried.status_code, later.status_code) == (200, 200)


def test_the_last_use_is_noted_once_an_hour(give, ask, commune, django_assert_num_queries):
    token = give(commune)

    with time_machine.travel("2026-11-27T08:00:00Z", tick=False):
        ask(token, "token")
        # the token with its unit, and nothing is written
        with django_assert_num_queries(1):
            ask(token, "token")
    with time_machine.travel("2026-11-27T09:00:00Z", tick=False):
        ask(token, "token")

    assert ApiToken.objects.get().last_used_at.isoformat() == "2026-11-27T09:00:00+00:00"


def test_nothing_but_reading_is_answered(give, client, commune):
    headers = {"Authorization": f"Bearer {give(commune)}"}

    answers = {
        verb: getattr(client, verb)("/api/v1/units", headers=headers).status_code
        for verb in ("post", "put", "patch", "delete")
    }

    assert set(answers.values()) == {405}


@pytest.mark.parametrize(
    "path", ["/api/v1/khong-co", "/api/v1/", "/api/v1/units/", "/api/v1/a/b?c=1", "/kt/api/v1/khong"]
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_an_address_that_is_none_is_refused_as_all_else_is(client, db, path, verb):
    refused = getattr(client, verb)(path, headers={"Accept-Language": "en"})

    assert (refused.status_code, refused.headers["Content-Type"]) == (404, "application/problem+json")
    assert refused.json()["code"] == "no_such_address"
    assert "openapi.json" in refused.json()["detail"]
    assert refused.headers["Content-Language"] == "en"


def test_duties_and_posts_beside_the_main_one_are_told(world, give, ask, commune, office, other_commune):
    """Those of the day in units that the token sees, also of an entry that was merged with another."""
    lan, second, first = world["people"]["lan"], StaffMemberFactory(), date(2026, 1, 5)
    second.merged_into = lan
    second.save(update_fields=["merged_into"])
    DutyFactory(
        staff_member=lan,
        unit=commune,
        kind="security_officer",
        is_full_time=True,
        valid_from=first,
        decision_number="7/QĐ",
    )
    DutyFactory(staff_member=second, unit=office, kind="ict_officer", valid_from=first)
    DutyFactory(staff_member=lan, unit=commune, kind="head", valid_from=first, valid_until=date(2026, 2, 1))
    DutyFactory(staff_member=lan, unit=other_commune, kind="ict_officer", valid_from=first)
    for unit, position in ((commune, "Kế toán"), (other_commune, "Thủ quỹ")):
        PostingFactory(staff_member=lan, unit=unit, position=position, is_primary=False, valid_from=first)

    line = ask(give(commune), f"staff/{lan.pk}").json()

    assert line in ask(give(commune), "staff").json()["staff"]
    assert [(duty["kind"], duty["full_time"], duty["unit"], duty["decision"]) for duty in line["duties"]] == [
        ("security_officer", True, commune.code, "7/QĐ"),
        ("ict_officer", False, office.code, ""),
    ]
    assert line["other_posts"] == [
        {
            "unit": commune.code,
            "unit_name": commune.name,
            "position": "Kế toán",
            "category": "cong_chuc",
            "status": "active",
            "posted_from": "2026-01-05",
            "posted_until": None,
        }
    ]


def described(client):
    return client.get("/api/v1/openapi.json").json()


def test_the_description_holds_together(client, db):
    """Every reference leads somewhere, every word in an address is described, every address needs the token."""
    document = described(client)

    text = json.dumps(document)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', text)):
        where = document
        for part in reference.removeprefix("#/").split("/"):
            where = where[part]
        assert where
    assert document["openapi"].startswith("3.")
    assert set(document["info"]) >= {"title", "version", "description"}
    operations = []
    for path, verbs in document["paths"].items():
        assert list(verbs) == ["get"]
        operation = verbs["get"]
        operations.append(operation["operationId"])
        named = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        assert all("schema" in one for one in operation.get("parameters", ()))
        assert set(operation["responses"]) == {"200", "401", "403", "404", "422", "429"}
        assert operation["security"] == [{"Bearer": []}]
        assert operation["summary"]
    assert len(operations) == len(set(operations)) == 9
    assert document["components"]["securitySchemes"]["Bearer"] == {"type": "http", "scheme": "bearer"}


def test_answers_are_as_described(world, client, give, ask, province):
    """Each answer has exactly the keys, required ones first, of the schema that its description names."""
    document = described(client)
    token = give(province)
    person = world["people"]["lan"].pk
    places = {
        "/api/v1/units/{code}": "units/24931-2/VP",
        "/api/v1/staff/{person_id}": f"staff/{person}",
    }
    for path, verbs in document["paths"].items():
        schema = verbs["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = ask(
            token, places.get(path, path.removeprefix("/api/v1/")), **parameters_of(verbs["get"], {"unit": "68-2"})
        )
        assert (path, answer.status_code) == (path, 200)
        check(answer.json(), schema, document, path)


def parameters_of(operation, known):
    asked = [one for one in operation.get("parameters", ()) if one["required"] and one["in"] == "query"]
    return {one["name"]: known.get(one["name"], "basic") for one in asked}


def check(value, schema, document, where):
    """A small judge of JSON Schema: types, required and unknown keys, lists, closed lists."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "anyOf" in schema:
        kinds = [one for one in schema["anyOf"] if one.get("type") != "null"]
        assert value is not None or len(kinds) < len(schema["anyOf"]), where
        if value is not None:
            check(value, kinds[0], document, where)
        return
    types = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    assert isinstance(value, types[schema["type"]]), (where, value)
    if "enum" in schema:
        assert value in schema["enum"], where
    if schema["type"] == "array":
        for item in value:
            check(item, schema["items"], document, where)
    if schema["type"] == "object":
        assert set(value) == set(schema["properties"]), where
        for name, inner in schema["properties"].items():
            check(value[name], inner, document, f"{where}.{name}")
