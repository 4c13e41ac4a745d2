"""Answers of practice that learners type: what people write for the right one counts, what looks like it does not."""

import pytest

from quizzes.models import Question
from quizzes.types import kind_of
from tests.courses.conftest import CONTENT

TYPED = {
    "AT-01.1-L01": {
        100: ["37", " 37 ", "37 người", "37,0", "37 Người", "37 nguoi", "037", "37.00", "37.0", "37,00", "+37"],
        0: ["3", "38", "40", "ba mươi bảy"],
    },
    "AT-01.2-L03": {
        100: ["L", "l", "phím L", "chữ L", "Windows + L", "windows+l", "Win L", "Win+L", "Win-L", "phím Windows và L"],
        0: ["S", "E", "Ctrl + L", "D"],
    },
    "AT-01.3-L02": {
        100: [
            "tuyen-dung.example",
            "Tuyen-Dung.Example",
            "@tuyen-dung.example",
            " tuyen-dung.example ",
            "tuyen-dung .example",
            "tuyển-dụng.example",
            "tuyen - dung.example",
            "TUYEN-DUNG.EXAMPLE",
            "tuyen-dung.example.",
            "tên miền tuyen-dung.example",
        ],
        0: ["phongns", "example", "phongns@tuyen-dung.example"],
    },
    "AT-01.6-L02": {
        100: ["7", "7 phút", "7phút", " 7", "7,0", "07", "7.0", "7 Phút", "7,00", "7.00"],
        0: ["8", "17", "12"],
    },
    "CB-01.1-L01": {
        100: ["2000", "2.000", "2 000", "2000 hồ sơ", "2048", "2.048", "2.000 hồ sơ", "1950", "2000,0", "1.999"],
        0: ["2", "200", "20000", "32"],
    },
    "CB-01.3-L01": {
        100: ["10", "10 MB", "10,0", "10MB", " 10", "10 mb", "9,6", "10,2", "10.0", "10,00"],
        0: ["80", "8", "640"],
    },
    "CB-01.3-L02": {
        100: [
            "bộ định tuyến",
            "bo dinh tuyen",
            "Bộ định tuyến mạng",
            "máy định tuyến",
            "thiết bị định tuyến",
            "router",
            "Router",
            "routter",
            "gateway",
            "bộ định tuyến (router)",
        ],
        50: ["modem"],
        0: ["switch", "bộ chuyển mạch", "không phải router", "mạng LAN"],
    },
    "CS-03.2-L01": {
        100: ["3", "3 tài khoản", "3,0", " 3", "03", "3 Tài khoản", "3.0", "3,00", "3.00", "3tài khoản"],
        0: ["1", "2", "30"],
    },
    "CS-03.3-L02": {
        100: ["3", "3 ngày", "3,0", " 3", "03", "3 Ngày", "3.0", "3,00", "3ngày", "3.00"],
        0: ["1", "7", "30"],
    },
    "CS-03.4-L01": {
        100: ["75", "75%", "75 %", "75,00", "75,00%", "75,0", " 75", "75.00", "75.0%", "75,00 %"],
        0: ["0,75", "60", "133"],
    },
    "UD-04.1-L01": {
        100: ["3", "3 máy", "3,0", " 3", "03", "3 Máy", "3.0", "3,00", "3máy", "3.00"],
        0: ["4", "30", "3,33"],
    },
    "UD-04.2-L01": {
        100: [
            "micrô",
            "micro",
            "Micro",
            "mic",
            "cái micro",
            "mi-crô",
            "mi cro",
            "microphone",
            "tắt mic",
            "micro của mình",
        ],
        0: ["loa", "camera", "máy tính"],
    },
    "UD-04.3-L01": {
        100: [
            "phòng chờ",
            "phong cho",
            "Phòng chờ",
            "phòng  chờ",
            "phòng đợi",
            "chức năng phòng chờ",
            "phòng chờ duyệt",
            "bật phòng chờ",
            "waiting room",
            "sảnh chờ",
        ],
        0: ["khóa phòng", "mật khẩu", "phòng họp"],
    },
    "UD-04.4-L02": {
        100: ["3", "3 phút", "3,0", " 3", "03", "3 Phút", "3.0", "3,00", "3phút", "3.00"],
        0: ["5", "10", "30"],
    },
}


@pytest.fixture(scope="module")
def one_course():
    """Here the practice of all of them is looked at."""
    return CONTENT


def test_what_learners_type_earns_what_it_should(catalogue):
    questions = Question.objects.filter(current__type__in=["short_text", "number"]).select_related("current")
    versions = {question.code: question.current for question in questions}

    earned = {
        (code, text): kind_of(versions[code].type).earned(versions[code].key, [text], versions[code].unit)
        for code, expected in TYPED.items()
        for texts in expected.values()
        for text in texts
        if code in versions
    }

    assert set(versions) == set(TYPED)
    wanted = {
        (code, text): percent for code, rows in TYPED.items() for percent, texts in rows.items() for text in texts
    }
    assert earned == wanted
