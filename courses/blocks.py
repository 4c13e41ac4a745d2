"""What a lesson is built of. Blocks never query, choosers apart; about ten of them keep migrations small."""

from itertools import chain, repeat

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

# The sized file of a picture, made when a lesson is published. A drawing becomes WebP without loss: written again as
# PNG it would lose its palette and weigh three times as much. A photograph stays what it is.
PICTURE_SIZE = "max-1200x1200"
DRAWING_SIZE = "max-1200x1200|format-webp-lossless"

LESSON_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
PLAIN_FEATURES = ["bold", "italic", "link"]


class PictureChooserBlock(ImageChooserBlock):
    """Images that come with their sized files (``image.sized``, None where it is not made yet): one query a lesson."""

    # Migrations need not know: what is stored is what Wagtail's own block stores.
    canonical_module_path = "wagtail.images.blocks.ImageChooserBlock"

    def bulk_to_python(self, values):
        wanted = {value for value in values if value is not None}
        renditions = self.target_model.get_rendition_model().objects.filter(
            filter_spec__in=[PICTURE_SIZE, DRAWING_SIZE], image__in=wanted
        )
        found = {}
        for rendition in renditions.select_related("image").order_by("pk"):
            rendition.image.sized = rendition
            found[rendition.image_id] = rendition.image
        if missing := wanted - found.keys():
            found |= self.target_model.objects.in_bulk(missing)
        return [found.get(value) for value in values]


class ImageBlock(blocks.StructBlock):
    image = PictureChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        label=_("Text alternative"), help_text=_("What the picture says, for those who cannot see it.")
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Image")
        template = "courses/blocks/image.html"


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False)
    items = blocks.ListBlock(blocks.RichTextBlock(features=PLAIN_FEATURES), label=_("Steps"))

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "courses/blocks/steps.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        default="note",
        choices=[("note", _("Note")), ("warning", _("Warning")), ("remember", _("To remember"))],
    )
    title = blocks.CharBlock(label=_("Title"), required=False)
    text = blocks.RichTextBlock(label=_("Text"), features=[*PLAIN_FEATURES, "ul", "ol"])

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        template = "courses/blocks/callout.html"


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"))
    header = blocks.ListBlock(blocks.CharBlock(), label=_("Column heads"))
    rows = blocks.ListBlock(blocks.ListBlock(blocks.CharBlock(required=False), label=_("Cells")), label=_("Rows"))

    def get_context(self, value, parent_context=None):
        """``rows``: each cell with the head of its column, which stands before it on a telephone."""
        context = super().get_context(value, parent_context=parent_context)
        context["rows"] = [list(zip(chain(value["header"], repeat("")), row, strict=False)) for row in value["rows"]]
        return context

    class Meta:
        icon = "table"
        label = _("Table")
        template = "courses/blocks/table.html"


class TaskBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"))
    minutes = blocks.IntegerBlock(label=_("Minutes"), min_value=1, required=False)
    steps = blocks.ListBlock(blocks.RichTextBlock(features=PLAIN_FEATURES), label=_("Steps"))
    done_when = blocks.CharBlock(label=_("Done when"), required=False)

    class Meta:
        icon = "tasks"
        label = _("Practice task")
        template = "courses/blocks/task.html"


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    note = blocks.CharBlock(label=_("Note"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Document")
        template = "courses/blocks/document.html"


class VideoBlock(blocks.StructBlock):
    video = DocumentChooserBlock(label=_("Video file"))
    title = blocks.CharBlock(label=_("Title"))
    transcript = blocks.RichTextBlock(label=_("Transcript"), features=["ul", "ol", "bold", "italic"])

    class Meta:
        icon = "media"
        label = _("Video with transcript")
        template = "courses/blocks/video.html"


class YesNoBlock(blocks.BooleanBlock):
    """A tick that a comparison of two versions shows as a word; Wagtail's own prints Python's True and False there."""

    def render_basic(self, value, context=None):
        return gettext("yes") if value else gettext("no")

    def deconstruct(self):
        # Migrations know the field of the form only.
        return ("wagtail.blocks.BooleanBlock", *super().deconstruct()[1:])


class SelfCheckOptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Answer"))
    right = YesNoBlock(label=_("Right"), required=False)
    feedback = blocks.CharBlock(label=_("Feedback"), required=False)


class SelfCheckBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"))
    options = blocks.ListBlock(SelfCheckOptionBlock(), label=_("Answers"), min_num=2)

    class Meta:
        icon = "help"
        label = _("Self-check")
        template = "courses/blocks/self_check.html"


LESSON_BLOCKS = [
    ("text", blocks.RichTextBlock(label=_("Text"), features=LESSON_FEATURES, template="courses/blocks/text.html")),
    ("image", ImageBlock()),
    ("steps", StepsBlock()),
    ("callout", CalloutBlock()),
    ("table", TableBlock()),
    ("task", TaskBlock()),
    ("document", DocumentBlock()),
    ("video", VideoBlock()),
    ("self_check", SelfCheckBlock()),
]
