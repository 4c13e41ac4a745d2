"""Registers what the roof adds to the CMS."""

from wagtail import hooks

from lms import cms


@hooks.register("before_delete_user")
def before_delete_user(request, user):
    return cms.refuse_to_delete_accounts(request, [user])


@hooks.register("before_bulk_action")
def before_bulk_action(request, action_type, objects, action_class_instance):
    if action_type == "delete" and action_class_instance.model._meta.label == "staff.User":
        return cms.refuse_to_delete_accounts(request, objects)
    return None
