"""Moments as a PDF writes them (ISO 32000-1, 7.9.4)."""

from datetime import datetime


def written(moment: datetime) -> str:
    """``moment``, which knows its zone, as D:20261126104205+07'00'."""
    zone = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"
