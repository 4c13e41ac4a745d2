"""The public API: other bodies check many certificates at once. Described by OpenAPI at ``openapi.json``.

A body sends its token; nothing of a session is looked at. What is answered is what the check page shows, and no more.
"""

import hmac
from datetime import date

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError

from certificates import codes, queries
from certificates.models import CheckingBody
from staff import clock
from staff.api.limits import count_request
from staff.api.problems import ProblemOut, install, with_unknown_addresses
from staff.api.tokens import SpokenBearer
from staff.services.api_tokens import hash_of

MOST_AT_ONCE, REQUESTS_A_MINUTE = 500, 60


class Token(SpokenBearer):
    """A token that ``manage.py allow_checks`` gave out."""

    def authenticate(self, request, token):
        digest = hash_of(token)
        body = CheckingBody.objects.filter(token_hash=digest).first()
        if body is None or not hmac.compare_digest(body.token_hash, digest):
            return None
        if body.valid_until is not None and body.valid_until < clock.today():
            return None
        count_request(f"check.{body.pk}", REQUESTS_A_MINUTE)
        return body


class Question(Schema):
    # a misspelt field is refused, not passed over as if nothing had been asked
    model_config = {"extra": "forbid"}

    codes: list[str] = Field([], max_length=MOST_AT_ONCE, description="check codes, in any spelling")
    sha256: list[str] = Field([], max_length=MOST_AT_ONCE, description="SHA-256 of PDF files, in hex")


class Answer(Schema):
    asked: str = Field(description="the code or hash as it was sent")
    is_registered: bool
    is_file_unchanged: bool | None = Field(description="null where a code was asked")
    status: str = Field(description="valid, expired, revoked, superseded, pending or unknown; of today")
    code: str = ""
    number: str = ""
    holder: str = Field("", description="shortened")
    unit: str = Field("", description="on the day of completion")
    course_code: str = ""
    course: str = ""
    hours: int | None = None
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    revoked_from: date | None = None
    replaced_by: str = ""
    predecessor: str = Field("", description="the body from which the register was taken over")
    is_demonstration: bool = False


class Answers(Schema):
    checked_on: date
    answers: list[Answer]


api = NinjaAPI(
    title="Kiểm tra giấy chứng nhận",
    version="1",
    description="Kiểm tra nhiều giấy chứng nhận một lần, theo mã hoặc theo SHA-256 của tệp PDF. "
    "Signatures are not looked at here: an unchanged file was signed when it was issued. "
    "In words, with an example: /kt/huong-dan/kiem-tra-nhieu/",
    docs_url=None,
    urls_namespace="check_api",
    auth=Token(),
)


install(api)


@api.post(
    "kiem-tra",
    response={200: Answers, 400: ProblemOut, 401: ProblemOut, 422: ProblemOut, 429: ProblemOut},
    summary="Check codes and files",
)
def check_many(request, question: Question):
    """One answer for each code and hash, in the order asked: first codes, then hashes."""
    if len(question.codes) + len(question.sha256) > MOST_AT_ONCE:
        raise HttpError(422, _("At most %(most)s codes and files at once.") % {"most": MOST_AT_ONCE})
    today = clock.today()
    normalised = [codes.normalise(code) for code in question.codes]
    files = queries.codes_of_files([digest.lower() for digest in question.sha256])
    records = queries.public_records([*normalised, *files.values()], on=today)
    by_code = zip(question.codes, normalised, strict=True)
    answers = [_answer(asked, records.get(code), None) for asked, code in by_code]
    for digest in question.sha256:
        record = records.get(files.get(digest.lower(), ""))
        answers.append(_answer(digest, record, record is not None))
    return Answers(checked_on=today, answers=answers)


def _answer(asked: str, record: queries.PublicRecord | None, is_unchanged: bool | None) -> Answer:
    if record is None:
        return Answer(asked=asked[:100], is_registered=False, is_file_unchanged=is_unchanged, status="unknown")
    told = {name: getattr(record, name) for name in Answer.model_fields if hasattr(record, name)}
    return Answer(asked=asked[:100], is_registered=True, is_file_unchanged=is_unchanged, **told)


@login_not_required
@require_safe
def guide(request):
    """For those who write the other body's program, who have no account here."""
    context = {
        "check_address": request.build_absolute_uri(reverse("check_api:check_many")),
        "most_at_once": MOST_AT_ONCE,
        "a_minute": REQUESTS_A_MINUTE,
    }
    return render(request, "verification/api_guide.html", context)


urls = with_unknown_addresses(api.urls)
for pattern in urls[0]:
    login_not_required(pattern.callback)
