"""The exam over HTTP: without a script, and the autosave that the script uses."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from quizzes.enums import FinishCause
from quizzes.models import Answer, Attempt, Grading, QuestionVersion
from quizzes.services import finalise, publish_quiz, start_attempt
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill
from tests.quizzes.helpers import answer, right_of, wrong_of

pytestmark = pytest.mark.django_db

IS_POSTGRESQL = connection.vendor == "postgresql"
CANARY = "chim-hoang-yen-9f3a"


@pytest.fixture
def page(client, learner, attempt):
    client.force_login(learner)
    return client


def url(name, attempt):
    return reverse(f"quizzes:{name}", args=[attempt.pk])


def post_save(client, attempt, **data):
    return client.post(url("save", attempt), json.dumps(data), content_type="application/json")


# --- Without a script ---------------------------------------------------------


def test_an_answer_is_saved_before_the_next_question_is_shown(page, attempt):
    option = right_of(attempt, 1)[0]

    response = page.post(url("attempt", attempt), {"cau": 1, "q1": option, "s1": 1, "go": 2})

    assert (response.status_code, response.url) == (302, f"{url('attempt', attempt)}?cau=2")
    assert attempt.answers.get(number=1).response == [option]


def test_the_page_shows_the_saved_answer_and_when_it_was_saved(page, attempt):
    answer(attempt, right=[1])

    response = page.get(url("attempt", attempt), {"cau": 1})

    assert f'value="{right_of(attempt, 1)[0]}" checked' in response.text
    assert "10:00:00" in response.text
    assert "25:00" in response.text
    assert response["Cache-Control"] == "no-store, private"


def test_a_flag_is_set_and_removed(page, attempt):
    page.post(url("attempt", attempt), {"cau": 1, "s1": 1, "flag": "1"})
    was = attempt.answers.get(number=1).is_flagged

    page.post(url("attempt", attempt), {"cau": 1, "s1": 2, "flag": "0"})

    assert (was, attempt.answers.get(number=1).is_flagged) == (True, False)


def test_a_stale_window_is_shown_the_newest_answer(page, attempt):
    answer(attempt, right=[1], sequence=9)

    response = page.post(url("attempt", attempt), {"cau": 1, "q1": wrong_of(attempt, 1), "s1": 1, "go": 2})

    assert response.status_code == 409
    assert f'value="{right_of(attempt, 1)[0]}" checked' in response.text
    assert attempt.answers.get(number=1).response == right_of(attempt, 1)


@pytest.mark.parametrize(
    "data",
    [{}, {"cau": "x"}, {"cau": 1}, {"cau": 1, "s1": "x"}, {"cau": 99, "s99": 1}, {"cau": 1, "s1": 1, "q1": "nonsense"}],
)
def test_a_form_that_does_not_fit_the_paper_is_refused(page, attempt, data):
    assert page.post(url("attempt", attempt), data).status_code == 400
    assert attempt.answers.filter(sequence=0).count() == 4


def test_handing_in_asks_first_and_names_what_is_open(page, attempt):
    answer(attempt, right=[1, 3])

    asked = page.get(url("submit", attempt))
    before = Grading.objects.count()
    done = page.post(url("submit", attempt))

    assert [n for n in (1, 2, 3, 4) if f"?cau={n}" in asked.text] == [2, 4]
    assert (before, Grading.objects.count()) == (0, 1)
    assert (done.status_code, done.url) == (302, url("result", attempt))


def test_handing_in_twice_is_harmless(page, attempt):
    page.post(url("submit", attempt))

    again = page.post(url("submit", attempt))

    assert (again.status_code, again.url, Grading.objects.count()) == (302, url("result", attempt), 1)


def test_an_old_form_after_handing_in_leads_to_the_result_and_changes_nothing(page, attempt):
    page.post(url("submit", attempt))

    response = page.post(url("attempt", attempt), {"cau": 1, "q1": right_of(attempt, 1), "s1": 1, "go": 2})

    assert (response.status_code, response.url) == (302, url("result", attempt))
    assert attempt.answers.get(number=1).response == []


def test_a_timer_that_comes_early_hands_nothing_in(page, attempt):
    response = page.post(url("submit", attempt), {"cause": "timer"}, headers={"accept": "application/json"})

    assert (response.status_code, response.json()["remaining"]) == (409, 1500)
    assert Attempt.objects.get().finished_at is None


def test_a_timer_at_the_deadline_hands_in(page, attempt, host_clock):
    host_clock.move_to(attempt.deadline)

    response = page.post(url("submit", attempt), {"cause": "timer"}, headers={"accept": "application/json"})

    assert (response.status_code, response.json()) == (200, {"result": url("result", attempt)})
    assert Attempt.objects.get().finish_cause == "timer"


# --- Time that has run out ----------------------------------------------------


def test_reading_an_overdue_attempt_shows_it_closed_and_writes_nothing(page, attempt, host_clock):
    host_clock.move_to(attempt.deadline + timedelta(minutes=5))

    exam = page.get(url("attempt", attempt))
    result = page.get(url("result", attempt))

    assert (exam.status_code, exam.url, result.status_code) == (302, url("result", attempt), 200)
    assert [t.name for t in result.templates][0] == "quizzes/being_marked.html"
    assert Attempt.objects.get().finished_at is None
    assert Grading.objects.count() == 0


def test_get_changes_nothing(page, attempt):
    def everything():
        return [list(model.objects.order_by("pk").values()) for model in (Attempt, Answer, Grading)]

    before = everything()

    for name in ("attempt", "save", "submit", "result"):
        page.get(url(name, attempt))

    assert everything() == before


# --- The autosave -------------------------------------------------------------


def test_a_save_is_acknowledged_with_its_time_and_what_is_left(page, attempt, host_clock):
    host_clock.shift(65)

    response = post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=7, flagged=True)

    assert response.json() == {"late": False, "saved_at": "10:01:05", "remaining": 1435}
    assert attempt.answers.get(number=1).is_flagged is True


def test_a_save_told_again_names_its_first_time_and_what_is_left_now(page, attempt, host_clock):
    first = post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=7)
    host_clock.shift(25)

    again = post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=7)

    assert again.json() == first.json() | {"remaining": first.json()["remaining"] - 25}


def test_a_stale_save_answers_409_with_the_newest_answers(page, attempt):
    answer(attempt, right=[1], sequence=9)

    response = post_save(page, attempt, number=1, response=wrong_of(attempt, 1), sequence=3)

    assert response.status_code == 409
    assert response.json()["answers"][0] == {
        "number": 1,
        "response": right_of(attempt, 1),
        "sequence": 9,
        "flagged": False,
    }


def test_somebody_signed_out_gets_401_and_no_page(client, attempt):
    response = post_save(client, attempt, number=1, response=[], sequence=1)

    assert (response.status_code, response.json()) == (401, {"error": "Anh/chị đã đăng xuất."})


def test_a_save_after_handing_in_answers_410_with_the_result(page, attempt):
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)

    response = post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=1)

    assert (response.status_code, response.json()["result"]) == (410, url("result", attempt))


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"number": "1", "response": [], "sequence": 1}',
     b'{"number": 1, "response": {}, "sequence": 1}',
     b'{"number": 1, "response": [1], "sequence": 1}', b'{"number": true, "response": [], "sequence": 1}',
     b'{"number": 1, "response": [], "sequence": 1e3}', b'{"number": 1, "response": [], "sequence": 1, "flagged": "x"}',
     b"\xff"],
)  # fmt: skip
def test_a_save_of_another_shape_is_refused_with_a_sentence(page, attempt, body):
    response = page.post(url("save", attempt), body, content_type="application/json")

    assert response.status_code == 400
    assert response.json()["error"]


def test_nothing_but_the_answer_can_be_written(page, attempt):
    extra = {"deadline": "2099-01-01", "finished_at": "2020-01-01", "staff_member": 1, "is_preview": True, "mark": 10,
             "score": 10, "grace_seconds": 9999, "is_staff": True, "late_response": [], "attempt_no": 1}  # fmt: skip
    before = Attempt.objects.values().get()

    post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=2, **extra)
    page.post(url("attempt", attempt), {"cau": 2, "q2": right_of(attempt, 2), "s2": 1, **extra})
    untouched = Attempt.objects.values().get()
    page.post(url("submit", attempt), {"finish_cause": "invigilator", **extra})

    after = Attempt.objects.values().get()
    assert untouched == before
    assert after | {"finished_at": None, "finish_cause": ""} == before
    assert (after["finish_cause"], str(Grading.objects.get().mark)) == ("submitted", "5.00")


# --- Whose it is --------------------------------------------------------------


@pytest.mark.parametrize("who", ["hr", "head", "trainer", "admin"])
@pytest.mark.parametrize("name", ["attempt", "save", "submit", "result"])
def test_an_attempt_opens_to_its_own_person_only(client, attempt, request, who, name):
    client.force_login(request.getfixturevalue(who))

    assert [client.get(url(name, attempt)).status_code, client.post(url(name, attempt)).status_code] in (
        [404, 404],
        [404, 405],
    )
    assert Attempt.objects.get().finished_at is None


# --- The key ------------------------------------------------------------------


@pytest.fixture
def canaries(attempt):
    """Puts a word into key and feedback of every version, as no author could."""
    for version in QuestionVersion.objects.all():
        notes = {option["id"]: CANARY for option in version.options}
        QuestionVersion.objects.filter(pk=version.pk).update(
            key={"right": version.key["right"], "note": CANARY}, feedback={"general": CANARY, "options": notes}
        )


def crawl(page, attempt):
    responses = [page.get(url(name, attempt)) for name in ("attempt", "save", "submit", "result")]
    responses += [page.get(url("attempt", attempt), {"cau": n}) for n in range(1, 5)]
    responses.append(post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=10**6))
    responses.append(post_save(page, attempt, number=1, response=[], sequence=1))
    responses.append(page.post(url("attempt", attempt), {"cau": 1, "s1": 0, "q1": "x"}))
    return [f"{response.headers}{response.text}" for response in responses]


def test_the_key_is_nowhere_before_its_time(page, attempt, canaries):
    during = crawl(page, attempt)
    page.post(url("submit", attempt))
    after_failing = crawl(page, attempt)

    assert [text for text in during + after_failing if CANARY in text] == []


def test_the_key_is_shown_to_who_has_passed(page, attempt, canaries):
    answer(attempt, right=[1, 2, 3, 4])
    page.post(url("submit", attempt))

    assert page.get(url("result", attempt)).text.count(CANARY) == 4 * 5


def test_the_key_is_shown_when_no_attempt_is_left_but_not_while_the_last_one_is_open(page, attempt, quiz, canaries):
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    last = start_attempt(quiz=quiz, staff_member=attempt.staff_member)
    while_open = page.get(url("result", attempt)).text
    finalise(attempt=last, cause=FinishCause.SUBMITTED)

    assert (CANARY in while_open, CANARY in page.get(url("result", attempt)).text) == (False, True)


def test_the_key_hides_again_while_a_later_cycle_goes_on(page, attempt, quiz, canaries):
    answer(attempt, right=[1, 2, 3, 4])
    finalise(attempt=attempt, cause=FinishCause.SUBMITTED)
    again = start_attempt(quiz=quiz, staff_member=attempt.staff_member, attempts_used=0)
    finalise(attempt=again, cause=FinishCause.SUBMITTED)

    assert [CANARY in page.get(url("result", sitting)).text for sitting in (attempt, again)] == [False, False]


def test_a_quiz_may_never_show_its_key(page, attempt, quiz, canaries):
    quiz.review = {"after": ["mark"], "after_window": ["mark"]}
    quiz.save()
    answer(attempt, right=[1, 2, 3, 4])
    page.post(url("submit", attempt))

    assert CANARY not in page.get(url("result", attempt)).text


def test_right_and_wrong_saves_get_answers_of_the_same_size(page, attempt):
    right = post_save(page, attempt, number=1, response=right_of(attempt, 1), sequence=1)
    wrong = post_save(page, attempt, number=1, response=wrong_of(attempt, 1), sequence=2)

    assert len(right.content) == len(wrong.content)


# --- What it costs ------------------------------------------------------------


@pytest.fixture(params=[5, 20])
def long_attempt(request, learner):
    category = CategoryFactory(code="DÀI")
    fill(category, request.param)
    part = PartFactory(quiz=QuizFactory())
    SectionFactory(part=part, category=category, quota=request.param)
    return start_attempt(quiz=publish_quiz(quiz=part.quiz), staff_member=learner.staff_member)


def test_the_exam_page_takes_the_same_queries_for_5_and_20_questions(
    client, learner, long_attempt, django_assert_num_queries
):
    client.force_login(learner)
    client.get(url("attempt", long_attempt))

    # user (the session is cached), attempt with quiz and paper, answers; PostgreSQL's clock
    with django_assert_num_queries(3 + IS_POSTGRESQL):
        client.get(url("attempt", long_attempt))


def test_a_save_takes_two_queries_for_5_and_20_questions(client, learner, long_attempt, django_assert_num_queries):
    client.force_login(learner)
    response = right_of(long_attempt, 1)
    post_save(client, long_attempt, number=1, response=response, sequence=1)  # the process learns the paper

    with django_assert_num_queries(2):  # user, save
        post_save(client, long_attempt, number=1, response=response, sequence=2)


def test_a_paper_that_the_process_remembers_is_still_its_learners_alone(client, learner, hr, attempt):
    client.force_login(learner)
    mine = post_save(client, attempt, number=1, response=right_of(attempt, 1), sequence=1)

    client.force_login(hr)
    theirs = post_save(client, attempt, number=1, response=[], sequence=2)

    assert (mine.status_code, theirs.status_code) == (200, 404)
    assert attempt.answers.get(number=1).response == right_of(attempt, 1)


def test_a_save_to_an_attempt_that_never_was_is_not_found(client, learner):
    client.force_login(learner)

    assert client.post("/thi/987654/luu/", "{}", content_type="application/json").status_code == 404


def test_a_save_nested_without_end_is_refused_in_a_sentence(page, attempt):
    response = page.post(url("save", attempt), "[" * 100_000, content_type="application/json")

    assert response.status_code == 400


# --- Previews -------------------------------------------------------------------


def test_a_preview_says_so_on_every_page_and_leads_back_to_the_form_of_the_test(page, learner, quiz, host_clock):
    start_attempt(quiz=quiz, staff_member=learner.staff_member)
    finalise(attempt=Attempt.objects.get(), cause="submitted")
    preview = start_attempt(quiz=quiz, staff_member=learner.staff_member, is_preview=True)
    form = reverse("quizzes_cms:quiz", args=[quiz.pk])

    pages = [page.get(reverse(f"quizzes:{name}", args=[preview.pk])).text for name in ("attempt", "submit")]
    finalise(attempt=preview, cause="submitted")
    pages.append(page.get(reverse("quizzes:result", args=[preview.pk])).text)

    assert ["Xem thử" in text for text in pages] == [True, True, True]
    assert [form in pages[0], form in pages[2], "Lượt 1" in pages[2], 'href="/viec-hoc/">Về' in pages[2]] == [
        True, True, False, False,
    ]  # fmt: skip


def test_where_something_is_missing_the_first_thing_offered_is_to_go_on(page, attempt):
    answer(attempt, right=[1, 3, 4])
    before = page.get(reverse("quizzes:submit", args=[attempt.pk])).text

    answer(attempt, right=[2])
    after = page.get(reverse("quizzes:submit", args=[attempt.pk])).text

    assert 'button--primary" href="{}?cau=2"'.format(reverse("quizzes:attempt", args=[attempt.pk])) in before
    assert [text.count("button--primary") for text in (before, after)] == [1, 1]
    assert '<button class="button button--primary">Nộp bài' in after
