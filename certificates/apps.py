from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from staff.connections import PAGES


class CertificatesConfig(AppConfig):
    name = "certificates"

    def ready(self):
        from certificates import receivers  # noqa: F401 - connects them
        from certificates.evidence_catalogue import after_migration
        from certificates.outdated import outdated_certificates
        from staff.outdated_papers import ASKED

        ASKED.append(outdated_certificates)
        PAGES.append(("webhooks:endpoints", _("Told of certificates")))
        post_migrate.connect(after_migration, sender=self, dispatch_uid="certificates.evidence_kinds")
