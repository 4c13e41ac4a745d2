"""What the verbs refuse, each as a sentence for people."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staff import clock


def shown(day) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


class StaffError(Exception):
    """A refusal; its text can be shown as it is."""


class BackDated(StaffError):
    def __init__(self, day):
        super().__init__(
            _("%(day)s is in the past. To change history, say so and give the reason.") % {"day": shown(day)}
        )


class UnitNotThere(StaffError):
    def __init__(self, unit, day):
        super().__init__(_("%(unit)s does not exist on %(day)s.") % {"unit": unit, "day": shown(day)})


class PostingOverlaps(StaffError):
    def __init__(self, posting):
        self.posting = posting
        super().__init__(
            _("%(name)s already has a main posting in %(unit)s from %(day)s. Transfer, or end that posting first.")
            % {"name": posting.staff_member, "unit": posting.unit, "day": shown(posting.valid_from)}
        )


class NotPosted(StaffError):
    def __init__(self, staff_member, day):
        super().__init__(
            _("%(name)s has no open main posting that began before %(day)s.")
            % {"name": staff_member, "day": shown(day)}
        )


class EndsBeforeItBegins(StaffError):
    def __init__(self, fact):
        super().__init__(_("The last day cannot lie before the first day, %(day)s.") % {"day": shown(fact.valid_from)})


class AlreadyEnded(StaffError):
    def __init__(self, fact):
        super().__init__(_("The end is already recorded: %(day)s.") % {"day": shown(fact.valid_until)})


class DutyAlreadyHeld(StaffError):
    def __init__(self, duty):
        super().__init__(_("%(name)s already holds this duty.") % {"name": duty.staff_member})


class VersionTooEarly(StaffError):
    def __init__(self, last):
        super().__init__(
            _("The version in force began on %(day)s. A new one must begin later, or history is changed with a reason.")
            % {"day": shown(last.valid_from)}
        )


class ScopeAlreadyGranted(StaffError):
    def __init__(self, scope):
        super().__init__(_("%(name)s already has this right for %(unit)s.") % {"name": scope.user, "unit": scope.unit})


class UnitHasStaff(StaffError):
    def __init__(self, unit, count):
        super().__init__(
            ngettext(
                "%(unit)s cannot close: %(count)d posting there goes on after that day.",
                "%(unit)s cannot close: %(count)d postings there go on after that day.",
                count,
            )
            % {"unit": unit, "count": count}
        )


class UnitHasUnits(StaffError):
    def __init__(self, unit, child):
        super().__init__(
            _("%(unit)s cannot close before %(child)s, which lies below it.") % {"unit": unit, "child": child}
        )


class NoSuchUnit(StaffError):
    def __init__(self, code):
        super().__init__(_("There is no unit with the code %(code)s.") % {"code": code})


class CodeTaken(StaffError):
    def __init__(self, code):
        super().__init__(_("The code %(code)s belongs to another unit. Choose another one.") % {"code": code})


class OpensAfterwards(StaffError):
    def __init__(self, unit, day):
        super().__init__(_("%(unit)s does not exist before %(day)s.") % {"unit": unit, "day": shown(day)})


class BeginsAfterwards(StaffError):
    def __init__(self, posting):
        super().__init__(
            _("A posting of %(name)s in %(unit)s begins on %(day)s, when that unit is gone. End or move it first.")
            % {"name": posting.staff_member, "unit": posting.unit, "day": shown(posting.valid_from)}
        )


class NobodyGoesOn(StaffError):
    def __init__(self, count):
        super().__init__(
            ngettext(
                "Of %(count)d person nobody has said yet where to go on.",
                "Of %(count)d people nobody has said yet where to go on.",
                count,
            )
            % {"count": count}
        )


class NoLongerPlanned(StaffError):
    def __init__(self, reorganisation):
        super().__init__(_("This reorganisation can no longer be changed: %s.") % reorganisation.state.label)


class AlreadyMerged(StaffError):
    def __init__(self, person):
        super().__init__(_("%(name)s: one of these entries is merged with another already.") % {"name": person})


class KeepTheOtherEntry(StaffError):
    def __init__(self, person):
        super().__init__(
            _("Only the other entry of %(name)s is posted in a unit today: keep that one.") % {"name": person}
        )


class ChangedSince(StaffError):
    def __init__(self, person):
        super().__init__(
            _("What was recorded for %(name)s was changed after the entries were merged. It cannot be taken back.")
            % {"name": person}
        )


class PrintedMeanwhile(StaffError):
    def __init__(self):
        super().__init__(
            _(
                "Somebody printed slips for these people while this page was open. Look at the list again before you "
                "print."
            )
        )


class NothingToPrint(StaffError):
    def __init__(self):
        super().__init__(_("Nobody here needs a slip: everybody chosen already has a password."))


class TooManySlips(StaffError):
    def __init__(self, most):
        super().__init__(_("At most %(count)d slips are printed at a time: choose a unit.") % {"count": most})


class ReasonMissing(StaffError):
    def __init__(self):
        super().__init__(_("Say why: the reason is kept, and read by whom it concerns."))


class NothingToCorrect(StaffError):
    def __init__(self):
        super().__init__(_("This is what is recorded already: nothing would change."))


class CorrectedMeanwhile(StaffError):
    def __init__(self):
        super().__init__(
            _("Somebody else corrected these details since this page was opened. Look at what stands there now.")
        )


class MoreThanLearner(StaffError):
    def __init__(self, user):
        super().__init__(
            _("%(name)s is more than a learner here: only the administrator gives such accounts a new way in.")
            % {"name": user}
        )


class NotActivatedYet(StaffError):
    def __init__(self, user):
        super().__init__(_("%(name)s has not chosen a password yet: print a slip.") % {"name": user})


class CodeNotValid(StaffError):
    """The same words whatever the cause: a stranger must not learn which accounts exist."""

    def __init__(self):
        super().__init__(
            _(
                "These two do not belong together, or the code was used or is out of time. Look at both again; if it "
                "does not help, ask the HR officer of your agency for a new one."
            )
        )


def lasting(fact) -> str:
    """The days of a dated fact, for a sentence."""
    days = {"first": shown(fact.valid_from), "last": fact.valid_until and shown(fact.valid_until)}
    return _("from %(first)s until %(last)s") % days if fact.valid_until else _("from %(first)s on") % days


class NotPostedOn(StaffError):
    def __init__(self, staff_member, day, nearest):
        words = {"name": staff_member, "day": shown(day)}
        if nearest is None:
            super().__init__(_("%(name)s has no main posting on %(day)s, nor on any other day.") % words)
        else:
            words |= {"unit": nearest.unit, "days": lasting(nearest)}
            super().__init__(
                _("%(name)s has no main posting on %(day)s. The nearest one is in %(unit)s, %(days)s.") % words
            )


class PostedLater(StaffError):
    def __init__(self, posting):
        words = {"name": posting.staff_member, "unit": posting.unit, "days": lasting(posting)}
        super().__init__(
            _(
                "A main posting of %(name)s in %(unit)s is on record %(days)s. Choose another day, or take back first "
                "what made it."
            )
            % words
        )


class AwayAlready(StaffError):
    def __init__(self, posting):
        words = {"name": posting.staff_member, "status": posting.get_status_display(), "unit": posting.unit}
        super().__init__(
            _("%(name)s is on record as “%(status)s” in %(unit)s, %(days)s. These days overlap: choose others.")
            % (words | {"days": lasting(posting)})
        )


class NotAway(StaffError):
    def __init__(self, posting, day):
        words = {"name": posting.staff_member, "status": posting.get_status_display(), "unit": posting.unit}
        super().__init__(
            _(
                "%(name)s cannot return on %(day)s: the posting in %(unit)s, %(days)s, says “%(status)s”. The day must "
                "lie within a leave or a secondment, after its first day."
            )
            % (words | {"days": lasting(posting), "day": shown(day)})
        )


class SameUnit(StaffError):
    def __init__(self, posting):
        super().__init__(
            _("%(name)s works in %(unit)s already, %(days)s.")
            % {"name": posting.staff_member, "unit": posting.unit, "days": lasting(posting)}
        )


class AlreadyPosted(StaffError):
    def __init__(self, posting):
        super().__init__(
            _("%(name)s has a further post in %(unit)s already, %(days)s.")
            % {"name": posting.staff_member, "unit": posting.unit, "days": lasting(posting)}
        )


class NothingChanges(StaffError):
    def __init__(self, posting):
        super().__init__(
            _("The posting in %(unit)s, %(days)s, says so already: nothing would change.")
            % {"unit": posting.unit, "days": lasting(posting)}
        )


class InUse(StaffError):
    def __init__(self, posting):
        super().__init__(
            _("The posting in %(unit)s, %(days)s, came of a transfer request that names it. It cannot be struck.")
            % {"unit": posting.unit, "days": lasting(posting)}
        )


class RecordedSince(StaffError):
    def __init__(self, change, row):
        words = {"change": change, "name": change.staff_member}
        if row is None or not hasattr(row, "valid_from"):
            super().__init__(
                _("What “%(change)s” recorded for %(name)s was changed afterwards. It cannot be taken back.") % words
            )
        else:
            super().__init__(
                _(
                    "Something was recorded after “%(change)s”: %(row)s, %(days)s. Take that back first; then this can "
                    "be taken back."
                )
                % (words | {"row": row, "days": lasting(row)})
            )


class TakenBackAlready(StaffError):
    def __init__(self, change):
        super().__init__(_("“%(change)s” was taken back already.") % {"change": change})


class DecidedTomorrow(StaffError):
    def __init__(self, day):
        super().__init__(_("The decision cannot be dated later than today: %(day)s.") % {"day": shown(day)})


class DiedTomorrow(StaffError):
    def __init__(self):
        super().__init__(_("A death cannot be recorded for a day to come."))


def refuse_back_dating(day, reason: str) -> None:
    """History changes only when somebody says so: a past ``day`` needs a ``reason``."""
    if day < clock.today() and not reason.strip():
        raise BackDated(day)


class TokenMayNothing(StaffError):
    def __init__(self):
        super().__init__(_("Choose at least one thing that the system may read."))


class TokenLastsTooLong(StaffError):
    def __init__(self, first, last):
        super().__init__(
            _("The last day lies between %(first)s and %(last)s.") % {"first": shown(first), "last": shown(last)}
        )
