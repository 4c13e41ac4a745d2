"""Files that questions give out: kept under their hash before any version names them."""

from quizzes.served_files import task_file_name
from quizzes.types.by_people import TaskFile, task_file_of
from staff.private_files import store


def keep_task_file(name: str, content: bytes) -> TaskFile:
    """Raises QuestionRefused for what no learner should open."""
    file = task_file_of(name, content)
    store(content, task_file_name(file.sha256))
    return file
