"""What this room announces."""

from django.dispatch import Signal

qualification_granted = Signal()
"""Sent after commit with ``qualification_id``. A wake-up only: it may come twice, or never."""

qualification_revoked = Signal()
"""Sent after commit with ``qualification_id``. A wake-up only: it may come twice, or never."""
