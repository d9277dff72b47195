"""Keeps subscriptions in the desk's database; each method is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.subscription_tables import deliveries, subscriptions, topics
from pulih.model.subscription import ChannelKind, Language, Pace, Subscription, Topics

# A statement names no more subscriptions than any database takes.
_NAMED_MAX = 400


class SqlSubscriptionStore:
    """Implements `ports.outbox.SubscriptionStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, subscription: Subscription) -> bool:
        """Add a subscription; False when one with that address on that channel has not ended."""
        values = msgspec.structs.asdict(subscription)
        del values["topics"]
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(subscriptions).values(**values))
                _write_topics(connection, subscription.id, subscription.topics)
        except IntegrityError:
            return False
        return True

    def subscription(self, subscription_id: str) -> Subscription | None:
        """Return one subscription, ended ones too."""
        with reading(self._engine) as connection:
            return next(iter(read_subscriptions(connection, [subscription_id]).values()), None)

    def of_address(self, channel: ChannelKind, address_key: str) -> Subscription | None:
        """Return the subscription of an address, None when there is none that has not ended."""
        which = (subscriptions.c.channel == channel) & (subscriptions.c.address_key == address_key)
        with reading(self._engine) as connection:
            found = connection.execute(select(subscriptions.c.id).where(which)).scalar()
            return read_subscriptions(connection, [found])[found] if found else None

    def active(self, channel: ChannelKind) -> list[Subscription]:
        """Return all that are active on a channel."""
        return self._many((subscriptions.c.channel == channel) & (subscriptions.c.state == "active"))

    def on_call(self) -> list[Subscription]:
        """Return those who are called."""
        return self._many(subscriptions.c.state == "on_call")

    def confirm(self, subscription_id: str, at_us: int) -> bool:
        """Make a pending subscription active; False when it is not pending."""
        which = (subscriptions.c.id == subscription_id) & (subscriptions.c.state == "pending")
        with writing(self._engine) as connection:
            changed = connection.execute(update(subscriptions).where(which).values(state="active", confirmed_us=at_us))
            return changed.rowcount == 1

    def change(self, subscription_id: str, topics: Topics, *, language: Language, pace: Pace, quiet: bool) -> bool:
        """Change what it is told; False when it has ended."""
        which = (subscriptions.c.id == subscription_id) & (subscriptions.c.state != "ended")
        values = {"language": language, "pace": pace, "quiet": quiet}
        with writing(self._engine) as connection:
            if connection.execute(update(subscriptions).where(which).values(**values)).rowcount != 1:
                return False
            _write_topics(connection, subscription_id, topics)
        return True

    def end(self, subscription_id: str, at_us: int) -> bool:
        """End a subscription: its address is forgotten and what waits for it dropped; False when it had ended."""
        with writing(self._engine) as connection:
            return end_subscription(connection, subscription_id, at_us)

    def forget(self, *, pending_before_us: int, ended_before_us: int) -> int:
        """Remove what was never confirmed and what ended before; return how many."""
        stale = (subscriptions.c.state == "pending") & (subscriptions.c.made_us < pending_before_us)
        over = (subscriptions.c.state == "ended") & (subscriptions.c.ended_us < ended_before_us)
        with writing(self._engine) as connection:
            return connection.execute(delete(subscriptions).where(stale | over)).rowcount

    def _many(self, which: ColumnElement[bool]) -> list[Subscription]:
        with reading(self._engine) as connection:
            ids = list(
                connection.execute(select(subscriptions.c.id).where(which).order_by(subscriptions.c.id)).scalars()
            )
            return list(read_subscriptions(connection, ids).values())

    def counts(self) -> Mapping[ChannelKind, int]:
        """Return how many are active on each channel."""
        asked = select(subscriptions.c.channel, func.count()).where(subscriptions.c.state == "active")
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(asked.group_by(subscriptions.c.channel))}


def end_subscription(connection: Connection, subscription_id: str, at_us: int) -> bool:
    """Forget the address of a subscription, and drop what waits for it; False when it had ended."""
    which = (subscriptions.c.id == subscription_id) & (subscriptions.c.state != "ended")
    waiting = (deliveries.c.subscription == subscription_id) & (deliveries.c.state == "waiting")
    gone = {"state": "ended", "ended_us": at_us, "address": "", "address_key": subscription_id}
    if connection.execute(update(subscriptions).where(which).values(**gone)).rowcount != 1:
        return False
    connection.execute(delete(topics).where(topics.c.subscription == subscription_id))
    connection.execute(update(deliveries).where(waiting).values(state="dropped", changed_us=at_us))
    return True


def read_subscriptions(connection: Connection, ids: Sequence[str]) -> dict[str, Subscription]:
    """Return subscriptions of these ids by id, with their topics."""
    found: dict[str, Subscription] = {}
    for start in range(0, len(ids), _NAMED_MAX):
        some = ids[start : start + _NAMED_MAX]
        named: dict[str, dict[str, list[str]]] = {}
        for one in connection.execute(select(topics).where(topics.c.subscription.in_(some)).order_by(topics.c.value)):
            named.setdefault(one.subscription, {}).setdefault(one.kind, []).append(one.value)
        for row in connection.execute(select(subscriptions).where(subscriptions.c.id.in_(some))).mappings():
            found[row["id"]] = _read(row, named.get(row["id"], {}))
    return found


def _read(row: RowMapping, named: Mapping[str, list[str]]) -> Subscription:
    values: dict[str, Any] = {str(column): value for column, value in row.items()}
    values["topics"] = {
        "operators": named.get("operator", []),
        "services": named.get("service", []),
        "regions": named.get("region", []),
    }
    return msgspec.convert(values, Subscription)


def _write_topics(connection: Connection, subscription_id: str, chosen: Topics) -> None:
    connection.execute(delete(topics).where(topics.c.subscription == subscription_id))
    rows = [*_rows("operator", chosen.operators), *_rows("service", chosen.services), *_rows("region", chosen.regions)]
    if rows:
        connection.execute(insert(topics), [{"subscription": subscription_id, **row} for row in rows])


def _rows(kind: str, values: Iterable[str]) -> list[dict[str, str]]:
    return [{"kind": kind, "value": value} for value in dict.fromkeys(values)]
