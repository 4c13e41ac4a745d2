from django.apps import AppConfig


class UnitCoverageConfig(AppConfig):
    name = "unit_coverage"
