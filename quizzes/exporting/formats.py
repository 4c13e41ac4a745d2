"""The formats that questions are written in, and what each has words for."""

from quizzes.exporting import aiken, excel, gift, moodle_xml
from quizzes.exporting.entries import FEATURES, ZIP, Format
from quizzes.exporting.qti import packages as qti
from quizzes.office.question_sheet import CONTENT_TYPE as WORKBOOK

_TEXT = "text/plain; charset=utf-8"
_ALL = frozenset(FEATURES)

FORMATS = {
    form.name: form
    for form in (
        Format("excel", "Excel (.xlsx)", "xlsx", WORKBOOK, _ALL, excel.write, takes_pictures=True),
        Format(
            "moodle_xml", "Moodle XML", "xml", "application/xml",
            frozenset({
                "points", "case", "order", "feedback", "option_feedback", "unit", "looks", "tags", "criteria",
                "words_limits", "task_files",
            }),
            moodle_xml.write, takes_pictures=True,
        ),
        Format(
            "gift", "GIFT", "gift", _TEXT, frozenset({"feedback", "option_feedback", "looks", "tags"}), gift.write
        ),
        Format("aiken", "Aiken", "txt", _TEXT, frozenset(), aiken.write),
        Format("qti22", "QTI 2.2", "zip", ZIP, _ALL, qti.write_2_2, takes_pictures=True),
        Format("qti30", "QTI 3.0", "zip", ZIP, _ALL, qti.write_3_0, takes_pictures=True),
    )
}  # fmt: skip
