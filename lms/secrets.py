"""Secrets of an embedded installation: made once, kept in a file that only the owner reads."""

import os
import secrets
from pathlib import Path


def local_secret(path: Path) -> str:
    """The secret in ``path``; the first caller makes it. Two processes that start at once get the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    value = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(value)
    return value
