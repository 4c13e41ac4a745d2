"""A class from its plan to the pass that only the test gives, over HTTP."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from courses.models import ClassSession, Course, Enrolment, Qualification
from staff import clock
from tests.flows import story

pytestmark = pytest.mark.django_db


def test_a_class_is_planned_held_and_closed_and_only_the_test_makes_its_learner_qualified(
    loaded, learner, hr, commune, django_capture_on_commit_callbacks
):
    course = Course.objects.get(code="CB-01")
    course.attendance_is_lessons = True
    course.save()
    office, client = Client(), Client()
    story.sign_in(office, hr)
    story.sign_in(client, learner)
    yesterday = clock.today() - timedelta(days=1)

    # the officer plans a class, says when it is, and sends whom the page finds
    said = {"course": course.pk, "name": "Lớp 01/2026", "unit": commune.pk, "attendance_percent": 80}
    office.post(reverse("classes:new"), said)
    found = ClassSession.objects.get()
    meeting = {"day": f"{yesterday:%d/%m/%Y}", "begins": "07:30", "ends": "11:00", "hours": "4"}
    office.post(reverse("classes:meetings", args=[found.pk]), meeting)
    send = f"{reverse('classes:send', args=[found.pk])}?unit={commune.pk}&whom=chua-co"
    shown = BeautifulSoup(office.get(send).content, "html.parser")
    people = [box["value"] for box in shown.find_all("input", attrs={"name": "person"})]
    office.post(send, {"person": people, "decision_number": "12/QĐ-UBND", "decision_on": meeting["day"]})

    # the learner hears of it; attendance is noted; the class is closed as it was shown
    told = client.get(reverse("notices:list")).text
    lesson_gate = client.get(reverse("courses:course", args=["CB-01"])).text
    note = reverse("classes:attendance", args=[found.pk, found.meetings.get().pk])
    office.post(note, {"all": "present"})
    page = BeautifulSoup(office.get(reverse("classes:close", args=[found.pk])).content, "html.parser")
    digest = page.find("input", attrs={"name": "shown"})["value"]
    office.post(reverse("classes:close", args=[found.pk]), {"shown": digest})
    after_the_class = (
        Qualification.objects.count(),
        Enrolment.objects.get(staff_member=learner.staff_member).passed_at,
    )

    # the lessons need not be read; the test is still hers to pass
    response = client.get(reverse("courses:course", args=["CB-01"]))
    with django_capture_on_commit_callbacks(execute=True):
        story.pass_test(client, learner, story.press(client, response, "/kiem-tra/bat-dau/"))
    held = Qualification.objects.get()
    record = client.get(reverse("record:own")).text

    assert str(learner.staff_member_id) in people
    assert str(hr.staff_member_id) not in people
    assert ("Anh/chị được cử đi học" in told, "/kiem-tra/bat-dau/" in lesson_gate) == (True, False)
    assert after_the_class == (0, None)
    assert (held.staff_member, held.origin) == (learner.staff_member, "passed")
    assert ("Lớp đã dự" in record, "4/4" in record, "10,00" in record) == (True, True, True)


def test_nothing_chosen_is_said_in_words(client, hr):
    client.force_login(hr)

    page = client.get("/lop/moi/").text

    assert "-----" not in page
    for words in ("chọn đơn vị", "chọn khóa học", "không: chỉ mình tôi cử người"):
        assert words in page
