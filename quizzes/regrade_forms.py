"""The form that asks for papers to be marked again."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import RegradePolicy
from quizzes.errors import QuizError
from quizzes.models import Question, Regrade
from quizzes.services import propose_regrade


class RegradeForm(forms.Form):
    policy = forms.ChoiceField(label=gettext_lazy("What the papers earn"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why they are marked again"),
        max_length=200,
        help_text=gettext_lazy("Learners whose mark changes read this sentence."),
    )
    may_lower = forms.BooleanField(
        label=gettext_lazy("Marks may fall"),
        required=False,
        help_text=gettext_lazy("Without this tick nobody loses a point; only “mark again by the new key” can lower."),
    )
    may_lower_because = forms.CharField(
        label=gettext_lazy("Why marks may fall"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("With the tick."),
    )

    def __init__(self, data=None, *, question: Question, policies: list[str]):
        super().__init__(data)
        self.question = question
        self.fields["policy"].choices = [choice for choice in RegradePolicy.choices if choice[0] in policies]
        self.fields["policy"].initial = policies[0] if policies else None
        if RegradePolicy.AGAIN not in policies:
            del self.fields["may_lower"], self.fields["may_lower_because"]

    def clean(self):
        data = super().clean()
        may_lower, because = data.get("may_lower"), data.get("may_lower_because", "")
        if may_lower and data.get("policy") != RegradePolicy.AGAIN:
            self.add_error("may_lower", _("Marks can fall only where papers are marked again by the new key."))
        if may_lower and not because:
            self.add_error("may_lower_because", _("Please say why marks may fall."))
        if because and not may_lower:
            self.add_error("may_lower", _("Tick this too, or leave the reason empty."))
        return data

    def save(self, *, by) -> Regrade | None:
        """The proposal, or None with the refusal among the form's errors."""
        data = self.cleaned_data
        try:
            return propose_regrade(
                question=self.question,
                policy=data["policy"],
                reason=data["reason"],
                may_lower_because=data.get("may_lower_because", ""),
                by=by,
            )
        except QuizError as error:
            self.add_error(None, str(error))
            return None
