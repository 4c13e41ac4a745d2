"""Wagtail: doing the same to several pages."""

from django.utils.translation import gettext_noop, ngettext_lazy

[
    ngettext_lazy("Delete 1 page", "Delete %(counter)s pages"),
    gettext_noop("Are you sure you want to delete these pages?"),
    ngettext_lazy("This will also delete one more subpage.", "This will also delete %(counter)s more subpages."),
    ngettext_lazy("You don't have permission to delete this page", "You don't have permission to delete these pages"),
    ngettext_lazy("Move 1 page", "Move %(counter)s pages"),
    gettext_noop("Are you sure you want to move these pages?"),
    ngettext_lazy("This page has one child page", "This page has %(counter)s child pages"),
    ngettext_lazy("You don't have permission to move this page", "You don't have permission to move these pages"),
    ngettext_lazy(
        "The following page cannot be moved to %(dest_title)s", "The following pages cannot be moved to %(dest_title)s"
    ),
    ngettext_lazy(
        "The following page cannot be moved due to duplicate slug",
        "The following pages cannot be moved due to duplicate slugs",
    ),
    gettext_noop("There is no valid destination page for these pages"),
    gettext_noop("Yes, move these pages"),
    gettext_noop("No, don't move"),
    ngettext_lazy("Publish 1 page", "Publish %(counter)s pages"),
    gettext_noop("Are you sure you want to publish these pages?"),
    ngettext_lazy("This page has one unpublished subpage", "This page has %(counter)s unpublished subpages"),
    ngettext_lazy("You don't have permission to publish this page", "You don't have permission to publish these pages"),
    ngettext_lazy("Unpublish 1 page", "Unpublish %(counter)s pages"),
    gettext_noop("Are you sure you want to unpublish these pages?"),
    ngettext_lazy("This page has one subpage", "This page has %(counter)s subpages"),
    ngettext_lazy(
        "You don't have permission to unpublish this page", "You don't have permission to unpublish these pages"
    ),
    gettext_noop("Yes, unpublish"),
    gettext_noop("Delete selected pages"),
    gettext_noop("Move selected pages"),
    gettext_noop("Publish selected pages"),
    gettext_noop("Unpublish selected pages"),
    gettext_noop("Select a new parent page"),
    gettext_noop("%(parent_pages)s and %(child_pages)s have been deleted"),
    ngettext_lazy("%(num_parent_objects)d page has been deleted", "%(num_parent_objects)d pages have been deleted"),
    ngettext_lazy("%(num_pages)d page has been moved", "%(num_pages)d pages have been moved"),
    ngettext_lazy("%(num_parent_objects)d page", "%(num_parent_objects)d pages"),
    ngettext_lazy("%(num_child_objects)d child page", "%(num_child_objects)d child pages"),
    gettext_noop("%(parent_pages)s and %(child_pages)s have been published"),
    ngettext_lazy("%(num_parent_objects)d page has been published", "%(num_parent_objects)d pages have been published"),
    gettext_noop("%(parent_pages)s and %(child_pages)s have been unpublished"),
    ngettext_lazy(
        "%(num_parent_objects)d page has been unpublished", "%(num_parent_objects)d pages have been unpublished"
    ),
]
