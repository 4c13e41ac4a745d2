"""Why something was not taken, or what its author should look at. Each note has a code that never changes."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quizzes.errors import QuizError
from quizzes.importing.kinds import words_of

TEXTS: dict[str, Promise | str] = {
    # The file as a whole.
    "unreadable": _("the file cannot be read: %(why)s"),
    "empty": _("the file is empty"),
    "too_large": _("the file is larger than %(limit)d MB"),
    "too_many": _("the file has more than %(limit)d questions"),
    "not_utf8": _("not valid UTF-8 at byte %(byte)d (line %(line)d): save the file as UTF-8"),
    "not_utf16": _("not valid UTF-16 at byte %(byte)d: save the file as UTF-8"),
    "other_encoding": _("the file says it is written in %(encoding)s: save it as UTF-8"),
    "not_text": _("this is not a text file: byte %(byte)d (line %(line)d) is a control character"),
    "bad_xml": _("the XML is broken in line %(line)d: %(why)s"),
    "forbidden_xml": _("line %(line)d: a DOCTYPE or an entity of its own is not allowed in a question file"),
    "too_deep": _("line %(line)d: more than %(limit)d elements inside each other"),
    "not_moodle_xml": _("this is not Moodle XML: the file begins with <%(tag)s> instead of <quiz>"),
    "unknown_format": _("the format “%(format)s” is not known: %(known)s"),
    "too_many_nodes": _("the XML has more than %(limit)d elements: split the file"),
    # Archives.
    "zip_broken": _("the archive (ZIP) is damaged, or it is none: pack the files anew"),
    "zip_locked": _("the file has a password: save it without one"),
    "zip_suspicious": _("the archive is built in a way that honest archives are not: pack the files anew"),
    "zip_outside": _("the archive names a file outside itself: %(name)s"),
    "zip_in_zip": _("an archive within the archive is not read: %(name)s"),
    "not_read": _("files of this kind are not read: save the questions as .docx, .xlsx, GIFT or XML"),
    "zip_not_read": _("files of this kind are not read: save it as .docx or .xlsx, or leave it out of the archive"),
    "old_office": _("this is an old .doc or .xls file, or one with a password: save it as .docx or .xlsx without one"),
    "not_office": _("this is neither a Word document (.docx) nor an Excel workbook (.xlsx)"),
    "macros": _("the file carries macros (programs): save it as .docx or .xlsx without macros"),
    # Word.
    "word_unreadable": _("this .docx file cannot be read: open it in Word and save it anew"),
    "word_no_key": _("no right answer is marked: write “Đáp án: B” below, or a star before the option"),
    "word_key_unclear": _("“%(key)s” does not say which option is right: write its letter"),
    "word_pairs": _("pairs (%(key)s) are not read from Word: write the question in the workbook, as “Ghép đôi”"),
    "word_order": _(
        "an order (%(key)s) is not read from Word: write the question in the workbook, as “Sắp xếp thứ tự”"
    ),
    "word_two_keys": _("the key is said in two ways: %(keys)s"),
    "word_two_marked": _("several options look marked (%(letters)s): write “Đáp án: …” below if all are right"),
    "word_two_numbers": _(
        "several questions have the number %(number)s: the table of keys does not say which is meant"
    ),
    "word_keys_do_not_fit": _(
        "the table has %(said)d keys for %(questions)d questions that Word numbers by itself: type the numbers"
    ),
    "word_options_in_line": _(
        "line %(line)d may hold one option or two (“%(letter)s.” stands in it): put each on its own line"
    ),
    "word_options_twice": _("line %(line)d: options stand in the text of the question and in columns too"),
    "word_option_empty": _("option %(letter)s has no words, and one behind it has"),
    "word_row_without_question": _("line %(line)d: the row of the table has no text of a question"),
    "word_table_columns": _(
        "the heads of the table (%(columns)s) do not say clearly which column is what: one “Câu hỏi”, the options "
        "“A”, “B”, “C”… in their order, one “Đáp án”"
    ),
    "word_text_after": _("line %(line)d belongs to nothing: “%(text)s”"),
    "word_equation": _("line %(line)d holds an equation: write it as text or as a picture"),
    # Excel.
    "excel_several_sheets": _("several sheets hold questions (%(sheets)s): put all on one, or name one “Câu hỏi”"),
    "excel_two_columns": _("two columns are called “%(column)s”: name one of them otherwise"),
    "excel_number_form": _(
        "Excel shows the number of cell %(cell)s in another form: format it as text and type it again"
    ),
    "excel_unreadable": _("this .xlsx file cannot be read: open it in Excel and save it anew"),
    "excel_no_headings": _("no row has the headings of the template (%(wanted)s …): download the template"),
    "excel_picture": _(
        "a picture below this row belongs to no row: move its upper left corner to the row of its question"
    ),
    "excel_formula": _("cell %(cell)s holds a formula: type its value"),
    "excel_error": _("cell %(cell)s holds an error (%(value)s)"),
    "excel_date": _("Excel made a date of cell %(cell)s: format it as text and type it again"),
    "excel_choice": _("column %(column)s: “%(text)s” is not in its list"),
    "excel_number": _("“%(text)s” is not a number: write it with a comma, for example 3,14"),
    "excel_no_key_or_type": _(
        "column %(key)s is empty: write the letter of the right option, or choose in column %(type)s what kind of "
        "question this is"
    ),
    "excel_no_type": _("choose in column %(column)s what kind of question this is"),
    "excel_no_key": _("column %(column)s is empty: write the letter of the right option"),
    "excel_several": _("several options are right (%(keys)s): choose the type “%(type)s”, or leave one letter"),
    "excel_gap": _("option %(letter)s is empty, but option %(next)s is not"),
    "excel_comment": _("there is an explanation of option %(letter)s, but no such option"),
    "excel_series": _("column %(column)s has %(found)d numbers for %(wanted)d options: separate them by ;"),
    "excel_key_beside": _("accepted answers stand in the columns of options: leave column %(column)s empty"),
    "excel_pair": _("option %(letter)s has no partner: fill in column %(column)s"),
    "excel_match_beside": _("column %(column)s is for pairs: leave it empty, or choose the type “%(type)s”"),
    "excel_no_star": _("gap %(number)d: put a star (*) before the right word of its list"),
    "excel_gap_comments": _("gap %(number)d has more lines of explanations than answers"),
    "excel_not_for_people": _("people mark this question: leave column %(column)s empty"),
    "excel_criteria": _(
        "column %(column)s, line %(line)d: “%(text)s” is no criterion with its points. Write “* criterion”, and below "
        "it its levels, “- 3: complete”"
    ),
    "excel_whole": _("column %(column)s: “%(text)s” is not a whole number"),
    "excel_file_kind": _("column %(column)s: “%(text)s” is not taken; these are: %(known)s"),
    "task_file_alone": _(
        "the question gives out %(file)s: pack the workbook and its files together (ZIP) and import that"
    ),
    "task_file_missing": _("the question gives out %(file)s, which is not in the archive beside the workbook"),
    # QTI.
    "not_qti": _("there is no QTI question in the file: it begins with <%(tag)s>"),
    "qti_test_alone": _("a test names its questions, which stand in other files: import the whole package (ZIP)"),
    "qti_no_manifest": _("the package has no imsmanifest.xml: export it anew as a QTI package"),
    "href_missing": _("the package names a file that is not in it: %(href)s"),
    "qti_adaptive": _("an adaptive question goes on after an answer: the bank holds none"),
    "qti_template": _("the question is made anew for each learner (template): the bank holds none"),
    "qti_rule": _("the marking rules of the question cannot be followed (%(rule)s): its key is unclear"),
    "qti_no_key": _("no answer earns anything: the question says no right answer"),
    "qti_undeclared": _("the answer “%(name)s” is not declared in the question"),
    "qti_twice": _("two options have the identifier “%(name)s”"),
    "qti_base_type": _("an answer of the type “%(type)s” is neither words nor a number"),
    "too_many_pixels": _("the pictures of the file have more than %(limit)d million pixels together"),
    "no_questions": _("there is no question in the file"),
    # A question as a whole.
    "unsupported_type": _("type %(type)s not supported (question %(question)s)"),
    "too_long": _("the text is longer than %(limit)d characters (it has %(found)d)"),
    "too_many_elements": _("the question has more than %(limit)d elements"),
    "too_many_answers": _("more than %(limit)d answers"),
    "unclosed_braces": _("the { of the answers has no } before the next blank line"),
    "stray_brace": _("there is a } without a { before it: write \\} if it belongs to the text"),
    "two_answer_blocks": _("a second { follows the answers: put a blank line between two questions, or write \\{"),
    "nested_brace": _("there is a { inside the answers: write \\{ if it belongs to the text"),
    "text_before_answers": _("“%(text)s” stands before the first = or ~: say whether it is an answer"),
    "equals_in_tag": _("an = inside an HTML tag begins a new answer: write \\= there"),
    "empty_answer": _("an answer is empty"),
    "bad_weight": _("“%(weight)s” is not a percentage between -100 and 100"),
    "bad_number": _("“%(text)s” is not a number: write it with a point, for example 3.14"),
    "bad_tolerance": _("“%(text)s” is not a tolerance: a number that is not negative"),
    "reversed_range": _("the range %(low)s..%(high)s begins above its end"),
    "no_answers": _("there is no answer"),
    "too_few_answers": _("at least two options are needed"),
    "no_right_answer": _("no answer is fully right"),
    "same_answer_twice": _("two answers say the same: “%(text)s”"),
    "pair_without_arrow": _("“%(text)s” has no -> between a question and its answer"),
    "several_in_a_gap": _("a gap in which several options may be ticked: the bank has none"),
    "mixed_capitals": _("capitals matter in some gaps only: the bank has one rule for a question"),
    "gap_without_option": _("[[%(number)s]] stands in the text, but there is no option %(number)s"),
    "order_unclear": _("the places of the lines are unclear: each needs a number of its own"),
    "key_unclear": _("it is not clear whether the statement is true or false"),
    "aiken_key_without_option": _("line %(line)d: key %(key)s has no option"),
    "aiken_letter": _("line %(line)d: option %(letter)s stands where %(wanted)s is expected"),
    "aiken_one_key": _("line %(line)d: one letter is expected after ANSWER, not “%(key)s”"),
    "aiken_no_key": _("the line ANSWER: with the right letter is missing"),
    "empty_stem": _("the question has no text"),
    "graded_units": _("the unit is part of the mark: the bank holds numbers without units"),
    # The bank's own sentence, in the language it was written in (see judging).
    "refused_by_bank": "%(why)s",
    "wildcard": _("the answer “%(text)s” stands for many answers: write out those that are right"),
    "too_deep_category": _("the category has more than %(limit)d levels"),
    "retired": _("the question was retired in the bank: it stays so"),
    # Pictures.
    "bad_base64": _("bad base64 in question %(question)s (file %(file)s)"),
    "picture_type": _("the picture %(file)s is %(type)s: only PNG, JPEG, GIF and WebP are taken"),
    "picture_broken": _("the picture %(file)s is damaged or is not a picture"),
    "picture_too_large": _(
        "the picture %(file)s is too large: at most %(megabytes)d MB and %(megapixels)d million pixels"
    ),
    "picture_missing": _("the picture %(file)s is shown but is not in the file"),
    # Broken cloze texts.
    "cloze_choices": _("cloze: a multiple choice needs at least 2 choices (question %(question)s)"),
    "cloze_no_full": _("cloze: one answer must be 100%% (question %(question)s)"),
    "cloze_number": _("cloze: the answer must be a number (question %(question)s)"),
    "cloze_empty": _("cloze: the text needs at least one embedded answer (question %(question)s)"),
    # Warnings: the question is taken.
    "invisible": _("invisible or bidi characters: %(list)s"),
    "control_characters": _("control characters were taken out"),
    "options_in_order": _("options speak of others (such as “A and B”): their order is kept"),
    "options_shuffled": _("options speak of others (such as “A and B”), but the file wants them shuffled"),
    "no_alt": _("the picture %(file)s has no description (alt)"),
    "picture_elsewhere": _("a picture from elsewhere is left out: %(address)s"),
    "file_left_out": _("the file %(file)s is left out: only pictures that the text shows are taken"),
    "task_file_kind": _("the file %(file)s is left out: files of its kind are not given out"),
    "picture_in_note": _("a picture in an explanation is left out: %(file)s"),
    "html_removed": _("HTML was taken out: %(tags)s"),
    "equals_inside": _("the = in “%(text)s” begins a right answer: write \\= if it belongs to the text"),
    "lower_case_key": _("“%(text)s” is read as an answer to type in: for true or false write TRUE or FALSE"),
    "word_key": _("“%(text)s” is read as the key of a true or false question"),
    "no_blank_line": _("no blank line before this question"),
    "comment_inside": _("a line that begins with // inside the answers is a comment and was left out"),
    "key_by_order": _("true and false were told apart by their order"),
    "order_in_part": _("Moodle shows learners %(count)d of these lines; here they put all of them in order"),
    "each_right": _("%(count)d options are fully right each: any of them earns full marks"),
    "comment_on_rest": _("the comment on all other answers is left out: “%(text)s”"),
    "units_left_out": _("the unit is left out: name it in the question"),
    "grade_left_out": _("the weight %(grade)s of the question is left out: a test sets the points"),
    "hints_left_out": _("hints are left out"),
    "criteria_made": _("the file says no criteria for marking: one for the whole answer was put in, write your own"),
    "attachments_left_out": _("files beside the text are left out: ask for them in a question of their own"),
    "template_left_out": _("the text to begin with is left out: “%(text)s”"),
    "file_kinds_left_out": _("these kinds of files are not taken: %(kinds)s"),
    "combined_feedback": _("a general comment on right or wrong answers is left out"),
    "unknown_text_format": _("the text format “%(format)s” is not known and was read as HTML"),
    "word_comment": _("line %(line)d has a comment in the margin, which is not read: “%(text)s”. Is the key right?"),
    "word_text_between": _("line %(line)d belongs to no question and is left out: “%(text)s”"),
    "word_option_goes_on": _("line %(line)d was read as part of option %(letter)s: “%(text)s”"),
    "word_list_options": _("the %(count)d lines of the list were read as the options"),
    "word_options_in_text": _("the %(count)d options were read from the line of the question: please look at them"),
    "word_column_left_out": _("column “%(column)s” of the table is left out: “%(text)s”"),
    "word_level_left_out": _("line %(line)d: “%(text)s” is no difficulty that is known, and is left out"),
    "word_text_before": _("the text before the first question is left out: “%(text)s”"),
    "tag_left_out": _("the tag “%(tag)s” is left out: tags are short, and not many on a question"),
    "competence_left_out": _("“%(code)s” is no competence code and is left out"),
    # Writing: the question is left out, or something of it is.
    "export_type": _("the format has no words for questions of the type %(type)s"),
    "export_criteria": _("the criteria and the guide for markers are not written"),
    "export_words_limits": _("how many words are asked for is not written"),
    "export_shown_criteria": _("that learners see the criteria beforehand is not written"),
    "export_task_files": _("the files that are given out are not written"),
    "export_same_names": _("two files that are given out have one name, which the format cannot tell apart"),
    "export_pictures": _("the format cannot carry the pictures of the question"),
    "export_aiken_kind": _("Aiken knows only questions with exactly one right option"),
    "export_aiken_lines": _("a line of the question would be read as an option or a key"),
    "export_wildcards": _("the format has no sign that stands for any letters (*)"),
    "export_arrow": _("an arrow (->) in a typed answer would be read as a pair"),
    "export_overlap": _("two accepted answers overlap: the format cannot tell them apart"),
    "export_points": _("the points are not written"),
    "export_difficulty": _("the difficulty is not written"),
    "export_case": _("that capitals matter is not written"),
    "export_accents": _("that accents do not matter is not written"),
    "export_spelling": _("that a slip is excused is not written"),
    "export_whole": _("that all right options are needed together is not written: each earns its share"),
    "export_order": _("that the options keep their order is not written"),
    "export_feedback": _("the explanation is not written"),
    "export_option_feedback": _("explanations of single answers are not written"),
    "export_unit": _("the unit is not written"),
    "export_looks": _("bold, italics, lists and other looks are not written"),
    "export_tags": _("the tags are not written"),
    "export_competence": _("the competence code is not written"),
    "qti_hidden_left_out": _("text that is shown only to some, or only at times, is left out"),
    "qti_feedback_left_out": _("an explanation that no single answer brings up is left out"),
    "half_open": _("the lower end %(low)s of the range is right here too: ranges of the bank have both their ends"),
    "credit_levelled": _("parts of the answer earn differently where it comes from: here each earns the same share"),
    "credit_unknown": _("how parts of the answer earn cannot be followed (%(rule)s): here each earns the same share"),
    "hidden": _("the question was hidden where it comes from"),
    "twin_in_bank": _("the bank has the same question: %(found)s, category “%(category)s”, %(pool)s"),
    "twin_in_file": _("the same question stands in line %(line)d, for another category"),
    "asked_in_file": _("line %(line)d asks the same with another explanation: both may come up in one test"),
    "same_in_file": _("the same question stands in line %(line)d"),
    "changes": _("what changes: %(changes)s"),
    "description_changes": _("tags and competence code change: %(before)s → %(after)s"),
    "described_in_bank": _(
        "somebody chose tags and competence code in the bank: %(before)s stays (the file says %(after)s)"
    ),
    "changed_in_bank": _("somebody changed the question in the bank since it was imported: that stays"),
}


# Their ``type`` is a kind of question, by the name that the file gives it.
_ABOUT_KINDS = {"unsupported_type", "export_type"}


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence with a stable code. ``text`` is in the reader's language, ``english`` for machines and logs: there
    kinds of questions keep the names that files give them."""

    code: str
    params: tuple[tuple[str, object], ...] = ()

    @property
    def text(self) -> str:
        params = dict(self.params)
        if self.code in _ABOUT_KINDS:
            params["type"] = words_of(params["type"])
        return str(TEXTS[self.code]) % params

    @property
    def english(self) -> str:
        if self.code == "refused_by_bank":
            return str(dict(self.params)["english"])
        with translation.override("en"):
            return str(TEXTS[self.code]) % dict(self.params)

    def __str__(self):
        return self.text


def note(code: str, **params) -> Note:
    return Note(code, tuple(params.items()))


class QuestionFileRefused(QuizError):
    """Nothing of the file was taken. ``note`` says why, ``line`` and ``byte`` where that is known."""

    def __init__(self, code: str, *, line: int | None = None, byte: int | None = None, **params):
        places = {name: value for name, value in (("line", line), ("byte", byte)) if value is not None}
        self.note, self.line, self.byte = note(code, **params, **places), line, byte
        super().__init__(self.note.english)

    def __str__(self):
        return self.note.text


class QuestionUnreadable(Exception):
    """One question cannot be read; the others of the file can. Never leaves the parsers."""

    def __init__(self, code: str, **params):
        self.note = note(code, **params)
        super().__init__(code)
