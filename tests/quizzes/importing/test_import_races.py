"""Real threads on PostgreSQL: the same file, taken by several people at once, is in the bank once."""

import pytest

from quizzes.importing.services import accept, read_file, take_file
from quizzes.models import Category, Question, QuestionImport, QuestionVersion
from tests.factories.staff import UserFactory
from tests.quizzes.importing.test_importing import FILE
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL

MANY = FILE + "".join(f"\n::Câu {n}::Câu hỏi số {n}?{{=đúng {n} ~sai {n}}}\n" for n in range(40))


def _bank():
    questions = sorted(Question.objects.values_list("current__stem", "category__name"))
    return questions, QuestionVersion.objects.count(), sorted(Category.objects.values_list("name", flat=True))


@pytest.mark.parametrize("round_number", range(5))
def test_two_people_who_take_the_same_file_at_once_make_one_set_of_questions(round_number):
    people = UserFactory.create_batch(2)

    outcomes = at_once(
        *[
            lambda by=by: [str(row.action) for row in take_file(MANY.encode(), name="a.txt", by=by)[0].rows]
            for by in people
        ]
    )

    questions, versions, categories = _bank()
    assert (len(questions), len(set(questions)), versions) == (42, 42, 42)
    assert categories == ["Cơ bản", "Mạng"]
    assert sorted(outcome.count("new") for outcome in outcomes) == [0, 42]


def test_five_clicks_on_one_acceptance_take_the_file_once():
    by = UserFactory()
    run = read_file(MANY.encode(), name="a.txt", by=by)

    at_once(*[lambda: accept(run=run, by=by).pk] * 5)

    questions, versions, _categories = _bank()
    assert (len(questions), versions) == (42, 42)
    assert QuestionImport.objects.waiting().count() == 0
