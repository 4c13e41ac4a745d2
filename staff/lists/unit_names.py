"""Which unit a cell or a section title means, among the units of a day."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from staff.enums import COMMUNE_KINDS, UnitKind
from staff.lists.old_typing import modern
from staff.vietnamese import fold

_LEADING = re.compile(r"^(?:ubnd|uy ban nhan dan|hdnd ubnd|dang uy)\s+(?=(?:xa|phuong|thi tran|tt|huyen|dac khu)\b)")
# "X. Ka Đô", "UBND P. 1", "P. Kinh tế": a letter alone is a commune's or an office's kind.
_LETTERS = {"x": ("xa",), "p": ("phuong", "phong")}
_KINDS = {"xa", "phuong", "thi", "tt", "dac", "x", "p"}
_BETWEEN = re.compile(r"(?:\s+(?:thuoc|truc|ubnd|uy ban nhan dan|hdnd))+$")
_HEAD = re.compile(r"^(?:ubnd|uy ban nhan dan|hdnd ubnd|dang uy)\s+(?=(?:x|p)\s)")
_SIGNS = re.compile(r"[.,;:&'/()\-–]")
_COMMUNE_WORDS = {
    "xa": UnitKind.COMMUNE, "phuong": UnitKind.WARD, "thi tran": UnitKind.TOWNSHIP, "tt": UnitKind.TOWNSHIP,
    "dac khu": UnitKind.SPECIAL_ZONE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit that existed on the day of the list; ``above`` are the codes of the units it lies in, from the root."""

    code: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


def key(text: str) -> str:
    """Folded, without the signs between abbreviations, so that "P. Nội vụ" and "P.Nội Vụ" are one."""
    return " ".join(_SIGNS.sub(" ", fold(text)).replace(" va ", " ").split())


def _tight(text: str) -> str:
    """Without any spaces: "Ka Đô" and "KaĐô", "Tu Tra" and "Tutra" are one."""
    return key(text).replace(" ", "")


class UnitNames:
    """Finds units by every spelling that is known of them.

    Every district has an office of the same name, so a spelling alone may mean several units: ``settle`` finds out
    which part of the country a list speaks of, and a spelling then means the one unit there.
    """

    def __init__(self, units: Iterable[KnownUnit]):
        self.home = ""
        # A list says the same few names in all its rows.
        self._found = lru_cache(maxsize=1_000)(self._look_up)
        self.by_spelling: dict[str, dict[str, KnownUnit]] = defaultdict(dict)
        for unit in units:
            for spelling in self._spellings(unit):
                self.by_spelling[spelling][unit.code] = unit

    def find(self, text: str) -> KnownUnit | None:
        """The one unit that ``text`` names, None for none or for several."""
        return self._found(text)

    def _look_up(self, text: str) -> KnownUnit | None:
        for found in self._meant(text):
            if len(found) == 1:
                return found[0]
            near = [unit for unit in found if self.home and self.home in (unit.code, *unit.above)]
            if len(near) == 1:
                return near[0]
        return None

    def settle(self, texts: Iterable[str]) -> None:
        """Learn from the names in a list which unit it is about: the smallest one in which nearly all of them lie.

        Where several are as likely, because every commune has these offices, it is about none of them.
        """
        votes: Counter[str] = Counter()
        depth: dict[str, int] = {}
        voters = 0
        for text in set(texts):
            found = next(iter(self._meant(text)), [])
            voters += bool(found)
            # A name that several units have votes for what lies above each of them.
            for code, level in {(code, level) for unit in found for level, code in enumerate((*unit.above, unit.code))}:
                votes[code] += 1
                depth[code] = level
        likely = [code for code, count in votes.items() if count * 10 >= voters * 8]
        self._found.cache_clear()
        self.home = ""
        for level in sorted({depth[code] for code in likely}, reverse=True):
            most = max(votes[code] for code in likely if depth[code] == level)
            first, *others = [code for code in likely if (depth[code], votes[code]) == (level, most)]
            if not others:
                self.home = first
                break

    def _meant(self, text: str) -> Iterable[list[KnownUnit]]:
        plain = key(modern(text))
        if found := self.by_spelling.get(f"code:{text.strip()}"):
            yield list(found.values())
        yield from self._spelled(plain)
        if found := self._office_of_a_commune(plain):
            yield found

    def _spelled(self, plain: str) -> Iterable[list[KnownUnit]]:
        bare = _LEADING.sub("", plain)
        head, _space, rest = _HEAD.sub("", plain).partition(" ")
        meant = [plain, bare, *(f"{word} {rest}" for word in _LETTERS.get(head, ()) if rest)]
        for spelling in dict.fromkeys(_tight(words) for words in meant):
            if spelling and (found := self.by_spelling.get(spelling)):
                yield list(found.values())

    def _office_of_a_commune(self, plain: str) -> list[KnownUnit]:
        """The offices that "P. Kinh tế - xã Ka Đô" may mean: of that name, in a commune of that name."""
        words = plain.split()
        for place in range(1, len(words)):
            if words[place] not in _KINDS:
                continue
            communes = {
                unit.code
                for units in self._spelled(" ".join(words[place:]))
                for unit in units
                if unit.kind in COMMUNE_KINDS
            }
            office = _BETWEEN.sub("", " ".join(words[:place]))
            for units in self._spelled(office) if communes else ():
                if found := [unit for unit in units if not communes.isdisjoint(unit.above)]:
                    return found
        return []

    def _spellings(self, unit: KnownUnit) -> set[str]:
        names = {key(name) for name in (unit.name, *unit.aliases)}
        if unit.kind in COMMUNE_KINDS:
            # Their names stand with and without the word of their kind, and with its abbreviation.
            words = [word for word, kind in _COMMUNE_WORDS.items() if kind == unit.kind]
            bare = {re.sub(rf"^(?:{'|'.join(_COMMUNE_WORDS)})\s+", "", name) for name in names}
            names |= {f"{word} {name}" for word in words for name in bare} | bare
        return {f"code:{unit.code}", *(_tight(name) for name in names if name)}
