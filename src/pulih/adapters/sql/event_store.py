"""Listeners and events in SQL: an event stays until its time is over, and each listener notes how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict, replace
from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.interchange_tables import events, listeners, seen
from pulih.ports.interchange import Happened, Listener


class SqlEventStore:
    """Keeps listeners in the desk's database; implements `pulih.ports.interchange.EventStore`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def listen(self, listener: Listener) -> Listener:
        """Keep a listener; see `EventStore.listen`."""
        with writing(self._engine) as connection:
            last = connection.execute(select(func.max(events.c.number))).scalar_one_or_none()
            listener = replace(listener, told=last or 0)
            made = connection.execute(insert(listeners).values(**_row(listener)))
        (number,) = made.inserted_primary_key or (0,)
        return replace(listener, number=int(number))

    def listeners(self, root: str = "") -> Sequence[Listener]:
        """Return the listeners of an interface, or all."""
        asked = select(listeners).where(listeners.c.gone.is_(False)).order_by(listeners.c.number)
        if root:
            asked = asked.where(listeners.c.root == root)
        names = Listener.__struct_fields__
        with reading(self._engine) as connection:
            rows = connection.execute(asked).all()
        return [Listener(**{name: getattr(row, name) for name in names}) for row in rows]

    def settle(self, listener: Listener) -> None:
        """Write how far a listener has come."""
        come = {name: getattr(listener, name) for name in ("told", "failed", "due_us", "why")}
        with writing(self._engine) as connection:
            connection.execute(update(listeners).where(listeners.c.number == listener.number).values(**come))

    def leave(self, root: str, number: int) -> bool:
        """Remove a listener; its row goes on holding its number."""
        there = (listeners.c.root == root) & (listeners.c.number == number) & listeners.c.gone.is_(False)
        with writing(self._engine) as connection:
            left = connection.execute(update(listeners).where(there).values(gone=True, callback="", query=""))
            return left.rowcount == 1

    def happened(self, events: Sequence[Happened]) -> None:
        """Keep events."""
        with writing(self._engine) as connection:
            write_events(connection, events)

    def after(self, root: str, number: int, most: int) -> Sequence[Happened]:
        """Return events of an interface behind a number, oldest first."""
        asked = select(events).where(events.c.root == root, events.c.number > number)
        with reading(self._engine) as connection:
            rows = connection.execute(asked.order_by(events.c.number).limit(most)).all()
        names = Happened.__struct_fields__
        return [Happened(**{name: getattr(row, name) for name in names}) for row in rows]

    def seen(self, incident: str) -> int | None:
        """Return which version of an incident listeners were told of last."""
        with reading(self._engine) as connection:
            return connection.execute(select(seen.c.version).where(seen.c.incident == incident)).scalar_one_or_none()

    def see(self, incident: str, version: int, events: Sequence[Happened]) -> None:
        """Note which version listeners are told of, with the events about it."""
        with writing(self._engine) as connection:
            changed = connection.execute(update(seen).where(seen.c.incident == incident).values(version=version))
            if not changed.rowcount:
                connection.execute(insert(seen).values(incident=incident, version=version))
            write_events(connection, events)

    def forget_events(self, before_us: int) -> int:
        """Remove events from before a moment, but the last one, whose number is the last that was given."""
        last = select(func.max(events.c.number)).scalar_subquery()
        with writing(self._engine) as connection:
            return connection.execute(delete(events).where(events.c.at_us < before_us, events.c.number < last)).rowcount


def write_events(connection: Connection, happened: Sequence[Happened]) -> None:
    """Write events in a transaction that is open."""
    if happened and connection.dialect.name == "postgresql":
        # Numbers become visible in their order, so that nobody who reads on misses one that was committed later.
        connection.execute(text("LOCK TABLE tmf_events IN SHARE ROW EXCLUSIVE MODE"))
    for one in happened:
        connection.execute(insert(events).values(root=one.root, at_us=one.at_us, key=one.key, sealed=one.sealed))


def _row(listener: Listener) -> dict[str, Any]:
    row = {**asdict(listener), "gone": False}
    del row["number"]
    return row
