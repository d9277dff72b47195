"""Keeps the outbox in the desk's database: a word and all its deliveries are queued in one transaction.

A delivery is a row of its own, named by word and subscription, so none can be queued twice; its state says how far it
came, and is written before the step that cannot be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.schema import Micros
from pulih.adapters.sql.subscription_store import end_subscription, read_subscriptions
from pulih.adapters.sql.subscription_tables import deliveries, subscriptions, topics, words
from pulih.model.subscription import (
    ChannelKind,
    Delivery,
    DeliveryState,
    LetterKind,
    Parcel,
    QueuedWord,
    SendProgress,
    Subscription,
)
from pulih.ports.outbox import Became, Due, Settled

# What is being sent or will be; the others are settled.
UNSETTLED: tuple[DeliveryState, ...] = ("waiting", "leased", "handing")
# In turn: letters that somebody waits for, then those of the places that are hit, then those of everywhere.
_LETTER, _HERE, _EVERYWHERE = 0, 1, 2
_NAMED_MAX = 400
_COLUMNS = ["word", "subscription", "channel", "letter", "state", "place", "due_us", "tries", "changed_us", "why"]


class SqlOutbox:
    """Implements `ports.outbox.Outbox`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def queue(self, word: QueuedWord, dues: Sequence[Due], at_us: int) -> int | None:
        """Queue a word for every active subscription that it concerns; None when it was queued before."""
        with writing(self._engine) as connection:
            _in_turn(connection, self._engine)
            if connection.execute(select(words.c.word).where(words.c.word == word.key)).first() is not None:
                return None
            older = select(words.c.word).where(words.c.incident == word.incident.id)
            _drop(connection, deliveries.c.word.in_(older), at_us)
            values = {
                "word": word.key,
                "incident": word.incident.id,
                "published_us": word.word.published_us,
                "queued_us": at_us,
                "body": msgspec.json.encode(word),
            }
            connection.execute(insert(words).values(**values))
            return _address(connection, word, dues, at_us)

    def queue_letter(self, kind: LetterKind, subscription: Subscription, at_us: int) -> None:
        """Queue a letter to one subscription, due at once and before words."""
        self._queue_one(kind, f"{kind}/{at_us}", subscription, at_us)

    def queue_call(self, call: str, subscription: Subscription, at_us: int) -> bool:
        """Queue a call of somebody on duty; False when it was queued before, for whomever."""
        return self._queue_one("call", call, subscription, at_us, alone=True)

    def queue_report(self, post: str, subscription: Subscription, at_us: int) -> bool:
        """Queue a report to a recipient; False when it was queued before."""
        return self._queue_one("report", post, subscription, at_us, alone=True)

    def queue_survey(self, post: str, incident: str, dues: Sequence[Due], at_us: int) -> bool:
        """Queue a question for every reader who was told of an incident; False when it was queued before."""
        with writing(self._engine) as connection:
            _in_turn(connection, self._engine)
            if connection.execute(select(deliveries.c.word).where(deliveries.c.word == post)).first() is not None:
                return False
            later = [(subscriptions.c.quiet == one.quiet, one.at_us) for one in dues if one.pace == "each"]
            now, waits = literal(at_us, Micros), literal("waiting")
            due = case(*later, else_=now) if later else now
            who = (literal(post), subscriptions.c.id, subscriptions.c.channel, literal("survey"), waits)
            asked = select(*who, literal(_EVERYWHERE), due, literal(0), now, literal("")).where(_were_told(incident))
            connection.execute(insert(deliveries).from_select(_COLUMNS, asked))
        return True

    def readers_of(self, incident: str) -> int:
        """Return how many people who still want to be told were told of an incident."""
        with reading(self._engine) as connection:
            counted = select(func.count()).select_from(subscriptions).where(_were_told(incident))
            return int(connection.execute(counted).scalar_one())

    def became(self, post: str) -> Sequence[Became]:
        """Return what became of a report or question, nothing when it is not queued."""
        changed, why = func.max(deliveries.c.changed_us), func.max(deliveries.c.why)
        asked = select(deliveries.c.state, func.count(), changed, why).where(deliveries.c.word == post)
        with reading(self._engine) as connection:
            rows = list(connection.execute(asked.group_by(deliveries.c.state)))
        return [Became(state=row[0], many=row[1], changed_us=row[2], why=row[3]) for row in rows]

    def _queue_one(
        self, kind: LetterKind, key: str, subscription: Subscription, at_us: int, *, alone: bool = False
    ) -> bool:
        row = {
            "word": key,
            "subscription": subscription.id,
            "channel": subscription.channel,
            "letter": kind,
            "state": "waiting",
            "place": _LETTER,
            "due_us": at_us,
            "tries": 0,
            "changed_us": at_us,
            "why": "",
        }
        same = deliveries.c.word == key
        if not alone:
            same &= deliveries.c.subscription == subscription.id
        with writing(self._engine) as connection:
            if connection.execute(select(deliveries.c.word).where(same)).first() is not None:
                return False
            connection.execute(insert(deliveries).values(**row))
        return True

    def claim(self, channel: ChannelKind, now_us: int, most: int) -> Sequence[Parcel]:
        """Lease what is due on a channel, what comes first first; about `most` deliveries."""
        due = (deliveries.c.channel == channel) & (deliveries.c.state == "waiting") & (deliveries.c.due_us <= now_us)
        asked = select(deliveries).where(due).order_by(deliveries.c.place, deliveries.c.due_us).limit(most)
        with writing(self._engine) as connection:
            rows = list(connection.execute(asked).mappings())
            known = read_subscriptions(connection, list(dict.fromkeys(row["subscription"] for row in rows)))
            gathering = [one.id for one in known.values() if one.pace != "each"]
            taken = {(row["word"], row["subscription"]) for row in rows}
            # What is due for whoever wants it together goes together, though it was not this batch's turn.
            for some in _parts(gathering):
                also = connection.execute(select(deliveries).where(due & deliveries.c.subscription.in_(some)))
                rows += [row for row in also.mappings() if (row["word"], row["subscription"]) not in taken]
            nobodys = [row for row in rows if known[row["subscription"]].state == "ended"]
            rows = [row for row in rows if row not in nobodys]
            dropped = [Settled(delivery=_key(row), state="dropped") for row in nobodys]
            leased = [Settled(delivery=_key(row), state="leased") for row in rows]
            _settle(connection, [*dropped, *leased], now_us)
            said = _bodies(connection, {row["word"] for row in rows if row["letter"] == "word"})
        return _parcels(rows, known, said)

    def settle(self, changes: Sequence[Settled], at_us: int) -> None:
        """Write states of deliveries, in order, and end the subscriptions that are gone."""
        if changes:
            with writing(self._engine) as connection:
                _settle(connection, changes, at_us)
                for one in {change.delivery.subscription for change in changes if change.gone}:
                    end_subscription(connection, one, at_us)

    def recover(self, at_us: int, *, begun: frozenset[Delivery] | None) -> int:
        """After a start, let what was leased wait again, and settle what was being handed over."""
        why = "The desk was cut off while it handed this over; it is not sent again, since it may have arrived."
        with writing(self._engine) as connection:
            found = connection.execute(select(deliveries).where(deliveries.c.state == "handing")).mappings()
            cut = [key for key in map(_key, found) if begun is None or key in begun]
            _settle(connection, [Settled(delivery=one, state="uncertain", why=why) for one in cut], at_us)
            again = deliveries.c.state.in_(("leased", "handing"))
            connection.execute(update(deliveries).where(again).values(state="waiting"))
            return len(cut)

    def withdraw(self, word: str, at_us: int) -> int:
        """Drop what waits of a word that was taken back; return how many."""
        with writing(self._engine) as connection:
            return _drop(connection, deliveries.c.word == word, at_us)

    def progress(self, most: int) -> Sequence[SendProgress]:
        """Return how far the words queued last have come, newest first."""
        newest = select(words.c.word, words.c.incident, words.c.queued_us).order_by(words.c.queued_us.desc())
        with reading(self._engine) as connection:
            found = list(connection.execute(newest.limit(most)))
            by = (deliveries.c.word, deliveries.c.channel, deliveries.c.state)
            counted = select(*by, func.count(), func.max(deliveries.c.changed_us)).group_by(*by)
            rows = list(connection.execute(counted.where(deliveries.c.word.in_([one.word for one in found]))))
        return [progress for one in found for progress in _progress(one, [row for row in rows if row[0] == one.word])]

    def waiting(self) -> Mapping[ChannelKind, int]:
        """Return how many deliveries are not settled yet, by channel."""
        asked = select(deliveries.c.channel, func.count()).where(deliveries.c.state.in_(UNSETTLED))
        with reading(self._engine) as connection:
            return {row[0]: row[1] for row in connection.execute(asked.group_by(deliveries.c.channel))}

    def forget(self, before_us: int) -> int:
        """Remove words queued before, with their deliveries, and letters; return how many deliveries."""
        old = select(words.c.word).where(words.c.queued_us < before_us)
        letters = (deliveries.c.letter != "word") & (deliveries.c.changed_us < before_us)
        with writing(self._engine) as connection:
            gone = connection.execute(delete(deliveries).where(deliveries.c.word.in_(old) | letters)).rowcount
            connection.execute(delete(words).where(words.c.queued_us < before_us))
            return gone


def _in_turn(connection: Connection, engine: Engine) -> None:
    """Let nobody else queue meanwhile; SQLite has one writer, PostgreSQL needs a lock."""
    if engine.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE outbox_words IN EXCLUSIVE MODE")


def _address(connection: Connection, word: QueuedWord, dues: Sequence[Due], at_us: int) -> int:
    """Write a delivery for every subscription that a word concerns; return how many."""
    here = _named("region", _touches(word.regions)) if word.regions else literal(True)
    chosen = _named("region")
    places = case((and_(here, chosen), _HERE), else_=_EVERYWHERE)
    later = [(and_(subscriptions.c.pace == one.pace, subscriptions.c.quiet == one.quiet), one.at_us) for one in dues]
    now = literal(at_us, Micros)
    asked = select(
        literal(word.key),
        subscriptions.c.id,
        subscriptions.c.channel,
        literal("word"),
        literal("waiting"),
        places,
        case(*later, else_=now) if later else now,
        literal(0),
        now,
        literal(""),
    ).where(
        subscriptions.c.state == "active",
        subscriptions.c.confirmed_us <= word.word.published_us,
        or_(here, ~chosen),
        _wants("operator", topics.c.value == word.incident.operator),
        _wants("service", topics.c.value.in_(word.services)) if word.services else literal(True),
    )
    return connection.execute(insert(deliveries).from_select(_COLUMNS, asked)).rowcount


def _were_told(incident: str) -> ColumnElement[bool]:
    """Return whether a subscription is a reader's who got a word of an incident and has not ended it.

    A notification has no room for a question, and machines and own rooms have no opinion.
    """
    said = select(words.c.word).where(words.c.incident == incident)
    got = (deliveries.c.subscription == subscriptions.c.id) & (deliveries.c.state == "sent")
    had = exists(select(1).where(got & deliveries.c.word.in_(said)).correlate(subscriptions))
    return (subscriptions.c.state == "active") & subscriptions.c.channel.not_in(("webhook", "staff", "push")) & had


def _named(kind: str, what: ColumnElement[bool] | None = None) -> ColumnElement[bool]:
    """Return whether a subscription names something of a kind, or something of it that is so."""
    of_it = (topics.c.subscription == subscriptions.c.id) & (topics.c.kind == kind)
    return exists(select(1).where(of_it if what is None else of_it & what).correlate(subscriptions))


def _wants(kind: str, what: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(_named(kind, what), ~_named(kind))


def _touches(regions: Sequence[str]) -> ColumnElement[bool]:
    """Return whether a region is one of these, in one of them, or around one of them."""
    around = {".".join(code.split(".")[:depth]) for code in regions for depth in range(1, code.count(".") + 2)}
    inside = [topics.c.value.startswith(f"{code}.", autoescape=True) for code in regions]
    return or_(topics.c.value.in_(sorted(around)), *inside)


def _drop(connection: Connection, which: ColumnElement[bool], at_us: int) -> int:
    waiting = which & (deliveries.c.state == "waiting")
    return connection.execute(update(deliveries).where(waiting).values(state="dropped", changed_us=at_us)).rowcount


def _settle(connection: Connection, changes: Sequence[Settled], at_us: int) -> None:
    which = (deliveries.c.word == bindparam("of_word")) & (deliveries.c.subscription == bindparam("of_subscription"))
    for waits in (False, True):
        rows: list[dict[str, Any]] = [
            {
                "of_word": one.delivery.word,
                "of_subscription": one.delivery.subscription,
                "state": one.state,
                "changed_us": at_us,
                "why": one.why[:300],
                **({"due_us": one.due_us, "one_more": 1} if waits else {}),
            }
            for one in changes
            if (one.due_us is not None) == waits
        ]
        if rows and waits:
            more = {"tries": deliveries.c.tries + bindparam("one_more")}
            connection.execute(update(deliveries).where(which).values(**_bound(rows[0]), **more), rows)
        elif rows:
            connection.execute(update(deliveries).where(which).values(**_bound(rows[0])), rows)


def _bound(row: Mapping[str, object]) -> dict[str, Any]:
    columns = {"state", "changed_us", "why", "due_us"} & row.keys()
    return {name: bindparam(name) for name in sorted(columns)}


def _key(row: Mapping[Any, Any]) -> Delivery:
    return Delivery(row["word"], row["subscription"])


def _bodies(connection: Connection, keys: Iterable[str]) -> dict[str, QueuedWord]:
    found = connection.execute(select(words.c.word, words.c.body).where(words.c.word.in_(sorted(keys))))
    return {row.word: msgspec.json.decode(row.body, type=QueuedWord) for row in found}


def _parcels(
    rows: Sequence[Mapping[Any, Any]], known: Mapping[str, Subscription], said: Mapping[str, QueuedWord]
) -> list[Parcel]:
    """Put into one parcel what one subscription wants together, each other delivery into its own."""
    gathered: dict[tuple[str, str], list[Mapping[Any, Any]]] = {}
    for row in rows:
        together = row["letter"] == "word" and known[row["subscription"]].pace != "each"
        gathered.setdefault((row["subscription"], "" if together else row["word"]), []).append(row)
    return [
        Parcel(
            subscription=known[mine[0]["subscription"]],
            letter=mine[0]["letter"],
            deliveries=tuple(_key(row) for row in mine),
            words=tuple(
                sorted(
                    (said[row["word"]] for row in mine if row["word"] in said), key=lambda one: one.word.published_us
                )
            ),
            tries=max(row["tries"] for row in mine),
        )
        for mine in gathered.values()
    ]


def _progress(word: Any, rows: Sequence[Any]) -> list[SendProgress]:
    order: tuple[DeliveryState, ...] = get_args(DeliveryState)
    made = []
    for channel in dict.fromkeys(row.channel for row in rows):
        own = [row for row in rows if row.channel == channel]
        counts = sorted(((row.state, row[3]) for row in own), key=lambda one: order.index(one[0]))
        made.append(
            SendProgress(
                word=word.word,
                channel=channel,
                incident=word.incident,
                counts=tuple(counts),
                queued_us=word.queued_us,
                changed_us=max(row[4] for row in own),
            )
        )
    return made


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _NAMED_MAX] for start in range(0, len(ids), _NAMED_MAX))
