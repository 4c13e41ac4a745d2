"""Tracks, courses, pages, images and the test, from the files of a folder: all of it or nothing."""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.log_actions import registry as log_registry
from wagtail.models import Collection, Page, Site, Task, Workflow

from courses.enums import TrackCode, Validity
from courses.errors import ContentBroken
from courses.loading.blocks import rich_line, rich_text, stream_data
from courses.loading.files import Entry, read
from courses.models import CatalogueIndexPage, Course, CoursePage, LessonPage, LoadedContent, TestPage, Track, TrackPage
from courses.services.content import ensure_groups
from quizzes.enums import Purpose
from quizzes.errors import QuizError
from quizzes.loading import load_questions
from quizzes.models import Category, Part, Quiz, Section
from quizzes.services import publish_quiz
from staff.vietnamese import slug as make_slug

# What of the file's values the CMS lets reviewers change.
IN_THE_CMS = {
    Track: {"name", "description", "audience"},
    Course: {"title", "title_en", "summary", "hours", "is_ready"},
}


_PAGES = {"Root": "Gốc", "Welcome to your new Wagtail site!": "Học CNTT"}
_REVIEW = {"Moderators approval": "Duyệt trang ngoài các khóa học"}
WAGTAILS_ROWS = [
    (Page, "title", _PAGES),
    (Page, "draft_title", _PAGES),
    (Collection, "name", _PAGES),
    (Workflow, "name", _REVIEW),
    (Task, "name", _REVIEW),
    (Group, "name", {"Moderators": "Duyệt trang ngoài khóa học", "Editors": "Viết trang ngoài khóa học"}),
]


@dataclass(slots=True)
class LoadReport:
    """What was created, changed, the same already, and left alone because a person changed it."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)


@transaction.atomic
def load_catalogue(root: Path) -> LoadReport:
    """Takes the folder into the database; repeated, it changes nothing. A broken file raises ContentBroken."""
    return _Loader(root).load()


def _named_site() -> Site | None:
    """The default site under the name it has for the world; Wagtail calls a new one localhost."""
    site = Site.objects.filter(is_default_site=True).first()
    if site is not None and (site.hostname, site.port) == ("localhost", 80):
        address = urlsplit(settings.SITE_URL)
        site.hostname = address.hostname
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.save()
    return site


def _was_edited(row) -> bool:
    """Whether a person changed the row in the CMS. Rows have no revisions, as pages have; the CMS's log names who."""
    log = log_registry.get_logs_for_instance(row).filter(action="wagtail.edit", content_changed=True)
    return log.exclude(user=None).exists()


def _say_wagtails_rows_in_vietnamese() -> None:
    """Wagtail begins every installation with a few rows in English. Those that nobody renamed get Vietnamese names."""
    for model, column, names in WAGTAILS_ROWS:
        for english, vietnamese in names.items():
            model.objects.filter(**{column: english}).update(**{column: vietnamese})


class _Loader:
    def __init__(self, root: Path):
        self.root, self.report = root, LoadReport()
        self.known = {row.key: row for row in LoadedContent.objects.all()}

    def load(self) -> LoadReport:
        _say_wagtails_rows_in_vietnamese()
        catalogue = read(self.root, "tracks.yaml")
        index = self.index_page()
        for position, entry in enumerate(catalogue.entries("tracks"), 1):
            self.load_track(entry, position, index)
        for position, entry in enumerate(catalogue.entries("courses"), 1):
            self.load_course_row(entry, position)
        for folder in sorted(path for path in self.root.iterdir() if (path / "course.yaml").is_file()):
            self.load_course_folder(folder)
        ensure_groups()
        return self.report

    # --- what was loaded before ---------------------------------------------

    def is_same(self, key: str, sha256: str) -> bool:
        row = self.known.get(key)
        if row is not None and row.sha256 == sha256:
            self.report.unchanged.append(key)
            return True
        return False

    def note(self, key: str, sha256: str, object_id: int) -> None:
        (self.report.changed if key in self.known else self.report.created).append(key)
        self.known[key], _created = LoadedContent.objects.update_or_create(
            key=key, defaults={"sha256": sha256, "object_id": object_id}
        )

    def object_of(self, key: str, model):
        row = self.known.get(key)
        return model.objects.filter(pk=row.object_id).first() if row else None

    # --- rows ----------------------------------------------------------------

    def load_track(self, entry: Entry, position: int, index) -> None:
        code = entry.get("code")
        if code not in TrackCode.values:
            raise entry.broken(_("the track “%(code)s” is not known") % {"code": code})
        key, sha256 = f"track:{code}", entry.sha256(str(position))
        if not self.is_same(key, sha256):
            track, is_noted = self.save_row(
                key,
                Track,
                code,
                {
                    "name": entry.get("name"),
                    "name_en": entry.get("name_en", default=""),
                    "description": entry.get("description", default=""),
                    "audience": entry.get("audience", default=""),
                    "position": position,
                },
            )
            if not TrackPage.objects.filter(track=track).exists():
                page = index.add_child(instance=TrackPage(title=track.name, slug=make_slug(track.name), track=track))
                page.save_revision().publish()
            if is_noted:
                self.note(key, sha256, track.pk)

    def load_course_row(self, entry: Entry, position: int) -> None:
        code = entry.get("code")
        key, sha256 = f"course:{code}", entry.sha256(str(position))
        if self.is_same(key, sha256):
            return
        track = Track.objects.filter(code=entry.get("track")).first()
        if track is None:
            raise entry.broken(_("the track “%(code)s” is not known") % {"code": entry.get("track")})
        validity = entry.get("validity", default=Validity.NONE)
        if validity not in Validity.values:
            raise entry.broken(_("the key “%(key)s” has a value of the wrong kind") % {"key": "validity"})
        course, is_noted = self.save_row(
            key,
            Course,
            code,
            {
                "track": track,
                "title": entry.get("title"),
                "title_en": entry.get("title_en", default=""),
                "summary": entry.get("summary", default=""),
                "hours": entry.get("hours", int),
                "tags": entry.get("tags", list, default=[]) if entry.data.get("tags") else [],
                "validity": validity,
                "validity_months": entry.data.get("validity_months"),
                "is_ready": entry.data.get("ready") is True,
                "position": position,
            },
        )
        if is_noted:
            self.note(key, sha256, course.pk)

    def save_row(self, key: str, model, code: str, values: dict):
        """The row with the file's values, and whether it took all of them.

        Once a person changed it in the CMS, what stands in the CMS's form is hers and the row is named; the file still
        speaks for the rest, which nobody can change there.
        """
        row = model.objects.filter(code=code).first()
        if row is not None and _was_edited(row):
            values = {name: value for name, value in values.items() if name not in IN_THE_CMS[model]}
            self.report.left_alone.append(key)
        row, _created = model.objects.update_or_create(code=code, defaults=values)
        return row, key not in self.report.left_alone

    # --- pages ---------------------------------------------------------------

    def index_page(self) -> CatalogueIndexPage:
        index = CatalogueIndexPage.objects.first()
        if index is None:
            site = _named_site()
            parent = site.root_page if site else Page.get_first_root_node()
            index = parent.add_child(instance=CatalogueIndexPage(title="Các khóa học", slug="cac-khoa-hoc"))
            index.save_revision().publish()
        return index

    def save_page(self, key: str, sha256: str, model, parent, values: dict, *, index: int | None = None):
        """Creates or updates the page, unless a person revised it since: then it is left alone and named."""
        page = self.object_of(key, model)
        if page is None:
            page = model.objects.child_of(parent).filter(slug=values["slug"]).first()
            if page is not None and key not in self.known:
                self.report.left_alone.append(key)
                return page
        if self.is_same(key, sha256) and page is not None:
            return page
        if page is None:
            page = parent.add_child(instance=model(**values))
        elif page.revisions.exclude(user=None).exists():
            self.report.left_alone.append(key)
            return page
        else:
            for name, value in values.items():
                setattr(page, name, value)
        page.save_revision().publish()
        self.note(key, sha256, page.pk)
        return page

    def load_course_folder(self, folder: Path) -> None:
        entry = read(self.root, f"{folder.name}/course.yaml")
        code = entry.get("code")
        course = Course.objects.filter(code=code).select_related("track__page").first()
        if course is None:
            raise entry.broken(_("the course “%(code)s” is not in tracks.yaml") % {"code": code})
        objectives = entry.get("objectives", list)
        page = self.save_page(
            f"page:{code}",
            entry.sha256(course.title),
            CoursePage,
            course.track.page,
            {
                "title": course.title,
                "slug": make_slug(code),
                "course": course,
                "introduction": f"<p>{escape(entry.get('audience', default=''))}</p>",
                "objectives": "<ul>" + "".join(f"<li>{rich_line(str(o))[3:-4]}</li>" for o in objectives) + "</ul>",
            },
        )
        images = self.load_images(folder)
        for name in entry.get("lessons", list):
            self.load_lesson(f"{folder.name}/{name}", page, images)
        if "test" in entry.data:
            self.load_test(folder, entry.entry("test"), page)
            self.link_topics(folder, entry)
        self.load_practice(folder, entry, page)

    def load_images(self, folder: Path) -> dict:
        images = {}
        for path in sorted((folder / "images").glob("*.png")):
            key, content = f"image:{folder.name}/{path.name}", path.read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
            image = self.object_of(key, get_image_model())
            if not (image is not None and self.is_same(key, sha256)):
                file = ImageFile(BytesIO(content), name=path.name)
                image = get_image_model().objects.create(title=f"{folder.name} {path.stem}", file=file)
                self.note(key, sha256, image.pk)
            images[path.name] = image
        return images

    def load_lesson(self, name: str, parent, images: dict) -> None:
        entry = read(self.root, name)
        body = stream_data(entry, images)
        used = sorted(str(block["value"]["image"]) for block in body if block["type"] == "image")
        self.save_page(
            f"lesson:{name}",
            entry.sha256(*used),
            LessonPage,
            parent,
            {
                "title": entry.get("title"),
                "slug": entry.get("slug"),
                "minutes": entry.get("minutes", int),
                "summary": entry.get("summary", default=""),
                "body": LessonPage.body.field.to_python(_as_json(body)),
            },
        )

    def link_topics(self, folder: Path, entry: Entry) -> None:
        """Pairs lessons and sections of the test in their order, where there are as many; a person's choice stays."""
        names, sections = entry.get("lessons", list), entry.entry("test").entries("sections")
        if len(names) != len(sections):
            return
        for name, section in zip(names, sections, strict=True):
            lesson = self.object_of(f"lesson:{folder.name}/{name}", LessonPage)
            category = Category.objects.filter(code=section.get("category")).first()
            if lesson is None or category is None or lesson.topic_id is not None:
                continue
            lesson.topic = category
            lesson.save(update_fields=["topic"])
            if (revision := lesson.live_revision) is not None:
                revision.content["topic"] = category.pk
                revision.save(update_fields=["content"])

    # --- the test, and practice ---------------------------------------------

    def load_test(self, folder: Path, entry: Entry, parent) -> None:
        if (folder / "questions.yaml").is_file():
            self.load_quiz_page(folder, "questions.yaml", entry, parent, Purpose.EXAM)

    def load_practice(self, folder: Path, course: Entry, parent) -> None:
        """``practice`` in course.yaml places the questions of practice.yaml: neither without the other."""
        if "practice" in course.data:
            self.refuse_shared_ids(folder)
            self.load_quiz_page(folder, "practice.yaml", course.entry("practice"), parent, Purpose.PRACTICE)
        elif (folder / "practice.yaml").is_file():
            raise course.broken(_("the key “%(key)s” is missing") % {"key": "practice"})

    def refuse_shared_ids(self, folder: Path) -> None:
        """A question is in one pool only: practice would teach the exam's."""
        names = [name for name in ("questions.yaml", "practice.yaml") if (folder / name).is_file()]
        files = [read(self.root, f"{folder.name}/{name}") for name in names]
        ids = [{str(entry.data.get("id")) for entry in file.entries("questions")} for file in files]
        if len(ids) == 2 and (shared := ids[0] & ids[1]):
            raise files[1].broken(_("the id “%(id)s” is in questions.yaml as well") % {"id": min(shared)})

    def load_quiz_page(self, folder: Path, name: str, entry: Entry, parent, purpose: str) -> None:
        questions = read(self.root, f"{folder.name}/{name}")
        word = "test" if purpose == Purpose.EXAM else "practice"
        try:
            loaded = load_questions(questions.data, purpose=purpose)
            self.report.left_alone += loaded.left_alone
            quiz = self.load_quiz(f"{parent.course.code}-{word}", entry, purpose)
        except QuizError as error:
            raise ContentBroken(f"{questions.file}: {error}") from error
        self.save_page(
            f"{word}:{parent.course.code}",
            entry.sha256(),
            TestPage,
            parent,
            {
                "title": entry.get("title"),
                "slug": entry.get("slug"),
                "quiz": quiz,
                "introduction": rich_text(entry.get("intro", default="")),
            },
        )

    def load_quiz(self, code: str, entry: Entry, purpose: str) -> Quiz:
        """The file makes the quiz once; from then on it is changed where the questions are, not here."""
        quiz = Quiz.objects.filter(code=code).first()
        if quiz is not None:
            self.report.unchanged.append(f"quiz:{code}")
            return quiz
        sections = entry.entries("sections")
        if sum(section.get("quota", int) for section in sections) != entry.get("questions", int):
            raise entry.broken(_("“questions” is not the sum of the quotas of the sections"))
        quiz = Quiz.objects.create(
            code=code,
            title=entry.get("title"),
            purpose=purpose,
            time_limit=entry.get("minutes", int),
            attempts_allowed=entry.data.get("attempts_allowed") if purpose == Purpose.EXAM else None,
        )
        pass_mark = Decimal(str(entry.get("pass_mark", default="5.00")))
        part = Part.objects.create(quiz=quiz, title=entry.get("title"), pass_mark=pass_mark)
        for position, section in enumerate(sections, 1):
            category = Category.objects.filter(code=section.get("category")).first()
            if category is None:
                raise section.broken(_("the category “%(code)s” is not known") % {"code": section.get("category")})
            Section.objects.create(
                part=part,
                position=position,
                title=section.get("title"),
                category=category,
                quota=section.get("quota", int),
                floor_mark=Decimal(section.data.get("floor_percent", 0)) / 10,
            )
        self.report.created.append(f"quiz:{code}")
        return publish_quiz(quiz=quiz)


def _as_json(body: list[dict]) -> str:

    return json.dumps(body, ensure_ascii=False)
