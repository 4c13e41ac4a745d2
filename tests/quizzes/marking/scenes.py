"""An examination with an essay and a practical task, for tests that look at its pages."""

from quizzes.enums import PartKind, QuestionType
from quizzes.services import finalise, hand_in_file, publish_quiz, save_answer, start_attempt
from quizzes.services.task_files import keep_task_file
from quizzes.types.by_people import Criterion, Level
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, reviewed_question
from tests.quizzes.marking.helpers import docx, number_of

ESSAY = (
    Criterion("Nội dung", (Level("3", "đủ ý, đúng quy định"), Level("1,5", "thiếu ý"), Level("0", "lạc đề"))),
    Criterion("Diễn đạt", (Level("2", "rõ ràng"), Level("1", "còn lỗi"), Level("0", "khó hiểu"))),
)
CHECKLIST = (
    Criterion("Đúng thể thức văn bản", (Level("2"),)),
    Criterion("Đánh số trang từ trang 2", (Level("1"),)),
    Criterion("Xuất được ra PDF", (Level("1"),)),
)


def practical_exam(*markers, **fields):
    """A published exam of two parts: a text to write, a file to edit."""
    essays, tasks = CategoryFactory(), CategoryFactory()
    reviewed_question(
        essays, code=f"{essays.code}-TL", type=QuestionType.ESSAY, options=(), criteria=ESSAY, max_words=300,
        stem="Anh/chị hãy trình bày cách xử lý khi nhận được thư điện tử có dấu hiệu lừa đảo.",
        shows_criteria=True, guide="Nêu đủ: không mở tệp, báo bộ phận chuyên trách, đổi mật khẩu.",
    )  # fmt: skip
    reviewed_question(
        tasks, code=f"{tasks.code}-TH", type=QuestionType.PRACTICAL, options=(), criteria=CHECKLIST,
        kinds=("docx", "pdf"), stem="Chỉnh sửa công văn kèm theo cho đúng thể thức rồi nộp lại.",
        files=(keep_task_file("Công văn mẫu.docx", docx("Mẫu")),),
    )  # fmt: skip
    quiz = QuizFactory(title="Thi thực hành soạn thảo văn bản", attempts_allowed=2, **fields)
    writing = PartFactory(quiz=quiz, title="Tự luận", position=1)
    SectionFactory(part=writing, category=essays, quota=1, title="An toàn thông tin")
    doing = PartFactory(quiz=quiz, title="Thực hành", position=2, kind=PartKind.PRACTICAL)
    SectionFactory(part=doing, category=tasks, quota=1, title="Soạn văn bản")
    quiz.markers.set(markers)
    return publish_quiz(quiz=quiz)


def answered(quiz, staff_member, words="Không mở tệp đính kèm.\n\nBáo ngay cho bộ phận chuyên trách."):
    """An open attempt in which everything is answered."""
    attempt = start_attempt(quiz=quiz, staff_member=staff_member)
    save_answer(attempt_id=attempt.pk, number=number_of(attempt), response=[words], sequence=1)
    hand_in(attempt)
    return attempt


def hand_in(attempt, name="Bài của Lan.docx", content=None, type="practical"):
    content = docx("Bài làm") if content is None else content
    number = number_of(attempt, type)
    return hand_in_file(attempt_id=attempt.pk, number=number, name=name, content=content, sequence=1, device="")


def handed_in(quiz, staff_member):
    attempt = answered(quiz, staff_member)
    finalise(attempt=attempt, cause="submitted")
    attempt.refresh_from_db()
    return attempt
