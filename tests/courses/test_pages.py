"""The pages over HTTP."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.urls import reverse
from PIL import Image as PictureFile
from wagtail.documents.models import Document
from wagtail.images.models import Image, Rendition
from wagtail.rich_text import RichText

from courses.access import open_course_for
from courses.enums import Origin
from courses.models import Course, Enrolment, LessonCompletion, Requirement, TrackRule
from courses.pages import judge
from courses.services import complete_lesson, enrol, grant_qualification
from courses.services.content import prepare_pictures
from staff import clock
from staff.models import Audience, AudienceRule
from tests.factories.staff import UserFactory


@pytest.fixture
def browser(client, learner):
    client.force_login(learner)
    return client


def test_every_page_opens(browser, enrolment, lessons, address):
    urls = [reverse("courses:catalogue"), reverse("courses:course", args=["CB-01"]), reverse("my_learning")]
    urls += [address(lesson) for lesson in lessons]

    assert [browser.get(url).status_code for url in urls] == [200] * 9


@pytest.mark.parametrize("count", [1, 3])
def test_a_lesson_asks_the_same_few_queries_whatever_the_course(
    browser, enrolment, lessons, address, count, django_assert_num_queries
):
    for lesson in lessons[count:]:
        lesson.unpublish()
    browser.get(address(lessons[0]))

    # user, enrolment with course and page, lesson, outline with marks, images with their sized files, header; the
    # session is in the cache here, and one query more where it is kept in the database only
    with django_assert_num_queries(6):
        browser.get(address(lessons[0]))


@pytest.mark.parametrize("is_enrolled", [True, False])
def test_a_lesson_with_files_and_pictures_asks_at_most_eight_queries_enrolled_or_not(
    browser, learner, course, lessons, address, is_enrolled, django_assert_num_queries
):
    if is_enrolled:
        enrol(staff_member=learner.staff_member, course=course)
    sheet, film = (
        Document.objects.create(title=name, file=ContentFile(b"x", name=name)) for name in ("bieu-mau.xlsx", "bai.mp4")
    )
    lesson = lessons[0]
    lesson.body.append(("document", {"document": sheet, "note": ""}))
    lesson.body.append(("video", {"video": film, "title": "Bài giảng", "transcript": RichText("<p>Lời.</p>")}))
    lesson.save_revision().publish()
    browser.get(address(lesson))

    with django_assert_num_queries(8):
        html = browser.get(address(lesson)).content.decode()
    assert (sheet.url in html, film.url in html) == (True, True)


def test_the_newest_of_several_enrolments_is_the_one_that_is_read(browser, learner, course, lessons, address):
    first = enrol(staff_member=learner.staff_member, course=course)
    complete_lesson(enrolment=first, lesson=lessons[0], revision_id=None)
    second = Enrolment.objects.create(staff_member=learner.staff_member, course=course, cycle=2)

    page, newest = open_course_for(learner, code="CB-01")

    assert (newest, newest.cycle, page, page.course) == (second, 2, course.page, course)
    assert open_course_for(UserFactory(), code="CB-01") == (course.page, None)


def test_publishing_makes_the_pictures_and_a_lost_one_is_replaced_by_the_original(browser, enrolment, lessons, address):
    rendition = Rendition.objects.get(image__title="CB-01 so-do-may-tinh")
    assert f'src="{rendition.file.url}"' in browser.get(address(lessons[0])).content.decode()

    rendition.delete()

    original = f'src="{Image.objects.get(title="CB-01 so-do-may-tinh").file.url}"'
    assert original in browser.get(address(lessons[0])).content.decode()
    assert not Rendition.objects.filter(image__title="CB-01 so-do-may-tinh").exists()


def test_a_drawing_is_sent_lighter_than_it_was_uploaded_and_a_photograph_stays_one(lessons):
    drawing = Image.objects.get(title="CB-01 so-do-may-tinh")
    file = BytesIO()
    PictureFile.new("RGB", (1600, 900), "#2e6b3a").save(file, "JPEG")
    photograph = Image.objects.create(title="photograph", file=ImageFile(file, name="photograph.jpg"))
    lessons[0].body = [("image", {"image": image, "alt": "x"}) for image in (drawing, photograph)]

    prepare_pictures(lesson=lessons[0])

    sent = {image.title: image.renditions.get() for image in (drawing, photograph)}
    assert sent["CB-01 so-do-may-tinh"].file.name.endswith(".webp")
    assert sent["CB-01 so-do-may-tinh"].file.size <= drawing.file.size
    assert (sent["photograph"].file.name.endswith(".jpg"), sent["photograph"].width) == (True, 1200)


def test_a_cell_of_a_table_says_what_it_is_where_the_heads_are_out_of_sight(browser, enrolment, lessons, address):
    html = browser.get(address(lessons[0])).content.decode()

    assert '<th scope="row">Bàn phím, chuột</th><td data-label="Việc chính">Đưa chữ và lệnh vào máy</td>' in html


@pytest.mark.parametrize("count", [1, 3])
def test_my_learning_asks_the_same_number_of_queries_whatever_is_held_and_due(
    browser, learner, course, enrolment, count, django_assert_num_queries
):
    TrackRule.objects.create(track=course.track, version=1, valid_from=date(2026, 1, 1)).courses.add(course)
    for other in Course.objects.order_by("position")[:count]:
        require(other.track, course=other)
        require(other.track, code=f"{other.code}-track")
        grant(learner, other)
    browser.get(reverse("my_learning"))

    # user, person; merged people, postings, duties, exemptions, qualifications; courses, 5 for the outlines;
    # requirements, rules of audiences, rules of tracks with their courses, tracks; certificates; classes; header
    with django_assert_num_queries(21):
        browser.get(reverse("my_learning"))


def require(track, *, course=None, code=None):
    audience = Audience.objects.create(code=code or course.code, name="Mọi người")
    AudienceRule.objects.create(audience=audience, version=1, valid_from=date(2026, 1, 1))
    return Requirement.objects.create(
        code=code or course.code,
        version=1,
        audience=audience,
        track=track,
        course=course,
        legal_basis="Kế hoạch thử",
        valid_from=date(2026, 1, 1),
    )


def grant(user, course, **fields):
    return grant_qualification(
        staff_member=user.staff_member,
        track=course.track,
        course=course,
        origin=Origin.DECLARED,
        valid_from=date(2026, 1, 1),
        **fields,
    )


def test_a_required_track_lists_its_courses(browser, course):
    require(course.track, code="track")
    rule = TrackRule.objects.create(track=course.track, version=1, valid_from=date(2026, 1, 1))
    rule.courses.set(Course.objects.filter(code__in=["CB-01", "CB-02"]))

    html = browser.get(reverse("my_learning")).content.decode()

    assert [title in html for title in rule.courses.values_list("title", flat=True)] == [True, True]


def test_an_expired_qualification_opens_a_new_cycle_from_a_button(browser, learner, enrolment, lessons, address):
    Enrolment.objects.filter(pk=enrolment.pk).update(passed_at=clock.now(), completed_at=clock.now())
    grant(learner, enrolment.course, enrolment=enrolment, valid_until=date(2026, 1, 31))
    enrol_url = reverse("courses:enrol", args=["CB-01"])
    assert f'action="{enrol_url}"' in browser.get(reverse("courses:course", args=["CB-01"])).content.decode()

    assert [browser.post(enrol_url).url for _ in range(2)] == [address(lessons[0])] * 2

    cycles = Enrolment.objects.order_by("cycle")
    assert [(cycle.cycle, cycle.passed_at is None) for cycle in cycles] == [(1, False), (2, True)]


def test_drafts_and_unknown_lessons_are_not_there(browser, enrolment, lessons, address):
    lessons[0].unpublish()

    assert browser.get(address(lessons[0])).status_code == 404
    assert browser.get(reverse("courses:lesson", args=["CB-01", "khong-co"])).status_code == 404


def test_the_key_of_a_self_check_is_not_in_the_page(browser, enrolment, lessons, address):
    check = next(block for block in lessons[0].body if block.block_type == "self_check")
    html = browser.get(address(lessons[0])).content.decode()

    assert [option["feedback"] in html for option in check.value["options"]] == [False] * len(check.value["options"])


def test_a_self_check_answers_by_post_and_stores_nothing(browser, enrolment, lessons):
    check = next(block for block in lessons[0].body if block.block_type == "self_check")
    right = next(n for n, option in enumerate(check.value["options"]) if option["right"])
    url = reverse("courses:self_check", args=["CB-01", lessons[0].slug, check.id])

    html = browser.post(url, {"option": right}).content.decode()

    assert 'role="status"' in html
    assert judge(lessons[0], str(check.id), right).is_right is True
    assert browser.post(url, {"option": 99}).status_code == 404
    assert LessonCompletion.objects.count() == 0


def test_a_later_self_check_keeps_what_was_said_to_an_earlier_one(browser, enrolment, lessons):
    first, second = [block for block in lessons[0].body if block.block_type == "self_check"][:2]
    url = reverse("courses:self_check", args=["CB-01", lessons[0].slug, second.id])

    html = browser.post(url, {"option": 0, f"k-{first.id}": "1", "k-none": "1", "k-": "x"}).text

    assert html.count('role="status"') == 2
    assert f'name="k-{first.id}" value="1"' in html
    assert f'name="k-{second.id}" value="0"' in html


def test_the_address_of_an_answered_self_check_opens_the_lesson(browser, enrolment, lessons, address):
    check = next(block for block in lessons[0].body if block.block_type == "self_check")

    response = browser.get(reverse("courses:self_check", args=["CB-01", lessons[0].slug, check.id]))

    assert (response.status_code, response.url) == (302, address(lessons[0]))


def test_finishing_by_post_twice_is_harmless_and_get_changes_nothing(browser, enrolment, lessons, address):
    url = address(lessons[0], "complete")

    assert browser.get(url).status_code == 405
    forged = {"enrolment": 999, "completed_at": "2020-01-01", "revision": lessons[1].live_revision_id}
    responses = [browser.post(url, forged) for _ in range(2)]

    assert [response.url for response in responses] == [address(lessons[1])] * 2
    assert list(LessonCompletion.objects.values_list("enrolment", "revision")) == [
        (enrolment.pk, lessons[0].live_revision_id)
    ]


def test_somebody_who_is_not_enrolled_finishes_nothing(client, hr, enrolment, lessons, address):
    client.force_login(hr)

    assert client.post(address(lessons[0], "complete")).status_code == 404
    assert client.post(reverse("courses:start_test", args=["CB-01"])).status_code == 404
    assert LessonCompletion.objects.count() == 0


def test_enrolling_by_post_leads_to_the_first_lesson(browser, lessons, address):
    response = browser.post(reverse("courses:enrol", args=["CB-01"]), {"cycle": 7})

    assert response.url == address(lessons[0])
    assert Enrolment.objects.get().cycle == 1


def test_an_account_without_a_person_gets_a_clear_page(client, admin, catalogue):
    client.force_login(admin)

    assert client.get(reverse("my_learning")).status_code == 200
    assert client.get(reverse("courses:course", args=["CB-01"])).status_code == 200


def test_wagtails_own_address_leads_to_ours(browser, lessons, address):
    assert lessons[0].url.endswith(address(lessons[0]))
