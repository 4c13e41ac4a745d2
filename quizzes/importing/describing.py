"""Tags and competence code of a question that was found, as far as the bank has room for them."""

from quizzes.competences import read_competence
from quizzes.errors import QuestionRefused
from quizzes.importing.notes import Note, note
from quizzes.importing.records import FoundQuestion
from quizzes.services.describing import MAX_TAG_LENGTH, MAX_TAGS
from staff.vietnamese import fold, nfc


def tags_of(found: FoundQuestion) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """(tags, what is said of those that are left out); spellings that fold alike are one."""
    kept, notes = {}, []
    for name in map(nfc, found.tags):
        if not (key := fold(name)) or key in kept:
            continue
        if len(name) > MAX_TAG_LENGTH or len(key) > MAX_TAG_LENGTH or len(kept) >= MAX_TAGS:
            notes.append(note("tag_left_out", tag=name[:40]))
        else:
            kept[key] = name
    return tuple(kept.values()), tuple(notes)


def competence_of(found: FoundQuestion) -> tuple[str, tuple[Note, ...]]:
    try:
        return read_competence(found.competence[:40]), ()
    except QuestionRefused:
        return "", (note("competence_left_out", code=found.competence[:40]),)
