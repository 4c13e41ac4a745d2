"""Pictures of ours under the names that a file gives them."""

import re
from collections.abc import Callable

from quizzes.exporting.entries import Entry
from quizzes.pictures import FOLDER, with_pictures

_SRC = re.compile(rf'src="{FOLDER}([0-9a-f]{{64}})/"')


def renamed(entry: Entry, html: str, name_of: Callable[[str], str]) -> str:
    """``html`` with each picture at the address that ``name_of`` gives its file."""
    return _SRC.sub(lambda found: f'src="{name_of(entry.file_names.get(found[1], found[1]))}"', html)


def with_plugin_files(entry: Entry, html: str) -> str:
    return renamed(entry, html, lambda name: f"@@PLUGINFILE@@/{name}")


def option_html(entry: Entry, option: str) -> str:
    """The plain text of an option as HTML, with the pictures in it."""
    return with_plugin_files(entry, str(with_pictures(option)))
