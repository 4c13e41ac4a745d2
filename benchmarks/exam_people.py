"""Fills a database for measuring tests: one course of one lesson, a test of it, and learners who may sit it.

python -m benchmarks.exam_people LEARNERS PASSWORD QUESTIONS [SEATED]

The last SEATED of the learners are candidates of an exam session: admitted, their papers drawn beforehand.
"""

import sys

import django

COURSE, SEATED_COURSE = "DO-02", "DO-03"
POOL = 3  # questions in the bank for each one that a paper shows


def fill(learners: int, password: str, questions: int, seated: int = 0) -> None:
    from django.db import connection

    from benchmarks.learners import made_learners

    people = list(made_learners(learners, password))
    category = _bank(questions)
    _course(COURSE, category, questions, people[: learners - seated])
    if seated:
        # A test of its own: while others are asked its questions, nobody may look at the answers.
        quiz = _course(SEATED_COURSE, category, questions, people[-seated:])
        _seat(quiz, people[-seated:])
    with connection.cursor() as cursor:  # what the barest possible save writes to
        cursor.execute(
            "CREATE TABLE bare_answer (person bigint, number int, response jsonb, PRIMARY KEY (person, number))"
        )


def _course(code, category, questions, people):
    """The quiz of a course whose one lesson these people have finished."""
    from courses.models import Course, CoursePage, LessonPage, TestPage, Track, TrackPage
    from courses.services import complete_lesson, enrol

    track = _track_page(Track, TrackPage)
    course = Course.objects.create(code=code, track=track.track, title="Khóa đo bài thi", hours=8, is_ready=True)
    page = CoursePage(title=course.title, slug=code.lower(), course=course)
    track.add_child(instance=page)
    page.save_revision().publish()
    lesson = LessonPage(title="Bài 1", slug="bai-1", minutes=30, summary="Một bài ngắn.")
    page.add_child(instance=lesson)
    lesson.save_revision().publish()
    test = TestPage(title="Bài thi", slug="bai-thi", quiz=_quiz(f"{code}-thi", category, questions))
    page.add_child(instance=test)
    test.save_revision().publish()
    for person in people:
        enrolment = enrol(staff_member=person, course=course)
        complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)
    return test.quiz


def _seat(quiz, people) -> None:
    from datetime import timedelta

    from quizzes.services import add_seats, admit_all, arrive, open_session, prepare_papers
    from staff import clock
    from staff.models import Unit

    now = clock.now()
    session = open_session(
        by=None,
        title="Kỳ thi đo tải",
        quiz=quiz,
        unit=Unit.objects.get(code="DO"),
        room="Phòng máy",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(hours=6),
        legal_basis="Quyết định đo tải",
        complaints_until=clock.today() + timedelta(days=15),
    )
    add_seats(session=session, people=people, by=None)
    for seat in session.seats.all():
        arrive(seat=seat, code=session.access_code, address="127.0.0.1")
    admit_all(session=session, by=None)
    prepare_papers(session=session)


def _track_page(track_model, page_model):
    from django.core.management import call_command

    call_command("load_courses", verbosity=0)
    return page_model.objects.get(track=track_model.objects.get(code="basic"))


def _bank(questions: int):
    from quizzes.models import Category
    from quizzes.services import QuestionText, create_question, review_question

    category = Category.objects.create(code="DO", name="Câu hỏi đo")
    for number in range(1, questions * POOL + 1):
        options = tuple(
            (f"Phương án {letter} của câu {number}, dài như trong một bài thi thật", letter == "A") for letter in "ABCD"
        )
        text = QuestionText(
            type="single",
            stem=f"Câu hỏi số {number}: trong các cách sau đây, cách nào đúng nhất?",
            options=options,
            feedback="Đọc lại bài 1.",
        )
        review_question(question=create_question(code=f"DO-{number:03d}", category=category, text=text))
    return category


def _quiz(code, category, questions: int):
    from quizzes.enums import ReviewItem, ReviewMoment
    from quizzes.models import Part, Quiz, Section
    from quizzes.services import publish_quiz

    # A pass mark that nobody reaches by guessing, so that everybody may sit again, and everything to review at once.
    quiz = Quiz.objects.create(
        code=code, title="Bài thi đo tải", time_limit=60, review={ReviewMoment.AFTER: list(ReviewItem.values)}
    )
    part = Part.objects.create(quiz=quiz, title="Trắc nghiệm", pass_mark=10)
    Section.objects.create(part=part, title="Cả nhóm", category=category, quota=questions, floor_mark=0)
    return publish_quiz(quiz=quiz)


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
