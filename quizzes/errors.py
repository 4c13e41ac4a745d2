"""What may go wrong in this room. ``str`` of each is a sentence for the reader."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


class QuizError(Exception):
    """Something the person can be told, and often mend."""


class StartRefused(Exception):
    """Why a room above does not let a test begin; the base of such errors there."""


class QuestionRefused(QuizError):
    """The question cannot be marked as it stands, or may not be changed so."""


class PoolTooSmall(QuizError):
    """A group of the bank has fewer questions than a blueprint asks for."""


class BlueprintIncomplete(QuizError):
    """The quiz cannot be sat as it is: no parts, no sections, no time."""


class QuizNotPublished(QuizError):
    def __init__(self):
        super().__init__(_("This test is not open yet."))


class NotOpenYet(QuizError):
    def __init__(self, opens_at):
        moment = date_format(localtime(opens_at), "DATETIME_FORMAT")
        super().__init__(_("This test opens at %(moment)s.") % {"moment": moment})


class NoAttemptsLeft(QuizError):
    def __init__(self):
        super().__init__(_("You have used all the attempts that this test allows."))


class TooSoon(QuizError):
    def __init__(self, may_start):
        moment = date_format(localtime(may_start), "DATETIME_FORMAT")
        super().__init__(_("You can take this test again from %(moment)s on.") % {"moment": moment})


class WindowClosed(QuizError):
    def __init__(self):
        super().__init__(_("The time in which this test could be taken is over."))


class ResponseRefused(QuizError):
    """A response that does not fit the question that was shown."""


class FileRefused(QuizError):
    """A file that may not be handed in, or given out, as it is."""


class MarkingRefused(QuizError):
    """Marks that cannot be given, or not by this person."""


class StillBeingMarked(QuizError):
    def __init__(self):
        super().__init__(_("Your last attempt is still being marked. You can go on when its result is known."))


class AttemptFinished(QuizError):
    def __init__(self):
        super().__init__(_("This attempt has been handed in; nothing more can be saved."))


class AccommodationRefused(QuizError):
    """An individual arrangement that grants nothing, or grants it in a way that cannot be."""


class DeadlineRefused(QuizError):
    """The end of an attempt may not be moved, or not so."""


class OpenElsewhere(QuizError):
    def __init__(self):
        super().__init__(
            _(
                "You have begun this test outside this exam session and have not handed it in. Please hand that in "
                "first, then press Start again."
            )
        )


class TakenOver(QuizError):
    def __init__(self):
        super().__init__(
            _(
                "This test goes on at another computer. Nothing more can be saved here. If this is not as it should "
                "be, please tell the invigilator."
            )
        )


class SessionRefused(QuizError):
    """Something that this exam session, or this seat, does not allow now."""


class TimeNotUp(QuizError):
    def __init__(self):
        super().__init__(_("There is still time left in this attempt."))


class RegradeRefused(QuizError):
    """The papers cannot be marked again so; the sentence says why."""


class FactsMoved(QuizError):
    """What a regrade would do is no longer what was shown."""

    def __init__(self):
        super().__init__(
            _("Papers were handed in or marked after you opened this page. Look at the new effect, then confirm again.")
        )
