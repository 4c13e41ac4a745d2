"""What people bring: claims, and files that are what they say."""

import io
from datetime import date

import factory
from PIL import Image, ImageDraw

from certificates.models import Claim, EvidenceFile, EvidenceKind
from staff import clock
from tests.factories.staff import StaffMemberFactory


class ClaimFactory(factory.django.DjangoModelFactory):
    """Handed in and complete: certificate B of 2012, with a day of issue; ``scanned`` adds a file."""

    class Meta:
        model = Claim
        skip_postgeneration_save = True

    staff_member = factory.SubFactory(StaffMemberFactory)
    kind = factory.LazyFunction(lambda: EvidenceKind.objects.get(code="cert_b"))
    issued_on = date(2012, 6, 15)
    submitted_at = factory.LazyFunction(clock.now)

    @factory.post_generation
    def scanned(self, create, wanted, **kwargs):
        if wanted is not False:
            EvidenceFile.objects.create(
                claim=self, name="evidence/00/x.jpg", sha256=f"{self.pk:064x}", content_type="image/jpeg", size=1
            )


def picture(form="JPEG", *, size=(60, 40), mode="RGB", **options) -> bytes:
    found = io.BytesIO()
    Image.new(mode, size, 200 if mode in ("L", "1") else None).save(found, form, **options)
    return found.getvalue()


def a_certificate() -> bytes:
    """A paper as somebody takes a picture of it."""
    page = Image.new("RGB", (900, 640), "#fbf7ea")
    pen = ImageDraw.Draw(page)
    pen.rectangle((20, 20, 880, 620), outline="#7a1f1f", width=6)
    for place, line in enumerate(["CHUNG CHI TIN HOC", "Trinh do: B", "So: TH 0457/2012", "Lam Dong, 15/06/2012"]):
        pen.text((300, 140 + place * 80), line, fill="#1b2430", font_size=40)
    found = io.BytesIO()
    page.save(found, "JPEG")
    return found.getvalue()
