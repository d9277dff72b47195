"""What incidents ask of the outside: a store of timelines that nobody rewrites, and a list of planned changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

import msgspec

from pulih.model.entry import Entry
from pulih.model.incident import Incident, State
from pulih.ports.live import PlannedChange, PlannedChanges


class Grown(msgspec.Struct, frozen=True):
    """A new entry, and the incident after it."""

    entry: Entry
    incident: Incident


class Head(msgspec.Struct, frozen=True):
    """An incident's id, and the number of its last entry."""

    incident: str
    version: int


class IncidentStore(Protocol):
    """Keeps the entries of all incidents; each number of a timeline is written once, by whoever is first."""

    def append(self, grown: Sequence[Grown]) -> None:
        """Write entries, of several incidents too, all or none.

        A finding belongs to one incident at a time: opening or joining claims it, taking over moves it.

        Raises: StaleVersion when somebody wrote an entry of that number first, or claimed the finding;
            OutsideFailed when nothing could be written.
        """
        ...

    def entries(self, incident: str, *, after: int = 0) -> list[Entry]:
        """Return the entries of an incident behind number `after`, in order; none when there is no such incident."""
        ...

    def heads(self, states: Collection[State], *, limit: int, before_us: int | None = None) -> list[Head]:
        """Return incidents in these states that were not merged into another, latest onset first.

        Args:
            limit: how many at most.
            before_us: only those whose onset is before this.
        """
        ...

    def incident_of(self, finding: str) -> str | None:
        """Return the id of the incident that a finding belongs to, None when it belongs to none."""
        ...


class PlannedChangeStore(PlannedChanges, Protocol):
    """Keeps planned changes, from a calendar or a webhook."""

    def put(self, changes: Sequence[PlannedChange]) -> None:
        """Keep changes; one of an id that is there already is replaced."""
        ...

    def drop(self, ids: Collection[str]) -> None:
        """Forget changes that were called off."""
        ...

    def get(self, change: str) -> PlannedChange | None:
        """Return one change, None when there is none of that id."""
        ...
