"""A lesson's draft as the checklist reads it, in a fixed number of queries, and the weight of the page learners get."""

import gzip
import re
from dataclasses import replace
from functools import lru_cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from wagtail.images import get_image_model
from wagtail.models import Page

from courses.blocks import DRAWING_SIZE, PICTURE_SIZE
from courses.checklist import Draft, Finding, Piece, examine, links_of
from courses.models import TestPage
from courses.models.pages import SECOND_EXAM


def draft_of(page) -> Draft | None:
    """None where the page is no lesson."""
    if page._meta.label != "courses.LessonPage":
        return None
    stored = page.body.stream_block.get_prep_value(page.body)
    pieces = tuple(Piece(str(block.get("id") or ""), block["type"], block["value"]) for block in stored)
    images = {piece.value.get("image") for piece in pieces if piece.kind == "image"} - {None}
    draft = Draft(pieces=pieces)
    targets = {link.page for _place, link in links_of(draft) if link.page is not None}
    return Draft(
        title=page.title or "",
        summary=page.summary or "",
        minutes=page.minutes or 0,
        pieces=pieces,
        pictures=_weights(images) if images else {},
        pages=frozenset(Page.objects.live().filter(pk__in=targets).values_list("pk", flat=True))
        if targets
        else frozenset(),
    )


def refusals(page) -> list[str]:
    """The sentences that stop this page from being submitted or published: of lessons, and of a second exam."""
    if isinstance(page, TestPage):
        return [str(SECOND_EXAM)] if page.is_second_exam() else []
    draft = draft_of(page)
    found = examine(draft) if draft else []
    return [sentence for finding in found if finding.must for _place, sentence in finding.problems]


def _weights(ids) -> dict[int, int]:
    """What the file that learners load weighs; the original's weight until the sized file is made."""
    model = get_image_model()
    made = [PICTURE_SIZE, DRAWING_SIZE]
    rows = model.get_rendition_model().objects.filter(filter_spec__in=made, image__in=ids).order_by("pk")
    sizes = {row.image_id: _size(row.file) for row in rows}
    for image in model.objects.filter(pk__in=set(ids) - set(sizes)):
        sizes[image.pk] = _size(image.file)
    return {pk: size for pk, size in sizes.items() if size is not None}


def _size(file) -> int | None:
    try:
        return file.size
    except OSError:
        return None


def findings_of(page, request) -> tuple[Draft, list[Finding]]:
    """The draft with the weight of its page, and what the checklist finds."""
    draft = draft_of(page)
    # Drawing the page comes last: it puts the pictures into the blocks.
    draft = replace(draft, weight=weight_of(page, request))
    return draft, examine(draft)


def weight_of(page, request) -> int:
    """Bytes over the line without pictures, at a first visit: the page, its styles and scripts, compressed."""
    html = render_to_string(page.get_preview_template(request, ""), page.get_preview_context(request, ""), request)
    total = len(gzip.compress(html.encode(), mtime=0))
    prefix = re.escape(staticfiles_storage.base_url or "/static/")
    for name in set(re.findall(rf'(?:href|src)="{prefix}([^"?]+\.(?:css|js))"', html)):
        total += _static_weight(name)
    return total


@lru_cache(maxsize=64)
def _static_weight(name: str) -> int:
    """A file's weight, compressed; its name may carry the hash of the production storage."""
    plain_name = re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name)
    path = finders.find(plain_name)
    if not path:
        return 0
    with open(path, "rb") as file:
        return len(gzip.compress(file.read(), mtime=0))
