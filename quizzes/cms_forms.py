"""The forms of trainers: a question with its rows of options, a quiz with its parts and sections."""

from dataclasses import replace

from django import forms
from django.db import transaction
from django.forms import inlineformset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.rich_text import DraftailRichTextArea

from quizzes.access import bank_writers
from quizzes.cms_rows import (
    MAX_OPTIONS,
    AcceptedFormSet,
    CriterionFormSet,
    GapFormSet,
    ItemFormSet,
    OptionFormSet,
    PairFormSet,
    comma,
    criteria_of_rows,
    criterion_row,
    gap_row,
    gaps_of,
    with_blanks,
)
from quizzes.competences import read_competence
from quizzes.enums import (
    Accents,
    AgreedMark,
    Case,
    Counting,
    Difficulty,
    Purpose,
    QuestionType,
    ReviewItem,
    ReviewMoment,
    Scoring,
    Spelling,
)
from quizzes.errors import QuestionRefused, QuizError
from quizzes.file_kinds import EXTENSIONS, LARGEST_MEGABYTES
from quizzes.models import Category, Part, Question, Quiz, Section, Tag
from quizzes.pictures import described, from_marks, hashes_of, picture_tag, with_marks
from quizzes.question_text import AcceptedNumber, AcceptedText, QuestionText, text_of
from quizzes.review import rules_of
from quizzes.services import (
    check_blueprint,
    create_question,
    describe_question,
    hand_over_question,
    move_question,
    revise_question,
)
from quizzes.services.question_pictures import keep_sent_pictures
from quizzes.services.task_files import keep_task_file
from quizzes.staff_codes import StaffCodes
from quizzes.types import kind_of
from quizzes.types.by_people import MAX_CRITERIA, USUAL_KINDS, USUAL_MEGABYTES, TaskFile
from quizzes.types.gaps import MAX_GAPS
from quizzes.types.matching import MAX_PAIRS
from quizzes.types.ordering import MAX_ITEMS
from quizzes.types.typed import MAX_ACCEPTED, MAX_UNIT_LENGTH
from staff.models import User
from staff.vietnamese import fold

STEM_FEATURES = ["bold", "italic", "ol", "ul", "code", "superscript", "subscript"]


class StemEditor(DraftailRichTextArea):
    """Wagtail's editor, which hands over at once what is typed: "Save" right after the last key loses nothing."""

    def __init__(self, **kwargs):
        super().__init__(features=STEM_FEATURES, **kwargs)
        self.options["stateSaveInterval"] = 0

    def value_from_datadict(self, data, files, name):
        """What no editor sends is read as nothing: the field then says that the question is missing."""
        try:
            return super().value_from_datadict(data, files, name)
        except Exception:  # noqa: BLE001 (Wagtail's converter fails in many ways on what is not its own)
            return ""


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """The field looks at the last one, as Django does; the form reads all of them."""
        return files.get(name)


class QuestionForm(forms.Form):
    """One question as its author sees it. Saving an edit makes a new version when something changed."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=60, help_text=gettext_lazy("For example CB-01.1-015.")
    )
    category = forms.ModelChoiceField(label=gettext_lazy("Category"), queryset=Category.objects.order_by("code"))
    purpose = forms.ChoiceField(
        label=gettext_lazy("Pool"),
        choices=Purpose,
        initial=Purpose.EXAM,
        help_text=gettext_lazy("Practice and exam never draw from each other's pool."),
    )
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy(
            "Words with commas between them, for example: mật khẩu, thư rác. Tests may draw by them."
        ),
    )
    competence = forms.CharField(
        label=gettext_lazy("Competence code"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("For example IU01.1. Empty: the code of the category."),
    )
    owner = forms.ModelChoiceField(
        label=gettext_lazy("Looked after by"), required=False, queryset=User.objects.none(), empty_label="–"
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=QuestionType)
    difficulty = forms.ChoiceField(label=gettext_lazy("Difficulty"), choices=Difficulty, initial=Difficulty.MEDIUM)
    points = forms.CharField(
        label=gettext_lazy("Points"),
        required=False,
        initial="1",
        max_length=10,
        help_text=gettext_lazy(
            "Only in sections whose questions count with their own points; elsewhere every question counts the same."
        ),
    )
    stem = forms.CharField(
        label=gettext_lazy("Question"),
        widget=StemEditor,
        error_messages={"required": gettext_lazy("Write the question.")},
    )
    right = forms.TypedChoiceField(
        label=gettext_lazy("The statement is"),
        required=False,
        choices=[("", "–"), ("true", gettext_lazy("true")), ("false", gettext_lazy("false"))],
        coerce=lambda value: value == "true",
        empty_value=None,
    )
    note_true = forms.CharField(
        label=gettext_lazy("Explanation for who answers “true”"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Shown at review to those who chose this answer."),
    )
    note_false = forms.CharField(
        label=gettext_lazy("Explanation for who answers “false”"), required=False, max_length=500
    )
    scoring = forms.ChoiceField(
        label=gettext_lazy("Scoring of several right answers"),
        required=False,
        choices=Scoring,
        help_text=gettext_lazy(
            "All or nothing: the points are earned when exactly the right options are ticked. With percents: the "
            "answer earns the sum of the percents of what was ticked, never under 0 and never over 100. The percents "
            "above 0 add up to 100; give wrong options a percent below 0. Ticking everything where none is below 0 "
            "earns nothing."
        ),
    )
    part_scoring = forms.ChoiceField(
        label=gettext_lazy("Scoring"),
        required=False,
        choices=[(way.value, way.label) for way in (Scoring.PER_PART, Scoring.PER_NEIGHBOUR, Scoring.ALL_OR_NOTHING)],
        help_text=gettext_lazy(
            "Each line: 100 percent divided by the number of lines, for each pair that is right or each line in its "
            "place; nothing is taken off for a wrong one. Each step (putting in order only): 100 percent divided by "
            "the number of steps, for each line that directly follows the one it should. All or nothing: everything "
            "must be right."
        ),
    )
    shuffle_options = forms.BooleanField(label=gettext_lazy("Shuffle the options"), required=False, initial=True)
    accents = forms.ChoiceField(
        label=gettext_lazy("Accents"),
        required=False,
        choices=Accents,
        help_text=gettext_lazy("Whether “tuong lua” is as good as “tường lửa”."),
    )
    case = forms.ChoiceField(
        label=gettext_lazy("Capitals"),
        required=False,
        choices=Case,
        help_text=gettext_lazy("Whether “ram” is as good as “RAM”."),
    )
    spelling = forms.ChoiceField(
        label=gettext_lazy("Typing slips"),
        required=False,
        choices=Spelling,
        help_text=gettext_lazy("Whether “firewal” is as good as “firewall”."),
    )
    min_words = forms.IntegerField(
        label=gettext_lazy("Fewest words"), required=False, min_value=0, max_value=5000,
        help_text=gettext_lazy("Told to the learner, not enforced. Empty: none."),
    )  # fmt: skip
    max_words = forms.IntegerField(label=gettext_lazy("Most words"), required=False, min_value=0, max_value=5000)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Files that may be handed in"),
        required=False,
        choices=[(kind, f".{kind}") for kind in EXTENSIONS],
        initial=USUAL_KINDS,
        widget=forms.CheckboxSelectMultiple,
    )
    most_megabytes = forms.IntegerField(
        label=gettext_lazy("Largest file (MB)"), required=False, initial=USUAL_MEGABYTES, min_value=1,
        max_value=LARGEST_MEGABYTES,
    )  # fmt: skip
    kept_files = forms.MultipleChoiceField(
        label=gettext_lazy("Files that are given out"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Take the tick away to give a file out no longer."),
    )  # fmt: skip
    new_files = forms.FileField(
        label=gettext_lazy("More files to give out"), required=False, widget=SeveralFiles,
        help_text=gettext_lazy("Without macros and passwords. Papers of before keep the files they gave out."),
    )  # fmt: skip
    shows_criteria = forms.BooleanField(label=gettext_lazy("Learners see the criteria beforehand"), required=False)
    guide = forms.CharField(
        label=gettext_lazy("Guide for markers"), required=False, max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("A model answer, for example. Learners never see it."),
    )  # fmt: skip
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        required=False,
        max_length=MAX_UNIT_LENGTH,
        help_text=gettext_lazy("Printed after the field, for example MB. The answer may repeat it."),
    )
    feedback = forms.CharField(
        label=gettext_lazy("Explanation, shown at review only"), required=False, widget=forms.Textarea({"rows": 3})
    )
    new_pictures = forms.FileField(
        label=gettext_lazy("Add pictures"), required=False, widget=SeveralFiles,
        help_text=gettext_lazy(
            "PNG, JPEG, GIF or WebP, up to 3 MB each; several may be chosen at once. They get the next numbers, and "
            "stand below the question unless [ảnh 1], [ảnh 2] … says where in it, or in an option, they belong."
        ),
    )  # fmt: skip
    picture_words = forms.CharField(
        label=gettext_lazy("What the new pictures show"), required=False, max_length=5_000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("A line for each, read out to people who cannot see it. Do not give the answer away."),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, files=None, *, question: Question | None = None):
        self.question = question
        self.newest = question.versions.order_by("-number").first() if question else None
        options = [option.get("text", "") for option in self.newest.options] if self.newest else []
        self.pictures = hashes_of(self.newest.stem, *options) if self.newest else []
        # Those of the page, then those that are sent with it: what the numbers of the marks count.
        self.numbered = self.pictures
        self.text = text_of(self.newest) if self.newest else QuestionText(type="", stem="")
        super().__init__(data, files, initial=self._initial())
        self.fields["kept_files"].choices = [(file.sha256, file.name) for file in self.text.files]
        self.options = OptionFormSet(data, initial=self._option_rows(), prefix="options")
        self.accepted = AcceptedFormSet(data, initial=self._accepted_rows(), prefix="accepted")
        self.pairs = PairFormSet(data, initial=self._pair_rows(), prefix="pairs")
        self.items = ItemFormSet(data, initial=self._item_rows(), prefix="items")
        self.gaps = GapFormSet(data, initial=self._gap_rows(), prefix="gaps")
        self.criteria = CriterionFormSet(data, initial=self._criterion_rows(), prefix="criteria")
        if question:
            del self.fields["code"]
            # Who left keeps what was hers until somebody else takes it.
            self.fields["owner"].queryset = bank_writers() | User.objects.filter(pk=question.owner_id).distinct()
        else:
            del self.fields["owner"]

    def _initial(self):
        if self.newest is None:
            return {}
        text = self.text
        return {
            "category": self.question.category_id,
            "purpose": self.question.purpose,
            "tags": ", ".join(self.question.tags.values_list("name", flat=True)),
            "competence": self.question.competence,
            "owner": self.question.owner_id,
            "type": text.type,
            "difficulty": text.difficulty,
            "stem": with_marks(text.stem, self.pictures, is_html=True),
            "points": comma(text.points),
            "right": "" if text.right is None else str(text.right).lower(),
            **dict(zip(("note_true", "note_false"), self._statement_notes(), strict=False)),
            "scoring": text.scoring,
            "part_scoring": text.scoring,
            "shuffle_options": self.newest.shuffle_options or not text.options,
            "accents": text.accents,
            "case": text.case,
            "spelling": text.spelling,
            "unit": text.unit,
            "min_words": text.min_words,
            "max_words": text.max_words,
            "kinds": text.kinds or USUAL_KINDS,
            "most_megabytes": text.most_megabytes or USUAL_MEGABYTES,
            "kept_files": [file.sha256 for file in text.files],
            "shows_criteria": text.shows_criteria,
            "guide": text.guide,
            "feedback": text.feedback,
            "version": self.newest.number,
        }

    def _statement_notes(self) -> tuple[str, ...]:
        return self.text.option_feedback if self.text.type == QuestionType.TRUE_FALSE else ()

    def _option_rows(self):
        text = self.text
        notes = [*text.option_feedback, *[""] * MAX_OPTIONS]
        percents = [comma(percent) for percent in text.option_percents] + [""] * MAX_OPTIONS
        rows = [
            {
                "text": self._marked(option),
                "right": right,
                "percent": percent,
                "note": note,
            }
            for (option, right), percent, note in zip(text.options, percents, notes, strict=False)
        ]
        return with_blanks(rows, first=4, more=2, most=MAX_OPTIONS)

    def _accepted_rows(self):
        rows = [
            {"text": row.text, "percent": comma(row.percent), "note": row.feedback}
            if self.text.type == QuestionType.SHORT_TEXT
            else {
                "text": comma(row.value),
                "tolerance": comma(row.tolerance),
                "percent": comma(row.percent),
                "note": row.feedback,
            }
            for row in self.text.accepted
        ]
        return with_blanks(rows, first=3, more=2, most=MAX_ACCEPTED)

    def _marked(self, text: str) -> str:
        return with_marks(text, self.pictures, is_html=False)

    def _pair_rows(self):
        rows = [{"premise": self._marked(premise), "answer": answer} for premise, answer in self.text.pairs]
        return with_blanks(rows, first=5, more=2, most=MAX_PAIRS)

    def _item_rows(self):
        rows = [{"text": self._marked(item)} for item in self.text.items]
        return with_blanks(rows, first=5, more=2, most=MAX_ITEMS)

    def _gap_rows(self):
        return with_blanks([gap_row(gap) for gap in self.text.gaps], first=3, more=2, most=MAX_GAPS)

    def _criterion_rows(self):
        rows = [criterion_row(criterion) for criterion in self.text.criteria]
        return with_blanks(rows, first=4, more=2, most=MAX_CRITERIA)

    def clean_code(self):
        code = self.cleaned_data["code"].strip()
        if Question.objects.filter(code=code).exists():
            raise forms.ValidationError(_("Another question has this code."))
        return code

    def clean_competence(self):
        return _competence(self.cleaned_data["competence"])

    def clean(self):
        data = super().clean()
        lists = (self.options, self.accepted, self.pairs, self.items, self.gaps, self.criteria)
        are_valid = [rows.is_valid() for rows in lists]
        if not all(are_valid):
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
        sent = keep_sent_pictures(self.files.getlist("new_pictures"))
        self.numbered = list(dict.fromkeys([*self.pictures, *sent]))
        data, text = self.cleaned_data, self._showing(sent, self._text())
        if self.question is None:
            question = create_question(
                code=data["code"], category=data["category"], purpose=data["purpose"], text=text, by=by
            )
        else:
            question = self.question
            move_question(question=question, category=data["category"], purpose=data["purpose"])
            revise_question(question=question, text=text, by=by)
            hand_over_question(question=question, owner=data["owner"])
        describe_question(question=question, tags=data["tags"].split(","), competence=data["competence"], by=by)
        return question

    def _showing(self, sent: list[str], text: QuestionText) -> QuestionText:
        """``text`` with the sent pictures described, and those that no mark places below the question."""
        lines = self.cleaned_data["picture_words"].splitlines()
        words = {sha256: line.strip() for sha256, line in zip(sent, lines, strict=False)}
        options = (option for option, _right in text.options)
        placed = hashes_of(text.stem, *options, *(premise for premise, _answer in text.pairs), *text.items)
        loose = (picture_tag(sha256, words.get(sha256, "")) for sha256 in sent if sha256 not in placed)
        return replace(
            text,
            stem=described(text.stem, words) + "".join(f"<p>{tag}</p>" for tag in loose),
            options=tuple((described(option, words), right) for option, right in text.options),
            pairs=tuple((described(premise, words), answer) for premise, answer in text.pairs),
            items=tuple(described(item, words) for item in text.items),
        )

    def _text(self) -> QuestionText:
        rows = [form.cleaned_data for form in self.options if form.cleaned_data.get("text")]
        empty = [form for form in self.options if not form.cleaned_data.get("text")]
        data = self.cleaned_data
        is_choice = data["type"] in (QuestionType.SINGLE, QuestionType.MULTIPLE)
        if is_choice and any(form.cleaned_data.get("right") for form in empty):
            raise QuestionRefused(_("A ticked option has no text."))
        scoring = self._scoring(data)
        has_percents = any(row["percent"] for row in rows)
        if data["type"] == QuestionType.MULTIPLE and scoring == Scoring.ALL_OR_NOTHING and has_percents:
            raise QuestionRefused(
                _(
                    "Options have percents, but the scoring is “all or nothing”: choose the other one, or empty the "
                    "percents."
                )
            )
        return QuestionText(
            type=data["type"],
            stem=from_marks(data["stem"], self.numbered, is_html=True),
            options=tuple((self._unmarked(row["text"]), row["right"]) for row in rows),
            right=data["right"],
            feedback=data["feedback"],
            option_feedback=tuple(row["note"] for row in rows)
            if data["type"] != QuestionType.TRUE_FALSE
            else (data["note_true"], data["note_false"]),
            difficulty=data["difficulty"],
            shuffle_options=data["shuffle_options"],
            scoring=scoring,
            option_percents=tuple(row["percent"] for row in rows),
            accepted=tuple(self._accepted(data["type"])),
            accents=data["accents"] or Accents.EXACT,
            case=data["case"] or Case.IGNORE,
            spelling=data["spelling"] or Spelling.EXACT,
            unit=data["unit"],
            points=data["points"] or "1",
            pairs=tuple(
                (self._unmarked(row["premise"]), row["answer"])
                for row in self._filled(self.pairs)
                if row["premise"] or row["answer"]
            ),
            items=tuple(self._unmarked(row["text"]) for row in self._filled(self.items) if row["text"]),
            gaps=gaps_of([form.cleaned_data for form in self.gaps]),
            criteria=criteria_of_rows(self._filled(self.criteria)),
            shows_criteria=data["shows_criteria"],
            guide=data["guide"],
            min_words=data["min_words"],
            max_words=data["max_words"],
            kinds=tuple(data["kinds"]),
            most_megabytes=data["most_megabytes"],
            files=self._files() if kind_of(data["type"]).takes_file else (),
        )

    def _files(self) -> tuple[TaskFile, ...]:
        """What is given out from now on. A file is kept before anything names it."""
        kept = tuple(file for file in self.text.files if file.sha256 in self.cleaned_data["kept_files"])
        new = (keep_task_file(sent.name, sent.read()) for sent in self.files.getlist("new_files"))
        return tuple({file.sha256: file for file in (*kept, *new)}.values())

    def _scoring(self, data) -> str:
        in_parts = data["type"] in (QuestionType.MATCHING, QuestionType.ORDERING)
        return data["part_scoring" if in_parts else "scoring"] or (
            Scoring.PER_PART if in_parts else Scoring.ALL_OR_NOTHING
        )

    def _filled(self, rows) -> list[dict]:
        return [form.cleaned_data for form in rows if form.cleaned_data]

    def _unmarked(self, text: str) -> str:
        return from_marks(text, self.numbered, is_html=False)

    def _accepted(self, kind: str):
        for form in self.accepted:
            row = form.cleaned_data
            if not row.get("text"):
                continue
            percent = row["percent"] or "100"
            if kind == QuestionType.NUMBER:
                yield AcceptedNumber(row["text"], row["tolerance"] or "0", percent, row["note"])
            else:
                yield AcceptedText(row["text"], percent, row["note"])


def _competence(text: str) -> str:
    try:
        return read_competence(text)
    except QuestionRefused as error:
        raise forms.ValidationError(str(error)) from None


class CategoryForm(forms.ModelForm):
    """The parent is chosen once: moving a branch would move the pools of every quiz that draws from it."""

    class Meta:
        model = Category
        fields = ["code", "name", "parent", "competence"]
        labels = {"parent": gettext_lazy("Above it")}
        help_texts = {
            "parent": gettext_lazy("Empty: a category of its own. Chosen once."),
            "competence": gettext_lazy("The code in the framework of competences, for example IU01."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["parent"]
            del self.fields["code"]

    def clean_competence(self):
        return _competence(self.cleaned_data["competence"])


class ReviewForm(forms.Form):
    """What learners see and when: a table of ticks, a row for each moment, a column for each thing."""

    def __init__(self, data=None, *, purpose: str, review: dict):
        self.purpose = purpose
        super().__init__(data, prefix="review")
        rules = rules_of(purpose, review)
        for moment in ReviewMoment.values:
            for item, words in ReviewItem.choices:
                self.fields[f"{moment}_{item}"] = forms.BooleanField(
                    label=words, required=False, initial=item in rules[moment]
                )

    def rows(self):
        """(words of the moment, its fields) for the table."""
        for moment, words in ReviewMoment.choices:
            yield words, [self[f"{moment}_{item}"] for item in ReviewItem.values]

    def columns(self):
        return [words for _item, words in ReviewItem.choices]

    def clean(self):
        data = super().clean()
        if self.purpose == Purpose.EXAM and any(data.get(f"during_{item}") for item in ReviewItem.values):
            raise forms.ValidationError(
                _("In an exam nothing is shown while the attempt goes on: remove the ticks of the first row.")
            )
        return data

    def rules(self) -> dict[str, list[str]]:
        """The ticks as ``Quiz.review`` keeps them: nothing where they are the usual ones."""
        rules = {
            moment: [item for item in ReviewItem.values if self.cleaned_data[f"{moment}_{item}"]]
            for moment in ReviewMoment.values
        }
        return {} if rules_of(self.purpose, rules) == rules_of(self.purpose, {}) else rules


# What is left empty in the form is as usual.
_USUAL = {"counting", "exposure_days", "agreed_mark", "allowed_difference", "marking_days"}


class QuizForm(forms.ModelForm):
    """A blueprint with its parts and their sections; a published one is saved only if it can still be drawn."""

    class Meta:
        model = Quiz
        fields = [
            "code", "title", "purpose", "time_limit", "attempts_allowed", "retry_after_hours", "counting",
            "keeps_parts_months", "opens_at", "closes_at", "exposure_limit", "exposure_days", "grace_seconds",
            "needs_second_marking", "allowed_difference", "agreed_mark", "marks_blind", "marking_days",
        ]  # fmt: skip
        field_classes = {"opens_at": forms.DateTimeField, "closes_at": forms.DateTimeField}
        widgets = {
            "purpose": forms.HiddenInput,
            "opens_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "closes_at": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
        help_texts = {
            "attempts_allowed": gettext_lazy("Empty: without limit."),
            "retry_after_hours": gettext_lazy("Counted from the end of the attempt before. Empty: none."),
            "counting": gettext_lazy(
                "The best attempt is one that was passed, and among several the one with the highest mark."
            ),
            "keeps_parts_months": gettext_lazy(
                "Who passed one part and failed another sits only the other part again within these months. "
                "Empty: every attempt asks all parts."
            ),
            "exposure_limit": gettext_lazy(
                "A question that was on so many papers is drawn again only where nothing else is left, and the least "
                "shown come first. Empty: any number, drawn by chance."
            ),
            "needs_second_marking": gettext_lazy("Neither sees the marks of the other."),
            "allowed_difference": gettext_lazy("Within it the mean of both counts; above it a third person marks too."),
            "marking_days": gettext_lazy("Counted from the end of an attempt; markers are reminded before."),
            "opens_at": gettext_lazy("Empty: from publication on."),
            "closes_at": gettext_lazy("Empty: no end. Every attempt ends by then, and then the third row below holds."),
        }

    markers = StaffCodes(
        label=gettext_lazy("Staff codes of the markers"),
        help_text=gettext_lazy(
            "Needed where people mark: essays, files, practical tasks. One a line. An exam session may name its own."
        ),
    )
    reconcilers = StaffCodes(
        label=gettext_lazy("Staff codes of the third markers"),
        help_text=gettext_lazy("For where two markers differ. None of them is a marker of this test."),
    )

    def __init__(self, data=None, *, instance=None, purpose=Purpose.EXAM, is_fixed=False):
        initial = {"purpose": purpose}
        if instance is not None:
            initial |= {name: getattr(instance, name).order_by("staff_code") for name in ("markers", "reconcilers")}
        super().__init__(data, instance=instance, initial=initial)
        self.purpose = self._purpose(purpose)
        if self.instance.pk:
            del self.fields["purpose"]
        if self.purpose == Purpose.PRACTICE:
            for name in ("attempts_allowed", "retry_after_hours", "counting", "keeps_parts_months"):
                del self.fields[name]
            self.fields["time_limit"].label = _("minutes it takes, as a hint")
        for name in _USUAL & set(self.fields):
            self.fields[name].required = False  # what is left empty is as usual
        self.review = ReviewForm(data, purpose=self.purpose, review=self.instance.review)
        self.parts = PartFormSet(data, instance=self.instance, prefix="parts")
        for form in self.parts:
            form.sections = SectionFormSet(data, instance=form.instance, prefix=f"{form.prefix}-sections")
        if is_fixed:
            self._fix()

    def _fix(self):
        """To read only, without the empty rows in which something could be added."""
        for part in (formset := self.parts).forms:
            part.sections.forms = [form for form in part.sections.forms if form.instance.pk]
        formset.forms = [form for form in formset.forms if form.instance.pk]
        sections = [section for part in formset.forms for section in part.sections.forms]
        for form in (self, self.review, *formset.forms, *sections):
            for field in form.fields.values():
                field.disabled = True

    def _purpose(self, asked: str) -> str:
        """Chosen once, when the quiz is made: moving it would move its pool."""
        if self.instance.pk:
            return self.instance.purpose
        chosen = self.data.get("purpose", asked)
        return chosen if chosen in Purpose.values else Purpose.EXAM

    def is_valid(self):
        sections = [form.sections.is_valid() for form in self.parts]
        return all([super().is_valid(), self.review.is_valid(), self.parts.is_valid(), *sections])

    def clean(self):
        data = super().clean()
        if data.get("opens_at") and data.get("closes_at") and data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", _("The test closes before it opens."))
        if set(data.get("markers", ())) & set(data.get("reconcilers", ())):
            self.add_error("reconcilers", _("A third marker is none of the markers."))
        return data

    def clean_agreed_mark(self):
        return self.cleaned_data["agreed_mark"] or AgreedMark.THIRD

    def clean_allowed_difference(self):
        given = self.cleaned_data["allowed_difference"]
        return Quiz._meta.get_field("allowed_difference").default if given is None else given

    def clean_marking_days(self):
        return self.cleaned_data["marking_days"] or Quiz._meta.get_field("marking_days").default

    def clean_counting(self):
        return self.cleaned_data["counting"] or Counting.HIGHEST

    def clean_exposure_days(self):
        return self.cleaned_data["exposure_days"] or Quiz._meta.get_field("exposure_days").default

    def clean_exposure_limit(self):
        if (limit := self.cleaned_data["exposure_limit"]) == 0:
            raise forms.ValidationError(_("A question that may never be shown cannot be drawn. Write 1 or more."))
        return limit

    def shows_answers_too_early(self) -> bool:
        """Whether somebody who may try again sees answers of the pool she will draw from."""
        if self.purpose == Purpose.PRACTICE or self.instance.attempts_allowed == 1:
            return False
        return bool(rules_of(self.purpose, self.instance.review)[ReviewMoment.AFTER] - {ReviewItem.MARK})

    def save_all(self) -> Quiz | None:
        """The quiz as saved; None, with the reason among the errors, where that would break a published quiz."""
        try:
            with transaction.atomic():
                self.instance.review = self.review.rules()
                quiz = self.save()
                quiz.markers.set(self.cleaned_data["markers"])
                quiz.reconcilers.set(self.cleaned_data["reconcilers"])
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
    Quiz,
    Part,
    formset=BasePartFormSet,
    fields=["position", "kind", "title", "pass_mark"],
    labels={
        "position": gettext_lazy("Order"),
        "kind": gettext_lazy("Asks"),
        "title": gettext_lazy("Name of the part"),
        "pass_mark": gettext_lazy("Must reach (of 10)"),
    },
    extra=1,
    max_num=6,
)


class TagNames(forms.CharField):
    """Tags by their names, commas between them. A name that no tag has is refused: no question could be drawn by it."""

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else ", ".join(str(tag) for tag in value)

    def clean(self, value):
        keys = {key: name.strip() for name in super().clean(value).split(",") if (key := fold(name))}
        tags = list(Tag.objects.filter(key__in=keys))
        if unknown := [keys[key] for key in sorted(set(keys) - {tag.key for tag in tags})]:
            raise forms.ValidationError(_("No question has the tag “%(tag)s”.") % {"tag": unknown[0]})
        return tags

    def has_changed(self, initial, data):
        return fold(self.prepare_value(initial) or "") != fold(data or "")


class SectionForm(forms.ModelForm):
    tags = TagNames(label=gettext_lazy("Only with the tags"), required=False, max_length=500)

    def clean(self):
        data = super().clean()
        mix = [data.get(f"{name}_percent") for name in ("easy", "medium", "hard")]
        if any(percent is not None for percent in mix):
            mix = [percent or 0 for percent in mix]
            if sum(mix) != 100:
                self.add_error(
                    "easy_percent",
                    _("Easy, medium and hard together make %(sum)d %%. They must make 100, or stay empty.")
                    % {"sum": sum(mix)},
                )
            data["easy_percent"], data["medium_percent"], data["hard_percent"] = mix
        return data


SectionFormSet = inlineformset_factory(
    Part,
    Section,
    form=SectionForm,
    fields=[
        "position",
        "title",
        "category",
        "quota",
        "floor_mark",
        "tags",
        "easy_percent",
        "medium_percent",
        "hard_percent",
        "weighs_questions",
    ],  # fmt: skip
    labels={
        "position": gettext_lazy("Order"),
        "title": gettext_lazy("Name of the section"),
        "category": gettext_lazy("Category"),
        "quota": gettext_lazy("Number of questions"),
        "floor_mark": gettext_lazy("Floor (of 10)"),
        "easy_percent": gettext_lazy("Easy (%)"),
        "medium_percent": gettext_lazy("Medium (%)"),
        "hard_percent": gettext_lazy("Hard (%)"),
        "weighs_questions": gettext_lazy("Questions count with their own points"),
    },
    extra=3,
    max_num=30,
)
