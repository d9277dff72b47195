"""A journal, a ledger and a clock in memory, which behave as their ports say; for tests of what stands on them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence

from pulih.listen.payload import Cursor
from pulih.model.errors import OutsideFailed
from pulih.ports.intake import Accepted, Frame, Keyed, SourceCount


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self, at_us: int = 1_759_456_080_000_000) -> None:
        self.at_us = at_us

    def now_us(self) -> int:
        return self.at_us


class MemoryJournal:
    """A journal (ports.Journal). `fail` is raised by the next appends while it is set; `gate` holds appends up."""

    def __init__(self) -> None:
        self.kept: list[Frame] = []
        self.expired_us = 0
        self.fail: OutsideFailed | None = None
        self.gate = threading.Event()
        self.gate.set()

    def append(self, reports: Sequence[bytes], received_us: int) -> int:
        self.gate.wait()
        if self.fail is not None:
            raise self.fail
        self.kept.append(Frame(len(self.kept) + 1, received_us, tuple(reports)))
        return len(self.kept)

    def frames(self, after: int) -> Iterator[Frame]:
        return iter([frame for frame in self.kept[after:] if frame.received_us >= self.expired_us])

    def frame(self, number: int) -> Frame | None:
        return next((frame for frame in self.frames(0) if frame.number == number), None)

    def last(self) -> int:
        return len(self.kept)

    def expired(self) -> int:
        return next((frame.number for frame in self.frames(0)), len(self.kept) + 1) - 1

    def expire(self, before_us: int) -> int:
        self.expired_us = max(self.expired_us, before_us // 86_400_000_000 * 86_400_000_000)
        return 0


class MemoryLedger:
    """A ledger (ports.Ledger). `fail` is raised by the next calls of `accept` while it is set."""

    def __init__(self) -> None:
        self.keys: set[int] = set()
        self.taken: dict[int, tuple[int, ...]] = {}
        self.sources: dict[str, dict[str, int]] = {}
        self.settled = 0
        self.cursors: dict[str, str] = {}
        self.taken_back: set[int] = set()
        self.fail: Exception | None = None

    def accept(
        self,
        frame: int,
        reports: Sequence[Keyed],
        refused: Sequence[tuple[str, int]],
        *,
        at_us: int,
        cursors: Sequence[Cursor] = (),
    ) -> Accepted:
        if self.fail is not None:
            raise self.fail
        if frame in self.taken:
            return Accepted(frame, self.taken[frame])
        counted = []
        for place, one in enumerate(reports):
            if one.late:
                self._add(one.source, "late", 1, at_us)
            elif one.key in self.keys:
                self._add(one.source, "repeated", 1, at_us)
            else:
                self.keys.add(one.key)
                counted.append(place)
                self._add(one.source, "counted", 1, at_us)
        for source, count in refused:
            self._add(source, "refused", count, at_us)
        if frame:
            self.taken[frame] = tuple(counted)
        self.cursors.update({one.source: one.value for one in cursors})
        self.taken_back.update(key for one in cursors for key in one.early)
        return Accepted(frame, tuple(counted))

    def settle(self) -> None:
        self.settled += 1

    def position(self) -> int:
        return max(self.taken, default=0)

    def accepted(self, after: int, limit: int) -> list[Accepted]:
        return [Accepted(frame, self.taken[frame]) for frame in sorted(self.taken) if frame > after][:limit]

    def counts(self) -> list[SourceCount]:
        return [SourceCount(source=source, **self.sources[source]) for source in sorted(self.sources)]

    def known(self, asked: set[int]) -> set[int]:
        return asked & self.keys

    def early(self, asked: Collection[int]) -> set[int]:
        return self.taken_back.intersection(asked)

    def cursor(self, source: str) -> str:
        return self.cursors.get(source, "")

    def _add(self, source: str, counter: str, count: int, at_us: int) -> None:
        counts = self.sources.setdefault(source, {"heard": 0})
        counts["heard"] += count
        counts[counter] = counts.get(counter, 0) + count
        counts["last_heard_us"] = at_us
