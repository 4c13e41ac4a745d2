"""Codes of the framework of competences (IU01, IU01.1, IU07.1.1.1), as people write them and as we keep them."""

import re

from django.utils.translation import gettext as _

from quizzes.errors import QuestionRefused

# Letters, a number, and up to three levels below it.
_CODE = re.compile(r"[A-Z]{1,6}[0-9]{1,3}(\.[0-9]{1,3}){0,3}")


def read_competence(text: str) -> str:
    """``text`` as we keep it, empty for none. Raises QuestionRefused where it is no code of a framework."""
    code = "".join(text.split()).upper()
    if code and not _CODE.fullmatch(code):
        raise QuestionRefused(
            _("“%(code)s” is not a competence code. Write for example IU01 or IU01.1.") % {"code": text.strip()}
        )
    return code
