"""The steps of the main story, over HTTP, by the forms that the pages show."""

import re
import time

from bs4 import BeautifulSoup
from django.core.management import call_command
from django.urls import reverse

from quizzes.models import QuestionVersion
from tests.factories.staff import PASSWORD

REQUIREMENTS = """
audiences:
  - code: all
    name: Toàn thể
    rules: [{version: 1, valid_from: 2024-01-01}]
requirements:
  - code: YC-CB
    version: 1
    audience: all
    track: basic
    course: CB-01
    legal_basis: Kế hoạch 01
    valid_from: 2024-01-01
"""


def prepare(tmp_path) -> None:
    """Course CB-01 and a rule that binds everybody to it."""
    call_command("load_courses", verbosity=0)
    rules = tmp_path / "requirements.yaml"
    rules.write_text(REQUIREMENTS, encoding="utf-8")
    call_command("load_requirements", str(rules), verbosity=0)


def sign_in(client, user) -> None:
    response = client.post(reverse("account_login"), {"login": user.staff_code, "password": PASSWORD})
    assert response.status_code == 302


def press(client, response, button_in: str):
    """Send the form of the page whose action ends with ``button_in``, with its hidden fields; follow the redirect."""
    page = BeautifulSoup(response.content, "html.parser")
    form = page.find("form", action=re.compile(rf"{re.escape(button_in)}$"))
    assert form, f"no form to {button_in}"
    data = {field["name"]: field.get("value", "") for field in form.find_all("input", type="hidden")}
    return client.post(form["action"], data, follow=True)


def learn_and_pass(client, user) -> None:
    """From My learning to the result page: enrol, six lessons, the test, every question answered rightly."""
    sign_in(client, user)
    assert "Hiểu biết về công nghệ thông tin cơ bản" in client.get(reverse("my_learning")).text
    response = press(client, client.get(reverse("courses:course", args=["CB-01"])), "/ghi-danh/")
    for _lesson in range(6):
        response = press(client, response, "/da-hoc/")
    pass_test(client, user, press(client, response, "/kiem-tra/bat-dau/"))


def pass_test(client, user, response) -> None:
    """From the first page of the test to its result, every question answered rightly."""
    attempt = response.redirect_chain[-1][0]
    while (form := BeautifulSoup(response.content, "html.parser").find("form", id="exam")) is not None:
        fieldset = form.find("fieldset", hidden=False, disabled=False)
        number = int(fieldset["data-number"])
        data = {
            "cau": number,
            f"s{number}": form.find("input", attrs={"name": f"s{number}"})["value"],
            f"q{number}": _right_options(user, number),
            "go": "submit" if number == 20 else str(number + 1),
        }
        response = client.post(attempt.partition("?")[0], data, follow=True)
        if number == 20:
            break
    response = client.post(response.redirect_chain[-1][0], follow=True)  # the form posts to its own page
    assert "10,00" in response.text or "10/10" in response.text


def _right_options(user, number) -> list[str]:
    answer = user.staff_member.attempts.get().answers.get(number=number)
    return QuestionVersion.objects.get(pk=answer.version_id).key["right"]


def basic_figure(client, unit) -> tuple[int, int]:
    """(trained, bound) of the basic track, as the unit's page prints it first."""
    text = client.get(reverse("unit_coverage:unit", args=[unit.code])).text
    found = re.search(r"(\d+)\s+đạt.*?(\d+)\s+phải học", BeautifulSoup(text, "html.parser").get_text(" "), re.DOTALL)
    return int(found[1]), int(found[2])


def download(client, user, *, seconds: float = 0) -> bytes:
    """The certificate's PDF by the link on My learning, waiting up to ``seconds`` for it to appear."""
    deadline = time.monotonic() + seconds
    pattern = re.compile(r"/giay-chung-nhan/\d+/tai-ve/$")
    while True:
        page = BeautifulSoup(client.get(reverse("my_learning")).content, "html.parser")
        if link := page.find("a", href=pattern):
            response = client.get(link["href"])
            assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
            return b"".join(response) if response.streaming else response.content
        assert time.monotonic() < deadline, "the certificate did not appear"
        time.sleep(0.5)


def wait_for_figure(client, unit, *, trained: int, seconds: float) -> bool:
    """Whether the unit's page shows ``trained`` people in the basic track within ``seconds``."""
    deadline = time.monotonic() + seconds
    while basic_figure(client, unit)[0] != trained:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True
