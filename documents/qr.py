"""QR codes as shapes, so that they print sharp at any size."""

import segno
from reportlab.lib.colors import HexColor

INK = HexColor("#1B2430")
MASK = 2


def draw_qr(canvas, address: str, x: float, y: float, size: float) -> None:
    """The code of ``address``, ``size`` points wide, its lower left corner at ``x``, ``y``."""
    # any mask is right; trying all eight takes longer than drawing the rest of the sheet
    matrix = segno.make(address, error="m", micro=False, mask=MASK).matrix
    module = size / len(matrix)
    path = canvas.beginPath()
    for row, bits in enumerate(matrix):
        start = None
        for column, bit in enumerate([*bits, 0]):
            if bit and start is None:
                start = column
            elif not bit and start is not None:
                path.rect(x + start * module, y + size - (row + 1) * module, (column - start) * module, module)
                start = None
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
