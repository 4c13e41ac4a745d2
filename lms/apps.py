from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate
from wagtail.users.apps import WagtailUsersAppConfig


class LmsConfig(AppConfig):
    name = "lms"
    default = True

    def ready(self):
        from lms import checks, package_labels, receivers  # noqa: F401 - registers the system checks; listens to sign-ins

        package_labels.give_labels()

        # This room has no models, so that the news is sent for others only.
        ground = apps.get_app_config("staff")
        post_migrate.connect(make_cache_table, sender=ground, dispatch_uid="lms.make_cache_table")


def make_cache_table(sender, using="default", **kwargs):
    """Where the cache is a table of the database, it is there as soon as the other tables are."""
    call_command("createcachetable", database=using, verbosity=0)


class AccountsConfig(WagtailUsersAppConfig):
    """Wagtail's pages about accounts, with our forms: one full name, and no address for those who have none."""

    user_viewset = "lms.cms.AccountViewSet"
