"""What a browser that was never here before must fetch until a paper of forty questions stands on the screen."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from quizzes.services import publish_quiz, start_attempt
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill

pytestmark = pytest.mark.django_db
MOST = 80 * 1024
STEM = "Câu {n}: khi nhận được thư lạ có tệp đính kèm, cán bộ cấp xã phải làm gì trước tiên, theo quy chế của cơ quan?"
OPTION = "Phương án {n}, dài như trong một bài thi thật: báo ngay cho người phụ trách an toàn thông tin"


def _wire(content: bytes) -> int:
    """As our proxy sends it."""
    return len(gzip.compress(content, 6))


def test_the_exam_page_of_forty_questions_stays_under_80_kb_on_first_load(client, learner, capsys):
    category = CategoryFactory(code="NẶNG")
    for n in range(40):
        options = tuple((OPTION.format(n=4 * n + place), place == 0) for place in range(4))
        fill(category, 1, stem=STEM.format(n=n), options=options)
    part = PartFactory(quiz=QuizFactory())
    SectionFactory(part=part, category=category, quota=40)
    attempt = start_attempt(quiz=publish_quiz(quiz=part.quiz), staff_member=learner.staff_member)
    client.force_login(learner)

    page = client.get(reverse("quizzes:attempt", args=[attempt.pk])).content

    assert page.count(b'<fieldset class="question"') == 40
    names = set(re.findall(rb'(?:src|href)="/static/([^"?#]+)', page))
    files = {name.decode(): finders.find(name.decode()) for name in names}
    assert None not in files.values()
    weights = {"the page": _wire(page)}
    for name, path in files.items():
        with open(path, "rb") as file:
            weights[name] = _wire(file.read())
    with capsys.disabled():
        print(f"\nexam page of 40 questions: {sum(weights.values())} bytes, {weights}")  # noqa: T201
    assert sum(weights.values()) < MOST
