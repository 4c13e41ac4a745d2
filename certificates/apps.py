from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self):
        from certificates import receivers  # noqa: F401 - connects them
        from certificates.evidence_catalogue import after_migration

        post_migrate.connect(after_migration, sender=self, dispatch_uid="certificates.evidence_kinds")
