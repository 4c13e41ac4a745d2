"""What an import would do to the bank: read from it, never written. The same file planned twice is the same plan."""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Difficulty, QuestionStatus
from quizzes.importing.containers import parse_archive, refuse_what_is_no_archive
from quizzes.importing.existing import (
    Described,
    beside_the_bank,
    changes_note,
    completed,
    described,
    description_note,
    wanted_description,
)
from quizzes.importing.judging import Verdict, judge
from quizzes.importing.notes import Note, QuestionFileRefused, note
from quizzes.importing.parsers import parse_text
from quizzes.importing.pictures import Album
from quizzes.importing.reading import FORMATS
from quizzes.importing.records import ParsedFile
from quizzes.models import Category, Question, QuestionVersion
from quizzes.question_text import QuestionText
from quizzes.question_text import text_of as text_of_version
from staff.archives import SIGNATURES
from staff.vietnamese import composed, fold, slug

MAX_LEVELS = 10
# Where questions go when neither the person nor the file says: content, and content is Vietnamese.
NOWHERE = ("Câu hỏi nhập từ tệp",)
_CHUNK = 500


class Action(TextChoices):
    NEW = "new", _("will be taken")
    REVISED = "revised", _("changed: a new version")
    DESCRIBED = "described", _("other tags or another code")
    UNCHANGED = "unchanged", _("already there")
    DOUBLE = "double", _("twice in the file")
    REFUSED = "refused", _("not taken")


TAKEN = {Action.NEW, Action.REVISED, Action.DESCRIBED}


@dataclass(slots=True)
class Branch:
    """A category of the bank, or one that the import would make below ``parent``."""

    code: str
    name: str
    parent: "Branch | None"
    category: Category | None = None

    @property
    def depth(self) -> int:
        return self.category.path.count("/") if self.category else (self.parent.depth if self.parent else 0) + 1


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one question that was found."""

    verdict: Verdict
    action: str
    branch: Branch | None = None
    code: str = ""
    question: Question | None = None
    # What the file says of tags and code where that is to be taken, for a question that is there.
    description: Described | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    parsed: ParsedFile
    rows: tuple[Planned, ...]
    branches: tuple[Branch, ...]

    def of(self, *actions: str) -> list[Planned]:
        return [row for row in self.rows if row.action in actions]


def parsed_file(content: bytes, *, name: str = "", form: str = "") -> ParsedFile:
    """What stands in the file; raises QuestionFileRefused where that cannot be said."""
    if form and form not in FORMATS:
        raise QuestionFileRefused("unknown_format", format=form[:40], known=", ".join(FORMATS))
    if content.startswith(SIGNATURES):
        parsed = parse_archive(content, form=form)
    else:
        refuse_what_is_no_archive(content, name=name, form=form)
        parsed = parse_text(content, name=name, form=form)
    if not parsed.questions and not parsed.categories:
        raise QuestionFileRefused("no_questions")
    return parsed


def judged(parsed: ParsedFile, *known) -> list[Verdict]:
    """``known`` as an Album asks for it."""
    album = Album(*known)
    return [judge(found, album) for found in parsed.questions]


def make_plan(parsed: ParsedFile, verdicts: list[Verdict], *, below: Category | None = None) -> Plan:
    """Each question beside the bank as it is now."""
    tree = Tree(below)
    for category in parsed.categories:
        if len(category.path) + tree.depth <= MAX_LEVELS:
            tree.branch(category.path)
    rows = [_placed(verdict, tree) for verdict in verdicts]
    rows = _beside_twins(_compared(_without_doubles(_coded(rows))))
    return Plan(parsed, tuple(rows), tuple(tree.made))


class Tree:
    """The categories below one of the bank (or below none), existing ones found again by folded name, or by code."""

    def __init__(self, below: Category | None):
        categories = list(Category.objects.order_by("path"))
        self._codes = {category.code for category in categories}
        self._by_id = {}
        self._children: dict[tuple[int, str], Branch] = {}
        self.made: list[Branch] = []
        for category in categories:
            parent = self._by_id.get(category.parent_id)
            branch = Branch(category.code, category.name, parent, category)
            self._by_id[category.pk] = branch
            self._children.setdefault((id(parent), fold(category.name)), branch)
        for branch in self._by_id.values():
            self._children.setdefault((id(branch.parent), fold(branch.code)), branch)
        self.root = self._by_id.get(below.pk) if below else None

    @property
    def depth(self) -> int:
        return self.root.depth if self.root else 0

    def branch(self, path: tuple[str, ...]) -> Branch:
        branch = self.root
        if branch is None and not path:
            path = NOWHERE
        for name in path:
            name = composed(name)[:200]
            key = (id(branch), fold(name))
            if key not in self._children:
                self._children[key] = Branch(self._free_code(name, branch), name, branch)
                self.made.append(self._children[key])
            branch = self._children[key]
        return branch

    def _free_code(self, name: str, parent: Branch | None) -> str:
        """From the folded name; a name that another branch has already gets its parent's trace."""
        code = slug(name)[:40].strip("-") or f"nhom-{_digest(name)}"
        if code in self._codes:
            trace = f"{parent.code if parent else ''}/{fold(name)}"
            code = f"{code[:29].strip('-')}-{_digest(trace)}"
        self._codes.add(code)
        return code


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _placed(verdict: Verdict, tree: Tree) -> Planned:
    if verdict.text is not None and len(verdict.found.category) + tree.depth > MAX_LEVELS:
        verdict = replace(verdict, text=None, reason=note("too_deep_category", limit=MAX_LEVELS))
    if verdict.text is None:
        return Planned(verdict, Action.REFUSED)
    return Planned(verdict, Action.NEW, tree.branch(verdict.found.category))


# --- Codes: the same question of the same file is the same question of the bank -------------------------------------


def _identity(row: Planned) -> str:
    """What makes it this question: its number or name where it has one, else what it asks."""
    found = row.verdict.found
    if found.idnumber:
        return f"id:{fold(found.idnumber)}"
    return f"name:{fold(found.title)}" if found.title else f"text:{_digest(row.verdict.text.stem)}"


def _coded(rows: list[Planned]) -> list[Planned]:
    """Two different questions of one name are told apart by what they say."""
    texts = defaultdict(set)
    for row in rows:
        if row.branch:
            texts[row.branch.code, _identity(row)].add(_said(row.verdict.text))
    known, coded = _known_codes(rows), []
    for row in rows:
        if row.branch and (row.verdict.found.idnumber, row.branch.code) in known:
            row = replace(row, code=row.verdict.found.idnumber)
        elif row.branch:
            row = replace(row, code=_code(row, is_shared=len(texts[row.branch.code, _identity(row)]) > 1))
        coded.append(row)
    return coded


def _known_codes(rows: list[Planned]) -> set[tuple[str, str]]:
    """(code, category) of questions of the bank that rows name as their own: the file was written by this system."""
    numbers = [row.verdict.found.idnumber for row in rows if row.branch and row.verdict.found.idnumber]
    known = set()
    for at in range(0, len(numbers), _CHUNK):
        named = Question.objects.filter(code__in=numbers[at : at + _CHUNK])
        known |= set(named.values_list("code", "category__code"))
    return known


def _code(row: Planned, *, is_shared: bool) -> str:
    found, identity = row.verdict.found, _identity(row)
    if is_shared:
        identity = f"{identity}/{_said(row.verdict.text)}"
    words = slug(found.idnumber or found.title or row.verdict.name)[:22].strip("-") or "cau"
    return f"{row.branch.code[:24].strip('-')}-{words}-{_digest(f'{row.branch.code}/{identity}')}"


def _said(text: QuestionText) -> str:
    return _digest(json.dumps(asdict(text.in_comparable_order()), default=str, sort_keys=True))


def _asked(text: QuestionText) -> tuple[str, str]:
    """What a learner meets, and its key: who explains or weighs it otherwise asks the same."""
    bare = replace(text, feedback="", option_feedback=(), points=Decimal(1), difficulty=Difficulty.MEDIUM)
    return "asked", _said(bare)


def _without_doubles(rows: list[Planned]) -> list[Planned]:
    first, kept = {}, []
    for row in rows:
        if row.branch and row.code in first:
            again = note("same_in_file", line=first[row.code])
            row = replace(row, action=Action.DOUBLE, verdict=replace(row.verdict, reason=again))
        elif row.branch:
            first[row.code] = row.verdict.found.line
        kept.append(row)
    return kept


def _compared(rows: list[Planned]) -> list[Planned]:
    codes = [row.code for row in rows if row.action == Action.NEW]
    existing, said = {}, defaultdict(list)
    for at in range(0, len(codes), _CHUNK):
        existing |= {q.code: q for q in Question.objects.filter(code__in=codes[at : at + _CHUNK])}
    questions, known = list(existing.values()), {}
    for at in range(0, len(questions), _CHUNK):
        batch = questions[at : at + _CHUNK]
        known |= described(batch)
        for version in QuestionVersion.objects.filter(question__in=batch).order_by("-number"):
            said[version.question_id].append(text_of_version(version))
    return [_compared_row(row, existing.get(row.code), said, known) for row in rows]


def _compared_row(row: Planned, question: Question | None, said, known) -> Planned:
    """A text that an earlier version said was changed by a person since: the file does not take that back."""
    if question is None or row.action != Action.NEW:
        return row
    texts = said[question.pk]
    row = replace(row, question=question, verdict=beside_the_bank(row.verdict, texts[0] if texts else None))
    text = row.verdict.text.in_comparable_order()
    same = [completed(text, row.verdict.found, one) == one for one in texts]
    if not any(same) and question.status == QuestionStatus.RETIRED:
        return replace(row, action=Action.REFUSED, verdict=replace(row.verdict, reason=note("retired")))
    if not any(same):
        row = _revised(row, text, texts)
    else:
        row = replace(row, action=Action.UNCHANGED)
        row = row if same[0] else _with_note(row, note("changed_in_bank"))
    return _described(row, known[question.pk])


def _revised(row: Planned, text: QuestionText, texts: list[QuestionText]) -> Planned:
    newest = texts[0] if texts else text
    text = completed(text, row.verdict.found, newest)
    row = replace(row, action=Action.REVISED, verdict=replace(row.verdict, text=text))
    return _with_note(row, changes_note(newest, text))


def _described(row: Planned, known: Described) -> Planned:
    """Tags and code: a file's are a file's to change, a person's are not."""
    wanted = wanted_description(row.verdict, known)
    if wanted is None or row.question.status == QuestionStatus.RETIRED:
        return row
    row = _with_note(row, description_note(known, wanted))
    if known.by_a_person:
        return row
    action = Action.DESCRIBED if row.action == Action.UNCHANGED else row.action
    return replace(row, action=action, description=wanted)


def _with_note(row: Planned, said: Note) -> Planned:
    return replace(row, verdict=replace(row.verdict, warnings=(*row.verdict.warnings, said)))


def _beside_twins(rows: list[Planned]) -> list[Planned]:
    """The same question in another category may be meant, or give an exam away: whoever imports decides."""
    said_by = {id(row): _said(row.verdict.text) for row in rows if row.action == Action.NEW}
    twins, lines, told = _twins_in_bank(rows, set(said_by.values())), {}, []
    for row in rows:
        if said := said_by.get(id(row)):
            notes = [twins[said]] if said in twins else []
            asked = _asked(row.verdict.text)
            if said in lines:
                notes.append(note("twin_in_file", line=lines[said]))
            elif asked in lines:
                notes.append(note("asked_in_file", line=lines[asked]))
            for known in (said, asked):
                lines.setdefault(known, row.verdict.found.line)
            row = replace(row, verdict=replace(row.verdict, warnings=(*row.verdict.warnings, *notes)))
        told.append(row)
    return told


def _twins_in_bank(rows: list[Planned], asked: set[str]) -> dict[str, Note]:
    """By what it says (one of ``asked``): a question of the bank that says the same as one of the new ones."""
    stems = list({row.verdict.text.stem for row in rows if row.action == Action.NEW})
    bank = (
        Question.objects.exclude(status=QuestionStatus.RETIRED).select_related("current", "category").order_by("code")
    )
    found = {}
    for at in range(0, len(stems), _CHUNK):
        for twin in bank.filter(current__stem__in=stems[at : at + _CHUNK]):
            if (said := _said(text_of_version(twin.current))) in asked:
                words = {"found": twin.code, "category": twin.category.name, "pool": twin.get_purpose_display()}
                found.setdefault(said, note("twin_in_bank", **words))
    return found
