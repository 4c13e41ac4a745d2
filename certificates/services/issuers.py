"""Which body issues on a day."""

from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from certificates.errors import NoIssuer
from certificates.models import Issuer

DEMONSTRATION_CODE = "TRINH-DIEN"


def issuer_on(day: date) -> Issuer:
    """The issuing body in force on ``day``; a demonstration only ever issues in its invented body's name."""
    if getattr(settings, "DEMO", False):
        return ensure_demonstration_issuer()
    issuer = Issuer.objects.on(day).filter(is_demonstration=False).order_by("-valid_from", "-pk").first()
    if issuer is None:
        raise NoIssuer(_("No issuing body is recorded for %(day)s.") % {"day": f"{day:%d/%m/%Y}"})
    return issuer


def ensure_demonstration_issuer() -> Issuer:
    """The invented body of the demonstration, made on first use. No agency of that name exists."""
    issuer, _created = Issuer.objects.get_or_create(
        code=DEMONSTRATION_CODE,
        valid_from=date(2020, 1, 1),
        defaults={
            "superior": "Cơ quan chủ quản (ví dụ)",
            "name": "Cơ sở bồi dưỡng trình diễn",
            "place": "Thành phố Ví Dụ",
            "signer_post": "Giám đốc",
            "signer_name": "Nguyễn Văn Ví Dụ",
            "decision": "Quyết định số 00/QĐ-VD ngày 01/01/2026 (ví dụ)",
            "is_demonstration": True,
        },
    )
    return issuer
