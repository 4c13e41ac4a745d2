"""Who may write and publish in the catalogue, and what is made ready when a lesson is published."""

from contextlib import closing

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.images.models import Filter
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission

from courses.blocks import DRAWING_SIZE, PICTURE_SIZE
from courses.models import CatalogueIndexPage, LessonPage

# Moderation between trainer and reviewer comes later: for now a trainer publishes what he wrote.
_PAGE_PERMISSIONS = {
    "trainers": ["add_page", "change_page", "publish_page"],
    "reviewers": ["change_page", "publish_page"],
}
_COLLECTION_PERMISSIONS = [
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
]


@transaction.atomic
def ensure_groups() -> None:
    """The groups "trainers" and "reviewers" with their rights under the catalogue; harmless when repeated."""
    catalogue = CatalogueIndexPage.objects.first()
    root = Collection.get_first_root_node()
    access = Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin")
    uploads = Permission.objects.filter(
        codename__in=_COLLECTION_PERMISSIONS, content_type__app_label__in=["wagtailimages", "wagtaildocs"]
    )
    rows = Permission.objects.filter(
        content_type__app_label="courses", codename__in=["view_course", "change_course", "view_track", "change_track"]
    )
    for name, codenames in _PAGE_PERMISSIONS.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(access, *rows)
        if catalogue is not None:
            for permission in Permission.objects.filter(
                codename__in=codenames, content_type__app_label="wagtailcore", content_type__model="page"
            ):
                GroupPagePermission.objects.get_or_create(group=group, page=catalogue, permission=permission)
        for permission in uploads:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


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
