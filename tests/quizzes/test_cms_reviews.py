"""The reviewer's desk for questions: many at a glance, let through together, sent back with a word."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from quizzes.models import Question
from quizzes.services import create_question, revise_question
from quizzes.types.by_people import Criterion, Level
from staff.models import Notice
from tests.factories.quizzes import CategoryFactory, text

pytestmark = pytest.mark.django_db
# session, user, groups and rights of the CMS's own frame, count, questions, newest versions, categories
LIST_QUERIES = 16


def url(name, *args):
    return reverse(f"quizzes_cms:{name}", args=args)


@pytest.fixture(autouse=True)
def _cms_opens_to_authors(db):
    enter = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name in ("trainers", "reviewers"):
        Group.objects.get_or_create(name=name)[0].permissions.add(enter)


@pytest.fixture
def drafts(trainer):
    category = CategoryFactory(code="IU01")
    return [
        create_question(code=f"Q-{n}", category=category, text=text(stem=f"Câu số {n}?"), by=trainer) for n in (1, 2, 3)
    ]


def told(user):
    return list(Notice.objects.of(user).values_list("kind", "title", "text"))


def test_the_ticked_versions_are_let_through_and_no_others(client, reviewer, trainer, drafts):
    client.force_login(reviewer)
    revise_question(question=drafts[1], text=text(stem="Câu số 2, đã đổi?"), by=trainer)

    response = client.post(url("reviews"), {"q": [f"{drafts[0].pk}:1", f"{drafts[1].pk}:1"]}, follow=True)

    assert list(Question.objects.order_by("code").values_list("status", flat=True)) == ["reviewed", "draft", "draft"]
    assert "Q-2" in " ".join(str(message) for message in response.context["messages"])


def test_the_desk_shows_each_question_with_its_options_and_which_is_right(client, reviewer, drafts):
    client.force_login(reviewer)

    page = client.get(url("reviews")).text

    assert [page.count(f"Câu số {n}?") for n in (1, 2, 3)] == [1, 1, 1]
    assert page.count("<strong>") >= 3


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_one_and_for_three(client, reviewer, drafts, count, django_assert_max_num_queries):
    Question.objects.filter(pk__in=[question.pk for question in drafts[count:]]).update(status="retired")
    client.force_login(reviewer)

    with django_assert_max_num_queries(LIST_QUERIES):
        page = client.get(url("reviews")).text

    assert page.count('type="checkbox"') == count


def test_a_question_sent_back_tells_its_author_once_and_says_so_until_it_is_mended(client, reviewer, trainer, drafts):
    client.force_login(reviewer)
    comment = {"comment": "Đáp án B cũng đúng."}

    client.post(url("question_send_back", drafts[0].pk), comment)
    client.post(url("question_send_back", drafts[0].pk), comment)
    client.force_login(trainer)
    before = client.get(url("question", drafts[0].pk)).text
    revise_question(question=drafts[0], text=text(stem="Câu số 1, đã sửa?"), by=trainer)
    after = client.get(url("question", drafts[0].pk)).text

    assert told(trainer) == [("questions.sent_back", "Câu hỏi Q-1 được trả lại để sửa", "Đáp án B cũng đúng.")]
    assert ("Đáp án B cũng đúng." in before, "Đáp án B cũng đúng." in after) == (True, False)


@pytest.mark.parametrize("comment", ["", "   "])
def test_without_a_comment_nothing_is_sent_back(client, reviewer, trainer, drafts, comment):
    client.force_login(reviewer)

    client.post(url("question_send_back", drafts[0].pk), {"comment": comment})

    assert told(trainer) == []


def test_a_trainer_has_no_desk(client, trainer, drafts):
    client.force_login(trainer)

    answers = [
        client.get(url("reviews")).status_code,
        client.post(url("reviews"), {"q": [f"{drafts[0].pk}:1"]}).status_code,
        client.post(url("question_send_back", drafts[0].pk), {"comment": "x"}).status_code,
    ]

    assert answers == [404, 404, 404]
    assert Question.objects.get(pk=drafts[0].pk).status == "draft"


def test_the_desk_shows_what_people_mark_an_essay_by(client, reviewer, trainer):
    criteria = (Criterion("Nội dung", (Level("3", "đủ ý"), Level("1,5", "thiếu ý"))),)
    essay = text(type="essay", options=(), criteria=criteria, guide="Nêu đủ ba ý.")
    create_question(code="TL-1", category=CategoryFactory(), text=essay, by=trainer)
    client.force_login(reviewer)

    page = client.get(url("reviews")).text

    assert "Nội dung: <strong>3</strong> đủ ý; <strong>1,50</strong> thiếu ý" in page
    assert "Nêu đủ ba ý." in page
