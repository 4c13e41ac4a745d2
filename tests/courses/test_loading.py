"""The catalogue from files."""

import re
import shutil

import pytest
import yaml
from django.urls import reverse
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import RichText

from courses.blocks import LESSON_FEATURES
from courses.errors import ContentBroken
from courses.loading import load_catalogue
from courses.loading.blocks import rich_text
from courses.models import Course, LessonPage, LoadedContent, Track


def test_the_catalogue_is_complete(catalogue, lessons, test_page):
    assert (len(lessons), Course.objects.count(), test_page.quiz.published_at is not None) == (6, 24, True)


def test_a_second_load_changes_nothing(catalogue, one_course):
    revisions = LessonPage.objects.first().revisions.count()

    again = load_catalogue(one_course)

    assert (again.created, again.changed, again.left_alone) == ([], [], [])
    assert LessonPage.objects.first().revisions.count() == revisions


@pytest.fixture
def folder(tmp_path, one_course):
    return shutil.copytree(one_course, tmp_path / "content")


def _edit(folder, old, new):
    file = folder / "CB-01" / "02-phan-mem.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_file_changes_its_lesson(catalogue, folder):
    _edit(folder, "minutes: ", "minutes: 1")

    assert load_catalogue(folder).changed == ["lesson:CB-01/02-phan-mem.yaml"]


def test_what_a_trainer_changed_is_left_alone_and_named(catalogue, folder, lessons, trainer):
    lessons[1].title = "Sửa bởi giảng viên"
    lessons[1].save_revision(user=trainer).publish()
    _edit(folder, "minutes: ", "minutes: 1")

    report = load_catalogue(folder)

    assert (report.changed, report.left_alone) == ([], ["lesson:CB-01/02-phan-mem.yaml"])
    assert LessonPage.objects.get(pk=lessons[1].pk).title == "Sửa bởi giảng viên"


def test_what_a_reviewer_changed_of_a_course_is_left_alone_and_the_rest_follows_the_file(
    catalogue, folder, course, reviewer, client
):
    client.force_login(reviewer)
    hers = {"title": "Tên của tỉnh", "title_en": "Our title", "summary": "Tóm tắt của tỉnh", "hours": 7}
    client.post(reverse("khoa-hoc:edit", args=[course.pk]), hers)
    _rewrite_first_course(folder, hours=99, title="Tên trong tệp", summary="x", title_en="y", tags=["mới"])

    report = load_catalogue(folder)

    course.refresh_from_db()
    assert {name: getattr(course, name) for name in hers} == hers
    assert (course.is_ready, course.tags) == (False, ["mới"])
    assert "course:CB-01" in report.left_alone
    assert "course:CB-01" in load_catalogue(folder).left_alone


def test_what_a_reviewer_changed_of_a_track_is_left_alone(catalogue, folder, course, reviewer, client):
    client.force_login(reviewer)
    hers = {"name": "Nhóm của tỉnh", "description": "Mô tả", "audience": "Mọi người"}
    client.post(reverse("nhom-khoa-hoc:edit", args=[course.track_id]), hers)
    tracks = yaml.safe_load((folder / "tracks.yaml").read_text(encoding="utf-8"))
    tracks["tracks"][0] |= {"name": "x", "description": "y", "audience": "z", "name_en": "Theirs"}
    (folder / "tracks.yaml").write_text(yaml.safe_dump(tracks, allow_unicode=True), encoding="utf-8")

    report = load_catalogue(folder)

    track = Track.objects.get(pk=course.track_id)
    assert {name: getattr(track, name) for name in hers} == hers
    assert (track.name_en, report.left_alone) == ("Theirs", [f"track:{track.code}"])


def test_a_course_that_was_saved_as_it_was_still_follows_the_file(catalogue, folder, course, reviewer, client):
    client.force_login(reviewer)
    edit = reverse("khoa-hoc:edit", args=[course.pk])
    client.post(edit, client.get(edit).context["form"].initial | {"is_ready": "on", "authors": []})
    _rewrite_first_course(folder, hours=99)

    assert load_catalogue(folder).left_alone == []

    course.refresh_from_db()
    assert course.hours == 99


def _rewrite_first_course(folder, **values):
    data = yaml.safe_load((folder / "tracks.yaml").read_text(encoding="utf-8"))
    data["courses"][0] |= values
    (folder / "tracks.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")


@pytest.mark.parametrize(("old", "new"), [("minutes: ", "minute: "), ("body:", "body: ["), ("- callout:", "- calout:")])
def test_a_broken_file_is_named_and_changes_nothing(db, folder, old, new):
    before = (Course.objects.count(), LoadedContent.objects.count())
    _edit(folder, old, new)

    with pytest.raises(ContentBroken, match="02-phan-mem.yaml"):
        load_catalogue(folder)

    assert (Course.objects.count(), LoadedContent.objects.count()) == before


def test_html_in_markdown_is_shown_as_text():
    assert "<script" not in rich_text("## Mục\n\n<script>x</script> **đậm** [x](javascript:alert(1))")
    assert 'javascript:alert(1)"' not in rich_text("[x](javascript:alert(1))")


def test_the_editor_gives_loaded_text_back_as_it_is(catalogue):
    """Else the first save of a lesson would look like a change of all that nobody touched."""
    converter = ContentstateConverter(features=LESSON_FEATURES)
    loaded = [
        block.value.source
        for lesson in LessonPage.objects.live()
        for block in lesson.body
        if isinstance(block.value, RichText)
    ]

    saved = [converter.to_database_format(converter.from_database_format(text)) for text in loaded]

    assert [re.sub(r' data-block-key="\w+"', "", text) for text in saved] == loaded
    assert len(loaded) > 5
