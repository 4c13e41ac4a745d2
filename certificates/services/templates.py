"""Templates of certificates: a draft that is edited and looked at, then a version that never changes."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import wording
from certificates.errors import CertificateError
from certificates.models import CertificateTemplate
from staff import clock
from staff.kept_queries import KeptQuery
from staff.services.versions import close, make_room

WORDS = (
    "title", "subtitle", "certifies", "completed", "details",
    "title_en", "subtitle_en", "certifies_en", "completed_en", "details_en",
)  # fmt: skip
EDITABLE = (
    "name", "issuer_code", "track", "course", "language", "header", *WORDS,
    "signer_authority", "signer_post", "signer_post_en", "signer_name", "seal", "signature", "has_gold_rule",
)  # fmt: skip


class TemplateRefused(CertificateError):
    """The template cannot be saved or published so; the sentence says why."""


def _serving(on: date, issuer_code: str, course_id: int, track_id: int) -> QuerySet:
    """What serves such a certificate on that day, the first to be used first."""
    closeness = Case(
        When(course__isnull=False, then=Value(2)),
        When(track__isnull=False, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    own = Case(When(issuer_code="", then=Value(0)), default=Value(1), output_field=IntegerField())
    published = CertificateTemplate.objects.published().on(on)
    # a version written before another one began may still hold on the one day on which both begin
    replaced = published.filter(code=OuterRef("code"), version__gt=OuterRef("version"))
    serving = published.exclude(Exists(replaced)).filter(
        Q(issuer_code="") | Q(issuer_code=issuer_code),
        Q(course=None) | Q(course=course_id),
        Q(track=None) | Q(track=track_id),
    )
    return serving.select_related("seal", "signature").order_by(
        closeness.desc(), own.desc(), "-valid_from", "-version", "-pk"
    )


_SERVING = KeptQuery(_serving, date, str, int, int)


def template_for(*, issuer_code: str, course_id: int | None, track_id: int, on: date) -> CertificateTemplate | None:
    """The published template that serves such a certificate on that day; None for the usual layout.

    One for the course comes before one for the track, that before one for all; among these one of the body itself
    before one of every body; then the latest to begin.
    """
    return _SERVING.first(on, issuer_code, course_id, track_id)


@transaction.atomic
def new_template(*, code: str, by, **words) -> CertificateTemplate:
    """The first draft of a new template; the same form again gives the draft that is there."""
    existing = CertificateTemplate.objects.filter(code=code).order_by("version").first()
    if existing is not None:
        if existing.is_draft and existing.version == 1 and existing.edits == 0 and existing.recorded_by == by:
            return existing
        raise TemplateRefused(_("This code is taken. Open that template to write a new version of it."))
    _check(words)
    return _create(code=code, version=1, by=by, words=words)


@transaction.atomic
def draft_from(*, template: CertificateTemplate, by) -> CertificateTemplate:
    """The draft of the next version, that starts with the words of ``template``; the one that is there, if any."""
    versions = CertificateTemplate.objects.select_for_update(of=("self",)).filter(code=template.code)
    rows = list(versions.order_by("version"))
    if rows[-1].is_draft:
        return rows[-1]
    words = {name: getattr(template, name) for name in EDITABLE}
    return _create(code=template.code, version=rows[-1].version + 1, by=by, words=words)


def _create(*, code, version, by, words):
    try:
        with transaction.atomic():
            return CertificateTemplate.objects.create(
                code=code,
                version=version,
                valid_from=clock.today(),
                recorded_at=clock.now(),
                recorded_by=by,
                **words,
            )
    except IntegrityError:  # somebody else began the same draft at this moment
        return CertificateTemplate.objects.drafts().get(code=code)


@transaction.atomic
def save_draft(*, template: CertificateTemplate, edits: int, **words) -> CertificateTemplate:
    """Saves what a form says of a draft that was saved ``edits`` times before. The same twice is once."""
    draft = CertificateTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if not draft.is_draft:
        raise TemplateRefused(_("This version was published meanwhile and no longer changes."))
    if all(getattr(draft, name) == value for name, value in words.items()):
        return draft
    if draft.edits != edits:
        raise TemplateRefused(_("Somebody else saved this draft meanwhile. Please open it again and look at it first."))
    _check(words)
    for name, value in words.items():
        setattr(draft, name, value)
    draft.edits += 1
    draft.save()
    return draft


def _check(words: dict) -> None:
    for name in WORDS:
        wording.check(words.get(name) or "")
    check_signer(words)


def check_signer(words: dict) -> None:
    """A signer of its own is named whole: else the issuing body's is printed, with the body's words."""
    if bool(words.get("signer_post")) != bool(words.get("signer_name")):
        raise ValidationError(_("Give both the post and the name of the signer, or neither."))
    if words.get("signer_post_en") and not words.get("signer_name"):
        raise ValidationError(_("The post in English belongs to a signer of this template: give the name too."))
    if words.get("signer_authority") and not words.get("signer_name"):
        raise ValidationError(_("Who signs on behalf of somebody is named with post and name."))


@transaction.atomic
def publish(*, template: CertificateTemplate, edits: int, valid_from: date, by) -> CertificateTemplate:
    """The draft, as it was looked at, serves from ``valid_from`` on; the version before it ends. Twice is once."""
    draft = CertificateTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if not draft.is_draft:
        return draft
    if draft.edits != edits:
        raise TemplateRefused(_("Somebody else saved this draft meanwhile. Please open it again and look at it first."))
    if valid_from < clock.today():
        raise TemplateRefused(_("Choose today or a later day: what was issued before keeps its words."))
    earlier = CertificateTemplate.objects.select_for_update(of=("self",)).published().filter(code=draft.code)
    last = earlier.order_by("-version").first()
    if last is not None:
        # the earlier version may have begun this very morning: the later one rules
        make_room(last, valid_from=valid_from, by=by, back_dated_because=_("replaced by the next version"))
    draft.valid_from, draft.valid_until = valid_from, None
    draft.published_at, draft.published_by = clock.now(), by
    draft.save()
    log(
        instance=draft,
        action="certificates.publish_template",
        user=by,
        data={"version": draft.version, "from": valid_from.isoformat()},
    )
    return draft


@transaction.atomic
def end_template(*, template: CertificateTemplate, last_day: date, by) -> CertificateTemplate:
    """The published version no longer serves after ``last_day``, today or later. Ending twice keeps the first day."""
    locked = CertificateTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    if locked.is_draft or locked.valid_until is not None:
        return locked
    if last_day < max(clock.today(), locked.valid_from):
        raise TemplateRefused(_("Choose today or a later day."))
    close(locked, last_day=last_day, by=by)
    log(instance=locked, action="certificates.end_template", user=by, data={"until": last_day.isoformat()})
    return locked


@transaction.atomic
def discard_draft(*, template: CertificateTemplate) -> None:
    """Throws a draft away; what was published stays."""
    CertificateTemplate.objects.drafts().filter(pk=template.pk).delete()
