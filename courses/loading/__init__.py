"""The catalogue from files that people edit and compare. What a person changed in the CMS is never overwritten."""

from courses.loading.catalogue import LoadReport, load_catalogue

__all__ = ["LoadReport", "load_catalogue"]
