"""Password rules beyond Django's own."""

import re
from difflib import SequenceMatcher

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.vietnamese import fold


class NotOneselfValidator:
    """Refuses passwords that say the owner's name, staff code or address, however they are spelled.

    Compared without accents, spaces and signs, so that "levanquan" is Lê Văn Quân and "779 4P12" is the code 7794P12.
    Django's own rule compares the letters as they stand and calls the fields by their names in the program.
    """

    FEWEST = 4
    MOST_ALIKE = 0.7
    ABOUT = (
        ("full_name", gettext_lazy("full name")),
        ("staff_code", gettext_lazy("staff code")),
        ("email", gettext_lazy("e-mail address")),
    )

    def validate(self, password, user=None):
        typed = _bare(password)
        for attribute, words in self.ABOUT:
            value = getattr(user, attribute, None) or ""
            for own in {_bare(value), _bare(value.partition("@")[0])}:
                if len(own) >= self.FEWEST and self._says(typed, own):
                    raise ValidationError(
                        _("The password is too similar to your %(what)s.") % {"what": words},
                        code="password_too_similar",
                    )

    def _says(self, typed: str, own: str) -> bool:
        if own in typed and len(own) * 2 >= len(typed):
            return True
        return SequenceMatcher(a=typed, b=own).quick_ratio() >= self.MOST_ALIKE and (
            SequenceMatcher(a=typed, b=own).ratio() >= self.MOST_ALIKE
        )

    def get_help_text(self):
        return _("Your password can’t be too similar to your other personal information.")


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))


class MaximumLengthValidator:
    """Refuses passwords over ``max_length`` characters: hashing a book would hold a worker for seconds."""

    def __init__(self, max_length=128):
        self.max_length = max_length

    def validate(self, password, user=None):
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self):
        return _("Your password can have at most %(count)d characters.") % {"count": self.max_length}
