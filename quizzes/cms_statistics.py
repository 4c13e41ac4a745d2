"""What the answers say about a test and its questions, for those who write them."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from quizzes.access import can_review
from quizzes.agreement import agreements_on
from quizzes.cms import for_bank
from quizzes.models import Question, QuestionVersion, Quiz
from quizzes.queries import latest_regrades
from quizzes.question_text import plain_words
from quizzes.statistics import Advice, ItemStatistics, advice_on, item_statistics, quiz_statistics
from quizzes.taken import taken_papers
from quizzes.types import kind_of
from quizzes.uses import uses_of
from staff.spreadsheets import csv_response

ANSWERS_SHOWN = 8  # typed answers may be as many as people


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    words: str
    count: int
    percent: float
    upper: float
    lower: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A row of the page: one version of a question. Percents run from 0 to 100."""

    version: QuestionVersion
    code: str
    words: str
    shown: int
    answered: int
    percent: float
    discrimination: float | None
    point_biserial: float | None
    answers: tuple[ShownAnswer, ...]
    advice: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.code} · {self.version.number}"


# Words of an address: what they sort by, the neediest first. What has no figure comes last.
# What stands in the address, what the reader chooses, and what is sorted by.
ORDERS = {
    "can-xem": (gettext_lazy("what needs a look first"), lambda row: (-len(row.advice), row.code)),
    "ma": (gettext_lazy("code"), lambda row: (row.code, row.version.number)),
    "kho": (gettext_lazy("the hardest first"), lambda row: (row.percent, row.code)),
    "de": (gettext_lazy("the easiest first"), lambda row: (-row.percent, row.code)),
    "phan-biet": (
        gettext_lazy("what tells learners apart least first"),
        lambda row: (row.discrimination is None, row.discrimination or 0, row.code),
    ),
    "so-lan": (gettext_lazy("what was shown most first"), lambda row: (-row.shown, row.code)),
}


@require_safe
@for_bank
def page(request, pk):
    quiz, every, rows, figures = _read(request, pk)
    order = request.GET.get("xep") if request.GET.get("xep") in ORDERS else "can-xem"
    context = {
        "quiz": quiz,
        "figures": figures,
        "no_alpha": _NO_ALPHA.get(figures.no_alpha, ""),
        "rows": _sorted(rows, order),
        "order": order,
        "orders": [(name, words) for name, (words, _key) in ORDERS.items()],
        "every": every,
        "query": "?lan=tat-ca" if every else "",
    }
    return render(request, "quizzes/cms/statistics.html", context)


@require_safe
@for_bank
def as_csv(request, pk):
    """The same as a file, a line a version of a question."""
    quiz, _every, rows, _figures = _read(request, pk)
    heads = [
        _("Code"),
        _("Version"),
        _("Question"),
        _("Times shown"),
        _("Answered"),
        _("Share earned (%)"),
        _("Discrimination"),
        _("Correlation with the whole paper"),
        _("Advice"),
    ]
    lines = [
        [
            row.code,
            row.version.number,
            row.words,
            row.shown,
            row.answered,
            f"{row.percent:.1f}".replace(".", ","),
            "" if row.discrimination is None else f"{row.discrimination:.2f}".replace(".", ","),
            "" if row.point_biserial is None else f"{row.point_biserial:.2f}".replace(".", ","),
            " ".join(row.advice),
        ]
        for row in _sorted(rows, "ma")
    ]
    if request.method == "GET":
        log(instance=quiz, action="quizzes.export", user=request.user, data={"what": "statistics", "rows": len(lines)})
    return csv_response([heads, *lines], name=f"thong-ke-{quiz.pk}")


@dataclass(frozen=True, slots=True)
class InQuiz:
    """The figures of one version: in one quiz, or with ``quiz`` None in all of them together."""

    quiz: Quiz | None
    item: ShownItem


@require_safe
@for_bank
def of_question(request, pk):
    """One question across its versions and the quizzes that showed it, the newest version first."""
    question = get_object_or_404(Question.objects.select_related("current"), pk=pk)
    every = request.GET.get("lan") == "tat-ca"
    versions = {version.pk: version for version in question.versions.select_related("question").order_by("-number")}
    quizzes = [use.quiz for use in uses_of(question) if use.papers]
    papers = {quiz: taken_papers(quiz, every_attempt=every) for quiz in quizzes}
    found = {quiz: item_statistics(rows) for quiz, rows in papers.items()}
    together = item_statistics([paper for rows in papers.values() for paper in rows])
    by_people = any(kind_of(version.type).is_marked_by_people for version in versions.values())
    agreed = agreements_on(question) if by_people else {}
    context = {
        "question": question,
        "every": every,
        "versions": [
            (version, _lines(version, together, found), agreed.get(version.pk))
            for version in versions.values()
            if version.pk in together
        ],
        "regrades": [row for row in latest_regrades(question) if row.applied_at],
        "can_review": can_review(request.user),
    }
    return render(request, "quizzes/cms/question_statistics.html", context)


def _lines(version: QuestionVersion, together: dict, found: dict) -> list[InQuiz]:
    """In all quizzes first, then in each, where there are several."""
    lines = [InQuiz(quiz, _row(version, items[version.pk])) for quiz, items in found.items() if version.pk in items]
    return lines if len(lines) == 1 else [InQuiz(None, _row(version, together[version.pk])), *lines]


# Why there is no alpha, in the words of the page.
_NO_ALPHA = {
    "few_papers": gettext_lazy("at least two papers are needed"),
    "different_papers": gettext_lazy("the papers differ in length or weight"),
    "few_questions": gettext_lazy("a paper has one question only"),
    "equal_marks": gettext_lazy("all papers have the same mark"),
    "never_repeated": gettext_lazy("no question was shown to two people"),
}


def _sorted(rows, order) -> list:
    _words, key = ORDERS[order]
    return sorted(rows, key=key)


def _read(request, pk):
    quiz = get_object_or_404(Quiz, pk=pk)
    every = request.GET.get("lan") == "tat-ca"
    papers = taken_papers(quiz, every_attempt=every)
    found = item_statistics(papers)
    versions = QuestionVersion.objects.select_related("question").in_bulk(list(found))
    return quiz, every, [_row(versions[pk], item) for pk, item in found.items()], quiz_statistics(papers)


def _row(version: QuestionVersion, item: ItemStatistics) -> ShownItem:
    kind = kind_of(version.type)
    texts, right = kind.part_words(version), kind.right_parts(version)
    advice = advice_on(item, right=right, offered=kind.offered_parts(version))
    return ShownItem(
        version=version,
        code=version.question.code,
        words=plain_words(version.stem),
        shown=item.shown,
        answered=item.answered,
        percent=item.facility * 100,
        discrimination=item.discrimination,
        point_biserial=item.point_biserial,
        answers=tuple(
            ShownAnswer(
                words=texts.get(answer.answer, answer.answer),
                count=answer.count,
                percent=answer.share * 100,
                upper=answer.upper * 100,
                lower=answer.lower * 100,
                is_right=answer.answer in right,
            )
            for answer in (() if kind.is_marked_by_people else item.answers[:ANSWERS_SHOWN])
        ),
        advice=tuple(_words(found, texts) for found in advice),
    )


def _words(advice: Advice, texts: dict[str, str]) -> str:
    others = ", ".join(f"“{texts.get(answer, answer)}”" for answer in advice.others)
    values = {
        "answer": texts.get(advice.answer, advice.answer),
        "share": round(advice.share * 100),
        "answers": others,
        "count": len(advice.others),
    }
    return {
        "wrong_answer_leads": _("%(share)d%% chose “%(answer)s”, more than the right answer: is the key right?"),
        "good_learners_fail": _(
            "Whoever does well in the other questions fails here more often: is the question clear, is the key right?"
        ),
        "parts_nobody": _("Good and weak learners answer it alike: does it ask about what the lesson teaches?"),
        "draws_the_good": _("“%(answer)s” draws %(share)d%% of the best learners: may it be right too?"),
        "too_hard": _("Few can answer it: does the lesson teach it?"),
        "too_easy": _("Nearly everybody answers it: it says little about who has learnt."),
        "option_unused": ngettext(
            "Hardly anybody chooses %(answers)s: write a likelier wrong answer.",
            "Hardly anybody chooses %(answers)s: write %(count)d likelier wrong answers.",
            len(advice.others),
        ),
    }[advice.kind] % values
