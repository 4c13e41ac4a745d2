"""What the ground floor announces after commit; each is only a wake-up and may come never or twice."""

from django.dispatch import Signal

staff_list_imported = Signal()
"""Sent with ``run_id``: a staff list was read; its rows may say something about certificates."""
