"""Templates: drafts that are edited, versions that never change, faces that keep what they used."""

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from PIL import Image, PngImagePlugin

from certificates import images, services
from certificates.models import CertificateTemplate, TemplateImage
from certificates.services import TemplateRefused, template_for
from staff import clock
from tests.factories.certificates import passed_qualification, published_template, template_words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def png(size=(80, 80), colour=(200, 20, 20, 255), comment=""):
    about = PngImagePlugin.PngInfo()
    if comment:
        about.add_text("Comment", comment)
    file = io.BytesIO()
    Image.new("RGBA", size, colour).save(file, "PNG", pnginfo=about)
    return file.getvalue()


def serving(day=None, code="TRINH-DIEN", course_id=None, track_id=0):
    return template_for(issuer_code=code, course_id=course_id, track_id=track_id, on=day or clock.today())


def test_a_draft_serves_nobody_and_a_published_version_serves_from_its_day(admin):
    draft = services.new_template(code="chung", by=admin, **template_words())
    assert serving() is None
    day = clock.today() + timedelta(days=3)

    services.publish(template=draft, edits=0, valid_from=day, by=admin)

    assert [serving(day - timedelta(days=1)), serving(day)] == [None, draft]


def test_the_next_version_takes_over_on_its_day_and_the_earlier_one_stays_readable(admin):
    first = published_template(admin, title="MỘT")
    second = services.draft_from(template=first, by=admin)
    again = services.draft_from(template=first, by=admin)
    services.save_draft(template=second, edits=0, title="HAI")
    day = clock.today() + timedelta(days=2)
    services.publish(template=second, edits=1, valid_from=day, by=admin)
    services.publish(template=second, edits=1, valid_from=day, by=admin)

    assert again == second
    assert [serving(d).title for d in (clock.today(), day - timedelta(days=1), day)] == ["MỘT", "MỘT", "HAI"]
    assert list(CertificateTemplate.objects.order_by("version").values_list("version", "title", "valid_until")) == [
        (1, "MỘT", day - timedelta(days=1)),
        (2, "HAI", None),
    ]


def test_a_version_that_replaces_a_future_one_rules_on_every_day(admin):
    first = published_template(admin, title="MỘT")
    late, soon = clock.today() + timedelta(days=9), clock.today() + timedelta(days=4)
    for title, day in (("HAI", late), ("BA", soon)):
        draft = services.draft_from(template=first, by=admin)
        services.save_draft(template=draft, edits=0, title=title)
        services.publish(template=draft, edits=1, valid_from=day, by=admin)

    assert [serving(d).title for d in (soon, late, late + timedelta(days=1))] == ["BA", "BA", "BA"]


def test_what_was_published_never_changes(admin):
    template = published_template(admin)
    template.title = "KHÁC"

    with pytest.raises(ValidationError):
        template.save()
    with pytest.raises(ValidationError):
        template.delete()
    with pytest.raises(TemplateRefused):
        services.save_draft(template=template, edits=0, title="KHÁC")


def test_nobody_overwrites_or_publishes_what_he_has_not_seen(admin):
    draft = services.new_template(code="chung", by=admin, **template_words())
    services.save_draft(template=draft, edits=0, title="MỘT")

    services.save_draft(template=draft, edits=0, title="MỘT")  # the same form twice
    with pytest.raises(TemplateRefused):
        services.save_draft(template=draft, edits=0, title="HAI")
    with pytest.raises(TemplateRefused):
        services.publish(template=draft, edits=0, valid_from=clock.today(), by=admin)

    draft.refresh_from_db()
    assert (draft.title, draft.edits, draft.is_draft) == ("MỘT", 1, True)


def test_a_template_is_not_published_for_the_past(admin):
    draft = services.new_template(code="chung", by=admin, **template_words())

    with pytest.raises(TemplateRefused):
        services.publish(template=draft, edits=0, valid_from=clock.today() - timedelta(days=1), by=admin)


def test_an_unknown_value_is_refused_when_it_is_saved(admin):
    draft = services.new_template(code="chung", by=admin, **template_words())

    with pytest.raises(ValidationError):
        services.save_draft(template=draft, edits=0, details="{facts}\n{secret}")


def test_on_behalf_of_somebody_needs_a_signer(admin):
    draft = services.new_template(code="chung", by=admin, **template_words())

    with pytest.raises(ValidationError, match="Đã ghi phần ký thay mặt"):
        services.save_draft(template=draft, edits=0, **template_words(signer_authority="KT. CHỦ TỊCH"))


def test_the_closest_template_serves(admin, learner):
    course = passed_qualification(learner.staff_member).course
    general = published_template(admin, code="chung")
    of_body = published_template(admin, code="co-quan", issuer_code="A")
    of_track = published_template(admin, code="linh-vuc", track=course.track)
    of_course = published_template(admin, code="khoa", course=course)

    found = [
        serving(code="B"),
        serving(code="A"),
        serving(code="A", track_id=course.track_id),
        serving(code="A", track_id=course.track_id, course_id=course.pk),
    ]

    assert found == [general, of_body, of_track, of_course]


def test_a_template_that_was_ended_serves_no_longer(admin):
    template = published_template(admin)

    services.end_template(template=template, last_day=clock.today(), by=admin)
    services.end_template(template=template, last_day=clock.today() + timedelta(days=5), by=admin)

    assert [serving(), serving(clock.today() + timedelta(days=1))] == [template, None]


def test_the_face_keeps_what_it_used_and_the_file_never_changes(admin, learner):
    seal = images.keep(png(), by=admin)
    first = published_template(admin, title="GIẤY KHEN", header="party", language="both", seal=seal)
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    digest = certificate.files.get().sha256
    draft = services.draft_from(template=first, by=admin)
    services.save_draft(template=draft, edits=0, title="KHÁC")
    services.publish(template=draft, edits=1, valid_from=clock.today(), by=admin)

    again = services.issue_certificate(qualification_id=certificate.qualification_id)
    layout = again.face["layout"]
    assert (layout["template"], layout["version"], layout["title"]) == ("mau", 1, "GIẤY KHEN")
    assert (layout["header"], layout["language"], layout["seal"]) == ("party", "both", seal.sha256)
    assert again.files.get().sha256 == digest


def test_a_picture_is_drawn_anew_and_kept_once(admin):
    plain, commented = png(), png(comment="<script>")
    assert plain != commented

    first, second = images.keep(plain, by=admin), images.keep(commented + b"appended", by=admin)

    assert (first, TemplateImage.objects.count()) == (second, 1)
    with storages["private"].open(first.name) as file:
        assert (b"script" in file.read(), first.name) == (
            False,
            f"certificate-images/{first.sha256[:2]}/{first.sha256}.png",
        )


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", png()[:60], png((10, 10)), png((2001, 100)), b"x" * (2 * 1024 * 1024 + 1)],
    ids=["empty", "gif", "head only", "cut off", "too small", "too wide", "too heavy"],
)
def test_what_is_no_picture_of_ours_is_refused(content):
    with pytest.raises(ValidationError):
        images.redrawn(content)


def test_a_sheet_without_a_template_is_as_before(learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)

    assert (certificate.face["layout"]["template"], certificate.face["honorific"]) == ("", "")


def test_a_template_without_end_in_the_past_is_used_on_a_later_day(admin):
    template = published_template(admin)

    assert serving(date(2099, 1, 1)) == template
