"""Who may do what to the pages of the catalogue: by group and place, and authors in their courses."""

from itertools import product

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from wagtail.models import GroupPagePermission, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from quizzes.access import TRAINERS

AUTHORS_MAY = frozenset({"add", "change"})


class CataloguePolicy(PagePermissionPolicy):
    """A trainer adds and changes pages below the courses that name her as an author, and sees no others in the CMS.

    Everything Wagtail asks (explorer, forms, choosers, search, its API) goes through the list of rights that this
    class returns, so that an author of one course is a stranger to the next.
    """

    def get_all_permissions_for_user(self, user):
        granted = super().get_all_permissions_for_user(user)
        if not user.is_active or user.is_anonymous or user.is_superuser:
            return granted
        pages = Page.objects.filter(
            coursepage__course__authors=user, coursepage__course__authors__groups__name=TRAINERS
        ).distinct()
        # Wagtail collects rights in sets, for which a row needs a key; those of no row count downwards from -1.
        own = [
            GroupPagePermission(
                pk=-number, page=page, permission=Permission(codename=self._get_permission_codename(action))
            )
            for number, (page, action) in enumerate(product(pages, sorted(AUTHORS_MAY)), start=1)
        ]
        return [*granted, *own]

    def users_with_any_permission(self, actions, include_superusers=True):
        users = super().users_with_any_permission(actions, include_superusers)
        return self._with_authors(users, actions, {"authored_courses__page__isnull": False})

    def users_with_any_permission_for_instance(self, actions, instance, include_superusers=True):
        users = super().users_with_any_permission_for_instance(actions, instance, include_superusers)
        above = instance.get_ancestors(inclusive=True)
        return self._with_authors(users, actions, {"authored_courses__page__in": above})

    def _with_authors(self, users, actions, of):
        if not AUTHORS_MAY & set(actions):
            return users
        model = get_user_model()
        authors = model.objects.filter(is_active=True, groups__name=TRAINERS, **of)
        return model.objects.filter(Q(pk__in=users.values("pk")) | Q(pk__in=authors.values("pk")))
