"""Which events are told to whom, what a message says, and what happens when it does not arrive."""

import hashlib
import hmac
import json
from datetime import date, timedelta

import pytest
import time_machine
from django.db import transaction

from certificates import services
from certificates.enums import CertificateStatus, EventKind, PostFault
from certificates.models import Certificate, CertificateEvent, WebhookDelivery, WebhookEndpoint
from certificates.tasks import send_webhooks
from certificates.webhooks import posting, sending
from certificates.webhooks.messages import trial_body
from courses.models import Qualification
from staff import clock
from staff.models import Notice
from staff.services import transfer
from tests.certificates.webhooks.conftest import Receiver, listening

pytestmark = pytest.mark.django_db


def told(receiver):
    return [json.loads(body) for _path, _headers, body in receiver.came]


def kinds_of(receiver):
    return [message["type"] for message in told(receiver)]


def test_an_issued_certificate_is_told_signed_and_without_names(learner, commune, receiver, tell, issue, settings):
    _endpoint, secret = tell(commune, receiver.address)
    certificate = issue(learner.staff_member)

    send_webhooks()

    [(path, headers, body)] = receiver.came
    message = json.loads(body)
    code = "-".join(certificate.code[i : i + 4] for i in range(0, 16, 4))
    assert path == "/nhan-tin?nguon=hoc"
    assert message == {
        "id": str(CertificateEvent.objects.get().key),
        "type": "certificate.issued",
        "occurred_at": message["occurred_at"],
        "certificate": {
            "code": code,
            "number": certificate.serial,
            "holder": "Trần T. L.",
            "unit": certificate.face["unit"],
            "course_code": "CB-01",
            "course": "Máy tính & mạng ở cơ quan",
            "hours": 8,
            "issuer": certificate.face["issuer"],
            "issued_on": certificate.issued_on.isoformat(),
            "status": "valid",
            "valid_until": None,
            "revoked_from": None,
            "replaced_by": "",
            "is_demonstration": True,
            "check_address": f"{settings.SITE_URL}/kt/{code}/",
        },
    }
    signed = f"{headers['Webhook-Timestamp']}.".encode() + body
    assert headers["Webhook-Signature"] == "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert abs(int(headers["Webhook-Timestamp"]) - clock.now().timestamp()) < 60
    assert headers["Webhook-Id"] == message["id"]
    assert "Trần Thị Lan" not in body.decode()
    assert "HV0001" not in body.decode()


def test_the_staff_code_is_told_only_where_that_was_chosen(learner, commune, receiver, tell, issue):
    tell(commune, receiver.address)
    tell(commune, receiver.address, tells_staff_code=True)
    issue(learner.staff_member)

    send_webhooks()

    assert sorted(message.get("staff_code", "") for message in told(receiver)) == ["", "HV0001"]


def test_only_endpoints_of_the_persons_units_are_told(learner, province, commune, office, other_commune, tell, issue):
    """Her office, the commune above it and the province; not the commune beside it."""
    receivers = {unit.code: Receiver() for unit in (province, commune, office, other_commune)}
    units = {unit.code: unit for unit in (province, commune, office, other_commune)}
    for code, receiver in receivers.items():
        with listening(receiver):
            tell(units[code], receiver.address)
    issue(learner.staff_member)
    sending.spread_events()

    assert sorted(WebhookDelivery.objects.values_list("endpoint__unit__code", flat=True)) == [
        "24931-2",
        "24931-2/VP",
        "68-2",
    ]


def test_revoking_and_replacing_are_told_and_each_once(learner, commune, admin, receiver, tell, issue):
    tell(commune, receiver.address)
    first = issue(learner.staff_member)
    second = services.supersede_certificate(certificate=first, reason="Sai tên", by=admin)
    for _again in range(2):
        services.revoke_certificate(certificate=second, reason="Thi hộ", by=admin)

    for _again in range(3):
        send_webhooks()

    events = [(m["type"], m["certificate"]["number"], m["certificate"]["status"]) for m in told(receiver)]
    assert sorted(events) == [
        ("certificate.issued", first.serial, "superseded"),
        ("certificate.issued", second.serial, "revoked"),
        ("certificate.revoked", second.serial, "revoked"),
        ("certificate.superseded", first.serial, "superseded"),
    ]


def test_an_endpoint_is_told_the_kinds_that_it_asked_for(learner, commune, admin, receiver, tell, issue):
    tell(commune, receiver.address, ["revoked"])
    services.revoke_certificate(certificate=issue(learner.staff_member), reason="Thi hộ", by=admin)

    send_webhooks()

    assert kinds_of(receiver) == ["certificate.revoked"]


def test_a_certificate_that_was_never_issued_is_not_told_as_revoked(learner, commune, admin, tell, issue, monkeypatch):
    monkeypatch.setattr("certificates.services.issuing._produce", lambda certificate_id: None)
    pending = issue(learner.staff_member)
    assert pending.status == CertificateStatus.PENDING

    services.revoke_certificate(certificate=pending, reason="Nhầm", by=admin)

    assert not CertificateEvent.objects.exists()


def test_what_happened_before_is_not_told(learner, commune, receiver, tell, issue):
    issue(learner.staff_member)
    tell(commune, receiver.address, at=clock.now())

    send_webhooks()

    assert receiver.came == []
    assert not CertificateEvent.objects.filter(spread_at=None).exists()


def test_who_moved_is_told_to_the_unit_where_she_is_now(learner, commune, other_commune, admin, tell, issue):
    certificate = issue(learner.staff_member)
    tell(commune, "https://old.example/", at=clock.now())
    there, _secret = tell(other_commune, "https://new.example/", at=clock.now())
    transfer(staff_member=learner.staff_member, to_unit=other_commune, on=clock.today())

    services.revoke_certificate(certificate=certificate, reason="Thi hộ", by=admin)
    sending.spread_events()

    assert [delivery.endpoint for delivery in WebhookDelivery.objects.all()] == [there]


def test_an_endpoint_ends_with_its_unit(learner, commune, office, receiver, tell, issue):
    tell(office, receiver.address)
    type(office).objects.filter(pk=office.pk).update(valid_until=clock.today() - timedelta(days=1))

    issue(learner.staff_member)
    send_webhooks()

    assert receiver.came == []


def test_an_event_is_written_with_what_happened_or_not_at_all(learner, issue, admin):
    certificate = issue(learner.staff_member)

    with transaction.atomic():
        services.revoke_certificate(certificate=certificate, reason="Thi hộ", by=admin)
        assert CertificateEvent.objects.count() == 2
        transaction.set_rollback(True)

    assert list(CertificateEvent.objects.values_list("kind", flat=True)) == ["issued"]


def test_expired_ones_are_told_once_if_somebody_wants_to_know(learner, commune, receiver, tell, issue, settings):
    with time_machine.travel("2026-11-27T03:00:00Z", tick=False):
        certificate = issue(learner.staff_member)
        Qualification.objects.filter(pk=certificate.qualification_id).update(valid_until=date(2026, 11, 28))
        Certificate.objects.filter(pk=certificate.pk).update(face={**certificate.face, "valid_until": "2026-11-28"})
        tell(commune, receiver.address, ["expired"])
        assert sending.note_expired() == 0
    with time_machine.travel("2026-11-28T16:59:59Z", tick=False):  # the last second of the last day
        assert sending.note_expired() == 0
    with time_machine.travel("2026-11-28T18:30:00Z", tick=False):
        assert sending.note_expired() == 1
        # once an hour is enough
        assert sending.note_expired() == 0
        send_webhooks()
    with time_machine.travel("2026-11-28T21:00:00Z", tick=False):
        assert sending.note_expired() == 0

    [message] = told(receiver)
    assert (message["type"], message["occurred_at"], message["certificate"]["status"]) == (
        "certificate.expired",
        "2026-11-28T17:00:00Z",
        "expired",
    )


def test_a_receiver_that_is_down_delays_nobody_and_hears_it_later(learner, commune, province, receiver, tell, issue):
    """Nothing listens at the commune's address; the certificate is issued and the province is told all the same."""
    away = Receiver()
    with listening(away):
        pass
    tell(commune, away.address)
    tell(province, receiver.address)

    with time_machine.travel("2026-11-27T03:00:00Z", tick=False):
        certificate = issue(learner.staff_member)
        send_webhooks()
        assert certificate.status == CertificateStatus.ISSUED
        assert kinds_of(receiver) == ["certificate.issued"]
        waiting = WebhookDelivery.objects.get(sent_at=None)
        assert (waiting.fault, waiting.tries) == (PostFault.UNREACHABLE, 1)
        assert (waiting.not_before - clock.now()).total_seconds() == 30
        assert waiting.endpoint.state == "failing"
        send_webhooks()  # too soon: nothing is tried
        assert WebhookDelivery.objects.get(sent_at=None).tries == 1
    with listening(away), time_machine.travel("2026-11-27T03:00:31Z", tick=False):
        send_webhooks()

    waiting.refresh_from_db()
    assert (waiting.sent_at is not None, waiting.last_status, waiting.fault) == (True, 204, "")
    assert waiting.endpoint.__class__.objects.get(pk=waiting.endpoint_id).state == "on"
    assert told(away) == told(receiver)


def test_who_is_away_is_asked_once_not_for_each_message(learner, commune, tell, issue, monkeypatch):
    asked = []

    def nobody(address, body, headers):
        asked.append(address)
        return posting.Outcome(PostFault.TIMEOUT)

    monkeypatch.setattr(posting, "post", nobody)
    tell(commune, "https://away.example/")
    for cycle in (1, 2, 3):
        issue(learner.staff_member, cycle=cycle)

    send_webhooks()

    assert len(asked) == 1
    assert WebhookDelivery.objects.waiting().count() == 3


def test_a_message_that_is_refused_stops_no_other(learner, commune, receiver, tell, issue):
    tell(commune, receiver.address)
    receiver.status = 500
    for cycle in (1, 2):
        issue(learner.staff_member, cycle=cycle)

    send_webhooks()

    assert len(receiver.came) == 2
    rows = WebhookDelivery.objects.values_list("fault", "last_status", "tries")
    assert list(rows) == [(PostFault.ANSWER, 500, 1)] * 2


def test_every_try_sends_the_same_message_with_a_signature_of_its_moment(learner, commune, receiver, tell, issue):
    _endpoint, secret = tell(commune, receiver.address)
    with time_machine.travel("2026-11-27T03:00:00Z", tick=False):
        issue(learner.staff_member)
        receiver.status = 503
        send_webhooks()
    with time_machine.travel("2026-11-27T03:05:00Z", tick=False):
        receiver.status = 200
        send_webhooks()

    (_path, first, body), (_path, second, same) = receiver.came
    assert body == same
    assert first["Webhook-Id"] == second["Webhook-Id"]
    assert int(second["Webhook-Timestamp"]) - int(first["Webhook-Timestamp"]) == 300
    signed = f"{second['Webhook-Timestamp']}.".encode() + same
    assert second["Webhook-Signature"] == "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def test_pauses_grow_and_last_for_days():
    pauses = [sending.pause_after(tries) for tries in range(1, sending.MOST_TRIES)]

    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert sending.PATIENCE < sum(pauses, timedelta()) < timedelta(days=6)


def test_after_five_days_it_is_switched_off_told_and_can_be_switched_on(
    client, learner, commune, admin, receiver, tell, issue
):
    endpoint, _secret = tell(commune, receiver.address)
    receiver.status = 500
    moment = "2026-11-27T03:00:00Z"
    with time_machine.travel(moment, tick=False) as machine:
        issue(learner.staff_member)
        for _half_day in range(30):
            send_webhooks()
            machine.shift(timedelta(hours=12))
            if WebhookEndpoint.objects.get().switched_off_at:
                break
        tries = len(receiver.came)
        issue(learner.staff_member, cycle=2)
        send_webhooks()

        off = WebhookEndpoint.objects.get()
        assert off.state == "off"
        assert off.switched_off_at - off.failing_since > timedelta(days=5)
        assert len(receiver.came) == tries
        assert WebhookDelivery.objects.get().given_up_at is not None
        assert [notice.kind for notice in Notice.objects.of(admin)] == ["webhook.off"]

        receiver.status = 204
        assert services.switch_endpoint_on(endpoint=endpoint, by=admin) == 1
        send_webhooks()

    assert WebhookDelivery.objects.get().sent_at is not None
    assert WebhookEndpoint.objects.get().state == "on"


def test_a_message_somebody_is_sending_is_left_to_him(learner, commune, receiver, tell, issue):
    tell(commune, receiver.address)
    issue(learner.staff_member)
    sending.spread_events()
    WebhookDelivery.objects.update(claimed_until=clock.now() + timedelta(seconds=30))

    assert sending.send_waiting() == 0
    # whoever it was died: its claim ends, and the message goes out
    WebhookDelivery.objects.update(claimed_until=clock.now() - timedelta(seconds=1))
    assert sending.send_waiting() == 1
    assert len(receiver.came) == 1


def test_an_ended_endpoint_hears_nothing_more(learner, commune, admin, receiver, tell, issue):
    endpoint, _secret = tell(commune, receiver.address)
    issue(learner.staff_member)
    sending.spread_events()
    services.end_endpoint(endpoint=endpoint, by=admin)
    issue(learner.staff_member, cycle=2)

    send_webhooks()

    assert receiver.came == []
    assert WebhookDelivery.objects.get().given_up_at is not None


@pytest.mark.parametrize("count", [1, 3])
def test_spreading_takes_equally_many_queries_for_few_and_many(
    learner, commune, tell, issue, count, django_assert_num_queries
):
    tell(commune, "https://one.example/")
    for cycle in range(1, count + 1):
        issue(learner.staff_member, cycle=cycle)

    # is there anything; savepoint; events with people and accounts; endpoints with units; what the check page says of
    # certificates, and of those taken over; what the unit succeeded; who is seen; messages; spread; release
    with django_assert_num_queries(11):
        assert sending.spread_events() == count


def test_without_endpoints_and_events_nothing_but_two_looks(db, django_assert_num_queries):
    # events; due messages
    with django_assert_num_queries(2):
        send_webhooks()


def test_the_guide_names_every_type_of_message_that_a_receiver_may_get(client):
    guide = client.get("/ket-noi/huong-dan/").text

    trial = json.loads(trial_body("key", clock.now()))["type"]
    types = [*(f"certificate.{kind}" for kind in EventKind.values), trial]
    assert [word for word in types if f"<code>{word}</code>" not in guide] == []
