"""What this room announces."""

from django.dispatch import Signal

attempt_graded = Signal()
"""Sent after commit with ``attempt_id``, ``grading_id`` and ``by``, the id of who marked, None where nobody did and
where no marking is new (then ``grading_id`` is None too). A wake-up only: it may come twice, or never."""
