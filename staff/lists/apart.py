"""Long lists are opened in a process of their own: its memory goes with it, and what breaks there breaks nothing here.

It loads nothing but ``staff.lists``; a web process or a worker holds far more before it begins.
"""

import pickle
import resource
import subprocess
import sys
import traceback
from pathlib import Path

import django
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from staff.imports.reading import FileRefused
from staff.lists import opening

# A file of this many bytes holds ten thousand rows or more; below, starting a process costs more than it spares.
LONG = 1024 * 1024
MEMORY = 2 * 1024**3
SECONDS = 600
_ROOT = Path(__file__).resolve().parent.parent.parent
_ROWS, _DONE, _REFUSED, _FAILED = b"r", b"d", b"x", b"f"


def run(function, source: opening.Source, *, progress=None, **said):
    """What ``function`` of ``staff.lists.opening`` returns of ``source``; ``progress`` is told how many rows were read.

    Raises FileRefused as the function does, and for a file that takes more than the process may have; RuntimeError,
    with the traceback in it, where the function fails.
    """
    if len(source.content) < LONG:
        return function(source, progress=progress, **said)
    question = ((MEMORY, SECONDS), translation.get_language(), settings.LOCALE_PATHS, function.__name__, source, said)
    command = [sys.executable, "-m", "staff.lists.apart"]
    with subprocess.Popen(command, cwd=_ROOT, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603
        try:
            pickle.dump(question, child.stdin, pickle.HIGHEST_PROTOCOL)
            child.stdin.close()
            kind, found = _answer(child.stdout, progress)
        except (BrokenPipeError, EOFError, pickle.UnpicklingError):  # it was ended by its limits
            words = _("%(file)s is damaged or built to do harm. Nothing was changed.")
            raise FileRefused(words % {"file": source.name}) from None
        finally:
            child.kill()
    if kind == _REFUSED:
        raise FileRefused(found)
    if kind == _FAILED:
        raise RuntimeError(found)
    return found


def _answer(stream, progress) -> tuple[bytes, object]:
    """The last that the process says; EOFError where it says nothing any more."""
    while kind := stream.read(1):
        said = pickle.load(stream)  # noqa: S301 our own process wrote it
        if kind != _ROWS:
            return kind, said
        if progress:
            progress(said)
    raise EOFError


def _tell(kind: bytes, what) -> None:
    sys.stdout.buffer.write(kind)
    pickle.dump(what, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


def main() -> None:
    limits, language, locale_paths, name, source, said = pickle.load(sys.stdin.buffer)  # noqa: S301 from ``run``
    _shut_in(*limits)
    settings.configure(LOCALE_PATHS=locale_paths)
    django.setup()
    translation.activate(language or "vi")
    try:
        found = getattr(opening, name)(source, progress=lambda rows: _tell(_ROWS, rows), **said)
    except FileRefused as refusal:
        _tell(_REFUSED, str(refusal))
    except MemoryError:
        sys.exit(1)
    except Exception:  # whoever asked logs it and tries again  # noqa: BLE001
        _tell(_FAILED, traceback.format_exc())
    else:
        _tell(_DONE, found)


def _shut_in(memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
