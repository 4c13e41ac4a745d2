"""What kinds of questions are called, ours and those of other systems."""

from django.utils.translation import gettext_lazy as _

from quizzes.enums import QuestionType

_WORDS = {
    "multichoice": _("choice"),
    "truefalse": _("true or false"),
    "shortanswer": _("short answer"),
    "numerical": _("number"),
    "match": _("matching"),
    "essay": _("essay"),
    "description": _("text without a question"),
    "cloze": _("cloze text"),
    "ordering": _("ordering"),
    "upload": _("file to hand in"),
    "composite": _("several questions in one"),
    "calculated": _("calculated question"),
    "calculatedmulti": _("calculated question"),
    "calculatedsimple": _("calculated question"),
    "randomsamatch": _("matching of random questions"),
    "random": _("question drawn at random"),
    "ddimageortext": _("dragging onto a picture"),
    "ddmarker": _("dragging onto a picture"),
    "positionObject": _("dragging onto a picture"),
    "graphicGapMatch": _("dragging onto a picture"),
    "hotspot": _("pointing at a picture"),
    "selectPoint": _("pointing at a picture"),
    "graphicOrder": _("pointing at a picture"),
    "graphicAssociate": _("pointing at a picture"),
    "hottext": _("pointing at words"),
    "associate": _("pairs among equals"),
    "matchTable": _("table to tick"),
    "gapMatch": _("dragging pictures into gaps"),
    "slider": _("slider"),
    "drawing": _("drawing"),
    "media": _("sound or video"),
    "endAttempt": _("question with a hint button"),
    "custom": _("question with a program of its own"),
    "portableCustom": _("question with a program of its own"),
    "": _("unreadable"),
    "unreadable": _("unreadable"),
}


def words_of(kind: str) -> str:
    """What the reader calls the kind; a name that only the other system knows stays as it is."""
    if kind in QuestionType.values:
        return str(QuestionType(kind).label)
    return str(_WORDS.get(kind, kind))
