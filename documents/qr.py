"""QR codes as shapes, so that they print sharp at any size."""

import segno
from reportlab.lib.colors import HexColor

INK = HexColor("#1B2430")
MASK = 2


def draw_qr(canvas, address: str, x: float, y: float, size: float) -> None:
    """The code of ``address``, ``size`` points wide, its lower left corner at ``x``, ``y``."""
    # any mask is right; trying all eight takes longer than drawing the rest of the sheet
    matrix = segno.make(address, error="m", micro=False, mask=MASK).matrix
    # drawn in modules as units: whole numbers, which are short to write
    bands = []
    for row, bits in enumerate(matrix, start=1):
        start = None
        for column, bit in enumerate([*bits, 0]):
            if bit and start is None:
                start = column
            elif not bit and start is not None:
                bands.append(f"{start} {-row} {column - start} 1 re")
                start = None
    canvas.saveState()
    canvas.translate(x, y + size)
    canvas.scale(size / len(matrix), size / len(matrix))
    canvas.setFillColor(INK)
    canvas._code.append(" ".join([*bands, "f*"]))
    canvas.restoreState()
