"""The register book as a file: a workbook whose cells are text, and a signed PDF in volumes of five hundred numbers.

Official paper has one language, so its words stand here and in no catalogue.
"""

import io
from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone, translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from certificates import signing
from certificates.enums import HeaderKind
from certificates.errors import NoIssuer
from certificates.face import BANNER
from certificates.models import Certificate
from certificates.register import Book, RegisterLine, lines_of
from certificates.services.issuers import issuer_on
from documents.register_book import BookColumn, RegisterBook, draw_register
from staff import clock

A_VOLUME = 500
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
_COLUMNS = (
    BookColumn("Số", 5.4, True),
    BookColumn("Họ và tên", 15.5),
    BookColumn("Ngày sinh", 8.4, True),
    BookColumn("Đơn vị", 18),
    BookColumn("Khóa bồi dưỡng", 16),
    BookColumn("Số tiết", 4.2, True),
    BookColumn("Kết quả", 10, True),
    BookColumn("Ngày cấp", 8.4, True),
    BookColumn("Căn cứ", 13),
    BookColumn("Mã xác thực", 11.6, True),
    BookColumn("Ghi chú", 11),
)
_SHEET_HEADS = (
    ("Số", 12), ("Họ và tên", 28), ("Ngày sinh", 12), ("Đơn vị", 44), ("Khóa bồi dưỡng", 36), ("Số tiết", 8),
    ("Thời gian", 24), ("Kết quả", 16), ("Ngày cấp", 12), ("Căn cứ", 40), ("Mã xác thực", 22), ("Trạng thái", 16),
    ("Ghi chú", 44),
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")


def volumes_of(book: Book) -> list[tuple[int, int, int]]:
    """(number of the volume, its first number, its last number) of the numbers given so far."""
    last = book.register.last_number
    starts = range(1, max(last, 1) + 1, A_VOLUME)
    return [(place, first, min(first + A_VOLUME - 1, last)) for place, first in enumerate(starts, 1)]


def workbook(lines: Iterable[RegisterLine]) -> bytes:
    """Every cell is text, whatever it looks like: nothing computes, nothing turns into a date."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sổ cấp giấy chứng nhận")
    sheet.freeze_panes = "A2"
    for place, (_name, width) in enumerate(_SHEET_HEADS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_cell(sheet, name, is_bold=True) for name, _width in _SHEET_HEADS])
    for line in lines:
        hours = f"{line.hours:02d}" if line.hours else ""
        cells = (
            line.serial, line.holder, line.birth, line.unit, line.course, hours, line.period, line.result,
            f"{line.issued_on:%d/%m/%Y}", line.decision, line.code_words, line.state, line.remark,
        )  # fmt: skip
        sheet.append([_cell(sheet, words) for words in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet, words: str, *, is_bold=False):
    cell = WriteOnlyCell(sheet, None)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", words)
    cell.data_type = "s"
    cell.quotePrefix = words.startswith(_FORMULA)
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if is_bold:
        cell.font = Font(bold=True)
    return cell


def signed_volume(user, book: Book, *, volume: int) -> bytes:
    """A volume of the book as of this moment, signed as certificates are; KeyProblem while there is no key.

    Who sees some of its lines only gets an extract, which says so.
    """
    [(_place, first, last)] = [found for found in volumes_of(book) if found[0] == volume]
    key = signing.current_key()
    moment = clock.now().replace(microsecond=0)
    with translation.override("vi"):
        lines = list(lines_of(user, book, first=first, last=last))
    paper = _paper(book, lines, volume, (first, last), key, timezone.localtime(moment))
    signing.keep_authority(key)
    return signing.sign(draw_register(paper), key=key, signed_at=moment).content


def _paper(book, lines, volume, span, key, moment: datetime) -> RegisterBook:
    issuer = _issuer_of(book, moment)
    newest = Certificate.objects.filter(register=book.register).order_by("-number").values_list("face", flat=True)[:1]
    layouts = [face.get("layout") or {} for face in newest]
    is_party = bool(layouts) and layouts[0].get("header") == HeaderKind.PARTY
    is_demonstration = key.is_demonstration or issuer.is_demonstration
    return RegisterBook(
        superior=issuer.superior.upper(),
        issuer=issuer.name.upper(),
        head=PARTY if is_party else STATE,
        motto="" if is_party else MOTTO,
        title="SỔ CẤP GIẤY CHỨNG NHẬN" if book.is_whole else "TRÍCH SỔ CẤP GIẤY CHỨNG NHẬN",
        subtitle=f"Năm {book.register.year} - Quyển số {volume:02d} (từ số {span[0]:04d} đến số {span[1]:04d})",
        columns=_COLUMNS,
        rows=tuple(_row(line) for line in lines),
        after=(*_after(book, lines, span, moment), *_whose_signature()),
        place_and_date=f"{issuer.place}, ngày {moment:%d} tháng "
        f"{moment.month if moment.month > 2 else f'{moment.month:02d}'} năm {moment.year}",
        signer_authority=issuer.signer_authority.upper(),
        signer_post=issuer.signer_post.upper(),
        signer_name=issuer.signer_name,
        signature=(f"Ký số bởi: {key.holder}", f"Thời gian ký: {moment.isoformat(timespec='seconds')}"),
        drawn_at=moment,
        banner=BANNER if is_demonstration else "",
    )


def _issuer_of(book, moment):
    """Who signs for the body today; once it has ended, who signed last."""
    try:
        return issuer_on(moment.date(), book.register.issuer_code)
    except NoIssuer:
        if book.issuer is None:
            raise
        return book.issuer


def _row(line: RegisterLine) -> tuple[str, ...]:
    return (
        f"{line.number:04d}",
        line.holder,
        line.birth,
        line.unit,
        line.course,
        f"{line.hours:02d}" if line.hours else "",
        line.result,
        f"{line.issued_on:%d/%m/%Y}",
        line.decision,
        f"{line.code_words[:10]} {line.code_words[10:]}",
        line.remark,
    )


def _whose_signature() -> tuple[str, ...]:
    """Where the agency signs with its own tool, the key of this installation must not pass for the agency's."""
    if not signing.is_outside():
        return ()
    return ("Bản này do hệ thống xác nhận bằng khóa của hệ thống, không thay chữ ký số của cơ quan cấp.",)


def _after(book, lines, span, moment) -> tuple[str, ...]:
    seen = f"Số liệu tính đến {moment:%H} giờ {moment:%M} phút ngày {moment:%d/%m/%Y}."
    if not book.is_whole:
        return (f"Bản trích này có {len(lines)} dòng thuộc phạm vi quản lý của người trích. {seen}",)
    wanted = span[1] - span[0] + 1 if span[1] else 0
    given = {line.number for line in lines}
    gaps = [number for number in range(span[0], span[1] + 1) if number not in given]
    if gaps:
        return (f"Quyển này có {len(lines)} dòng; thiếu số: {', '.join(f'{n:04d}' for n in gaps[:20])}. {seen}",)
    return (f"Quyển này có {wanted} số liên tục, không bỏ trống, không xóa dòng nào. {seen}",)
