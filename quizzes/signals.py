"""What this room announces."""

from django.dispatch import Signal

attempt_graded = Signal()
"""Sent after commit with ``attempt_id`` and ``grading_id``. A wake-up only: it may come twice, or never."""
