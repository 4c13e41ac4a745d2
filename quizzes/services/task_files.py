"""Files that questions give out: kept under their hash before any version names them."""

from hashlib import sha256

from quizzes.errors import FileRefused, QuestionRefused
from quizzes.file_kinds import EXTENSIONS, LARGEST_MEGABYTES, MEGABYTE, file_name, refuse_other_kinds
from quizzes.served_files import task_file_name
from quizzes.types.by_people import TaskFile
from staff.private_files import store


def keep_task_file(name: str, content: bytes) -> TaskFile:
    """Raises QuestionRefused for what no learner should open."""
    name = file_name(name)
    try:
        refuse_other_kinds(name, content, kinds=EXTENSIONS, most_bytes=LARGEST_MEGABYTES * MEGABYTE)
    except FileRefused as error:
        raise QuestionRefused(str(error)) from error
    digest = sha256(content).hexdigest()
    store(content, task_file_name(digest))
    return TaskFile(digest, name, len(content))
