"""What learners may send. Anything else in a request is not looked at."""

import json

from django import forms
from django.utils.translation import gettext as _

from quizzes.errors import ResponseRefused


class AnswerForm(forms.Form):
    """One question of the exam page, without JavaScript: the options come as ``q<number>``."""

    cau = forms.IntegerField(min_value=1)
    go = forms.CharField(required=False, max_length=10)
    flag = forms.TypedChoiceField(
        required=False, choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1", empty_value=None
    )

    def clean(self):
        data = super().clean()
        number = data.get("cau")
        if number is None:
            return data
        data["response"] = self.data.getlist(f"q{number}")
        try:
            data["sequence"] = int(self.data.get(f"s{number}", ""))
        except ValueError:
            raise forms.ValidationError(_("The save carries no valid sequence number.")) from None
        return data


def read_save(body: bytes) -> dict:
    """The autosave's JSON as arguments of ``save_answer``; ResponseRefused where it is not of that shape."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ResponseRefused(_("The save could not be read.")) from None
    shaped = (
        isinstance(data, dict)
        and type(data.get("number")) is int
        and type(data.get("sequence")) is int
        and isinstance(data.get("response"), list)
        and len(data["response"]) <= 100
        and all(isinstance(option, str) for option in data["response"])
        and isinstance(data.get("flagged"), bool | None)
    )
    if not shaped:
        raise ResponseRefused(_("The save could not be read."))
    return {
        "number": data["number"],
        "response": data["response"],
        "sequence": data["sequence"],
        "is_flagged": data.get("flagged"),
    }
