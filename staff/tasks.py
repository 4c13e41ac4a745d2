"""Work in the background of the ground floor."""

from staff.jobs import JOBS

__all__ = ["JOBS"]
