"""Who is signed in where."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.users import User


class Session(AbstractBaseSession):
    """A browser's session. ``account`` says beside the encoded words who is signed in, so that one statement brings
    both; what it says is believed only together with the words (``staff.session_store``)."""

    account = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="sessions")

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("session")

    @classmethod
    def get_session_store_class(cls):
        from staff.session_store import SessionStore

        return SessionStore
