"""Walks the URL resolver: every address of the site, with a path that reaches its view."""

import re
from dataclasses import dataclass

from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern
from django.utils.regex_helper import normalize

VALUES = {"int": "1", "str": "a", "slug": "a", "path": "a", "uuid": "00000000-0000-4000-8000-000000000000"}
OWN_APPS = {"lms", "staff", "quizzes", "courses", "certificates", "unit_coverage", "documents"}


@dataclass(frozen=True)
class Route:
    """``name`` is the reversible name, or the path where it has none; ``path`` matches it with invented arguments."""

    name: str
    path: str
    view: object

    @property
    def is_own(self) -> bool:
        """Ours, and not under the CMS's own guard, which the rule for the CMS holds."""
        guarded = self.path.startswith("/cms/") and not self.name.startswith("cms_")
        return self.view.__module__.split(".")[0] in OWN_APPS and not guarded


def every_route() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, "/", ""))


def _walk(patterns, path, namespace):
    for entry in patterns:
        here = path + _example(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(namespace + (entry.name or here), here, _undecorated(entry.callback))
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, here, inner)


def _undecorated(view):
    """The view inside decorators; the guard of the CMS is ours, what it guards is not."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    return view


def _example(pattern) -> str:
    if isinstance(pattern, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1] or "str", "1"), pattern._route)
    text, names = normalize(pattern.regex.pattern)[0]
    return text % dict.fromkeys(names, "1")
