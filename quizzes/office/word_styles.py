"""What a paragraph and a run are, as Word works it out: their own marks, then their styles, then the defaults."""

import re

from docx.oxml.ns import qn

W_VAL = qn("w:val")
_LIST_STYLE = re.compile(r"list (?:bullet|number) ([2-5])")
_OFF = {"0", "false", "off", "none"}
_LONGEST_CHAIN = 20


def is_on(properties, tag: str) -> bool | None:
    """Whether a switch such as w:b is on; None where nothing is said."""
    mark = properties.find(qn(tag)) if properties is not None else None
    return None if mark is None else mark.get(W_VAL, "1").lower() not in _OFF


class Styles:
    def __init__(self, document):
        self._by_id = {}
        root = document.styles.element
        for style in root.findall(qn("w:style")):
            self._by_id[style.get(qn("w:styleId"))] = style
        self._default_paragraph = next(
            (
                key
                for key, style in self._by_id.items()
                if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in {"1", "true"}
            ),
            None,
        )
        self._defaults = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        self._numbering = _Numbering(document)

    def _chain(self, style_id: str | None):
        """The style and those it is based on; a circle ends."""
        for _step in range(_LONGEST_CHAIN):
            style = self._by_id.get(style_id)
            if style is None:
                return
            yield style
            based = style.find(qn("w:basedOn"))
            style_id = based.get(W_VAL) if based is not None else None

    # --- paragraphs -------------------------------------------------------------

    def paragraph_style(self, paragraph) -> str | None:
        mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return mark.get(W_VAL) if mark is not None else self._default_paragraph

    def names(self, paragraph) -> list[str]:
        """The names of the paragraph's style and of its ancestors, in small letters."""
        found = []
        for style in self._chain(self.paragraph_style(paragraph)):
            name = style.find(qn("w:name"))
            found.append((name.get(W_VAL) if name is not None else "").lower())
        return found

    def heading_level(self, paragraph) -> int | None:
        for name in self.names(paragraph):
            if name.startswith("heading ") and name[8:].isdecimal():
                return int(name[8:])
        marks = [paragraph.find(qn("w:pPr"))]
        marks += [style.find(qn("w:pPr")) for style in self._chain(self.paragraph_style(paragraph))]
        for mark in marks:
            level = mark.find(qn("w:outlineLvl")) if mark is not None else None
            if level is not None and level.get(W_VAL, "").isdecimal():
                return int(level.get(W_VAL)) + 1 if int(level.get(W_VAL)) < 9 else None
        return None

    def list_level(self, paragraph) -> tuple[str, int, bool] | None:
        """(id of the list, level from 0, whether numbered), or None outside of lists.

        Word's own styles “List Bullet 2”, “List Number 3” … are each a list of one level, drawn further in.
        """
        own = paragraph.find(qn("w:pPr"))
        marks = [own, *(style.find(qn("w:pPr")) for style in self._chain(self.paragraph_style(paragraph)))]
        level = None
        for mark in marks:
            numbers = mark.find(qn("w:numPr")) if mark is not None else None
            if numbers is None:
                continue
            depth, number = numbers.find(qn("w:ilvl")), numbers.find(qn("w:numId"))
            if level is None and depth is not None and depth.get(W_VAL, "").isdecimal():
                level = int(depth.get(W_VAL))
            if number is not None:
                number_id = number.get(W_VAL, "0")
                if number_id == "0":
                    return None
                is_numbered = self._numbering.is_numbered(number_id, level or 0)
                return number_id, min(max(level or 0, self._level_by_name(paragraph)), 8), is_numbered
        return None

    def number_format(self, paragraph) -> str:
        """How Word numbers the paragraph by itself: "decimal", "upperLetter" …; "" where it does not."""
        found = self.list_level(paragraph)
        return self._numbering.format_of(found[0], found[1]) if found else ""

    def _level_by_name(self, paragraph) -> int:
        for name in self.names(paragraph):
            if (found := _LIST_STYLE.fullmatch(name)) is not None:
                return int(found[1]) - 1
        return 0

    # --- runs -------------------------------------------------------------------

    def _run_marks(self, paragraph, run):
        """Run properties, nearest first."""
        own = run.find(qn("w:rPr"))
        yield own
        mark = own.find(qn("w:rStyle")) if own is not None else None
        for style in self._chain(mark.get(W_VAL) if mark is not None else None):
            yield style.find(qn("w:rPr"))

    def switch(self, paragraph, run, tag: str) -> bool:
        for marks in self._run_marks(paragraph, run):
            if (state := is_on(marks, tag)) is not None:
                return state
        return False

    def run_mark(self, paragraph, run, tag: str):
        """The mark of this name that holds for the run: its own, or that of its style; None where nothing is said."""
        marks = (marks.find(qn(tag)) for marks in self._run_marks(paragraph, run) if marks is not None)
        return next((mark for mark in marks if mark is not None), None)

    def is_link(self, run) -> bool:
        """Whether the run looks as links do, also where the link itself was taken away."""
        mark = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
        return mark is not None and "hyperlink" in mark.get(W_VAL, "").lower()

    def font(self, paragraph, run) -> str | None:
        """The name of the font of letters outside ASCII, which in old fonts are the Vietnamese ones."""
        marks = [*self._run_marks(paragraph, run)]
        marks += [style.find(qn("w:rPr")) for style in self._chain(self.paragraph_style(paragraph))]
        for mark in [*marks, self._defaults]:
            fonts = mark.find(qn("w:rFonts")) if mark is not None else None
            if fonts is not None:
                name = fonts.get(qn("w:hAnsi")) or fonts.get(qn("w:ascii")) or fonts.get(qn("w:cs"))
                if name or fonts.get(qn("w:hAnsiTheme")) or fonts.get(qn("w:asciiTheme")):
                    return name
        return None


class _Numbering:
    def __init__(self, document):
        self._formats: dict[tuple[str, int], str] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {}
        for entry in root.findall(qn("w:abstractNum")):
            levels = {}
            for level in entry.findall(qn("w:lvl")):
                kind = level.find(qn("w:numFmt"))
                levels[level.get(qn("w:ilvl"))] = kind.get(W_VAL) if kind is not None else "decimal"
            abstract[entry.get(qn("w:abstractNumId"))] = levels
        for entry in root.findall(qn("w:num")):
            link = entry.find(qn("w:abstractNumId"))
            for level, kind in abstract.get(link.get(W_VAL) if link is not None else None, {}).items():
                if level and level.isdecimal():
                    self._formats[entry.get(qn("w:numId")), int(level)] = kind

    def is_numbered(self, number_id: str, level: int) -> bool:
        return self.format_of(number_id, level) not in {"bullet", "none"}

    def format_of(self, number_id: str, level: int) -> str:
        return self._formats.get((number_id, level), "bullet")
