"""The form of a lesson in the CMS: saving a draft always works, submitting and publishing ask the checklist."""

import unicodedata

from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm

from staff.vietnamese import slug as make_slug

# The buttons behind which others get to see the lesson, or are asked to.
_ASKING = ("action-publish", "action-submit", "action-restart-workflow")


class PlainAddressForm(WagtailAdminPageForm):
    """What its author types as a title becomes an address without accents, as those of the repository are."""

    def clean_slug(self):
        return make_slug(self.cleaned_data["slug"])


class LessonForm(PlainAddressForm):
    def __init__(self, data=None, *args, **kwargs):
        if data is not None:
            data = data.copy()
            for name, values in list(data.lists()):
                data.setlist(name, [unicodedata.normalize("NFC", value) for value in values])
        super().__init__(data, *args, **kwargs)

    @property
    def asks_to_be_published(self) -> bool:
        approves = bool(self.data.get("action-workflow-action")) and self.data.get("workflow-action-name") == "approve"
        return approves or any(self.data.get(name) for name in _ASKING)

    def _post_clean(self):
        super()._post_clean()
        if self.is_deferred_validation or not self.asks_to_be_published or self.errors:
            return
        from courses.drafts import refusals  # reads through the models, which name this form

        for sentence in refusals(self.instance):
            self.add_error(None, sentence)
        if self.errors:
            self.add_error(None, _("You can save the lesson as a draft at any time and go on later."))
