"""Vietnamese typed in fonts from before Unicode. Only the font's name tells which; without it nothing is converted.

TCVN3 (fonts named .Vn…) gives each letter a byte of its own, VNI (fonts named VNI-…) writes the letter and then its
mark. In a .VnTimeH and its like small letters look like capitals.
"""

TCVN3, TCVN3_CAPITALS, VNI = "TCVN3", "TCVN3-H", "VNI"

_TCVN3 = dict(
    zip(
        bytes.fromhex(
            "a1a2a3a4a5a6a7a8a9aaabacadaeb5b6b7b8b9bbbcbdbec6c7c8c9cacbcccecfd0d1d2d3d4d5d6d7d8dcdddedfe1e2e3e4"
            "e5e6e7e8e9eaebecedeeeff1f2f3f4f5f6f7f8f9fafbfcfdfe"
        ).decode("latin-1"),
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)


def _vni_table() -> dict[str, str]:
    plain, hat, breve = "ùøûõï", "áàåãä", "éèúüë"
    table = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
    rows = [
        ("a", plain, "áàảãạ"),
        ("a", "â" + hat, "âấầẩẫậ"),
        ("a", "ê" + breve, "ăắằẳẵặ"),
        ("e", plain, "éèẻẽẹ"),
        ("e", "â" + hat, "êếềểễệ"),
        ("o", plain, "óòỏõọ"),
        ("o", "â" + hat, "ôốồổỗộ"),
        ("ô", plain, "ớờởỡợ"),
        ("u", plain, "úùủũụ"),
        ("ö", plain, "ứừửữự"),
        ("y", plain[:4], "ýỳỷỹ"),
    ]
    for base, marks, letters in rows:
        table |= {base + mark: letter for mark, letter in zip(marks, letters, strict=True)}
    capitals = {}
    for typed, letter in table.items():
        capitals[typed.upper()] = letter.upper()
        if len(typed) == 2:
            capitals[typed[0].upper() + typed[1]] = letter.upper()
    return table | capitals


_VNI = _vni_table()


def encoding_of(font: str | None) -> str | None:
    """The encoding that a font's name tells; None for every font of today."""
    name = (font or "").strip().lower()
    if name.startswith(".vn"):
        return TCVN3_CAPITALS if name.endswith("h") else TCVN3
    return VNI if name.startswith("vni-") else None


def convert(text: str, encoding: str) -> list[tuple[int, str]]:
    """The text in Unicode as (index of the first character it came from, letter)."""
    # Fonts of the symbol kind keep their bytes in a private area.
    text = "".join(chr(ord(c) - 0xF000) if 0xF020 <= ord(c) <= 0xF0FF else c for c in text)
    if encoding != VNI:
        letters = (_TCVN3.get(c, c) for c in text)
        return [(i, c.upper() if encoding == TCVN3_CAPITALS else c) for i, c in enumerate(letters)]
    converted, i = [], 0
    while i < len(text):
        width = 2 if text[i : i + 2] in _VNI else 1
        converted.append((i, _VNI.get(text[i : i + width], text[i])))
        i += width
    return converted


def converted(text: str, encoding: str) -> str:
    """The text in Unicode."""
    return "".join(letter for _index, letter in convert(text, encoding))


def to_unicode(text: str, font: str) -> str:
    encoding = encoding_of(font)
    return converted(text, encoding) if encoding else text
