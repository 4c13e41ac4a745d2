"""Wordings of certificates: words with names of values in braces. A value is put in as it stands, and never read."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Names in the order in which the page of a template explains them.
PLACEHOLDERS = {
    "holder": gettext_lazy("the holder's full name"),
    "honorific": gettext_lazy("Ông or Bà, where the staff list says it"),
    "birth": gettext_lazy("date of birth, as exactly as it is known"),
    "unit": gettext_lazy("unit at the time, with those above it"),
    "course": gettext_lazy("title of the course"),
    "course_code": gettext_lazy("code of the course"),
    "track": gettext_lazy("track of the course"),
    "hours": gettext_lazy("class hours, two digits"),
    "facts": gettext_lazy("duration and period in one phrase"),
    "period": gettext_lazy("from when until when, as a phrase"),
    "result": gettext_lazy("result, mark and class, as a phrase"),
    "mark": gettext_lazy("mark on the scale of ten"),
    "class": gettext_lazy("class of the result"),
    "validity": gettext_lazy("until when it is valid, as a phrase; left out without an end"),
    "decision": gettext_lazy("the deciding document"),
    "issuer": gettext_lazy("issuing body"),
    "superior": gettext_lazy("superior body"),
    "signer_post": gettext_lazy("signer's post"),
    "signer_name": gettext_lazy("signer's name"),
    "number": gettext_lazy("number of the certificate"),
}
_NAMED = re.compile(r"\{([a-z_]+)\}")


def check(wording: str) -> None:
    """Refuses names that no value has, and braces that name nothing."""
    unknown = [name for name in _NAMED.findall(wording) if name not in PLACEHOLDERS]
    if unknown:
        raise ValidationError(
            _("There is no value {%(name)s}. The list below says which there are.") % {"name": unknown[0]}
        )
    if set("{}") & set(_NAMED.sub("", wording)):
        raise ValidationError(_("A brace stands alone. Write the name of a value as {holder}."))


def fill(wording: str, values: dict[str, str]) -> str:
    """``wording`` with its values; empty where one of them is missing, so that no half sentence is printed.

    One pass: a name that stands within a value stays as it is.
    """
    if any(not values.get(name) for name in _NAMED.findall(wording)):
        return ""
    return _NAMED.sub(lambda found: values[found[1]], wording)
