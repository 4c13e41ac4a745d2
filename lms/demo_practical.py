"""The demonstration's examination that people mark: written and handed in by some, waiting for the trainer's marks."""

import zipfile
from io import BytesIO

import quizzes.services
from quizzes.enums import FinishCause, PartKind, Purpose, QuestionType
from quizzes.models import Category, Part, Quiz, Section
from quizzes.services.task_files import keep_task_file
from quizzes.types.by_people import Criterion, Level
from staff.models import StaffMember, User

CODE = "TH-VB"
_STEM = "Anh/chị hãy viết thư trả lời một cơ quan hỏi về hồ sơ chậm trả: nêu lý do, hướng xử lý và thời hạn."
_RUBRIC = (
    Criterion(
        "Nội dung",
        (Level("3", "đủ lý do, hướng xử lý, thời hạn"), Level("1,5", "thiếu một ý"), Level("0", "lạc đề")),
    ),
    Criterion(
        "Diễn đạt",
        (Level("2", "rõ, lịch sự, đúng văn phong công vụ"), Level("1", "còn lỗi"), Level("0", "khó hiểu")),
    ),
)
_TASK = "Tải công văn kèm theo, chỉnh lại cho đúng thể thức văn bản hành chính rồi nộp tệp đã chỉnh."
_CHECKLIST = (
    Criterion("Khổ giấy A4, lề đúng quy định", (Level("1"),)),
    Criterion("Quốc hiệu, tên cơ quan đúng chỗ, đúng kiểu chữ", (Level("1"),)),
    Criterion("Số trang đặt giữa, từ trang thứ hai", (Level("1"),)),
    Criterion("Phần ký và nơi nhận đúng thể thức", (Level("1"),)),
)
_LETTERS = (
    "Kính gửi Quý cơ quan.\n\nHồ sơ chậm do thiếu bản vẽ; chúng tôi đã đề nghị bổ sung.\n\nSẽ trả trước ngày 05.",
    "Kính gửi anh chị, hồ sơ đang được xem. Mong anh chị thông cảm.",
)


def make_practical_exam(*, marker: User, list_keys) -> None:
    """An exam of a text and a practical task; the people of ``list_keys`` have handed theirs in. Made once."""
    if Quiz.objects.filter(code=CODE).exists():
        return
    quiz = _exam(marker)
    people = StaffMember.objects.filter(list_key__in=list_keys).order_by("list_key")
    for person, letter in zip(people, _LETTERS, strict=False):
        attempt = quizzes.services.start_attempt(quiz=quiz, staff_member=person)
        quizzes.services.save_answer(attempt_id=attempt.pk, number=1, response=[letter], sequence=1)
        quizzes.services.hand_in_file(
            attempt_id=attempt.pk, number=2, name="Bài làm.docx", content=_word_file(letter), sequence=1, device=""
        )
        quizzes.services.finalise(attempt=attempt, cause=FinishCause.SUBMITTED)


def _exam(marker: User) -> Quiz:
    category = Category.objects.create(code=CODE, name="Soạn thảo văn bản")
    task_file = keep_task_file("cong-van-can-sua.docx", _word_file("CÔNG VĂN cần chỉnh lại thể thức."))
    usual = {"category": category, "purpose": Purpose.EXAM}
    text = quizzes.services.QuestionText
    for code, said in (
        (f"{CODE}-1", text(type=QuestionType.ESSAY, stem=_STEM, criteria=_RUBRIC, max_words=250, shows_criteria=True)),
        (f"{CODE}-2", text(type=QuestionType.PRACTICAL, stem=_TASK, criteria=_CHECKLIST, files=(task_file,))),
    ):
        quizzes.services.review_question(question=quizzes.services.create_question(code=code, text=said, **usual))
    quiz = Quiz.objects.create(code=CODE, title="Thi thực hành soạn thảo văn bản", time_limit=45, attempts_allowed=2)
    for position, (kind, title) in enumerate(((PartKind.QUIZ, "Viết"), (PartKind.PRACTICAL, "Thực hành")), 1):
        part = Part.objects.create(quiz=quiz, kind=kind, title=title, position=position)
        Section.objects.create(part=part, category=category, quota=1, title=title)
    quiz.markers.add(marker)
    return quizzes.services.publish_quiz(quiz=quiz)


_PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
}
_DOCUMENT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'


def _word_file(text: str) -> bytes:
    """A file that Word opens, a paragraph a line."""
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.splitlines())
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_PARTS, "word/document.xml": _DOCUMENT.format(lines)}.items():
            archive.writestr(zipfile.ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return out.getvalue()
