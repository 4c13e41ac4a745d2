"""The archive that goes out: the sheets, what they are and how they are signed. Pure but for the files it is given.

Official papers have one language, Vietnamese.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterable

from django.utils import timezone

from certificates.enums import SignatureRole
from certificates.signing import PLACES, Signatory, signatories
from staff.spreadsheets import as_csv

ORDER = {SignatureRole.SIGNER: "Người ký", SignatureRole.SEAL: "Cơ quan (dấu)"}
GUIDE = """KÝ LÔ SỐ {number}

1. Giải nén. Không đổi nội dung tệp: không in lại, không lưu thành tệp mới, không thêm ghi chú.
2. Người ký ký từng tệp PDF bằng chữ ký số của mình, vào ô "{signer}".
3. Văn thư ký tiếp trên chính các tệp đó bằng chữ ký số của cơ quan, vào ô "{seal}".
   Công cụ ký không dùng được ô có sẵn thì được tạo ô mới; thứ tự ký vẫn như trên.
4. Nén các tệp đã ký thành một tệp ZIP (hoặc để từng tệp PDF) rồi nộp tại trang của lô này.
   Tên tệp thế nào cũng được: phần mềm nhận ra tệp qua nội dung.
   Có thể nộp ngay sau bước 2 rồi nộp tiếp sau bước 3, hoặc chỉ nộp một lần sau bước 3.

Tệp nào không đúng, phần mềm nêu rõ lý do và không nhận tệp đó; các tệp khác vẫn được nhận.
Giấy chứng nhận chỉ được cấp khi có đủ hai chữ ký.
"""


def file_name(certificate) -> str:
    """In the archive, so that a folder is in the order of the register."""
    return f"{certificate.register.year}-{certificate.number:05d}-{certificate.code}.pdf"


def packed(batch, items: Iterable, content_of: Callable) -> bytes:
    """The archive of ``batch``; the same rows and files give the same bytes."""
    items = list(items)
    parts = {
        "HUONG-DAN.txt": GUIDE.format(
            number=batch.pk, signer=PLACES[SignatureRole.SIGNER][1], seal=PLACES[SignatureRole.SEAL][1]
        ).encode(),
        "danh-sach.csv": _as_csv(items),
        "danh-sach.json": _as_json(batch, items),
    }
    parts |= {file_name(item.certificate): content_of(item) for item in items}
    output = io.BytesIO()
    moment = timezone.localtime(batch.made_at).timetuple()[:6]
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, moment)
            info.external_attr, info.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return output.getvalue()


def _as_csv(items) -> bytes:
    rows = [["Tệp", "Số", "Mã xác thực", "Họ và tên", "Khóa", "Ký thứ nhất", "Ký thứ hai", "SHA-256"]]
    for item in items:
        certificate, face = item.certificate, item.certificate.face
        who = [file_name(certificate), certificate.serial, certificate.code, face["holder"], face["course"]]
        rows.append([*who, *ORDER.values(), item.sha256])
    return as_csv(rows).encode()


def _as_json(batch, items) -> bytes:
    said = {
        "batch": batch.pk,
        "made_at": timezone.localtime(batch.made_at).isoformat(),
        "signatures": [
            {
                "order": order,
                "who": words,
                "field": PLACES[role][0],
                "certificates": [_named(signatory) for signatory in signatories(role)],
            }
            for order, (role, words) in enumerate(ORDER.items(), start=1)
        ],
        "files": [
            {
                "file": file_name(item.certificate),
                "number": item.certificate.serial,
                "code": item.certificate.code,
                "sha256": item.sha256,
                "size": item.size,
            }
            for item in items
        ],
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode()


def _named(signatory: Signatory) -> dict:
    return {"holder": signatory.holder, "sha256": signatory.fingerprint}
