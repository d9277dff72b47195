"""Ledger: knows every key once (ports.Ledger); keys, counters and the frame's number change in one transaction.

What is accepted is known at once and written a moment later, many frames in one transaction: the journal has it
already, and after a crash the same frames give the same result, since what counts depends on nothing but the frames
before (requirement P2). When the connection is lost while a transaction is committed, nobody knows how it ended; what
all sources were heard of together tells, since nobody else writes here. A transaction is a few statements however many
reports it holds: lists go to the database whole, and what it knows already is asked for at once.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Final

from msgspec import structs
from sqlalchemy import (
    Connection,
    Engine,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.early_deletions import EarlyDeletions
from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.known_keys import KnownKeys, listed, passed
from pulih.adapters.sql.ledger_tables import cursors as cursor_rows
from pulih.adapters.sql.ledger_tables import frames, keys, sources
from pulih.listen.payload import Cursor
from pulih.model.errors import OutsideFailed
from pulih.ports.intake import Accepted, Keyed, SourceCount

# What waits to be written at most, keys and frames together; with more, accepting waits for the database.
PENDING_MAX: Final = 50_000
_COUNTERS: Final = ("heard", "counted", "refused", "repeated", "late")


class _Pending:
    """What was accepted and is not in the database yet."""

    def __init__(self) -> None:
        self.keys: set[int] = set()
        self.frames: dict[int, tuple[int, bytes | None]] = {}
        self.sources: dict[str, SourceCount] = {}
        self.cursors: dict[str, Cursor] = {}

    def copy(self) -> _Pending:
        other = _Pending()
        other.keys, other.frames, other.sources = set(self.keys), dict(self.frames), dict(self.sources)
        other.cursors = dict(self.cursors)
        return other

    def heard(self) -> int:
        """Return how many reports it holds; of two states of it, the later has more."""
        return sum(one.heard for one in self.sources.values())

    def drop(self, written: _Pending) -> None:
        """Leave out what is in the database already; but cursors, which may be written twice, with newer ones."""
        self.keys -= written.keys
        self.frames = {frame: what for frame, what in self.frames.items() if frame not in written.frames}
        rest = {source: _less(one, written.sources.get(source)) for source, one in self.sources.items()}
        self.sources = {source: one for source, one in rest.items() if one.heard}


class SqlLedger:
    """A ledger in a database that `upgrade(engine, "intake")` has prepared. May be used from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Keep the ledger in the database of `engine`."""
        self._engine = engine
        on_sqlite = engine.dialect.name == "sqlite"
        self._known = KnownKeys(engine)
        self._learn = insert(keys).from_select(["key"], select(listed(engine).c.value))
        self._add = _adding(on_sqlite=on_sqlite)
        self._go_on = _going_on(on_sqlite=on_sqlite)
        self._lock = threading.Lock()
        self._pending = _Pending()
        # What was to be committed when an answer was lost; at most one of these is in the database.
        self._doubts: list[_Pending] = []
        with reading(engine) as connection:
            self._heard = _heard_in(connection)
            self._last: int = connection.scalar(select(func.max(frames.c.frame))) or 0
            self._early = EarlyDeletions(connection)

    def accept(
        self,
        frame: int,
        reports: Sequence[Keyed],
        refused: Sequence[tuple[str, int]],
        *,
        at_us: int,
        cursors: Sequence[Cursor] = (),
    ) -> Accepted:
        """Take the reports of a frame (0 when nothing of it was worth a frame) and return which count.

        Args:
            frame: number in the journal; one that was taken already changes nothing and returns the same.
            reports: of the frame, in its order.
            refused: how many were refused beside them, by source.
            at_us: when they were heard.
            cursors: where sources go on, one for each.

        Raises: OutsideFailed, and then nothing changed.
        """
        with self._lock:
            if 0 < frame <= self._last:
                return self._taken(frame)
            if len(self._pending.keys) + len(self._pending.frames) >= PENDING_MAX:
                self._write()
            fresh = self._fresh(reports)
            counted = _places_of(reports, fresh)
            self._pending.keys |= fresh
            if frame:
                self._pending.frames[frame] = (len(reports), _bits(counted, len(reports)))
                self._last = frame
            for cursor in cursors:
                self._pending.cursors[cursor.source] = cursor
                self._early.add(cursor.early, at_us)
            for one in _added(reports, counted, refused, at_us):
                self._pending.sources[one.source] = _sum(self._pending.sources.get(one.source), one)
        return Accepted(frame, counted)

    def settle(self) -> None:
        """Write what was accepted; raise OutsideFailed when that cannot be, and it is tried again the next time."""
        with self._lock:
            self._write()

    def position(self) -> int:
        """Return the number of the last frame taken, 0 before any."""
        return self._last

    def accepted(self, after: int, limit: int) -> list[Accepted]:
        """Return up to `limit` frames behind number `after`, in order."""
        wanted = select(frames).where(frames.c.frame > after).order_by(frames.c.frame).limit(limit)
        with self._lock:
            if after >= self._last:
                return []
            with reading(self._engine) as connection:
                rows = [(row.frame, row.reports, row.counted) for row in connection.execute(wanted)]
            rows += [(frame, *what) for frame, what in self._pending.frames.items() if frame > after]
        return [Accepted(frame, _places(bits, count)) for frame, count, bits in rows[:limit]]

    def counts(self) -> list[SourceCount]:
        """Return the counters by source, sorted."""
        with self._lock:
            with reading(self._engine) as connection:
                rows = connection.execute(select(sources)).mappings().all()
            counts = {row["source"]: SourceCount(**row) for row in rows}
            for source, one in self._pending.sources.items():
                counts[source] = _sum(counts.get(source), one)
        return [counts[source] for source in sorted(counts)]

    def known(self, asked: set[int]) -> set[int]:
        """Return which of these keys were heard. Raises OutsideFailed."""
        with self._lock:
            here = asked & self._pending.keys
            return here.union(self._known.among(asked - here)) if asked - here else here

    def early(self, asked: Collection[int]) -> set[int]:
        """Return which of these keys were taken back before they were heard, of late."""
        # Without the lock, which is held while the database writes; a source asks in its event loop.
        return self._early.among(asked)

    def cursor(self, source: str) -> str:
        """Return where a source goes on listening, "" when it never did. Raises OutsideFailed."""
        with self._lock:
            if (waiting := self._pending.cursors.get(source)) is not None:
                return waiting.value
            asked = select(cursor_rows.c.value).where(cursor_rows.c.source == source)
            with reading(self._engine) as connection:
                return connection.scalar(asked) or ""

    def forget_frames(self, through: int) -> int:
        """Forget what became of the frames up to number `through`, but never of the last; return how many.

        Keys and counters stay: what was heard once is known for good. Raises OutsideFailed.
        """
        with self._lock:
            self._write()
            gone = delete(frames).where(frames.c.frame <= min(through, self._last - 1))
            with writing(self._engine) as connection:
                return connection.execute(gone).rowcount

    def _fresh(self, reports: Sequence[Keyed]) -> set[int]:
        """Return the keys of reports in time that were never heard before."""
        fresh = {one.key for one in reports if not one.late}
        fresh -= self._pending.keys
        if fresh:
            fresh.difference_update(self._known.among(fresh))
        return fresh

    def _taken(self, frame: int) -> Accepted:
        if (what := self._pending.frames.get(frame)) is None:
            with reading(self._engine) as connection:
                row = connection.execute(select(frames).where(frames.c.frame == frame)).one_or_none()
            if row is None:
                return Accepted(frame, ())
            what = (row.reports, row.counted)
        return Accepted(frame, _places(what[1], what[0]))

    def _write(self) -> None:
        pending = self._pending
        # A reader that stays would keep the write-ahead log from being used anew.
        self._known.stop()
        self._settle_doubts()
        # Whatever is accepted, some source was heard, or said at least where it goes on.
        if not pending.sources and not pending.cursors:
            return
        ready = False
        try:
            with writing(self._engine) as connection:
                self._put(connection, pending)
                self._early.write(connection)
                heard = _heard_in(connection)
                if self._doubts and heard != self._heard + pending.heard():
                    raise _still_written()
                ready = True
        except IntegrityError as problem:
            if not self._doubts:
                raise
            raise _still_written() from problem
        except OutsideFailed:
            # Cursors alone are written again whatever became of them.
            if ready and pending.sources:
                self._doubts.append(pending.copy())
            raise
        self._heard, self._doubts, self._pending = heard, [], _Pending()
        self._early.written()

    def _put(self, connection: Connection, pending: _Pending) -> None:
        if pending.keys:
            # In their order, neighbours are written together.
            connection.execute(self._learn, {"given": passed(sorted(pending.keys), self._engine)})
        if pending.frames:
            rows = [
                {"frame": frame, "reports": count, "counted": bits} for frame, (count, bits) in pending.frames.items()
            ]
            connection.execute(insert(frames), rows)
        if pending.sources:
            connection.execute(self._add, [structs.asdict(one) for one in pending.sources.values()])
        if pending.cursors:
            going_on = [{"source": one.source, "value": one.value} for one in pending.cursors.values()]
            connection.execute(self._go_on, going_on)

    def _settle_doubts(self) -> None:
        """Find out whether a transaction whose answer was lost was committed, and do not write it again."""
        if not self._doubts:
            return
        with reading(self._engine) as connection:
            heard = _heard_in(connection)
        for written in self._doubts:
            if heard == self._heard + written.heard():
                self._pending.drop(written)
                self._heard, self._doubts = heard, []
                return


def _adding(*, on_sqlite: bool) -> Any:
    """Return the statement that adds to the counters of sources, of new ones too."""
    put: Any = sqlite.insert(sources) if on_sqlite else postgresql.insert(sources)
    summed = {name: sources.c[name] + put.excluded[name] for name in _COUNTERS}
    return put.on_conflict_do_update(
        index_elements=["source"], set_={**summed, "last_heard_us": put.excluded.last_heard_us}
    )


def _going_on(*, on_sqlite: bool) -> Any:
    """Return the statement that says where sources go on, new ones too."""
    put: Any = sqlite.insert(cursor_rows) if on_sqlite else postgresql.insert(cursor_rows)
    return put.on_conflict_do_update(index_elements=["source"], set_={"value": put.excluded.value})


def _places_of(reports: Sequence[Keyed], fresh: set[int]) -> tuple[int, ...]:
    """Return the places of the first report of each fresh key."""
    if len(fresh) == len(reports):
        return tuple(range(len(reports)))
    left = set(fresh)
    places = []
    for place, one in enumerate(reports):
        if not one.late and one.key in left:
            left.remove(one.key)
            places.append(place)
    return tuple(places)


def _added(
    reports: Sequence[Keyed], counted: Sequence[int], refused: Sequence[tuple[str, int]], at_us: int
) -> list[SourceCount]:
    """Return what is added to the counters of each source that was heard."""
    heard = Counter([one.source for one in reports])
    counts = heard if len(counted) == len(reports) else Counter(reports[place].source for place in counted)
    late = Counter(one.source for one in reports if one.late) if counts is not heard else Counter[str]()
    wrong: Counter[str] = Counter()
    for source, count in refused:
        wrong[source] += count
    return [
        SourceCount(
            source=source,
            heard=heard[source] + wrong[source],
            counted=counts[source],
            refused=wrong[source],
            repeated=heard[source] - counts[source] - late[source],
            late=late[source],
            last_heard_us=at_us,
        )
        for source in heard.keys() | wrong.keys()
    ]


def _sum(before: SourceCount | None, more: SourceCount) -> SourceCount:
    if before is None:
        return more
    summed = {name: getattr(before, name) + getattr(more, name) for name in _COUNTERS}
    return SourceCount(source=more.source, last_heard_us=more.last_heard_us, **summed)


def _less(one: SourceCount, less: SourceCount | None) -> SourceCount:
    if less is None:
        return one
    left = {name: getattr(one, name) - getattr(less, name) for name in _COUNTERS}
    return SourceCount(source=one.source, last_heard_us=one.last_heard_us, **left)


def _heard_in(connection: Connection) -> int:
    return int(connection.scalar(select(func.sum(sources.c.heard))) or 0)


def _still_written() -> OutsideFailed:
    return OutsideFailed(
        "The database still ended a transaction of before its connection was lost; it is looked at again in a moment."
    )


def _bits(counted: Sequence[int], reports: int) -> bytes | None:
    """Return one bit for each report, set where it counts; None when all do."""
    if len(counted) == reports:
        return None
    bits = bytearray((reports + 7) // 8)
    for place in counted:
        bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def _places(bits: bytes | None, reports: int) -> tuple[int, ...]:
    if bits is None:
        return tuple(range(reports))
    return tuple(place for place in range(reports) if bits[place >> 3] >> (place & 7) & 1)
