"""A journal, a ledger, a clock and snapshots in memory: they keep what the durable ones promise, without a disk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from pulih.listen.payload import Cursor
from pulih.model.clock import MICROS, iso
from pulih.ports.intake import Accepted, Frame, Keyed, SourceCount
from pulih.ports.live import PlannedChange


class MemoryJournal:
    """Frames up to number `gone` cannot be read any more."""

    def __init__(self) -> None:
        self.kept: list[Frame] = []
        self.gone = 0

    def append(self, reports: Sequence[bytes], received_us: int) -> int:
        self.kept.append(Frame(len(self.kept) + 1, received_us, tuple(reports)))
        return len(self.kept)

    def frames(self, after: int) -> Iterator[Frame]:
        return iter(self.kept[max(after, self.gone) :])

    def frame(self, number: int) -> Frame | None:
        return self.kept[number - 1] if self.gone < number <= len(self.kept) else None

    def last(self) -> int:
        return len(self.kept)

    def expired(self) -> int:
        return self.gone

    def expire(self, before_us: int) -> int:
        return 0


class MemoryLedger:
    def __init__(self) -> None:
        self._accepted: list[Accepted] = []
        self._keys: set[int] = set()
        self._counts: dict[str, Counter[str]] = {}
        self._heard_us: dict[str, int] = {}
        self._cursors: dict[str, str] = {}
        self._early: set[int] = set()

    def accept(
        self,
        frame: int,
        reports: Sequence[Keyed],
        refused: Sequence[tuple[str, int]],
        *,
        at_us: int,
        cursors: Sequence[Cursor] = (),
    ) -> Accepted:
        counted = []
        for place, one in enumerate(reports):
            fate = "late" if one.late else "repeated" if one.key in self._keys else "counted"
            if fate == "counted":
                self._keys.add(one.key)
                counted.append(place)
            self._counts.setdefault(one.source, Counter()).update(("heard", fate))
            self._heard_us[one.source] = at_us
        self._cursors.update({one.source: one.value for one in cursors})
        self._early.update(key for one in cursors for key in one.early)
        self._accepted.append(Accepted(frame, tuple(counted)))
        return self._accepted[-1]

    def position(self) -> int:
        return self._accepted[-1].frame if self._accepted else 0

    def accepted(self, after: int, limit: int) -> list[Accepted]:
        return self._accepted[after : after + limit]

    def known(self, asked: set[int]) -> set[int]:
        return asked & self._keys

    def early(self, asked: Collection[int]) -> set[int]:
        return self._early.intersection(asked)

    def cursor(self, source: str) -> str:
        return self._cursors.get(source, "")

    def counts(self) -> list[SourceCount]:
        return [
            SourceCount(source=source, last_heard_us=self._heard_us[source], **counts)
            for source, counts in sorted(self._counts.items())
        ]


class MemorySnapshots:
    def __init__(self) -> None:
        self.kept: list[tuple[int, bytes]] = []

    def save(self, frame: int, state: bytes) -> None:
        self.kept = [*self.kept[-1:], (frame, state)]

    def latest(self) -> tuple[int, bytes] | None:
        return self.kept[-1] if self.kept else None


class SetClock:
    def __init__(self, now_us: int = 0) -> None:
        self.at_us = now_us

    def now_us(self) -> int:
        return self.at_us


class NoChanges:
    def between(self, start_us: int, end_us: int) -> list[PlannedChange]:
        return []


def line(native_id: str, at_us: int, text: str, **fields: str) -> bytes:
    """Return a report as it stands in a journal."""
    return json.dumps({"id": native_id, "source": "form", "at": iso(at_us), "text": text} | fields).encode()


def post(journal: MemoryJournal, ledger: MemoryLedger, lines: Sequence[bytes], received_us: int) -> int:
    """Accept lines as the intake does: into the journal, then into the ledger."""
    number = journal.append(lines, received_us)
    reports = [json.loads(one) for one in lines]
    keyed = [Keyed(hash((one["source"], one["id"])), one["source"]) for one in reports]
    ledger.accept(number, keyed, (), at_us=received_us)
    return number


MINUTE_US = 60 * MICROS
