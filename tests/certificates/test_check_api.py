"""Other bodies check many certificates at once, with a token and nothing else."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from certificates import api, codes, services
from certificates.models import CheckingBody
from staff import clock
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db
URL = "/kt/api/v1/kiem-tra"


@pytest.fixture
def certificate(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    return services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


@pytest.fixture
def token():
    out = StringIO()
    call_command("allow_checks", "Sở Nội vụ", stdout=out)
    return out.getvalue().split()[-1]


def ask(client, token, **question):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(URL, json.dumps(question), content_type="application/json", headers=headers)


def test_codes_and_hashes_are_answered_in_the_order_asked(client, certificate, token):
    typed, unknown = codes.grouped(certificate.code).lower(), codes.new_code()
    digest = certificate.files.last().sha256

    response = ask(client, token, codes=[unknown, typed], sha256=[digest.upper(), "0" * 64])

    answers = [
        (one["asked"], one["is_registered"], one["is_file_unchanged"], one["status"])
        for one in response.json()["answers"]
    ]
    assert answers == [
        (unknown, False, None, "unknown"),
        (typed, True, None, "valid"),
        (digest.upper(), True, True, "valid"),
        ("0" * 64, False, False, "unknown"),
    ]
    assert response.json()["answers"][1]["holder"] == "Trần T. L."
    assert "Trần Thị Lan" not in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(
    client, learner, settings, tmp_path, token, count, django_assert_num_queries
):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    certificates = [
        services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code=f"CB-0{n}").pk)
        for n in range(count)
    ]

    # the body; files of registers taken over, our files; our lines, lines taken over (asked for whatever is found)
    with django_assert_num_queries(5):
        response = ask(client, token, codes=[one.code for one in certificates], sha256=["0" * 64])

    assert [one["is_registered"] for one in response.json()["answers"]] == [True] * count + [False]


@pytest.mark.parametrize("token", ["", "x", "Bearer"])
def test_without_a_token_nothing_is_answered(client, token):
    assert ask(client, token, codes=["x"]).status_code == 401


def test_a_session_is_no_token(client, admin):
    client.force_login(admin)

    assert ask(client, "", codes=["x"]).status_code == 401


def test_a_token_ends_after_its_last_day_and_when_another_is_given(client, token):
    assert ask(client, token, codes=[]).status_code == 200
    CheckingBody.objects.update(valid_until=clock.today())
    assert ask(client, token, codes=[]).status_code == 200
    CheckingBody.objects.update(valid_until=clock.today() - timedelta(days=1))
    assert ask(client, token, codes=[]).status_code == 401
    call_command("allow_checks", "Sở Nội vụ", stdout=StringIO())
    assert ask(client, token, codes=[]).status_code == 401


def test_only_a_hash_of_the_token_is_kept(token):
    assert CheckingBody.objects.get().token_hash == api.hash_of(token)


def test_too_much_at_once_is_refused(client, token):
    assert ask(client, token, codes=["x"] * 501).status_code == 422
    assert ask(client, token, codes=["x"] * 300, sha256=["0"] * 300).status_code == 422


def test_a_misspelt_question_is_refused(client, token):
    assert ask(client, token, hashes=["0" * 64]).status_code == 422


def test_too_often_is_slowed(client, token, monkeypatch):
    monkeypatch.setattr(api, "REQUESTS_A_MINUTE", 2)

    assert [ask(client, token, codes=[]).status_code for _ in range(3)][-1] == 429


def test_the_description_is_public(client):
    described = client.get("/kt/api/v1/openapi.json").json()

    assert list(described["paths"]) == ["/kt/api/v1/kiem-tra"]
    assert described["openapi"].startswith("3.")


def test_refusals_say_what_is_wrong_in_the_language_asked_for(client, token):
    strange = client.post(URL, "x", content_type="application/json", headers={"Authorization": f"Bearer {token}"})
    many = ask(client, token, codes=["x"] * 300, sha256=["0"] * 300)
    nobody = client.post(URL, "{}", content_type="application/json", headers={"Accept-Language": "en"})

    assert [one.status_code for one in (strange, many, nobody)] == [400, 422, 401]
    assert {one["Content-Type"] for one in (strange, many, nobody)} == {"application/problem+json"}
    assert many.json()["detail"] == "Mỗi lượt tối đa 500 mã và tệp."
    assert nobody.json()["detail"] == "Send a token that is valid today: Authorization: Bearer …"
    assert nobody["WWW-Authenticate"] == "Bearer"


def test_the_guide_says_what_the_program_asks_and_holds(client, token):
    guide = client.get("/kt/huong-dan/kiem-tra-nhieu/").text
    described = client.get("/kt/api/v1/openapi.json").json()["components"]["schemas"]

    assert f"http://testserver{URL}" in guide
    assert [name for name in described["Answer"]["properties"] if name not in guide] == []
    assert [name for name in described["Question"]["properties"] if name not in guide] == []
    assert f"{api.MOST_AT_ONCE} mã và tệp" in guide
    assert f"{api.REQUESTS_A_MINUTE} lượt" in guide


def test_the_guide_is_found_from_the_check_page_and_the_pages_of_connections(client, admin):
    assert "/kt/huong-dan/kiem-tra-nhieu/" in client.get("/kt/").text
    assert "/kt/huong-dan/kiem-tra-nhieu/" in client.get("/ket-noi/huong-dan/").text
    client.force_login(admin)
    assert "/kt/huong-dan/kiem-tra-nhieu/" in client.get("/ket-noi/").text
