"""Everyday screens of the CMS speak Vietnamese: no word of Wagtail that has none stands on them."""

import json
import re
from pathlib import Path

import polib
import pytest
import wagtail
from bs4 import BeautifulSoup, Comment
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, override, pgettext
from wagtail.documents import get_document_model

from courses.models import Course, LessonPage, TestPage
from lms.settings.base import BASE_DIR
from tests.architecture.crawling import Reader
from tests.architecture.routes import every_route

WAGTAIL = Path(wagtail.__file__).parent
# Names, not words.
NAMES = {"Wagtail", "Draftail", "URL", "Email", "ID", "Video", "Menu", "PDF"}
# What shows in attributes, besides what is data for scripts.
SHOWN = ("aria-label", "title", "placeholder", "alt", "data-w-tooltip-content-value", "data-comment-text")
# No Vietnamese word is spelt like these.
ENGLISH = re.compile(
    r"\b(the|this|these|your|you|are|with|select|choose|page|pages|add|edit|more|delete|upload|preview|search|save|"
    r"image|document|toggle|move|publish|settings|comment|workflow|version|actions)\b",
    re.IGNORECASE,
)

# Wagtail's own lists leave the temporary files of thumbnails open.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def _pattern(msgid: str) -> re.Pattern | str | None:
    """A msgid as it shows: whole, or with anything in its places; None where nothing but places is left."""
    words = re.sub(r"<[^>]+>", "", msgid).strip()
    parts = re.split(r"%\(\w+\)[sd]|\{\w+\}|%[sd]", words)
    if len(parts) == 1:
        return words
    if len(re.findall(r"[A-Za-z]{2,}", " ".join(parts))) < 2:
        return None
    return re.compile(".+".join(re.escape(part) for part in parts))


@pytest.fixture(scope="module")
def english():
    """What Wagtail says in English also to Vietnamese: (whole texts, patterns)."""
    whole, patterns = set(), []
    with override("vi"):
        for file in WAGTAIL.glob("**/locale/en/LC_MESSAGES/django.po"):
            for entry in polib.pofile(str(file)):
                for msgid in filter(None, (entry.msgid, entry.msgid_plural)):
                    said = pgettext(entry.msgctxt, msgid) if entry.msgctxt else gettext(msgid)
                    if said == msgid and msgid not in NAMES and re.search("[A-Za-z]{3}", msgid):
                        if entry.msgid_plural and gettext(entry.msgid) != entry.msgid:
                            continue
                        found = _pattern(msgid)
                        if isinstance(found, str):
                            whole |= {found, capfirst(found)}
                        elif found:
                            patterns.append(found)
    return whole, patterns


def _leaves(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)


def texts_of(html: str) -> set[str]:
    """Everything a screen shows or gives its scripts to show."""
    soup = BeautifulSoup(html, "html.parser")
    found = set()
    for node in soup.find_all(string=True):
        kind = node.parent.name if node.parent else ""
        if isinstance(node, Comment) or kind in {"style"}:
            continue
        if kind == "script":
            if "json" in (node.parent.get("type") or ""):
                found |= _from_json(str(node))
            continue
        found.add(re.sub(r"\s+", " ", node).strip())
    for tag in soup.find_all(True):
        for name, value in tag.attrs.items():
            if isinstance(value, str) and value[:1] in "[{":
                found |= _from_json(value)
            elif name in SHOWN:
                found.add(re.sub(r"\s+", " ", value).strip())
        if tag.name in {"input", "button"} and tag.get("type") in {"submit", "button"} and tag.get("value"):
            found.add(tag["value"])
    return found


def _from_json(text: str) -> set[str]:
    try:
        leaves = list(_leaves(json.loads(text)))
    except ValueError:
        return set()
    # Telepath carries HTML of forms, whose words show too; keys, classes and addresses have no spaces or capitals.
    found = set()
    for leaf in leaves:
        if "<" in leaf and ">" in leaf:
            found |= texts_of(leaf)
        else:
            found.add(leaf.strip())
    return found


def is_english(text: str, english) -> bool:
    whole, patterns = english
    if text in whole and (" " in text or text[:1].isupper()):
        return True
    return any(pattern.fullmatch(text) for pattern in patterns)


def looks_english(text: str) -> bool:
    """Two English words or more and not one Vietnamese letter."""
    return text.isascii() and " " in text and len(ENGLISH.findall(text)) > 1 and "/" not in text and "{" not in text


@pytest.fixture
def screens(client, trainer, reviewer):
    """(person, address) of every everyday screen, with a lesson that waits for review."""
    call_command("load_courses", verbosity=0)
    course = Course.objects.get(code="CB-01")
    course.authors.add(trainer)
    own, waiting = LessonPage.objects.child_of(course.page).order_by("path")[:2]
    own.title = "Bản nháp"
    draft = own.save_revision(user=trainer, log_action=True)
    waiting.save_revision(user=trainer)
    waiting.get_workflow().start(LessonPage.objects.get(pk=waiting.pk), trainer)
    task = LessonPage.objects.get(pk=waiting.pk).current_workflow_task_state
    test = TestPage.objects.exams().child_of(course.page).get()
    image = next(block.value["image"] for block in own.body if block.block_type == "image")
    document = get_document_model().objects.create(
        title="Mẫu", file=SimpleUploadedFile("mau.txt", b"x"), uploaded_by_user=trainer
    )
    page = "wagtailadmin_pages:"

    def at(name, *args):
        return reverse(name, args=args)

    both = [
        "/cms/",
        "/cms/pages/",
        at("wagtailadmin_explore", course.page.pk),
        at("wagtailadmin_explore", course.page.pk) + "?q=zzz",
        at(page + "edit", own.pk),
        at(page + "edit", waiting.pk),
        at(page + "edit", test.pk),
        at(page + "edit", course.page.pk),
        at(page + "history", own.pk),
        at(page + "workflow_history", waiting.pk),
        at(page + "workflow_history_detail", waiting.pk, task.workflow_state_id),
        at(page + "revisions_compare", own.pk, "live", "latest"),
        at(page + "revisions_revert", own.pk, draft.pk),
        at(page + "usage", own.pk),
        at(page + "copy", own.pk),
        at(page + "move", own.pk),
        at(page + "search") + "?q=phan",
        at(page + "search") + "?q=zzz",
        at("wagtailadmin_choose_page") + "?page_type=wagtailcore.page",
        at("wagtailadmin_choose_page_search") + "?q=zzz",
        at("wagtailadmin_choose_page_external_link"),
        at("wagtailadmin_choose_page_email_link"),
        at("wagtailimages:index"),
        at("wagtailimages:index") + "?q=zzz",
        at("wagtailimages:add_multiple"),
        at("wagtailimages_chooser:choose"),
        at("wagtaildocs:index"),
        at("wagtaildocs:index") + "?q=zzz",
        at("wagtaildocs:add_multiple"),
        at("wagtaildocs_chooser:choose"),
        at("wagtailadmin_account"),
    ]
    trainers = [
        at(page + "add_subpage", course.page.pk),
        at(page + "add", "courses", "lessonpage", course.page.pk),
        at(page + "delete", own.pk),
        at("wagtaildocs:edit", document.pk),
        at("wagtaildocs:delete", document.pk),
        at("courses_cms:upload", course.page.pk),
        f"/cms/bulk/wagtailcore/page/delete/?id={own.pk}",
    ]
    reviewers = [
        at(page + "unpublish", own.pk),
        at(page + "workflow_action", waiting.pk, "reject", task.pk),
        at(page + "workflow_action", waiting.pk, "approve", task.pk),
        at(page + "confirm_workflow_cancellation", waiting.pk),
        at("wagtailimages:edit", image.pk),
        at("wagtailimages:delete", image.pk),
        at("khoa-hoc:index"),
        at("khoa-hoc:edit", course.pk),
        *(f"/cms/bulk/wagtailcore/page/{verb}/?id={own.pk}" for verb in ("publish", "unpublish", "move")),
    ]
    return [(trainer, path) for path in both + trainers] + [(reviewer, path) for path in both + reviewers]


def test_no_everyday_screen_shows_wagtails_english(client, screens, english):
    found = {}
    for user, path in screens:
        client.force_login(user)
        response = client.get(path)
        html = response.content.decode()
        if response.headers["Content-Type"].startswith("application/json"):
            html = response.json().get("html") or ""
        for text in texts_of(html):
            if is_english(text, english) or looks_english(text):
                found.setdefault(text, path)
        assert response.status_code in {200, 302}, path

    assert found == {}


# On the screens of administrators one such word is enough: names of tables and columns come one by one.
ONE_ENGLISH_WORD = re.compile(
    r"\b(the|this|your|you|are|with|select|choose|page|pages|add|edit|more|delete|search|save|workflows?|steps?|tasks?|"
    r"collections?|groups?|users?|sites?|entry|entries|state|states|root|name|title|track|course|none|true|false|any|"
    r"anyone|used|assigned|disable|enable|permissions?|restrictions?|model|link|phone|email address|welcome)\b",
    re.IGNORECASE,
)
# Fixed names of the two groups; what only screen readers are told (Django's names of rights, a button, the icons of yes
# and no); values, hidden counters, classes and addresses; pictures; a filter Wagtail puts together; its name.
NOT_OURS = re.compile(
    r"reviewers|trainers|(Wagtail core \| trang \| )?(Can (add|change|delete)|Publish any|Delete|Unlock any"
    r"|Lock/unlock) [a-z' ]+|Search|True|False|Add|None|LINK|w-field .*|wagtail\..*|[a-z0-9_.:/\[\]?=-]+"
    r"|[A-Z]{2}-\d\d [a-z-]+|Task type|Wagtail v[\d.]+"
)


class Listener(Reader):
    """Walks through the CMS and keeps each text with the first screen that shows it."""

    def __init__(self, *args):
        super().__init__(*args)
        self.shown = {}

    def ask(self, url, method="get", data=None):
        response, said = super().ask(url, method, data)
        kind = response.headers.get("Content-Type", "")
        html = response.text if "html" in kind and not response.streaming else ""
        if "json" in kind and response.status_code == 200 and isinstance(answer := response.json(), dict):
            html = answer.get("html") or ""
        for text in texts_of(html):
            self.shown.setdefault(text, url)
        return response, said

    def _own(self, url, link):
        found = super()._own(url, link)
        return found if found and found.startswith("/cms/") else None


def test_no_screen_that_an_administrator_reaches_shows_english(client, screens, english, admin):
    """Every address of the CMS without an argument, and from there every kind of screen that a link leads to."""
    client.force_login(admin)
    listener = Listener("admin", client, ())
    # One page fails on purpose, and the choosers' answers fall over an id that is none.
    addresses = {
        route.path
        for route in every_route()
        if route.path.startswith("/cms/") and not re.search("failwhale|/chosen/", route.path)
    }

    listener.walk("/cms/", *sorted(addresses), *sorted({path for _user, path in screens}), most=1000, of_each=2)

    found = {
        text: url
        for text, url in listener.shown.items()
        if not NOT_OURS.fullmatch(text)
        and (
            is_english(text, english)
            or looks_english(text)
            or (text.isascii() and ONE_ENGLISH_WORD.search(text) and "{" not in text)
        )
    }
    assert listener.asked > 200
    assert (found, listener.broken) == ({}, [])


def test_a_form_that_is_refused_answers_in_vietnamese(client, screens, english):
    trainer = screens[0][0]
    client.force_login(trainer)
    lesson = LessonPage.objects.first()

    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[lesson.pk]),
        {"title": "", "slug": "có dấu cách", "minutes": "x", "body-count": "0", "action-submit": "1"},
        follow=True,
    )

    assert [text for text in texts_of(answer.text) if is_english(text, english) or looks_english(text)] == []


def test_every_word_of_wagtails_scripts_has_its_vietnamese(client, admin):
    ours = {entry.msgid: entry for entry in polib.pofile(str(BASE_DIR / "locale/vi/LC_MESSAGES/djangojs.po"))}
    wanted = [
        entry.msgid
        for entry in polib.pofile(str(WAGTAIL / "admin/locale/en/LC_MESSAGES/djangojs.po"))
        if not entry.obsolete
    ]

    assert [msgid for msgid in wanted if msgid not in ours or not ours[msgid].translated()] == []
    client.force_login(admin)
    assert json.dumps("Chèn khối") in client.get("/cms/jsi18n/").text
