"""Files that trainers bring into the CMS: what a file says it is, it must be, and whole."""

import io
import zipfile

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

# A part that each kind of packaged document has, and nothing else has.
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OPEN_DOCUMENTS = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
_MACROS = ("vbaproject.bin", "basic/script-lc.xml")
_LOOKED_AT = 1_000_000  # bytes of a text


class WholeImageField(WagtailImageField):
    """Wagtail's field reads the head of an image only: a damaged one fell over there, or later before the learners."""

    def to_python(self, data):
        try:
            found = super().to_python(data)
            if found is not None:
                _draw(found)
        except ValidationError:
            raise
        # Whatever a decoder stumbles over in a damaged file: Pillow's plug-ins raise all of these.
        except (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError) as error:
            raise ValidationError(
                _("This image is damaged or incomplete. Please save it again and upload the new file."), code="damaged"
            ) from error
        return found


def _draw(found) -> None:
    """Decodes every pixel, as a learner's browser will have to."""
    found.seek(0)
    try:
        with Image.open(io.BytesIO(found.read())) as image:
            image.load()
            if 0 in image.size:
                raise ValueError("an image without pixels")
    except UnidentifiedImageError as error:
        raise ValueError("no image that we can draw") from error
    finally:
        found.seek(0)


class CheckedImageForm(BaseImageForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if (field := self.fields.get("file")) is not None:
            self.fields["file"] = WholeImageField(required=field.required, label=field.label, widget=field.widget)


class CheckedDocumentForm(BaseDocumentForm):
    def clean_file(self):
        """The file, where its content is what its name says: learners download it and open it."""
        found = self.cleaned_data["file"]
        if found and "file" in self.changed_data:
            extension = found.name.rpartition(".")[2].lower()
            found.seek(0)
            content = found.read()
            found.seek(0)
            if has_macros(content):
                raise ValidationError(
                    _("This file carries a program (macro). Please save it without macros and upload it again."),
                    code="macros",
                )
            if not is_of_kind(content, extension):
                raise ValidationError(
                    _("This file is damaged, or it is not a file of the kind “.%(extension)s”.")
                    % {"extension": extension},
                    code="not_of_its_kind",
                )
        return found

    def _post_clean(self):
        """The model would say once more, of the file that is not there, that its kind is not allowed."""
        if not self.has_error("file"):
            super()._post_clean()


def is_of_kind(content: bytes, extension: str) -> bool:
    """Whether ``content`` is what a file named .``extension`` (one of WAGTAILDOCS_EXTENSIONS) must be."""
    if extension == "pdf":
        return b"%PDF-" in content[:1024] and b"%%EOF" in content[-2048:]
    if extension in ("txt", "csv"):
        return b"\x00" not in content[:_LOOKED_AT]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if extension in _PARTS:
                return _PARTS[extension] in package.namelist()
            if extension in _OPEN_DOCUMENTS:
                entry = package.getinfo("mimetype")
                return entry.file_size < 100 and package.read(entry).strip() == _OPEN_DOCUMENTS[extension]
            return extension == "zip"
    except (zipfile.BadZipFile, KeyError, NotImplementedError, RuntimeError, EOFError):
        return False


def has_macros(content: bytes) -> bool:
    """Whether an office document carries a program that opening it might run."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return any(name.lower().endswith(_MACROS) for name in package.namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        return False
