"""Fills a database for the measurements: the catalogue, a course of many lessons, and learners who are half-way.

python -m benchmarks.people LEARNERS PASSWORD LESSONS
"""

import sys

import django


def fill(learners: int, password: str, lessons: int) -> None:
    from django.core.management import call_command

    from benchmarks.learners import made_learners
    from courses.models import Course, CoursePage, Enrolment, LessonPage, Track, TrackPage
    from courses.services import complete_lesson, enrol

    call_command("load_courses", verbosity=0)
    track = Track.objects.get(code="basic")
    course = Course.objects.create(code="DO-01", track=track, title="Khóa đo tải", hours=8, is_ready=True)
    page = CoursePage(title=course.title, slug="do-01", course=course)
    TrackPage.objects.get(track=track).add_child(instance=page)
    page.save_revision().publish()
    model = LessonPage.objects.order_by("path").first()
    for number in range(1, lessons + 1):
        lesson = LessonPage(title=f"Bài {number}", slug=f"bai-{number}", minutes=30, body=model.body)
        page.add_child(instance=lesson)
        lesson.save_revision().publish()
    small = Course.objects.get(code="CB-01")
    for person in made_learners(learners, password):
        for taken in (small, course):
            enrolment: Enrolment = enrol(staff_member=person, course=taken)
            for lesson in LessonPage.objects.child_of(taken.page).order_by("path")[
                : lessons // 2 if taken is course else 3
            ]:
                complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=lesson.live_revision_id)


if __name__ == "__main__":
    django.setup()
    fill(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
