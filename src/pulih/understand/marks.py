"""All that was found in one text, sorted by the part it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from pulih.understand.lexicon import Role
from pulih.understand.matcher import Hit

_NONE: tuple[Hit, ...] = ()


class Marks:
    """Hits by role, and the names of all signs that were found."""

    __slots__ = ("_by_role", "names")

    def __init__(self, hits: Iterable[Hit]) -> None:
        """Sort hits, keeping their order in the text."""
        self.names: set[str] = set()
        self._by_role: dict[str, list[Hit]] = {}
        for hit in hits:
            self.add(hit)

    def add(self, hit: Hit) -> None:
        """Take one more hit."""
        sign = hit.sign
        self.names.add(sign.name)
        held = self._by_role.get(sign.role)
        if held is None:
            self._by_role[sign.role] = [hit]
        else:
            held.append(hit)

    def without(self, empty: Callable[[Hit], bool]) -> Marks:
        """Return these marks without the hits that say nothing; themselves when there are none."""
        hits = list(self)
        kept = [hit for hit in hits if not empty(hit)]
        return self if len(kept) == len(hits) else Marks(kept)

    def __iter__(self) -> Iterator[Hit]:
        """Yield all hits, role by role."""
        return chain.from_iterable(self._by_role.values())

    def of(self, role: Role) -> Sequence[Hit]:
        """Return the hits with this role, in text order."""
        return self._by_role.get(role, _NONE)

    def near_before(self, role: Role, hit: Hit, *, reach: int) -> list[Hit]:
        """Return hits of a role in the same clause that end at most `reach` words before `hit` begins."""
        return [other for other in self.of(role) if other.clause == hit.clause and 0 <= hit.first - other.last <= reach]


def gap(one: Hit, first: int, last: int) -> int:
    """Return how many words stand between a hit and the words `first` to `last` (0 when they touch or overlap)."""
    if one.first >= last:
        return one.first - last
    if first >= one.last:
        return first - one.last
    return 0
