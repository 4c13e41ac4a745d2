"""Who may write and publish in the catalogue, and what is made ready when a lesson is published."""

from contextlib import closing

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from courses.blocks import DRAWING_SIZE, PICTURE_SIZE
from courses.models import CatalogueIndexPage, LessonPage, ReviewTask
from quizzes.access import REVIEWERS, TRAINERS

# Trainers have no right by place: `courses.authors` gives them their own courses.
_PAGE_PERMISSIONS = {TRAINERS: [], REVIEWERS: ["change_page", "publish_page"]}
# What courses are called, count and whether they are open is decided by those who publish.
_ROW_PERMISSIONS = {TRAINERS: [], REVIEWERS: ["view_course", "change_course", "view_track", "change_track"]}
# Who may only add a picture or document changes her own; another author's lesson may show the others.
_ADD = ["add_image", "choose_image", "add_document", "choose_document"]
_COLLECTION_PERMISSIONS = {TRAINERS: _ADD, REVIEWERS: [*_ADD, "change_image", "change_document"]}
WORKFLOW = "Duyệt bài"


@transaction.atomic
def ensure_groups() -> None:
    """The groups with exactly their rights under the catalogue, and the workflow; harmless when repeated."""
    catalogue = CatalogueIndexPage.objects.first()
    root = Collection.get_first_root_node()
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    for name in (TRAINERS, REVIEWERS):
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.remove(*Permission.objects.filter(content_type__app_label="courses"))
        group.permissions.add(access, *_permissions(["courses"], _ROW_PERMISSIONS[name]))
        if catalogue is not None:
            _settle(GroupPagePermission, _permissions(["wagtailcore"], _PAGE_PERMISSIONS[name]), group, page=catalogue)
        uploads = _permissions(["wagtailimages", "wagtaildocs"], _COLLECTION_PERMISSIONS[name])
        _settle(GroupCollectionPermission, uploads, group, collection=root)
    if catalogue is not None:
        _ensure_workflow(catalogue)


def _permissions(apps: list[str], codenames: list[str]):
    return Permission.objects.filter(content_type__app_label__in=apps, codename__in=codenames)


def _settle(model, permissions, group: Group, **place) -> None:
    """The group has these rights at that place, and no others."""
    model.objects.filter(group=group, **place).exclude(permission__in=permissions).delete()
    for permission in permissions:
        model.objects.get_or_create(group=group, permission=permission, **place)


def _ensure_workflow(catalogue: CatalogueIndexPage) -> None:
    """One workflow of one task, given to the reviewers, for everything below the catalogue."""
    task = ReviewTask.objects.filter(name=WORKFLOW).first() or ReviewTask.objects.create(name=WORKFLOW)
    task.groups.set(Group.objects.filter(name=REVIEWERS))
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW, defaults={"active": True})
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": 0})
    WorkflowPage.objects.get_or_create(page=catalogue, defaults={"workflow": workflow})


def prepare_pictures(*, lesson: LessonPage) -> int:
    """Makes the sized file of each picture of the lesson that has none yet. How many pictures the lesson has."""
    ids = {block.value["image"].pk for block in lesson.body if block.block_type == "image" and block.value["image"]}
    made = [PICTURE_SIZE, DRAWING_SIZE]
    for image in get_image_model().objects.filter(pk__in=ids).exclude(renditions__filter_spec__in=made):
        size = Filter(spec=DRAWING_SIZE if image.filename.lower().endswith(".png") else PICTURE_SIZE)
        # Image.get_rendition would leave the temporary file open.
        with closing(image.generate_rendition_file(size)) as file:
            image.renditions.get_or_create(
                filter_spec=size.spec, focal_point_key=size.get_cache_key(image), defaults={"file": file}
            )
    return len(ids)
