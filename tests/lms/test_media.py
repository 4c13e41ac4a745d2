import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

pytestmark = pytest.mark.django_db


@pytest.fixture
def files():
    for name in ("images/so-do.png", "original_images/so-do.png", "documents/danh-sach.png", "images/x.svg"):
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(b"image"))


def test_an_image_of_a_lesson_is_public_and_kept_for_ever(client, files):
    response = client.get("/media/images/so-do.png")

    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "image/png",
        "public, max-age=31536000, immutable",
    )
    assert b"".join(response.streaming_content) == b"image"


@pytest.mark.parametrize(
    "path",
    [
        "/media/documents/danh-sach.png",
        "/media/images/../documents/danh-sach.png",
        "/media/images/%2e%2e%2fdocuments%2fdanh-sach.png",
        "/media/images/x.svg",
        "/media/images/khong-co.png",
    ],
)
def test_nothing_else_of_the_media_folder_is_served(client, files, path):
    assert client.get(path).status_code == 404


def test_an_original_is_for_people_who_are_signed_in(client, files, learner):
    assert client.get("/media/original_images/so-do.png").status_code == 302

    client.force_login(learner)

    assert client.get("/media/original_images/so-do.png").status_code == 200
