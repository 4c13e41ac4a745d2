from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class LmsConfig(AppConfig):
    name = "lms"
    default = True

    def ready(self):
        from lms import checks, receivers  # noqa: F401 - registers the system checks; listens to sign-ins


class AccountsConfig(WagtailUsersAppConfig):
    """Wagtail's pages about accounts, with our forms: one full name, and no address for those who have none."""

    user_viewset = "lms.cms.AccountViewSet"
