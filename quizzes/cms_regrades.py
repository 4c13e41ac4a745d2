"""Marking again in the CMS: the question is asked, the effect is shown, and only what was shown is carried out."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quizzes.cms import for_reviewers
from quizzes.comparison import differences
from quizzes.errors import FactsMoved, QuizError
from quizzes.models import Attempt, Question, Regrade
from quizzes.queries import latest_regrades
from quizzes.regrade_forms import RegradeForm
from quizzes.services import apply_regrade, plan_of
from quizzes.services.regrading import Plan, Remarked, faulty_through, policies_for
from staff.enums import Capability
from staff.models import StaffMember

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """``name`` is empty where the reviewer may not know whose paper it is."""

    paper: Remarked
    name: str
    quiz: str


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def ask(request, pk):
    """What to do with the papers that showed the question while its key was wrong; and what was done before."""
    question = get_object_or_404(Question.objects.select_related("current"), pk=pk)
    policies = policies_for(question)
    form = RegradeForm(request.POST or None, question=question, policies=policies)
    if request.method == "POST" and form.is_valid() and (regrade := form.save(by=request.user)):
        return redirect("quizzes_cms:regrade", pk=regrade.pk)
    through = faulty_through(question)
    older = question.versions.filter(number=through).first()
    context = {
        "question": question,
        "form": form,
        "policies": policies,
        "through": through,
        "differences": differences(older, question.current) if older.pk != question.current_id else [],
        "earlier": latest_regrades(question),
    }
    return render(request, "quizzes/cms/regrade_form.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def regrade(request, pk):
    """The dry run of what was asked for; POST with its digest carries it out."""
    subject = get_object_or_404(Regrade.objects.select_related("question", "version", "made_by", "applied_by"), pk=pk)
    if request.method == "POST":
        try:
            apply_regrade(regrade=subject, shown=request.POST.get("shown", ""), by=request.user)
        except FactsMoved as error:
            messages.warning(request, str(error))
        except QuizError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The papers were marked again."))
        return redirect("quizzes_cms:regrade", pk=pk)
    if subject.applied_at is not None:
        context = {"regrade": subject, "count": subject.gradings.count()}
        return render(request, "quizzes/cms/regraded.html", context)
    plan = plan_of(subject)
    page = Paginator(_most_pressing_first(plan), PAGE_SIZE).get_page(request.GET.get("p"))
    context = {
        "regrade": subject,
        "plan": plan,
        "passes_now": plan.count("passes_now"),
        "fails_now": plan.count("fails_now"),
        "page": page,
        "rows": _shown(page, request.user),
    }
    return render(request, "quizzes/cms/regrade.html", context)


def _most_pressing_first(plan: Plan) -> list[Remarked]:
    """Who fails now, who passes now, then who else changes most."""
    return sorted(
        plan.papers,
        key=lambda paper: (
            not paper.fails_now,
            not paper.passes_now,
            -abs(paper.mark_after - paper.mark_before),
            paper.attempt_id,
        ),
    )


def _shown(papers, user) -> list[ShownPaper]:
    """Names only of people in the reader's scope: a reviewer judges questions, not persons."""
    papers = list(papers)
    people = StaffMember.objects.visible_to(user, Capability.HR).filter(pk__in={p.staff_member_id for p in papers})
    names = dict(people.values_list("pk", "full_name"))
    quizzes = dict(Attempt.objects.filter(pk__in=[p.attempt_id for p in papers]).values_list("pk", "quiz__code"))
    return [ShownPaper(paper, names.get(paper.staff_member_id, ""), quizzes[paper.attempt_id]) for paper in papers]
