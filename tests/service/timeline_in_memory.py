"""A timeline store in memory, which can be made to fail and to lie, as disks and people do."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from pulih.model.errors import OutsideFailed, StaleVersion
from pulih.ports.timeline import Head, KeptLeaf


class TimelineInMemory:
    """Keeps leaves in a list.

    Attributes:
        kept: the leaves; a test may change one behind everybody's back.
        heads: what was signed.
        fails: nothing can be written while it is set.
    """

    def __init__(self) -> None:
        self.kept: list[KeptLeaf] = []
        self.heads: list[Head] = []
        self.fails = False

    def append(self, leaves: Sequence[KeptLeaf], head: Head) -> None:
        """Keep leaves and the head after them, all or none."""
        if self.fails:
            raise OutsideFailed("The disk is full; free some space.")
        if [one.number for one in leaves] != list(range(len(self.kept), head.size)):
            raise StaleVersion("Somebody else wrote these entries first.")
        self.kept += leaves
        self.heads.append(head)

    def leaves(self, start: int, end: int) -> list[KeptLeaf]:
        """Return the leaves from number `start` to before `end`."""
        return self.kept[start:end]

    def of(self, incident: str) -> list[KeptLeaf]:
        """Return the leaves of an incident."""
        return [one for one in self.kept if one.incident == incident]

    def head(self) -> Head | None:
        """Return what was signed last."""
        return self.heads[-1] if self.heads else None

    def cosign(self, size: int, lines: Sequence[str]) -> None:
        """Keep lines of witnesses below the head of that size."""
        self.heads = [
            replace(one, cosignatures=tuple(dict.fromkeys([*one.cosignatures, *lines]))) if one.size == size else one
            for one in self.heads
        ]
