"""What stands above the fields of a lesson in the CMS: its state, the reviewer's words and the checklist."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel


class ChecklistPanel(Panel):
    """Computed on the saved draft; a lesson that was never saved has none yet."""

    def __init__(self, **kwargs):
        super().__init__(**{"heading": _("Check before sending for review"), **kwargs})

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/cms/checklist.html"

        def is_shown(self):
            return bool(self.instance.pk and self.request)

        def get_context_data(self, parent_context=None):
            from courses import checklist, drafts, moderation

            context = super().get_context_data(parent_context)
            # What is typed but not saved does not count: the form's own instance may already carry it.
            saved = type(self.instance).objects.get(pk=self.instance.pk).get_latest_revision_as_object()
            draft, findings = drafts.findings_of(saved, self.request)
            context.update(
                {
                    "page": saved,
                    "findings": findings,
                    "blocking": checklist.blocking(findings),
                    "warnings": [finding for finding in findings if not finding.must and not finding.holds],
                    "weight": checklist.kilobytes(draft.weight),
                    "picture_weight": checklist.kilobytes(sum(draft.pictures.values())),
                    "minutes_needed": checklist.minutes_needed(draft),
                    "review": moderation.review_of(saved),
                    "imported": saved.word_imports.order_by("-pk").first(),
                }
            )
            return context
