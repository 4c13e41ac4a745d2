"""The catalogue from files."""

import re
import shutil

import pytest
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter
from wagtail.rich_text import RichText

from courses.blocks import LESSON_FEATURES
from courses.errors import ContentBroken
from courses.loading import load_catalogue
from courses.loading.blocks import rich_text
from courses.models import Course, LessonPage, LoadedContent


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
