"""The forms of trainers: a question with its rows of options, a quiz with its parts and sections."""

from django import forms
from django.db import transaction
from django.forms import formset_factory, inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.rich_text import get_rich_text_editor_widget

from quizzes.enums import Difficulty, Purpose, QuestionType
from quizzes.errors import QuestionRefused, QuizError
from quizzes.models import Category, Part, Question, Quiz, Section
from quizzes.pictures import from_marks, hashes_of, with_marks
from quizzes.question_text import QuestionText, text_of
from quizzes.services import check_blueprint, create_question, move_question, revise_question

STEM_FEATURES = ["bold", "italic", "ol", "ul", "code", "superscript", "subscript"]
# Files of other systems bring more than anybody would type.
MAX_OPTIONS = 100


class OptionForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("Option"), required=False, max_length=2000)
    right = forms.BooleanField(label=gettext_lazy("Right"), required=False)
    note = forms.CharField(label=gettext_lazy("Explanation of this option"), required=False, max_length=500)


OptionFormSet = formset_factory(OptionForm, extra=0, max_num=MAX_OPTIONS, absolute_max=MAX_OPTIONS)


class QuestionForm(forms.Form):
    """One question as its author sees it. Saving an edit makes a new version when something changed."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For example CB-01.1-015.")
    )
    category = forms.ModelChoiceField(label=gettext_lazy("Category"), queryset=Category.objects.order_by("code"))
    purpose = forms.ChoiceField(label=gettext_lazy("Pool"), choices=Purpose, initial=Purpose.EXAM)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=QuestionType)
    difficulty = forms.ChoiceField(label=gettext_lazy("Difficulty"), choices=Difficulty, initial=Difficulty.MEDIUM)
    stem = forms.CharField(label=gettext_lazy("Question"))
    right = forms.TypedChoiceField(
        label=gettext_lazy("For true or false: the statement is"),
        required=False,
        choices=[("", "–"), ("true", gettext_lazy("true")), ("false", gettext_lazy("false"))],
        coerce=lambda value: value == "true",
        empty_value=None,
    )
    shuffle_options = forms.BooleanField(label=gettext_lazy("Shuffle the options"), required=False, initial=True)
    feedback = forms.CharField(
        label=gettext_lazy("Explanation, shown at review only"), required=False, widget=forms.Textarea({"rows": 3})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, question: Question | None = None):
        self.question = question
        self.newest = question.versions.order_by("-number").first() if question else None
        options = [option["text"] for option in self.newest.options] if self.newest else []
        self.pictures = hashes_of(self.newest.stem, *options) if self.newest else []
        super().__init__(data, initial=self._initial())
        self.fields["stem"].widget = get_rich_text_editor_widget(features=STEM_FEATURES)
        self.options = OptionFormSet(data, initial=self._option_rows(), prefix="options")
        if question:
            del self.fields["code"]

    def _initial(self):
        if self.newest is None:
            return {}
        text = text_of(self.newest)
        return {
            "category": self.question.category_id,
            "purpose": self.question.purpose,
            "type": text.type,
            "difficulty": text.difficulty,
            "stem": with_marks(text.stem, self.pictures, is_html=True),
            "right": "" if text.right is None else str(text.right).lower(),
            "shuffle_options": self.newest.shuffle_options or text.type == QuestionType.TRUE_FALSE,
            "feedback": text.feedback,
            "version": self.newest.number,
        }

    def _option_rows(self):
        text = text_of(self.newest) if self.newest else QuestionText(type="", stem="")
        notes = [*text.option_feedback, *[""] * MAX_OPTIONS]
        rows = [
            {"text": with_marks(option, self.pictures, is_html=False), "right": right, "note": note}
            for (option, right), note in zip(text.options, notes, strict=False)
        ]
        return rows + [{}] * min(4 if not rows else 2, MAX_OPTIONS - len(rows))

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if Question.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another question has this code."))
        return code

    def clean(self):
        data = super().clean()
        if not self.options.is_valid():
            raise forms.ValidationError(_("Look at the options again."))
        if self.newest and data.get("version") != self.newest.number:
            raise forms.ValidationError(_("Somebody else changed this question meanwhile. Open it again."))
        return data

    def save(self, *, by) -> Question | None:
        """The question as saved; None, with the reason among the form's errors, where the bank refuses it."""
        try:
            with transaction.atomic():
                return self._save(by)
        except QuizError as error:
            self.add_error(None, str(error))
            return None

    def _save(self, by) -> Question:
        data, text = self.cleaned_data, self._text()
        if self.question is None:
            return create_question(
                code=data["code"], category=data["category"], purpose=data["purpose"], text=text, by=by
            )
        move_question(question=self.question, category=data["category"], purpose=data["purpose"])
        revise_question(question=self.question, text=text, by=by)
        return self.question

    def _text(self) -> QuestionText:
        rows = [form.cleaned_data for form in self.options if form.cleaned_data.get("text")]
        empty = [form for form in self.options if not form.cleaned_data.get("text")]
        if any(form.cleaned_data.get("right") for form in empty):
            raise QuestionRefused(_("A ticked option has no text."))
        data = self.cleaned_data
        return QuestionText(
            type=data["type"],
            stem=from_marks(data["stem"], self.pictures, is_html=True),
            options=tuple((from_marks(row["text"], self.pictures, is_html=False), row["right"]) for row in rows),
            right=data["right"],
            feedback=data["feedback"],
            option_feedback=tuple(row["note"] for row in rows),
            difficulty=data["difficulty"],
            shuffle_options=data["shuffle_options"],
        )


class CategoryForm(forms.ModelForm):
    """The parent is chosen once: moving a branch would move the pools of every quiz that draws from it."""

    class Meta:
        model = Category
        fields = ["code", "name", "parent", "competence"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["parent"]
            del self.fields["code"]


class QuizForm(forms.ModelForm):
    """A blueprint with its parts and their sections; a published one is saved only if it can still be drawn."""

    class Meta:
        model = Quiz
        fields = [
            "code", "title", "purpose", "time_limit", "attempts_allowed", "grace_seconds", "review_allowed",
        ]  # fmt: skip

    def __init__(self, data=None, *, instance=None):
        super().__init__(data, instance=instance)
        self.parts = PartFormSet(data, instance=self.instance, prefix="parts")
        for form in self.parts:
            form.sections = SectionFormSet(data, instance=form.instance, prefix=f"{form.prefix}-sections")

    def is_valid(self):
        sections = [form.sections.is_valid() for form in self.parts]
        return all([super().is_valid(), self.parts.is_valid(), *sections])

    def save_all(self) -> Quiz | None:
        """The quiz as saved; None, with the reason among the errors, where that would break a published quiz."""
        try:
            with transaction.atomic():
                quiz = self.save()
                self._save_parts(quiz)
                if quiz.published_at is not None:
                    check_blueprint(quiz=quiz)
                return quiz
        except QuizError as error:
            self.add_error(None, str(error))
            return None

    def _save_parts(self, quiz):
        for form in self.parts:
            if form.cleaned_data.get("DELETE"):
                if form.instance.pk:
                    form.instance.delete()
                continue
            if not (form.instance.pk or form.has_changed() or form.sections.has_changed()):
                continue
            form.instance.quiz = quiz
            form.save()
            form.sections.instance = form.instance
            form.sections.save()


class BasePartFormSet(forms.BaseInlineFormSet):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.extra = 1


PartFormSet = inlineformset_factory(
    Quiz, Part, formset=BasePartFormSet, fields=["position", "title", "pass_mark"], extra=1, max_num=6
)
SectionFormSet = inlineformset_factory(
    Part, Section, fields=["position", "title", "category", "quota", "floor_mark"], extra=3, max_num=30
)
