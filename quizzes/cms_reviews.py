"""The reviewer's desk for questions: many at a glance, let through together, or sent back with a word."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.log_actions import log

from quizzes.cms import for_reviewers
from quizzes.errors import QuizError
from quizzes.finding import WAITING, found_questions
from quizzes.key_words import key_of
from quizzes.models import Category, Question, QuestionVersion
from quizzes.question_text import text_of
from quizzes.services import review_question, send_back_question
from quizzes.types.by_people import Criterion

PAGE_SIZE = 25
LONGEST_COMMENT = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question before the reviewer; ``options`` are (words, right) in the author's order, where its type has some."""

    question: Question
    version: QuestionVersion
    options: tuple[tuple[str, bool], ...]
    key: tuple[str, ...]
    # What people mark it by, and the guide that goes with it.
    criteria: tuple[Criterion, ...] = ()
    guide: str = ""

    @property
    def value(self) -> str:
        """What a tick says: which version of which question was looked at."""
        return f"{self.question.pk}:{self.version.number}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def waiting(request):
    """The questions that wait for review, each with its options, key or criteria; those ticked are let through."""
    if request.method == "POST":
        _let_through(request)
        return redirect(f"{reverse('quizzes_cms:reviews')}?{request.GET.urlencode()}")
    asked = request.GET.copy()
    asked["status"] = WAITING
    page = Paginator(found_questions(asked, user=request.user), PAGE_SIZE).get_page(request.GET.get("p"))
    asked.pop("p", None)
    asked.pop("status")
    context = {
        "page": page,
        "rows": _rows(list(page)),
        "categories": Category.objects.order_by("code"),
        "query": asked.urlencode(),
    }
    return render(request, "quizzes/cms/reviews.html", context)


def _rows(questions: list[Question]) -> list[Waiting]:
    versions = QuestionVersion.objects.filter(question__in=questions).select_related("created_by").order_by("number")
    newest = {version.question_id: version for version in versions}
    rows = []
    for question in questions:
        version = newest[question.pk]
        text = text_of(version)
        key = () if text.options or text.criteria else tuple(key_of(text))
        rows.append(Waiting(question, version, tuple(text.options), key, text.criteria, text.guide))
    return rows


def _let_through(request) -> None:
    """Each question by itself: what is refused stays waiting, and is named with its reason."""
    done = 0
    for value in request.POST.getlist("q")[:200]:
        pk, _colon, number = value.partition(":")
        if not (pk.isdecimal() and number.isdecimal() and len(pk) < 19 and len(number) < 9):
            raise Http404
        question = get_object_or_404(Question, pk=pk)
        try:
            review_question(question=question, number=int(number), by=request.user)
        except QuizError as error:
            messages.error(request, f"{question.code}: {error}")
            continue
        log(instance=question, action="wagtail.publish", user=request.user)
        done += 1
    if done:
        words = ngettext("%(count)d question may be used now.", "%(count)d questions may be used now.", done)
        messages.success(request, words % {"count": done})
    elif not request.POST.getlist("q"):
        messages.error(request, _("Tick the questions that may be used."))


@require_POST
@for_reviewers
def send_back(request, pk):
    """Tells the author what to mend; the question goes on waiting until she saves a new version."""
    question = get_object_or_404(Question, pk=pk)
    comment = " ".join(request.POST.get("comment", "").split())[:LONGEST_COMMENT]
    if not comment:
        messages.error(request, _("Write what the author should mend."))
        return redirect("quizzes_cms:question", pk=pk)
    try:
        send_back_question(question=question, comment=comment, by=request.user)
    except QuizError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The author is told."))
    return redirect("quizzes_cms:question", pk=pk)
