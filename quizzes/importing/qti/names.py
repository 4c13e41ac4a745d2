"""QTI 3.0 writes qti-choice-interaction and max-choices where 2.x writes choiceInteraction and maxChoices."""

PREFIX = "qti-"
# HTML knows dashes of its own: these are left alone.
_HTML = ("data-", "aria-")


def plain_name(name: str) -> str:
    """An element's or attribute's name as 2.x writes it, without the prefix of its namespace."""
    name = name.rpartition(":")[2].removeprefix(PREFIX)
    if "-" not in name or name.startswith(_HTML):
        return name
    first, *others = name.split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def dashed_name(name: str) -> str:
    """The opposite, for an attribute: maxChoices is max-choices."""
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
