"""Work in the background of the roof."""

from lms.alarms import raise_alarms

__all__ = ["SWEEPERS"]

SWEEPERS = [raise_alarms]
