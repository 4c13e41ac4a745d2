"""The QR code on paper is the code of its address."""

import io

import pypdfium2
import pytest
import segno
from reportlab.pdfgen.canvas import Canvas

from documents.qr import MASK, draw_qr

ADDRESS = "https://hoc.tinh.vn/kt/ABCD2345EFGH6789"
MARGIN, SIZE, SCALE = 10, 100, 8

pytestmark = pytest.mark.pure


def test_every_module_is_where_the_code_has_it():
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(SIZE + 2 * MARGIN,) * 2)
    draw_qr(canvas, ADDRESS, MARGIN, MARGIN, SIZE)
    canvas.save()
    picture = pypdfium2.PdfDocument(buffer.getvalue())[0].render(scale=SCALE).to_pil().convert("L")
    matrix = segno.make(ADDRESS, error="m", micro=False, mask=MASK).matrix
    module = SIZE / len(matrix)

    def is_dark(row, column):
        at = [round((MARGIN + (place + 0.5) * module) * SCALE) for place in (column, row)]
        return picture.getpixel(tuple(at)) < 128

    seen = [[int(is_dark(row, column)) for column in range(len(matrix))] for row in range(len(matrix))]
    assert seen == [list(row) for row in matrix]
