from django.apps import AppConfig
from django.db.models.signals import post_migrate


class UnitCoverageConfig(AppConfig):
    name = "unit_coverage"

    def ready(self):
        from unit_coverage.indicators.catalogue import after_migration

        post_migrate.connect(after_migration, sender=self, dispatch_uid="unit_coverage.indicators")
