"""System checks: what would only show itself to people, said at the start."""

from importlib.util import find_spec
from ipaddress import ip_network

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.compatibility)
def fonts_are_there(app_configs, **kwargs):
    """Certificates are drawn with a font that has every Vietnamese letter; ReportLab's own silently drops some."""
    if find_spec("font_roboto"):
        return []
    return [
        Error(
            "The package font-roboto is missing: certificates cannot be drawn.",
            hint="Run `make setup`, which installs the locked requirements.",
            id="lms.E001",
        )
    ]


@register(Tags.security, deploy=True)
def broker_is_set(app_configs, **kwargs):
    """In production messages carry the work; without them, `manage.py work` has to run."""
    if settings.CELERY_BROKER_URL:
        return []
    return [
        Warning(
            "CELERY_BROKER_URL is not set: background work waits for `manage.py work`.",
            hint="Set CELERY_BROKER_URL=redis://…, or run `manage.py work` beside the web process.",
            id="lms.W001",
        )
    ]


@register(Tags.security, deploy=True)
def no_demonstration(app_configs, **kwargs):
    """The demonstration's key and accounts are known to everybody."""
    if not settings.DEMO:
        return []
    return [
        Error(
            "This is the demonstration: its passwords are known and its signing key is worth nothing.",
            hint="Use lms.settings.production, without DEMO.",
            id="lms.E002",
        )
    ]


@register(Tags.security)
def networks_are_networks(app_configs, **kwargs):
    """A network that was mistyped would be allowed to nobody, and be noticed after days."""
    wrong = [words for words in settings.WEBHOOK_NETWORKS if not _is_network(words)]
    if not wrong:
        return []
    return [Error(f"WEBHOOK_NETWORKS names what is no network: {', '.join(wrong)}.", id="lms.E003")]


def _is_network(words: str) -> bool:
    try:
        ip_network(words)
    except ValueError:
        return False
    return True
