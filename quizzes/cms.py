"""The bank and the quizzes in the CMS. Nothing here deletes a question: what is no longer used is retired."""

from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from quizzes.access import can_review, can_write_bank
from quizzes.cms_forms import CategoryForm, QuestionForm, QuizForm
from quizzes.comparison import differences
from quizzes.enums import Difficulty, Purpose, QuestionStatus, QuestionType
from quizzes.errors import QuizError
from quizzes.finding import WAITING, found_questions
from quizzes.models import Category, Question, Quiz, Tag
from quizzes.pictures import address_of
from quizzes.queries import was_shown_in_practice
from quizzes.question_text import plain_words
from quizzes.served_files import task_attachment
from quizzes.services import (
    offers_for,
    publish_quiz,
    restore_question,
    retire_question,
    review_question,
    start_attempt,
    unpublish_quiz,
)
from quizzes.services.bank import SENT_BACK
from quizzes.types.by_people import files_of
from quizzes.uses import quizzes_that_may_draw, showings_by_version, uses_of

PAGE_SIZE = 50


def for_bank(view):
    """Trainers, reviewers, administrators; for anybody else these pages, which show keys, do not exist."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_write_bank(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_reviewers(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not can_review(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _tell(request, verb, success) -> bool:
    """Runs a verb; tells its outcome, or why it was refused."""
    try:
        verb()
    except QuizError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, success)
    return True


def _confirm(request, **context):
    """Asks before something that learners or the bank feel; the page posts to its own address."""
    return render(request, "quizzes/cms/confirm.html", context)


# --- Questions --------------------------------------------------------------


@for_bank
def questions(request):
    found = found_questions(request.GET, user=request.user).prefetch_related("tags")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("p"))
    query = request.GET.copy()
    query.pop("p", None)
    context = {
        "page": page,
        "rows": [(question, plain_words(question.current.stem)) for question in page],
        "categories": Category.objects.order_by("code"),
        "statuses": [(WAITING, _("waiting for review")), *QuestionStatus.choices],
        "types": QuestionType.choices,
        "pools": Purpose.choices,
        "difficulties": Difficulty.choices,
        "tags": Tag.objects.all(),
        "query": query.urlencode(),
    }
    return render(request, "quizzes/cms/questions.html", context)


@for_bank
def question(request, pk=None):
    """The form of a new question, or of a question's newest version."""
    subject = get_object_or_404(Question, pk=pk) if pk else None
    form = QuestionForm(request.POST or None, request.FILES or None, question=subject)
    if request.method == "POST" and form.is_valid() and (saved := form.save(by=request.user)):
        log(instance=saved, action="wagtail.edit" if subject else "wagtail.create", user=request.user)
        messages.success(request, _("Question %(code)s is saved.") % {"code": saved.code})
        return redirect("quizzes_cms:question", pk=saved.pk)
    context = {
        "form": form,
        "question": subject,
        **(_state_of(subject) if subject else {}),
        "pictures": [address_of(sha256) for sha256 in form.pictures],
        "can_review": can_review(request.user),
    }
    return render(request, "quizzes/cms/question.html", context)


def _state_of(subject) -> dict:
    """Where the question stands, what waits to be let through, and which quizzes may draw it."""
    versions = list(subject.versions.select_related("created_by").order_by("-number"))
    is_changed = subject.status == QuestionStatus.REVIEWED and versions[0].pk != subject.current_id
    shown = next(version for version in versions if version.pk == subject.current_id)
    return {
        "versions": versions,
        "is_waiting": is_changed or subject.status == QuestionStatus.DRAFT,
        "differences": differences(shown, versions[0]) if is_changed else [],
        "quizzes": quizzes_that_may_draw(subject),
        "sent_back": _sent_back(subject, versions[0].number),
        "was_practised": subject.purpose == Purpose.EXAM and was_shown_in_practice(subject),
    }


def _sent_back(subject, number: int):
    """The latest word of a reviewer on the newest version, None without one."""
    entries = ModelLogEntry.objects.for_instance(subject).filter(action=SENT_BACK, data__version=number)
    return entries.select_related("user").order_by("-timestamp").first()


@require_safe
@for_bank
def task_file(request, pk, sha256):
    """A file that a version of the question gives out."""
    versions = get_object_or_404(Question, pk=pk).versions.all()
    for version in versions:
        if any(file.sha256 == sha256 for file in files_of(version.task)):
            return task_attachment({"task": version.task}, sha256)
    raise Http404


@require_safe
@for_bank
def question_uses(request, pk):
    """Where the question stands in tests, and on how many papers it was."""
    subject = get_object_or_404(Question.objects.select_related("category", "owner"), pk=pk)
    context = {"question": subject, "quizzes": uses_of(subject), "versions": showings_by_version(subject)}
    return render(request, "quizzes/cms/question_uses.html", context)


@require_POST
@for_reviewers
def review(request, pk):
    """Lets the version through that the reviewer had before her."""
    subject = get_object_or_404(Question, pk=pk)
    number = request.POST.get("version", "")
    number = int(number) if number.isdecimal() and len(number) < 9 else None

    def verb():
        review_question(question=subject, number=number, by=request.user)

    if _tell(request, verb, _("The question may be used now.")):
        log(instance=subject, action="wagtail.publish", user=request.user)
    return redirect("quizzes_cms:question", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def retire(request, pk):
    subject = get_object_or_404(Question, pk=pk)
    if request.method != "POST":
        return _confirm(
            request,
            title=_("Retire question %(code)s?") % {"code": subject.code},
            sentences=[
                _("No new paper shows it any more. Papers that showed it, and their marks, stay as they are."),
                _("It can be taken back as a draft later."),
            ],
            button=_("Yes, retire the question"),
            back=reverse("quizzes_cms:question", args=[pk]),
        )
    if _tell(request, lambda: retire_question(question=subject, by=request.user), _("The question is retired.")):
        log(instance=subject, action="wagtail.unpublish", user=request.user)
    return redirect("quizzes_cms:question", pk=pk)


@require_POST
@for_reviewers
def restore(request, pk):
    """A retired question becomes a draft; nobody sees it before it is reviewed."""
    subject = get_object_or_404(Question, pk=pk)
    words = _("The question is a draft again.")
    if _tell(request, lambda: restore_question(question=subject, by=request.user), words):
        log(instance=subject, action="wagtail.edit", user=request.user)
    return redirect("quizzes_cms:question", pk=pk)


# --- Categories -------------------------------------------------------------


@for_bank
def categories(request):
    return render(request, "quizzes/cms/categories.html", {"categories": Category.objects.order_by("code")})


@for_bank
def category(request, pk=None):
    subject = get_object_or_404(Category, pk=pk) if pk else None
    form = CategoryForm(request.POST or None, instance=subject)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        log(instance=saved, action="wagtail.edit" if subject else "wagtail.create", user=request.user)
        messages.success(request, _("Category %(code)s is saved.") % {"code": saved.code})
        return redirect("quizzes_cms:categories")
    return render(request, "quizzes/cms/category.html", {"form": form, "category": subject})


# --- Quizzes ----------------------------------------------------------------


@for_bank
def quizzes(request):
    return render(request, "quizzes/cms/quizzes.html", {"quizzes": Quiz.objects.order_by("code")})


@for_bank
def quiz(request, pk=None):
    """The blueprint. Trainers write it until it is published; from then on only reviewers change it."""
    subject = get_object_or_404(Quiz, pk=pk) if pk else None
    may_edit = subject is None or subject.published_at is None or can_review(request.user)
    if request.method == "POST" and not may_edit:
        raise Http404
    purpose = Purpose.PRACTICE if request.GET.get("purpose") == Purpose.PRACTICE else Purpose.EXAM
    form = QuizForm(request.POST or None, instance=subject, purpose=purpose, is_fixed=not may_edit)
    if request.method == "POST" and form.is_valid() and (saved := form.save_all()):
        log(instance=saved, action="wagtail.edit" if subject else "wagtail.create", user=request.user)
        messages.success(request, _("Test %(code)s is saved.") % {"code": saved.code})
        if form.shows_answers_too_early():
            messages.warning(
                request,
                _(
                    "Learners may try again and see answers right after handing in: the next attempt draws from the "
                    "same questions. Allow one attempt only, or show answers when the test is over."
                ),
            )
        return redirect("quizzes_cms:quiz", pk=saved.pk)
    offers = offers_for(subject) if subject else []
    context = {
        "form": form,
        "quiz": subject,
        "may_edit": may_edit,
        "can_review": can_review(request.user),
        "offers": offers,
        "is_worn_out": any(offer.is_worn_out for offer in offers),
    }
    return render(request, "quizzes/cms/quiz.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def publish(request, pk):
    subject = get_object_or_404(Quiz, pk=pk)
    if request.method != "POST":
        return _confirm(
            request,
            title=_("Publish test %(code)s?") % {"code": subject.code},
            sentences=[
                _("Learners can take it from now on, within its opening times. You can close it to new attempts later.")
            ],
            button=_("Yes, publish"),
            back=reverse("quizzes_cms:quiz", args=[pk]),
        )
    if _tell(request, lambda: publish_quiz(quiz=subject), _("The test is published.")):
        log(instance=subject, action="wagtail.publish", user=request.user)
    return redirect("quizzes_cms:quiz", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def unpublish(request, pk):
    subject = get_object_or_404(Quiz, pk=pk)
    if request.method != "POST":
        running = subject.attempts.open().filter(is_preview=False).count()
        return _confirm(
            request,
            title=_("Close test %(code)s to new attempts?") % {"code": subject.code},
            sentences=[
                _("Learners can no longer start it. You can publish it again later."),
                ngettext(
                    "%(count)d attempt is running now; it goes on to its end.",
                    "%(count)d attempts are running now; they go on to their end.",
                    running,
                )
                % {"count": running},
            ],
            button=_("Yes, close it"),
            back=reverse("quizzes_cms:quiz", args=[pk]),
        )
    if _tell(request, lambda: unpublish_quiz(quiz=subject), _("The test is closed to new attempts.")):
        log(instance=subject, action="wagtail.unpublish", user=request.user)
    return redirect("quizzes_cms:quiz", pk=pk)


@require_POST
@for_bank
def preview(request, pk):
    """Sits the quiz as a trial that counts nowhere."""
    subject = get_object_or_404(Quiz, pk=pk)
    if request.user.staff_member is None:
        messages.error(request, _("A preview needs an account that belongs to a person of the staff list."))
        return redirect("quizzes_cms:quiz", pk=pk)
    try:
        attempt = start_attempt(quiz=subject, staff_member=request.user.staff_member, is_preview=True)
    except QuizError as error:
        messages.error(request, str(error))
        return redirect("quizzes_cms:quiz", pk=pk)
    return redirect("quizzes:attempt", pk=attempt.pk)
