"""Individual arrangements for tests, as HR officers and administrators grant them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quizzes.access import accommodated_person_for, accommodation_for, accommodations_of
from quizzes.accommodation_forms import AccommodationForm, EndAccommodationForm
from quizzes.errors import QuizError
from quizzes.models import Accommodation
from quizzes.services import accommodate, end_accommodation
from staff import clock

PAGE_SIZE = 50


@require_safe
def accommodations(request):
    """What holds today, or will, for the people of the reader."""
    rows = accommodations_of(request.user).not_over(clock.today()).for_list()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "quizzes/accommodations.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def of_person(request, pk):
    """All that one person has and had, and the form that grants more."""
    person = accommodated_person_for(request.user, pk=pk)
    form = AccommodationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            accommodate(staff_member=person, by=request.user, **form.granted())
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is granted. A test that runs has it already."))
            return redirect("quizzes:accommodations_of", pk=pk)
    rows = Accommodation.objects.filter(staff_member=person).select_related("ended_by").for_list()
    context = {"person": person, "form": form, "rows": rows, "today": clock.today()}
    return render(request, "quizzes/accommodations_of.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request, pk):
    row = accommodation_for(request.user, pk=pk)
    form = EndAccommodationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_accommodation(accommodation=row, by=request.user, **form.cleaned_data)
        except QuizError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is taken back. A test that runs keeps its time."))
            return redirect("quizzes:accommodations_of", pk=row.staff_member_id)
    return render(request, "quizzes/accommodation_end.html", {"row": row, "form": form})
