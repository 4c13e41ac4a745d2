"""Papers that say something else of a person than what is recorded today. Rooms above, which issue them, name them."""

from collections.abc import Callable
from dataclasses import dataclass

from staff.models import StaffMember, User


@dataclass(frozen=True, slots=True)
class OutdatedPaper:
    """``differences`` are (what, as printed, as recorded today); ``address`` leads to issuing this paper anew."""

    words: str
    differences: list[tuple[str, str, str]]
    address: str


# Each is asked with the person and the reader, and names nothing that the reader may not issue anew.
ASKED: list[Callable[[StaffMember, User], list[OutdatedPaper]]] = []


def outdated_papers(person: StaffMember, *, reader: User) -> list[OutdatedPaper]:
    """What ``reader`` may issue anew because it says otherwise of ``person`` than the staff list does."""
    return [paper for ask in ASKED for paper in ask(person, reader)]
