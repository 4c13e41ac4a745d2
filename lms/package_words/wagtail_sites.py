"""Wagtail: sites, collections and who may see them, which only administrators reach."""

from django.utils.translation import gettext_noop, ngettext_lazy

[
    gettext_noop("Site"),
    gettext_noop("site"),
    gettext_noop("sites"),
    gettext_noop("hostname"),
    gettext_noop("port"),
    gettext_noop("site name"),
    gettext_noop("root page"),
    gettext_noop("is default site"),
    gettext_noop("Human-readable name for the site."),
    gettext_noop(
        "Set this to something other than 80 if you need a specific port number to appear in URLs (e.g. development on port 8000). Does not affect request handling (so port forwarding still works)."
    ),
    gettext_noop(
        "If true, this site will handle requests for all other hostnames that do not have a site entry of their own"
    ),
    gettext_noop(
        "%(hostname)s is already configured as the default site. You must unset that before you can save this site as default."
    ),
    gettext_noop("group site permission"),
    gettext_noop("group site permissions"),
    gettext_noop("Choose a root page"),
    gettext_noop("Choose a different root page"),
    gettext_noop("Add site"),
    gettext_noop("Site '%(object)s' created."),
    gettext_noop("The site could not be saved due to errors."),
    gettext_noop("Site '%(object)s' updated."),
    gettext_noop("Site '%(object)s' deleted."),
    gettext_noop("Delete site"),
    gettext_noop("Are you sure you want to delete this site?"),
    gettext_noop(
        "The root level is where you can add new sites to your Wagtail installation. Pages created here will not be accessible at any URL until they are associated with a site."
    ),
    gettext_noop("Configure a site now."),
    gettext_noop("If you just want to add pages to an existing site, create them as children of the homepage instead."),
    gettext_noop(
        "Pages created here will not be accessible at any URL. To add pages to an existing site, create them as children of the homepage."
    ),
    gettext_noop(
        "There is no site set up for this location. Pages created here will not be accessible at any URL until a site is associated with this location."
    ),
    gettext_noop("There is no site record for this location. Pages created here will not be accessible at any URL."),
    gettext_noop("Add a collection"),
    gettext_noop("Add collection"),
    gettext_noop("Collection '%(object)s' created."),
    gettext_noop("Collection '%(object)s' updated."),
    gettext_noop("The collection could not be saved due to errors."),
    gettext_noop("Collection '%(object)s' deleted."),
    gettext_noop("Delete collection"),
    gettext_noop("Are you sure you want to delete this collection?"),
    gettext_noop("This collection cannot be deleted, because it is not empty. It contains:"),
    gettext_noop('No collections have been created. Why not <a href="%(add_collection_url)s">add one</a>?'),
    gettext_noop("This collection has been made private by a parent collection."),
    gettext_noop("You can edit the privacy settings on:"),
    gettext_noop("Privacy settings determine who is able to view documents in this collection."),
    gettext_noop("Set collection privacy. Current status: Public"),
    gettext_noop("Set collection privacy. Current status: Private"),
    gettext_noop("Changing the privacy for this page has been disabled."),
    gettext_noop("Privacy is inherited from the ancestor page - %(ancestor_page)s"),
    gettext_noop("This page is protected from public view"),
    gettext_noop("Private, accessible with a shared password"),
    gettext_noop("Private, accessible to any logged-in users"),
    gettext_noop("Private, accessible to users in specific groups"),
    gettext_noop("shared password"),
    gettext_noop(
        "Shared passwords should not be used to protect sensitive content. Anyone who has this password will be able to view the content."
    ),
    gettext_noop("view restriction"),
    gettext_noop("view restrictions"),
    gettext_noop("collection view restriction"),
    gettext_noop("collection view restrictions"),
    gettext_noop("page view restriction"),
    gettext_noop("page view restrictions"),
    gettext_noop("Password required"),
    gettext_noop("You need a password to access this page."),
    gettext_noop("You need a password to access this document."),
    gettext_noop("Please select another parent."),
    gettext_noop("Add images to collection"),
    gettext_noop("Add documents to collection"),
    ngettext_lazy("%(count)s descendant collection", "%(count)s descendant collections"),
    ngettext_lazy("Add 1 image to new collection", "Add %(counter)s images to new collection"),
    ngettext_lazy(
        "Are you sure you want to add the following image to the selected collection?",
        "Are you sure you want to add the following images to the selected collection?",
    ),
    ngettext_lazy(
        "You don't have permission to add this image to a collection",
        "You don't have permission to add these images to a collection",
    ),
    ngettext_lazy(
        "%(num_parent_objects)d image has been added to %(collection)s",
        "%(num_parent_objects)d images have been added to %(collection)s",
    ),
    ngettext_lazy("Add 1 document to new collection", "Add %(counter)s documents to new collection"),
    ngettext_lazy(
        "Are you sure you want to add the following document to the selected collection?",
        "Are you sure you want to add the following documents to the selected collection?",
    ),
    ngettext_lazy(
        "You don't have permission to add this document to a collection",
        "You don't have permission to add these documents to a collection",
    ),
    ngettext_lazy(
        "%(num_parent_objects)d document has been added to %(collection)s",
        "%(num_parent_objects)d documents have been added to %(collection)s",
    ),
]
