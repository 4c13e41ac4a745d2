"""Where pages stand in the tree, as plain values that a kept query can take."""

from wagtail.models import Page


def children_of(path: str) -> tuple[str, str, int]:
    """(first path, last path, depth) among which the children of the page at ``path`` stand."""
    first, last = path + Page.alphabet[0] * Page.steplen, path + Page.alphabet[-1] * Page.steplen
    return first, last, len(path) // Page.steplen + 1
