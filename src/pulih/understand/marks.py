"""All that was found in one text, sorted by the part it plays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import get_args

import msgspec

from pulih.understand.lexicon import Role
from pulih.understand.matcher import Hit

_ROLES: tuple[Role, ...] = get_args(Role)


class Marks(msgspec.Struct, gc=False):
    """The names of all signs that were found, and the hits of each role, in text order."""

    names: set[str]
    trouble: Sequence[Hit] = ()
    subject: Sequence[Hit] = ()
    negator: Sequence[Hit] = ()
    damper: Sequence[Hit] = ()
    past: Sequence[Hit] = ()
    time: Sequence[Hit] = ()
    ask: Sequence[Hit] = ()
    mood: Sequence[Hit] = ()
    topic: Sequence[Hit] = ()
    fine: Sequence[Hit] = ()
    side: Sequence[Hit] = ()
    recovery: Sequence[Hit] = ()
    wish: Sequence[Hit] = ()
    group: Sequence[Hit] = ()
    contrast: Sequence[Hit] = ()
    shadow: Sequence[Hit] = ()

    def add(self, hit: Hit) -> None:
        """Take one more hit, the last of its role."""
        self.names.add(hit.sign.name)
        setattr(self, hit.sign.role, [*self.of(hit.sign.role), hit])

    def all(self) -> list[Hit]:
        """Return all hits, role by role."""
        return [hit for role in _ROLES for hit in self.of(role)]

    def without(self, empty: Callable[[Hit], bool]) -> Marks:
        """Return these marks without the hits that say nothing; themselves when there are none."""
        hits = self.all()
        kept = [hit for hit in hits if not empty(hit)]
        return self if len(kept) == len(hits) else marks_of(kept)

    def of(self, role: Role) -> Sequence[Hit]:
        """Return the hits with this role, in text order."""
        hits: Sequence[Hit] = getattr(self, role)
        return hits

    def near_before(self, role: Role, hit: Hit, *, reach: int) -> list[Hit]:
        """Return hits of a role in the same clause that end at most `reach` words before `hit` begins."""
        return [other for other in self.of(role) if other.clause == hit.clause and 0 <= hit.first - other.last <= reach]


def marks_of(hits: Iterable[Hit]) -> Marks:
    """Return hits sorted by role; their order in the text stays."""
    names: set[str] = set()
    by_role: dict[str, list[Hit]] = {}
    for hit in hits:
        sign = hit.sign
        names.add(sign.name)
        held = by_role.get(sign.role)
        if held is None:
            by_role[sign.role] = [hit]
        else:
            held.append(hit)
    return Marks(names, **by_role)


def gap(one: Hit, first: int, last: int) -> int:
    """Return how many words stand between a hit and the words `first` to `last` (0 when they touch or overlap)."""
    if one.first >= last:
        return one.first - last
    if first >= one.last:
        return first - one.last
    return 0
