"""What the product tells people, and the letters that say the same (B11)."""

import re
import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import translation

from staff import clock
from staff.models import Letter, Notice
from staff.services import Telling, mark_read, notify, notify_together, send_waiting
from tests.factories.staff import PASSWORD, StaffMemberFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST, READ = "/thong-bao/", "/thong-bao/da-doc/"


def _words():
    language = translation.get_language()
    return f"Title {language}", f"Text {language}"


def _tell(to, key="k", **more):
    return notify(to=to, kind="test", key=key, words=_words, **more)


# --- Telling ----------------------------------------------------------------


def test_the_same_event_is_told_once_in_the_readers_language(learner):
    learner.language = "en"
    learner.save()

    told = [_tell(learner), _tell(learner), _tell(learner.staff_member)]

    assert [notice and notice.title for notice in told] == ["Title en", None, None]
    assert [letter.subject for letter in Letter.objects.all()] == ["Title en"]


def test_of_several_things_only_the_new_ones_are_told_in_one_letter(learner):
    _tell(learner, key="a")
    Letter.objects.all().update(sent_at=clock.now())
    tellings = [Telling("test", key, _words, path="/viec-hoc/") for key in ("a", "b", "c")]

    told = notify_together(to=learner, tellings=tellings, subject=lambda count: f"{count} things")

    letter = Letter.objects.get(sent_at=None)
    assert [notice.key for notice in told] == ["b", "c"]
    assert [notice.letter for notice in told] == [letter, letter]
    assert (letter.subject, letter.body.count("Title vi\nText vi"), letter.body.count("/viec-hoc/")) == (
        "2 things",
        2,
        1,
    )


def test_somebody_without_account_is_told_and_finds_it_later(client):
    person = StaffMemberFactory()
    _tell(person)
    user = UserFactory(staff_member=person)
    client.force_login(user)

    assert [notice.title for notice in client.get(LIST).context["page"]] == ["Title vi"]
    assert Letter.objects.count() == 0


def test_an_account_of_nobody_on_a_staff_list_is_told_too(client, admin):
    _tell(admin)
    client.force_login(admin)

    assert len(client.get(LIST).context["page"].object_list) == 1


@pytest.mark.parametrize("fields", [{"email": None}, {"is_active": False}])
def test_no_letter_goes_to_who_has_no_address_or_a_closed_account(fields):
    _tell(UserFactory(**fields))

    assert (Notice.objects.count(), Letter.objects.count()) == (1, 0)


def test_a_notice_of_a_rolled_back_act_is_neither_told_nor_sent(learner):
    def tell_and_fail():
        with transaction.atomic():
            _tell(learner)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tell_and_fail()

    assert (Notice.objects.count(), send_waiting()) == (0, 0)


def test_the_page_never_waits_for_the_mail_server(
    client, learner, monkeypatch, settings, django_capture_on_commit_callbacks
):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(EmailBackend, "send_messages", lambda *args: pytest.fail("sent within the request"))
    learner.set_password(PASSWORD)
    learner.save()
    client.force_login(learner)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(
            "/tai-khoan/password/change/",
            {"oldpassword": PASSWORD, "password1": "Mat-khau-moi-2026", "password2": "Mat-khau-moi-2026"},
        )

    assert (response.status_code, [n.kind for n in Notice.objects.all()]) == (302, ["account.password"])
    assert Letter.objects.count() == 1


# --- Letters ----------------------------------------------------------------


class FakeServer:
    """Refuses some addresses, or everything."""

    def __init__(self, monkeypatch):
        self.refuses, self.is_away, self.seen = set(), False, []
        monkeypatch.setattr(EmailBackend, "open", self.open, raising=False)
        monkeypatch.setattr(EmailBackend, "send_messages", lambda _backend, messages: self.send(messages))

    def open(self):
        if self.is_away:
            raise ConnectionRefusedError(111, "refused")

    def send(self, messages):
        for message in messages:
            if self.is_away:
                raise smtplib.SMTPServerDisconnected("gone")
            if message.to[0] in self.refuses:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
            self.seen.append((message.to[0], message.extra_headers["Message-ID"]))
        return len(messages)


@pytest.fixture
def server(monkeypatch):
    return FakeServer(monkeypatch)


def _three_letters():
    users = [UserFactory(email=f"{name}@donduong.example") for name in ("a", "b", "c")]
    for user in users:
        _tell(user)


def test_every_letter_goes_out_once_however_often_the_worker_looks(server):
    _three_letters()

    sent = [send_waiting() for _round in range(3)]

    assert (sent, [to for to, _id in server.seen]) == (
        [3, 0, 0],
        ["a@donduong.example", "b@donduong.example", "c@donduong.example"],
    )


def test_one_bad_address_stops_nobody_and_is_tried_later_and_later_then_given_up(server):
    server.refuses = {"a@donduong.example"}
    _three_letters()

    now, pauses = clock.now(), []
    for _try in range(8):
        with time_machine.travel(now):
            send_waiting()
            letter = Letter.objects.get(address="a@donduong.example")
            pauses.append((letter.not_before - clock.now()).total_seconds())
        now = letter.not_before + timedelta(seconds=1)

    assert [to for to, _id in server.seen] == ["b@donduong.example", "c@donduong.example"]
    assert [round(pause, -1) for pause in pauses[:4]] == [120, 480, 1920, 7680]
    assert (letter.tries, letter.given_up_at is not None) == (6, True)


def test_an_hour_without_server_loses_nothing_counts_no_try_and_all_is_out_soon_after(server):
    server.is_away = True
    _three_letters()
    now = clock.now()
    for minute in range(60):
        with time_machine.travel(now + timedelta(minutes=minute)):
            send_waiting()
    server.is_away = False

    with time_machine.travel(now + timedelta(minutes=62)):
        send_waiting()

    assert (len(server.seen), len(set(server.seen))) == (3, 3)
    assert set(Letter.objects.values_list("tries", flat=True)) == {0}


def test_a_server_that_goes_away_in_the_middle_gets_the_rest_later(server, monkeypatch):
    _three_letters()
    send = server.send

    def then_away(messages):
        sent = send(messages)
        server.is_away = True
        return sent

    monkeypatch.setattr(EmailBackend, "send_messages", lambda _backend, messages: then_away(messages))
    send_waiting()
    server.is_away = False
    monkeypatch.setattr(EmailBackend, "send_messages", lambda _backend, messages: send(messages))

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        send_waiting()

    assert sorted(to[0] for to, _id in server.seen) == ["a", "b", "c"]


def test_a_letter_whose_sender_died_is_sent_again_under_the_same_id(server):
    _three_letters()
    Letter.objects.filter(address="a@donduong.example").update(claimed_at=clock.now())

    first = send_waiting()
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        second = send_waiting()

    assert (first, second) == (2, 1)
    assert server.seen[-1][1].startswith(f"<letter-{Letter.objects.get(address='a@donduong.example').pk}-")


def test_words_with_line_breaks_stay_in_the_subject(learner):
    notify(to=learner, kind="t", key="k", words=lambda: ("One\r\nBcc: all@evil.example", "x"))

    send_waiting()

    assert mail.outbox[0].subject == "One Bcc: all@evil.example"
    assert mail.outbox[0].bcc == []


def test_a_sent_letter_keeps_no_words(learner):
    _tell(learner)

    send_waiting()

    assert [letter.body for letter in Letter.objects.all()] == [""]


# --- The pages --------------------------------------------------------------


def test_unread_come_first_and_reading_is_by_post(client, learner):
    for key in "abc":
        _tell(learner, key)
    mark_read(user=learner, notice_id=Notice.objects.get(key="c").pk)
    client.force_login(learner)

    keys = [notice.key for notice in client.get(LIST).context["page"]]
    client.get(READ)

    assert (keys, Notice.objects.unread().count()) == (["b", "a", "c"], 2)


def test_one_notice_is_read_and_leads_to_what_it_is_about(client, learner):
    _tell(learner, path="/viec-hoc/")
    _tell(learner, "other")
    client.force_login(learner)
    pk = Notice.objects.get(key="k").pk

    response = client.post(READ, {"pk": pk, "go": "1"})

    assert (response.url, [n.key for n in Notice.objects.unread()]) == ("/viec-hoc/", ["other"])


@pytest.mark.parametrize("pk", ["0", "x", "-1", "²", "9" * 30])
def test_a_foreign_or_impossible_notice_is_404(client, learner, pk):
    client.force_login(learner)

    assert client.post(READ, {"pk": pk}).status_code == 404


def test_nobody_reads_or_marks_the_notices_of_another(client, learner, hr):
    _tell(learner)
    client.force_login(hr)

    answers = client.post(READ, {"pk": Notice.objects.get().pk}).status_code, client.post(READ).status_code

    assert (answers, len(client.get(LIST).context["page"].object_list)) == ((404, 302), 0)
    assert Notice.objects.unread().count() == 1


def test_the_head_of_the_page_counts_the_unread_of_this_reader(client, learner, hr):
    for key in "ab":
        _tell(learner, key)
    _tell(hr, "c")
    client.force_login(learner)

    html = client.get("/").text

    assert re.search(r'site-user__count num">(\d+)', html)[1] == "2"


@pytest.mark.parametrize("count", [1, 3])
def test_list_query_count_does_not_grow(client, learner, count, django_assert_num_queries):
    for number in range(count):
        _tell(learner, str(number))
    client.force_login(learner)
    client.get(LIST)

    with django_assert_num_queries(4):  # account, how many, notices, page frame with the count
        client.get(LIST)
