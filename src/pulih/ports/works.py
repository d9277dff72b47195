"""What planned works ask of the outside: a store in which a change is written by whoever saw what they change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pulih.model.work import PlannedWork


class WorkStore(Protocol):
    """Keeps the works that the desk announced."""

    def put(self, work: PlannedWork) -> None:
        """Write a work of version 1 anew, or a later version in the place of the one before it.

        Raises: StaleVersion when that one is not there any more; OutsideFailed when nothing could be written.
        """
        ...

    def get(self, work: str) -> PlannedWork | None:
        """Return one work, None when there is none of that id."""
        ...

    def between(self, start_us: int, end_us: int) -> Sequence[PlannedWork]:
        """Return works that overlap [start_us, end_us), and all that are not over, by start."""
        ...
