"""The trainer writes, the reviewer lets through or sends back; learners read what is published."""

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from wagtail.admin.compare import get_comparison_class_for_block
from wagtail.models import GroupPagePermission, Page, Workflow

from courses import moderation
from courses.blocks import SelfCheckOptionBlock
from courses.models import LessonCompletion, LessonPage, ReviewTask
from courses.services import complete_lesson, ensure_groups
from staff.models import Notice

# Wagtail's forms leave the temporary files of thumbnails open.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture
def lesson(lessons):
    return lessons[0]


@pytest.fixture
def desk(client, author):
    client.force_login(author)
    return client


@pytest.fixture
def send(client, form_of, lesson):
    """``send(user, action, **changes)``: that person presses that button of the edit form."""

    def sent(user, action=None, **changes):
        client.force_login(user)
        latest = LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object()
        pressed = {action: "1"} if action else {}
        return client.post(
            reverse("wagtailadmin_pages:edit", args=[lesson.pk]), form_of(latest, **{**changes, **pressed}), follow=True
        )

    return sent


def _told(user) -> list[str]:
    return [notice.title for notice in Notice.objects.of(user)]


def title_of(lesson):
    return LessonPage.objects.get(pk=lesson.pk).title


def test_the_groups_and_the_workflow_are_the_same_however_often_they_are_made(catalogue):
    def stock():
        rows = GroupPagePermission.objects.order_by("pk").values_list("group__name", "permission__codename")
        groups = {group.name: group.permissions.count() for group in Group.objects.all()}
        return list(rows), groups, Workflow.objects.count(), ReviewTask.objects.count()

    before = stock()
    ensure_groups()

    assert stock() == before
    assert ("trainers", "publish_page") not in before[0]
    assert ("reviewers", "publish_page") in before[0]


def test_rights_that_trainers_had_before_are_taken_back(catalogue):
    group = Group.objects.get(name="trainers")
    page = Page.objects.get(coursepage=None, catalogueindexpage__isnull=False)
    GroupPagePermission.objects.create(group=group, page=page, permission_type="publish")

    ensure_groups()

    assert not GroupPagePermission.objects.filter(group=group).exists()


def test_every_lesson_has_the_workflow(lessons, test_page):
    assert {page.get_workflow().name for page in [*lessons, test_page]} == {"Duyệt bài"}


def test_a_trainer_cannot_publish_whatever_she_sends(send, author, lesson):
    old = lesson.title

    send(author, "action-publish", title="Tự xuất bản")

    assert title_of(lesson) == old
    assert LessonPage.objects.get(pk=lesson.pk).has_unpublished_changes


def test_from_the_draft_to_the_learner(send, author, reviewer, lesson, learner, client, enrolment, address):
    old = lesson.title

    send(author, "action-submit", title="Tên mới")
    client.force_login(learner)
    assert old in client.get(address(lesson)).text
    assert [message.to for message in mail.outbox] == [[reviewer.email]]
    assert _told(reviewer) == ["Có bài chờ anh/chị duyệt: Tên mới"]

    send(reviewer, "action-workflow-action", title="Tên mới", **{"workflow-action-name": "approve"})

    client.force_login(learner)
    assert "Tên mới" in client.get(address(lesson)).text
    assert mail.outbox[-1].to == [author.email]
    assert _told(author) == ["Đã duyệt và xuất bản: Tên mới"]


def test_what_is_sent_back_comes_with_words(send, author, reviewer, lesson, client):
    send(author, "action-submit", title="Tên mới")
    page = LessonPage.objects.get(pk=lesson.pk)
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "reject", page.current_workflow_task_state.pk]
    )
    client.force_login(reviewer)

    client.post(address, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
    assert LessonPage.objects.get(pk=lesson.pk).current_workflow_state.status == "in_progress"
    client.post(address, {"comment": "Thiếu ví dụ ở xã."})

    client.force_login(author)
    assert "Thiếu ví dụ ở xã." in client.get("/cms/").text
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text
    assert "Thiếu ví dụ ở xã." in edit
    assert "Gửi duyệt" in edit
    assert any("Thiếu ví dụ ở xã." in message.body for message in mail.outbox)
    [notice] = Notice.objects.of(author)
    assert (notice.title, notice.text) == ("Cần sửa lại: Tên mới", "Thiếu ví dụ ở xã.")
    assert "Gửi duyệt" in client.get(notice.path).text


def test_the_reviewer_is_told_where_the_lesson_went(send, author, reviewer, lesson):
    submitted = send(author, "action-submit", title="Tên mới").text
    words = {"workflow-action-name": "reject", "workflow-action-extra-data": '{"comment": "Thiếu ví dụ ở xã."}'}
    back = send(reviewer, "action-workflow-action", title="Tên mới", **words).text
    send(author, "action-submit", title="Tên mới")
    through = send(reviewer, "action-workflow-action", title="Tên mới", **{"workflow-action-name": "approve"}).text

    assert "Đã gửi bài “Tên mới” cho người duyệt" in submitted
    assert f"Đã trả bài “Tên mới” cho {author.full_name} để sửa, kèm lời của anh/chị: “Thiếu ví dụ ở xã.”" in back
    assert "Đã duyệt và xuất bản “Tên mới”: từ bây giờ học viên đọc được bài này." in through
    assert "Đã lưu" not in back + through


def test_who_decides_outside_the_form_is_told_the_same_once_it_is_decided(send, author, reviewer, lesson, client):
    send(author, "action-submit", title="Tên mới")
    state = LessonPage.objects.get(pk=lesson.pk).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[lesson.pk, "reject", state.pk])
    client.force_login(reviewer)

    refused = client.post(address, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
    done = client.post(address, {"comment": "Thiếu ví dụ ở xã."}, follow=True)

    assert [str(message) for message in get_messages(refused.wsgi_request)] == []
    assert f"Đã trả bài “Tên mới” cho {author.full_name} để sửa" in done.text


def test_a_trainer_lets_nothing_through(send, author, lesson, client):
    send(author, "action-submit", title="Tên mới")
    page = LessonPage.objects.get(pk=lesson.pk)
    address = reverse(
        "wagtailadmin_pages:workflow_action", args=[page.pk, "approve", page.current_workflow_task_state.pk]
    )

    client.post(address)

    assert LessonPage.objects.get(pk=lesson.pk).title != "Tên mới"


def test_the_first_button_says_what_the_person_does_next(client, author, reviewer, lesson, send):
    edit = reverse("wagtailadmin_pages:edit", args=[lesson.pk])

    def first_button(user):
        client.force_login(user)
        menu = client.get(edit).context["action_menu"]
        return menu.default_item.name

    assert first_button(author) == "action-submit"
    assert first_button(reviewer) == "action-publish"
    send(author, "action-submit")
    assert first_button(reviewer) == "approve"


def test_a_lesson_that_lacks_something_is_saved_and_not_sent(send, author, lesson):
    answer = send(author, "action-submit", summary="")

    assert "Viết tóm tắt" in answer.text
    assert LessonPage.objects.get(pk=lesson.pk).current_workflow_state is None
    send(author, summary="")
    assert LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object().summary == ""


def test_a_lesson_that_lacks_something_is_not_published(send, reviewer, lesson, client):
    send(reviewer, summary="")
    old = LessonPage.objects.get(pk=lesson.pk).summary

    send(reviewer, "action-publish", summary="")
    client.post(f"/cms/bulk/wagtailcore/page/publish/?id={lesson.pk}")
    client.post(f"/cms/bulk/wagtailcore/page/publish/?id={lesson.get_parent().pk}", {"include_descendants": "on"})

    assert (LessonPage.objects.get(pk=lesson.pk).summary, bool(old)) == (old, True)


def test_a_reviewer_cannot_let_through_what_the_checklist_refuses(send, author, reviewer, lesson, client):
    send(author, "action-submit", title="Tên mới")
    send(reviewer, summary="", title="Tên mới")
    page = LessonPage.objects.get(pk=lesson.pk)
    state = page.current_workflow_task_state.pk

    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state]))

    assert title_of(lesson) != "Tên mới"


def test_the_workflow_can_be_left_though_something_lacks(send, author, reviewer, lesson):
    send(author, "action-submit")
    send(reviewer, summary="")

    send(author, "action-cancel-workflow")

    assert LessonPage.objects.get(pk=lesson.pk).current_workflow_state is None


def test_letters_and_marks_are_joined_when_a_lesson_is_saved(send, author, lesson):
    send(author, title="Ba\u0300i mơ\u0301i")

    assert LessonPage.objects.get(pk=lesson.pk).get_latest_revision_as_object().title == "Bài mới"


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_asks_the_same_whatever_waits(
    client, author, reviewer, lessons, count, django_assert_max_num_queries
):
    for lesson in lessons[:count]:
        lesson.save_revision(user=author)
        lesson.get_workflow().start(LessonPage.objects.get(pk=lesson.pk), author)
    moderation.waiting_for(reviewer)  # what Django keeps from the first question on is not counted

    with django_assert_max_num_queries(8):
        waiting = moderation.waiting_for(reviewer)
    with django_assert_max_num_queries(4):
        own = moderation.pages_of_author(author)

    assert [(row.course, row.who) for row in waiting] == [("CB-01", author.full_name)] * count
    assert [row.state for row in own].count("waiting") == count


def test_the_dashboard_of_each(client, send, author, reviewer, learner, lesson):
    send(author, "action-submit", title="Đợi người xem")

    client.force_login(reviewer)
    reviewers = client.get("/cms/").text
    client.force_login(author)
    trainers = client.get("/cms/").text

    assert ("Bài chờ duyệt" in reviewers, "Đợi người xem" in reviewers) == (True, True)
    assert ("Bài của tôi" in trainers, "Bài chờ duyệt" in trainers) == (True, False)


def test_an_author_begins_a_lesson_from_the_first_page(client, author, reviewer, lesson):
    course = lesson.get_parent().pk
    begin = [
        reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", course]),
        reverse("courses_cms:upload", args=[course]),
    ]
    offered = {}
    for user in (author, reviewer):
        client.force_login(user)
        offered[user] = [address in client.get("/cms/").text for address in begin]

    client.force_login(author)
    assert offered == {author: [True, True], reviewer: [False, False]}
    assert [client.get(address).status_code for address in begin] == [200, 200]


def test_a_finished_lesson_keeps_the_revision_that_was_read(send, author, reviewer, lesson, enrolment):
    read = LessonPage.objects.get(pk=lesson.pk).live_revision_id
    complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=read)
    send(reviewer, "action-publish", title="Bản sau")

    completion = LessonCompletion.objects.get(enrolment=enrolment)
    assert (completion.revision_id, LessonPage.objects.get(pk=lesson.pk).live_revision_id != read) == (read, True)


def test_drafts_and_published_versions_are_compared_with_one_click(send, author, lesson, client):
    send(author, title="Bản nháp khác hẳn")
    address = reverse("wagtailadmin_pages:revisions_compare", args=[lesson.pk, "live", "latest"])

    assert address in client.get(reverse("wagtailadmin_pages:edit", args=[lesson.pk])).text
    assert "Bản nháp khác hẳn" in client.get(address).text


def test_a_comparison_says_yes_and_no_in_words():
    block = SelfCheckOptionBlock()
    before, after = (block.to_python({"text": "Hai", "right": right, "feedback": ""}) for right in (False, True))

    shown = get_comparison_class_for_block(block)(block, True, True, before, after).htmldiff()

    assert (">có<" in shown, ">không<" in shown) == (True, True)
    assert ("True" in shown, "False" in shown) == (False, False)
