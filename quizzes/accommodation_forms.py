"""The forms by which an individual arrangement is granted, and taken back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Purpose
from quizzes.models import Quiz
from quizzes.services.accommodating import MOST_ATTEMPTS, MOST_MINUTES, MOST_PERCENT
from staff.form_fields import DayField


def _moment(label, help_text=""):
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget, help_text=help_text)


class AccommodationForm(forms.Form):
    """What is granted, for which tests, and why."""

    quiz = forms.ModelChoiceField(
        label=_("For which test"),
        required=False,
        queryset=Quiz.objects.filter(purpose=Purpose.EXAM).order_by("code"),
        empty_label=_("every exam from the first day on"),
    )
    extra_minutes = forms.IntegerField(label=_("More minutes"), required=False, min_value=0, max_value=MOST_MINUTES)
    extra_percent = forms.IntegerField(
        label=_("More time, in percent of the limit"),
        required=False,
        min_value=0,
        max_value=MOST_PERCENT,
        help_text=_("Where both are filled in, what is longer counts. The end of a window cuts more time as well."),
    )
    extra_attempts = forms.IntegerField(label=_("More attempts"), required=False, min_value=0, max_value=MOST_ATTEMPTS)
    opens_at = _moment(
        _("Own window: opens at"), _("For one test only; it stands in the place of the test's own opening times.")
    )
    closes_at = _moment(_("Own window: closes at"))
    valid_from = DayField(label=_("Holds from"), required=False, help_text=_("Empty: from today on."))
    valid_until = DayField(label=_("Holds until"), required=False, help_text=_("This day still counts. Empty: no end."))
    reason = forms.CharField(
        label=_("Reason and number of the decision"),
        max_length=300,
        help_text=_("Write no more about health than the decision needs."),
    )

    def granted(self) -> dict:
        """The fields as ``quizzes.services.accommodate`` takes them."""
        numbers = ("extra_minutes", "extra_percent", "extra_attempts")
        return {name: value or 0 if name in numbers else value for name, value in self.cleaned_data.items()}


class EndAccommodationForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), max_length=300)
