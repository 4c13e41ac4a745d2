"""Administrators say who is told, see what became of each message and send it again."""

import json
import re

import pytest
from django.urls import reverse
from wagtail.models import ModelLogEntry

from certificates import services
from certificates.jobs import count_messages, list_messages
from certificates.models import WebhookDelivery, WebhookEndpoint
from certificates.webhooks import sending
from certificates.webhooks.messages import signature_of
from staff.background import JobState
from staff.personal_numbers import unseal_secret

pytestmark = pytest.mark.django_db
NEW = "/ket-noi/bao-tin/them/"


def form(commune, **words):
    return {
        "name": "Phần mềm nhân sự",
        "unit": commune.code,
        "address": "https://nhan-su.example/nhan-tin",
        "kinds": ["issued", "revoked"],
        "form_key": "k" * 32,
        **words,
    }


def shown(response) -> str:
    return re.search(r"whs_[\w-]{43}", response.text)[0]


def test_the_secret_is_shown_once_and_kept_encrypted(client, admin, commune):
    client.force_login(admin)

    given = client.post(NEW, form(commune, tells_staff_code="on"))
    again = client.post(NEW, form(commune, tells_staff_code="on"))

    endpoint = WebhookEndpoint.objects.get()
    secret = shown(given)
    assert shown(again) == secret
    assert unseal_secret(endpoint.secret_sealed) == secret
    assert secret.encode() not in bytes(endpoint.secret_sealed)
    assert (endpoint.unit, endpoint.kinds, endpoint.tells_staff_code) == (commune, ["issued", "revoked"], True)
    pages = client.get("/ket-noi/bao-tin/").text + client.get(reverse("webhooks:endpoint", args=[endpoint.pk])).text
    assert secret not in pages
    assert "no-store" in given["Cache-Control"]
    assert [entry.action for entry in ModelLogEntry.objects.for_instance(endpoint)] == ["certificates.webhook.add"]


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("address", "http://nhan-su.example/", "phải bắt đầu bằng https://"),
        ("address", "https://10.0.0.1/", "mạng không được gửi tới"),
        ("address", "https://a:b@nhan-su.example/", "không kèm tên"),
        ("unit", "khong co", "Không có đơn vị nào hiện nay"),
        ("kinds", [], "Mục này không được để trống"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_else_is_lost(client, admin, commune, field, words, said):
    client.force_login(admin)

    response = client.post(NEW, form(commune, **{field: words}))

    assert said in response.text
    assert 'value="Phần mềm nhân sự"' in response.text
    assert not WebhookEndpoint.objects.exists()


@pytest.fixture
def refused(client, admin, commune, learner, receiver, tell, issue):
    """A message that the receiver refused, on the page of its endpoint, an administrator signed in."""
    endpoint, _secret = tell(commune, receiver.address)
    receiver.status = 500
    issue(learner.staff_member)
    sending.spread_events()
    sending.send_waiting()
    client.force_login(admin)
    return WebhookDelivery.objects.select_related("endpoint").get(endpoint=endpoint)


def test_a_message_is_sent_again_when_somebody_says_so(client, receiver, refused):
    page = client.get(reverse("webhooks:endpoint", args=[refused.endpoint_id])).text
    assert "bên nhận từ chối (500)" in page

    receiver.status = 200
    address = reverse("webhooks:send_again", args=[refused.endpoint_id, refused.pk])
    client.post(address)
    assert sending.send_waiting() == 1
    # also one that arrived, if the other side lost it; two clicks are one message
    client.post(address)
    client.post(address)
    assert sending.send_waiting() == 1

    assert len(receiver.came) == 3
    actions = [entry.action for entry in ModelLogEntry.objects.for_instance(refused.endpoint)]
    assert actions.count("certificates.webhook.again") == 2


def test_a_trial_says_at_once_whether_the_way_is_open(client, receiver, refused):
    page = reverse("webhooks:endpoint", args=[refused.endpoint_id])
    trial = reverse("webhooks:send_trial", args=[refused.endpoint_id])
    assert "không đến nơi: bên nhận từ chối (500)." in client.post(trial, follow=True).text

    receiver.status = 204
    assert "Tin thử đã đến" in client.post(trial, follow=True).text

    path, headers, body = receiver.came[-1]
    secret = unseal_secret(refused.endpoint.secret_sealed)
    signature = signature_of(secret, int(headers["Webhook-Timestamp"]), body.decode())
    assert (json.loads(body)["type"], json.loads(body)["id"]) == ("trial", headers["Webhook-Id"])
    assert headers["Webhook-Signature"] == f"v1={signature}"
    refused.refresh_from_db()
    assert (refused.sent_at, refused.tries, WebhookDelivery.objects.count()) == (None, 1, 1)
    actions = [entry.action for entry in ModelLogEntry.objects.for_instance(refused.endpoint)]
    assert actions.count("certificates.webhook.trial") == 2
    assert trial in client.get(page).text


def test_a_removed_endpoint_is_not_tried(client, admin, receiver, refused):
    services.end_endpoint(endpoint=refused.endpoint, by=admin)
    came = len(receiver.came)

    assert client.post(reverse("webhooks:send_trial", args=[refused.endpoint_id])).status_code == 404
    assert len(receiver.came) == came


def test_a_message_is_not_sent_again_by_the_address_of_another_endpoint(client, commune, tell, refused):
    other, _secret = tell(commune, "https://other.example/")

    assert client.post(reverse("webhooks:send_again", args=[other.pk, refused.pk])).status_code == 404


def test_messages_stand_among_the_work_and_can_be_tried_there(client, refused):
    assert count_messages() == {JobState.POSTPONED: 1}
    [job] = list_messages(None, 0, 10)
    assert (job.tries, job.can_retry, job.error) == (1, True, "bên nhận từ chối (500)")

    client.post(reverse("retry_job", args=["webhooks", job.pk]))

    assert count_messages() == {JobState.WAITING: 1}


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_equally_many_queries_for_few_and_many(
    client, admin, commune, learner, tell, issue, count, django_assert_num_queries
):
    client.force_login(admin)
    for number in range(count):
        endpoint, _secret = tell(commune, f"https://system-{number}.example/")
    for cycle in range(1, count + 1):
        issue(learner.staff_member, cycle=cycle)
    sending.spread_events()

    # session with account; endpoints with their counts; the page's head
    with django_assert_num_queries(3):
        assert client.get("/ket-noi/bao-tin/").status_code == 200
    # session with account; the endpoint; how many messages; they with certificates and registers; the page's head
    with django_assert_num_queries(5):
        assert client.get(reverse("webhooks:endpoint", args=[endpoint.pk])).status_code == 200


def test_ending_is_confirmed_and_stays_ended(client, refused):
    address = reverse("webhooks:end_endpoint", args=[refused.endpoint_id])

    assert "1" in client.get(address).text
    assert WebhookEndpoint.objects.get().ended_at is None
    client.post(address)
    client.post(reverse("webhooks:switch_on", args=[refused.endpoint_id]))

    assert WebhookEndpoint.objects.get().state == "ended"
    assert count_messages() == {}
