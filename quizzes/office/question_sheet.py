"""The workbook of questions: one row a question. Its headings are content, and content is Vietnamese.

The reader finds columns by their headings, in any order; what is written here is what trainers download and fill in.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from quizzes.reading import plain

SHEET, GUIDE, EXAMPLES_SHEET = "Câu hỏi", "Hướng dẫn", "Ví dụ"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_CELL = 32_767
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
USUAL_OPTIONS = 6
ROWS_TO_FILL = 1_000
PICTURE_WIDTH, PICTURE_HEIGHT = 160, 100

CODE, CATEGORY, TYPE, STEM, KEY = "Mã câu hỏi", "Nhóm câu hỏi", "Loại câu", "Câu hỏi", "Đáp án"
PERCENTS, TOLERANCES, UNIT, POINTS = "Tỷ lệ điểm (%)", "Sai số cho phép", "Đơn vị", "Điểm"
DIFFICULTY, SHUFFLES, CASE = "Độ khó", "Trộn phương án", "Phân biệt chữ hoa"
ACCENTS, SPELLING, FEEDBACK = "Phân biệt dấu", "Bỏ qua một lỗi gõ", "Giải thích"
TAGS, COMPETENCE, RESULT, PICTURES = "Từ khóa", "Mã năng lực", "Kết quả đọc tệp", "Ảnh"
OPTION, MATCH, OPTION_FEEDBACK = "Phương án", "Ghép với", "Giải thích phương án"
CRITERIA, MARKERS_GUIDE, SHOWS_CRITERIA = "Tiêu chí chấm", "Hướng dẫn chấm", "Cho xem tiêu chí trước"
MIN_WORDS, MAX_WORDS = "Số từ ít nhất", "Số từ nhiều nhất"
FILE_KINDS, MEGABYTES, TASK_FILES = "Loại tệp được nhận", "Dung lượng nhiều nhất (MB)", "Tệp phát cho học viên"
SCORING, GAP_ASKS, WEIGHTS = "Cách chấm", "Cách điền chỗ trống", "Trọng số chỗ trống"
# Between the gaps of a question, in a cell that says something of every answer of each.
BETWEEN_GAPS, RIGHT, MARGIN = " | ", "*", " ± "
YES, NO = "Có", "Không"
TYPES = {
    "single": "Một đáp án đúng",
    "multiple": "Nhiều đáp án đúng",
    "true_false": "Đúng hay sai",
    "short_text": "Trả lời ngắn",
    "number": "Điền số",
    "matching": "Ghép đôi",
    "ordering": "Sắp xếp thứ tự",
    "gaps": "Điền chỗ trống",
    "essay": "Tự luận",
    "file": "Nộp tệp",
    "practical": "Bài thực hành",
}
SCORINGS = {
    "all_or_nothing": "Đúng hết mới có điểm",
    "per_part": "Đúng phần nào được phần đó",
    "per_neighbour": "Đúng từng bước liền nhau",
}
ASKS = {"text": "Gõ chữ", "number": "Gõ số", "list": "Chọn"}
DIFFICULTIES = {"1": "Dễ", "2": "Trung bình", "3": "Khó"}
TRUE, FALSE = "Đúng", "Sai"
_CHOICES = {
    TYPE: tuple(TYPES.values()), DIFFICULTY: tuple(DIFFICULTIES.values()), SHUFFLES: (YES, NO), CASE: (YES, NO),
    ACCENTS: (YES, NO), SPELLING: (YES, NO), SCORING: tuple(SCORINGS.values()), SHOWS_CRITERIA: (YES, NO),
}  # fmt: skip
_WIDTHS = {CODE: 18, CATEGORY: 24, TYPE: 20, STEM: 60, KEY: 12, FEEDBACK: 40, RESULT: 60, PICTURES: 24,
           CRITERIA: 40, MARKERS_GUIDE: 40, FILE_KINDS: 20, TASK_FILES: 28}  # fmt: skip
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_HEAD = PatternFill("solid", start_color="FFDCE6F1")
_BAD = PatternFill("solid", start_color="FFFDE2E0")
_FORMULA = ("=", "+", "-", "@")
_GUIDE = (
    "Mỗi dòng của trang “Câu hỏi” là một câu hỏi. Không đổi tên các cột; thứ tự cột không quan trọng.",
    "Trang “Ví dụ” có mỗi loại một câu mẫu; hệ thống không đọc trang đó.",
    "Câu hỏi: nội dung câu hỏi. Bấm Alt+Enter để xuống dòng trong ô.",
    "Một đáp án đúng: ghi các phương án, cột Đáp án ghi một chữ cái, ví dụ B.",
    "Nhiều đáp án đúng: cột Đáp án ghi các chữ cái, ví dụ A, C. Người học phải chọn đủ và đúng mới được điểm; muốn cho "
    "điểm từng phương án, ghi tỷ lệ ở cột Tỷ lệ điểm (%), ví dụ 50; 50; -50; 0.",
    "Đúng hay sai: cột Đáp án ghi Đúng hoặc Sai, để trống các phương án.",
    "Trả lời ngắn: mỗi cột phương án ghi một cách trả lời được chấp nhận; dấu * thay cho chữ bất kỳ.",
    "Điền số: ghi số ở cột Phương án A, sai số ở cột Sai số cho phép, ví dụ 0,5.",
    "Ghép đôi: mỗi cặp ghi vế trái ở cột Phương án, vế phải ở cột Ghép với cùng chữ cái. Vế phải thừa (không thuộc vế "
    "trái nào): để trống cột Phương án.",
    "Sắp xếp thứ tự: ghi các dòng vào các cột phương án theo đúng thứ tự; người học thấy chúng đã được trộn.",
    "Điền chỗ trống: trong câu hỏi viết [[1]], [[2]] … ở chỗ trống; cột Phương án A dành cho chỗ trống 1, B cho chỗ "
    "trống 2 …, mỗi đáp án một dòng (Alt+Enter). Cột Cách điền chỗ trống ghi Gõ chữ, Gõ số hoặc Chọn, mỗi chỗ trống "
    "cách nhau dấu ;. Khi chọn từ danh sách, đặt dấu * trước từ đúng. Số có sai số viết 8 ± 0,5.",
    "Cách chấm (ghép đôi, sắp xếp): để trống là đúng phần nào được phần đó.",
    "Tự luận, Nộp tệp, Bài thực hành: người chấm theo cột Tiêu chí chấm; để trống các phương án và Đáp án.",
    "Tiêu chí chấm: mỗi tiêu chí một dòng bắt đầu bằng dấu *, dưới đó mỗi mức điểm một dòng bắt đầu bằng dấu -, ví dụ "
    "* Nội dung, xuống dòng - 3: đủ ý, xuống dòng - 1,5: thiếu ý. Tiêu chí chỉ có đạt hay không đạt thì ghi gọn, ví dụ "
    "Đúng khổ giấy A4: 1.",
    "Hướng dẫn chấm: chỉ người chấm đọc được. Cho xem tiêu chí trước: Có thì học viên thấy tiêu chí khi làm bài.",
    "Loại tệp được nhận (nộp tệp, bài thực hành): ghi đuôi tệp, ví dụ .docx, .xlsx; để trống là tệp văn phòng.",
    "Tệp phát cho học viên: ghi tên từng tệp, mỗi tệp một dòng; nén (ZIP) tệp Excel này cùng các tệp đó rồi tải tệp "
    "nén lên.",
    "Ảnh: chèn ảnh sao cho góc trên bên trái nằm trên dòng của câu hỏi. Ảnh nằm ở cột phương án thuộc về phương án đó, "
    "ảnh ở cột khác đứng dưới câu hỏi. Muốn đặt chỗ khác, ghi [ảnh 1: lời tả], [ảnh 2: lời tả] … vào chỗ đó; ảnh được "
    "đánh số từ trái sang phải, lời tả dành cho người không nhìn thấy ảnh.",
    "Nhóm câu hỏi: ghi tên nhóm, nhóm con viết sau dấu /, ví dụ Mạng / Cơ bản.",
    "Mã câu hỏi: để trống khi thêm câu mới; giữ nguyên khi sửa câu đã xuất từ ngân hàng.",
    "Tải tệp lên ở mục Nhập câu hỏi từ tệp. Hệ thống đọc thử trước, chưa ghi gì; câu nào chưa nhận được sẽ có lý do "
    "ở cột Kết quả đọc tệp của tệp trả về.",
)

EXAMPLES = (
    {TYPE: TYPES["single"], STEM: "Tổ hợp phím nào sao chép phần đã chọn?", f"{OPTION} A": "Ctrl + C",
     f"{OPTION} B": "Ctrl + V", f"{OPTION} C": "Ctrl + X", KEY: "A", FEEDBACK: "Ctrl + V để dán, Ctrl + X để cắt."},
    {TYPE: TYPES["multiple"], STEM: "Những mật khẩu nào khó đoán? Chọn tất cả ý đúng.", f"{OPTION} A": "12345678",
     f"{OPTION} B": "bốn từ ngẫu nhiên ghép lại", f"{OPTION} C": "ngày sinh", f"{OPTION} D": "chuỗi 16 ký tự tự sinh",
     KEY: "B, D"},
    {TYPE: TYPES["true_false"], STEM: "Chữ ký số cho biết văn bản có bị sửa sau khi ký hay không.", KEY: TRUE},
    {TYPE: TYPES["short_text"], STEM: "RAM là chữ viết tắt của bộ nhớ nào?",
     f"{OPTION} A": "bộ nhớ truy cập ngẫu nhiên", f"{OPTION} B": "random access memory", ACCENTS: NO},
    {TYPE: TYPES["number"], STEM: "1 GB bằng bao nhiêu MB (theo hệ nhị phân)?", f"{OPTION} A": "1024",
     TOLERANCES: "0", UNIT: "MB"},
    {TYPE: TYPES["matching"], STEM: "Ghép tệp với chương trình.", f"{OPTION} A": ".docx", f"{MATCH} A": "Word",
     f"{OPTION} B": ".xlsx", f"{MATCH} B": "Excel", f"{MATCH} C": "PowerPoint", SCORING: SCORINGS["per_part"]},
    {TYPE: TYPES["ordering"], STEM: "Xếp thứ tự các bước gửi văn bản điện tử.", f"{OPTION} A": "Soạn thảo",
     f"{OPTION} B": "Ký số", f"{OPTION} C": "Phát hành"},
    {TYPE: TYPES["gaps"], STEM: "Thủ đô là [[1]], thành phố đông dân nhất là [[2]].", f"{OPTION} A": "Hà Nội",
     f"{OPTION} B": "*Thành phố Hồ Chí Minh\nĐà Nẵng\nHải Phòng", GAP_ASKS: f"{ASKS['text']}; {ASKS['list']}"},
    {TYPE: TYPES["essay"], STEM: "Nêu ba việc cần làm khi nghi tài khoản công vụ bị lộ.", POINTS: "4", MIN_WORDS: "50",
     MAX_WORDS: "300", CRITERIA: "* Nội dung\n- 3: đủ ba việc\n- 2: hai việc\n- 1: một việc\n- 0: không đúng việc nào\n"
     "Trình bày rõ ràng: 1", MARKERS_GUIDE: "Việc đầu tiên phải là đổi mật khẩu hoặc báo người quản trị.",
     SHOWS_CRITERIA: YES},
    {TYPE: TYPES["file"], STEM: "Soạn một công văn theo thể thức của Nghị định 30/2020/NĐ-CP rồi nộp tệp.", POINTS: "5",
     FILE_KINDS: ".docx, .odt", MEGABYTES: "5", CRITERIA: "* Thể thức\n- 4: đúng, đủ các thành phần\n"
     "- 2: thiếu một thành phần\n- 0: thiếu nhiều thành phần\nKhông sai chính tả: 1"},
    {TYPE: TYPES["practical"], STEM: "Mở tệp số liệu, tính tổng từng cột và vẽ biểu đồ cột.", POINTS: "3",
     FILE_KINDS: ".xlsx, .ods", MEGABYTES: "5", TASK_FILES: "so-lieu.csv",
     CRITERIA: "Tổng đúng: 1\nBiểu đồ đúng loại: 1\nCó tên biểu đồ và tên trục: 1"},
)  # fmt: skip


def typed(number: Decimal) -> str:
    """A number as people type it here: after a comma there is one reading only, after a full stop there are two."""
    return plain(number).replace(".", ",")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells by their headings; ``result`` is what to say about the row, None for nothing, "" for: it is right."""

    cells: dict[str, str]
    result: str | None = None
    # Side by side at the end of the row, in the order in which marks count them: [ảnh 1], [ảnh 2] …
    pictures: tuple[bytes, ...] = ()


def headings(options: int = USUAL_OPTIONS) -> list[str]:
    letters = LETTERS[: max(options, USUAL_OPTIONS)]
    return [
        CODE, CATEGORY, TYPE, STEM, *(f"{OPTION} {letter}" for letter in letters), KEY,
        *(f"{MATCH} {letter}" for letter in letters), POINTS, DIFFICULTY, FEEDBACK, PERCENTS, TOLERANCES, UNIT,
        CRITERIA, MARKERS_GUIDE, SHOWS_CRITERIA, MIN_WORDS, MAX_WORDS, FILE_KINDS, MEGABYTES, TASK_FILES,
        SHUFFLES, SCORING, GAP_ASKS, WEIGHTS, CASE, ACCENTS, SPELLING, TAGS, COMPETENCE,
        *(f"{OPTION_FEEDBACK} {letter}" for letter in letters), PICTURES,
    ]  # fmt: skip


def template() -> bytes:
    """The workbook to fill in, with a question of each type on a sheet of its own."""
    return written([], examples=[Row(cells) for cells in EXAMPLES])


def written(
    rows: Iterable[Row], *, options: int = USUAL_OPTIONS, with_results: bool = False, examples: Iterable[Row] = ()
) -> bytes:
    """A workbook with these rows and with the lists to choose from."""
    columns = ([RESULT] if with_results else []) + headings(options)
    book = Workbook(write_only=True)
    _fill(book.create_sheet(SHEET), columns, rows, with_results=with_results)
    guide = book.create_sheet(GUIDE)
    guide.column_dimensions["A"].width = 110
    for line in _GUIDE:
        guide.append([_cell(guide, line)])
    if examples:
        _fill(book.create_sheet(EXAMPLES_SHEET), columns, examples)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _fill(sheet, columns: list[str], rows: Iterable[Row], *, with_results: bool = False) -> None:
    sheet.freeze_panes = "A2"
    for place, name in enumerate(columns, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = _WIDTHS.get(name, 24 if name.startswith((OPTION, MATCH)) else 14)
        # Also below the rows that are written: what is typed there stays as it was typed.
        sheet.column_dimensions[letter].number_format = "@"
        if name in _CHOICES:
            sheet.data_validations.append(_validation(name, letter))
    sheet.append([_cell(sheet, name, fill=_HEAD, is_bold=True) for name in columns])
    for number, row in enumerate(rows, 2):
        _lay(sheet, row.pictures, number, columns.index(PICTURES) + 1)
        cells = row.cells | ({RESULT: row.result or ""} if with_results else {})
        fill = _BAD if row.result else None
        sheet.append([_cell(sheet, cells.get(name, ""), fill=fill) for name in columns])


def _lay(sheet, pictures: tuple[bytes, ...], row: int, column: int) -> None:
    """The pictures of a row, small enough for it; their bytes stay what they are."""
    for place, content in enumerate(pictures):
        picture = Image(io.BytesIO(content))
        share = min(1, PICTURE_WIDTH / picture.width, PICTURE_HEIGHT / picture.height)
        picture.width, picture.height = int(picture.width * share) or 1, int(picture.height * share) or 1
        letter = get_column_letter(column + place)
        sheet.column_dimensions[letter].width = _WIDTHS[PICTURES]
        sheet.add_image(picture, f"{letter}{row}")
    if pictures:
        sheet.row_dimensions[row].height = PICTURE_HEIGHT


def _validation(name: str, letter: str) -> DataValidation:
    made = DataValidation(
        type="list", formula1=f'"{",".join(_CHOICES[name])}"', allow_blank=True, showErrorMessage=True
    )
    made.errorTitle, made.error = name, f"Hãy chọn một mục trong danh sách: {', '.join(_CHOICES[name])}."
    made.add(f"{letter}2:{letter}{ROWS_TO_FILL + 1}")
    return made


def _cell(sheet, value: str, *, fill=None, is_bold=False) -> Cell | None:
    """Text, whatever it looks like: Excel neither computes it nor makes it a date."""
    if not value and fill is None:
        return None
    cell = WriteOnlyCell(sheet, None)
    if value:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:MAX_CELL]
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(_FORMULA)
    cell.number_format = "@"
    cell.alignment = _WRAPPED
    if fill is not None:
        cell.fill = fill
    if is_bold:
        cell.font = Font(bold=True)
    return cell
