"""The minutes of a session: what people write into them, and what the system adds of acts that belong there."""

from collections.abc import Callable
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from quizzes.errors import SessionRefused
from quizzes.models import ExamSession, Incident, Seat
from quizzes.services.sessions import refuse_candidates
from staff import clock
from staff.models.fields import NfcCharField

# The same words of the same person within this time are one request that arrived twice.
REPEATED = timedelta(minutes=1)


def report_incident(*, session: ExamSession, text: str, by, seat: Seat | None = None) -> Incident:
    """Something for the minutes. The same words of the same person within a minute are one incident."""
    refuse_candidates(session, by)
    text = NfcCharField().get_prep_value(text).strip()
    if not text:
        raise SessionRefused(_("Please write what happened."))
    again = just_reported(session=session, text=text, by=by, seat=seat)
    return again or Incident.objects.create(session=session, seat=seat, text=text, reported_by=by, at=clock.now())


def note_act(*, seat: Seat, words: Callable[[], str], by, reason: str = "") -> Incident:
    """What was done to one candidate, for the minutes."""
    return report_incident(session=seat.session, seat=seat, text=in_vietnamese(words, reason), by=by)


def just_reported(*, session: ExamSession, text: str, by, seat: Seat | None = None) -> Incident | None:
    found = session.incidents.filter(seat=seat, text=text, reported_by=by, at__gt=clock.now() - REPEATED)
    return found.first()


def in_vietnamese(words: Callable[[], str], reason: str = "") -> str:
    """A line of the minutes: an official paper, whoever watches and in whatever language."""
    with override("vi"):
        said = f"{words()}: {reason.strip()}" if reason else words()
    return NfcCharField().get_prep_value(said).strip()
