"""Wagtail: one's own settings in the CMS."""

from django.utils.translation import gettext_noop

[
    gettext_noop("submitted notifications"),
    gettext_noop("Receive notification when a page is submitted for moderation"),
    gettext_noop("approved notifications"),
    gettext_noop("Receive notification when your page edit is approved"),
    gettext_noop("rejected notifications"),
    gettext_noop("Receive notification when your page edit is rejected"),
    gettext_noop("updated comments notifications"),
    gettext_noop(
        "Receive notification when comments have been created, resolved, or deleted on a page that you have subscribed to receive comment notifications on"
    ),
    gettext_noop("preferred language"),
    gettext_noop("Select language for the admin"),
    gettext_noop("current time zone"),
    gettext_noop("Select your current time zone"),
    gettext_noop("profile picture"),
    gettext_noop("System default"),
    gettext_noop("Light"),
    gettext_noop("Dark"),
    gettext_noop("admin theme"),
    gettext_noop("Default"),
    gettext_noop("More contrast"),
    gettext_noop("contrast"),
    gettext_noop("Snug"),
    gettext_noop("density"),
    gettext_noop("Enable custom keyboard shortcuts specific to Wagtail."),
    gettext_noop("Profile picture"),
    gettext_noop("Upload a profile picture"),
    gettext_noop("Upload a profile picture:"),
    gettext_noop("Use server language: %(language_name)s"),
    gettext_noop("Use server time zone"),
]
