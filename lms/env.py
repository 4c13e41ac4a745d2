"""Typed, loud readers of the environment.

Every reader looks at ``NAME`` and then at ``NAME_FILE`` (a path whose content is the value, as
container platforms mount secrets). A missing value without a default, or one that cannot be
read as its type, raises ``ImproperlyConfigured`` with a sentence that names the variable.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_MISSING = object()


def text(name: str, default=_MISSING) -> str:
    """The value of ``name`` as a string, stripped of surrounding white space."""
    value = os.environ.get(name)
    if value is None and (path := os.environ.get(f"{name}_FILE")):
        try:
            value = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}.") from error
    if value is not None and value.strip():
        return value.strip()
    if default is _MISSING:
        raise ImproperlyConfigured(f"Set {name} (or {name}_FILE): it has no default in this environment.")
    return default


def path_of(name: str) -> str:
    """The file that ``NAME_FILE`` says the value of ``name`` comes from, or nothing where ``name`` itself is set."""
    return "" if os.environ.get(name) is not None else os.environ.get(f"{name}_FILE", "")


def boolean(name: str, default=_MISSING) -> bool:
    """``name`` as true or false: 1/0, true/false, yes/no, on/off in any case."""
    value = text(name, default)
    if isinstance(value, bool):
        return value
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def integer(name: str, default=_MISSING) -> int:
    """``name`` as a whole number."""
    value = text(name, default)
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from None


def words(name: str, default=_MISSING) -> list[str]:
    """``name`` as a list of the comma-separated words in it, without empty ones."""
    value = text(name, default)
    if isinstance(value, list):
        return value
    return [word.strip() for word in value.split(",") if word.strip()]


def choice(name: str, among: list[str], default=_MISSING) -> str:
    """``name`` as one of the words ``among``."""
    value = text(name, default)
    if value not in among:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(among)}, not {value!r}.")
    return value


def database(name: str, default=_MISSING) -> dict:
    """``name`` as a Django database setting, read from ``postgres://user:password@host:port/name`` or ``sqlite:///path``."""
    import environ

    url = text(name, default)
    try:
        config = environ.Env.db_url_config(url)
    except (ValueError, KeyError) as error:
        raise ImproperlyConfigured(f"{name} is not a database address: {error}.") from error
    if not config.get("ENGINE"):
        raise ImproperlyConfigured(f"{name} names no database that we know; use postgres://… or sqlite:///….")
    if config["ENGINE"] == "django.db.backends.postgresql":
        config["ENGINE"] = "lms.postgresql"  # the same, but for how it looks after kept connections
    return config
