"""Ledger: knows every key once (ports.Ledger); keys, counters and the frame's number change in one transaction.

A transaction is a few statements however many reports it holds: lists go to the database whole, and what it knows
already is asked for at once. On SQLite a commit may be lost with power, and is then made again from the journal with
the same result, since what counts depends on nothing but the frames before (requirement P2).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Engine,
    FromClause,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.ledger_tables import frames, keys, sources
from pulih.ports.intake import Accepted, Keyed, SourceCount

_COUNTERS: Final = ("heard", "counted", "refused", "repeated", "late")


class SqlLedger:
    """A ledger in a database that `upgrade(engine, "intake")` has prepared. One thread accepts, any may ask."""

    def __init__(self, engine: Engine) -> None:
        """Keep the ledger in the database of `engine`."""
        self._engine = engine
        on_sqlite = engine.dialect.name == "sqlite"
        given = _listed(on_sqlite=on_sqlite)
        listed = select(given.c.value)
        self._pass: Final = _passed if on_sqlite else list
        self._known = select(keys.c.key).where(keys.c.key.in_(listed))
        self._learn = insert(keys).from_select(["key"], listed)
        self._add = _adding(on_sqlite=on_sqlite)

    def accept(
        self, frame: int, reports: Sequence[Keyed], refused: Sequence[tuple[str, int]], *, at_us: int
    ) -> Accepted:
        """Take the reports of a frame (0 when nothing of it was worth a frame) and return which count.

        Args:
            frame: number in the journal; one that was taken already changes nothing and returns the same.
            reports: of the frame, in its order.
            refused: how many were refused beside them, by source.
            at_us: when they were heard.

        Raises: OutsideFailed.
        """
        with writing(self._engine) as connection:
            if frame and (taken := _taken(connection, frame)) is not None:
                return taken
            counted = self._counted(connection, reports) if reports else ()
            if frame:
                row = {"frame": frame, "reports": len(reports), "counted": _bits(counted, len(reports))}
                connection.execute(insert(frames), row)
            if added := _added(reports, counted, refused, at_us):
                connection.execute(self._add, added)
        return Accepted(frame, counted)

    def position(self) -> int:
        """Return the number of the last frame taken, 0 before any."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.max(frames.c.frame))) or 0

    def accepted(self, after: int, limit: int) -> list[Accepted]:
        """Return up to `limit` frames behind number `after`, in order."""
        wanted = select(frames).where(frames.c.frame > after).order_by(frames.c.frame).limit(limit)
        with reading(self._engine) as connection:
            return [Accepted(row.frame, _places(row.counted, row.reports)) for row in connection.execute(wanted)]

    def counts(self) -> list[SourceCount]:
        """Return the counters by source, sorted."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(sources).order_by(sources.c.source)).mappings()
            # Databases sort by the rules of a language; these are sorted by their letters' numbers everywhere.
            return sorted((SourceCount(**row) for row in rows), key=lambda one: one.source)

    def forget_frames(self, through: int) -> int:
        """Forget what became of the frames up to number `through`, but never of the last; return how many.

        Keys and counters stay: what was heard once is known for good.
        """
        with writing(self._engine) as connection:
            last = connection.scalar(select(func.max(frames.c.frame))) or 0
            gone = delete(frames).where(frames.c.frame <= min(through, last - 1))
            return connection.execute(gone).rowcount

    def _counted(self, connection: Connection, reports: Sequence[Keyed]) -> tuple[int, ...]:
        """Learn the keys of reports that are not late, and return the places of those that were new."""
        on_time = [one.key for one in reports if not one.late]
        fresh = set(on_time)
        if not fresh:
            return ()
        known = connection.scalars(self._known, {"given": self._pass(fresh)}).all()
        fresh.difference_update(known)
        if fresh:
            # In their order, neighbours are written together.
            connection.execute(self._learn, {"given": self._pass(sorted(fresh))})
        if len(fresh) == len(reports):
            return tuple(range(len(reports)))
        places = []
        for place, one in enumerate(reports):
            if not one.late and one.key in fresh:
                fresh.remove(one.key)
                places.append(place)
        return tuple(places)


def _listed(*, on_sqlite: bool) -> FromClause:
    """Return a list that is handed in whole as `given`, as rows with one column `value`."""
    given: Any = bindparam("given")
    if on_sqlite:
        return func.json_each(given).table_valued("value")
    return func.unnest(cast(given, ARRAY(BigInteger))).table_valued("value")


def _passed(numbers: Collection[int]) -> str:
    return msgspec.json.encode(numbers).decode()


def _adding(*, on_sqlite: bool) -> Any:
    """Return the statement that adds to the counters of sources, of new ones too."""
    put: Any = sqlite.insert(sources) if on_sqlite else postgresql.insert(sources)
    summed = {name: sources.c[name] + put.excluded[name] for name in _COUNTERS}
    return put.on_conflict_do_update(
        index_elements=["source"], set_={**summed, "last_heard_us": put.excluded.last_heard_us}
    )


def _taken(connection: Connection, frame: int) -> Accepted | None:
    row = connection.execute(select(frames).where(frames.c.frame == frame)).one_or_none()
    return None if row is None else Accepted(frame, _places(row.counted, row.reports))


def _added(
    reports: Sequence[Keyed], counted: Sequence[int], refused: Sequence[tuple[str, int]], at_us: int
) -> list[dict[str, str | int]]:
    """Return what to add to the counters, a row for each source that was heard, sorted."""
    heard = Counter(one.source for one in reports)
    counts = heard if len(counted) == len(reports) else Counter(reports[place].source for place in counted)
    late = Counter(one.source for one in reports if one.late)
    wrong: Counter[str] = Counter()
    for source, count in refused:
        wrong[source] += count
    return [
        {
            "source": source,
            "heard": heard[source] + wrong[source],
            "counted": counts[source],
            "refused": wrong[source],
            "repeated": heard[source] - counts[source] - late[source],
            "late": late[source],
            "last_heard_us": at_us,
        }
        for source in sorted(heard.keys() | wrong.keys())
    ]


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
