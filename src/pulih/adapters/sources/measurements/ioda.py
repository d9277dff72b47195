"""IODA: outages of countries, regions and networks as Georgia Tech sees them from afar, by its interface v2.

It answers 200 with an `error` too, and some answers hold their list within a list. An alert tells that a signal left
what is usual, or came back ("normal"); an event tells from when until when it was away, once that is over.
Source: https://api.ioda.inetintel.cc.gatech.edu/v2/ (its description), seen through public clients of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.measurements._polling import Asking, Poller, Polling, Read, Span, Tags
from pulih.adapters.sources.measurements._watched import (
    EverySeconds,
    PerSecond,
    Watch,
    check_watched,
    codes_of,
    item_of,
)
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Item, Means, SourceKind

ADDRESS: Final = "https://api.ioda.inetintel.cc.gatech.edu/v2"
_LIMIT: Final = 2_000
# Alerts are raised up to some two hours after the fact.
_BACK_S: Final = 3 * HOUR_S
_LEVELS: Final = {"normal": True, "warning": False, "critical": False}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a source.

    Attributes:
        watch: what is watched.
        events: ask for events too, which tell of an outage's end once more.
        every_s: seconds between two rounds.
        per_s: questions a second at most.
        address: of the interface.
    """

    watch: tuple[Watch, ...]
    events: bool = True
    every_s: EverySeconds = 300.0
    per_s: PerSecond = 2.0
    address: str = ADDRESS


class _Envelope(msgspec.Struct):
    error: Any = None
    data: Any = None


class _Entity(msgspec.Struct):
    name: str = ""


class _Alert(msgspec.Struct, rename="camel"):
    datasource: str
    time: Annotated[int, Meta(ge=0, lt=1 << 33)]
    level: str
    entity: _Entity = msgspec.field(default_factory=_Entity)
    value: float | None = None
    history_value: float | None = None


class _Event(msgspec.Struct):
    datasource: str
    start: Annotated[int, Meta(ge=0, lt=1 << 33)]
    duration: Annotated[int, Meta(ge=0, lt=1 << 31)]
    location_name: str = ""


def alerts_of(body: bytes, watch: Watch) -> Read:
    """Return what an answer of /outages/alerts says of something watched.

    Raises: OutsideFailed when it is no answer, or one that tells of an error.

    >>> body = b'{"error": null, "data": [[{"datasource": "bgp", "time": 60, "level": "critical"}]]}'
    >>> alerts_of(body, Watch(country="ID")).items[0].text
    'failed: ioda/bgp ID: critical'
    """
    return _read(body, _Alert, partial(_of_alert, watch=watch))


def events_of(body: bytes, watch: Watch) -> Read:
    """Return what an answer of /outages/events says of something watched: each event begins and ends.

    Raises: as `alerts_of`.
    """
    return _read(body, _Event, partial(_of_event, watch=watch))


def _of_alert(alert: _Alert, watch: Watch) -> Iterator[Item]:
    if alert.level not in _LEVELS:
        raise msgspec.ValidationError(f"level {alert.level[:20]!r} is none of {', '.join(_LEVELS)}")
    share = ""
    if alert.value is not None and alert.history_value:
        share = f", {alert.value / alert.history_value:.0%} of usual"
    yield item_of(
        watch,
        of=f"ioda/{_word(alert.datasource)}",
        what=f"{alert.entity.name} {alert.level}{share}".strip(),
        at_us=alert.time * MICROS,
        well=_LEVELS[alert.level],
    )


def _of_event(event: _Event, watch: Watch) -> Iterator[Item]:
    of, name = f"ioda/{_word(event.datasource)}", event.location_name
    minutes = event.duration // 60
    yield item_of(watch, of=of, what=f"{name} outage of {minutes} min", at_us=event.start * MICROS, well=False)
    end_us = (event.start + event.duration) * MICROS
    yield item_of(watch, of=of, what=f"{name} outage over after {minutes} min", at_us=end_us, well=True)


def _word(datasource: str) -> str:
    """Return the name of a kind of data as one word, since it stands in ids and texts."""
    return "".join(letter for letter in datasource if letter.isalnum() or letter in "-_")[:40] or "unnamed"


def _read(body: bytes, shape: type[Any], items_of: Callable[[Any], Iterator[Item]]) -> Read:
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "IODA answers with something that is not its JSON.", key="source.unreadable", name="IODA"
        ) from None
    if envelope.error:
        why = str(envelope.error)[:200]
        raise OutsideFailed(f"IODA answers with an error: {why}", key="source.trouble", name="IODA", why=why)
    if not isinstance(envelope.data, list | None):
        raise OutsideFailed("IODA answers without a list of data.", key="source.unreadable", name="IODA")
    items: list[Item] = []
    refused: list[str] = []
    for one in _flat(envelope.data or []):
        try:
            items.extend(items_of(msgspec.convert(one, shape)))
        except msgspec.ValidationError as problem:
            refused.append(f"IODA: an entry cannot be read ({problem}).")
    return Read(tuple(items), tuple(refused))


def _flat(data: list[Any]) -> Iterator[Any]:
    for one in data:
        if isinstance(one, list):
            yield from one
        else:
            yield one


def _entity(watch: Watch) -> tuple[str, str]:
    if watch.asn is not None:
        return "asn", str(watch.asn)
    return ("country", watch.country) if watch.country else ("region", watch.region)


async def _ask(asking: Asking, settings: Settings, span: Span, tags: Tags) -> Read:
    # Whole hours, so that the same question is asked for an hour and may be answered with "as before".
    hours: dict[str, str | int] = {"from": span[0] // HOUR_S * HOUR_S, "until": -(-span[1] // HOUR_S) * HOUR_S}
    items: list[Item] = []
    refused: list[str] = []
    for watch in settings.watch:
        kind, code = _entity(watch)
        asked: dict[str, str | int] = {"entityType": kind, "entityCode": code, **hours, "limit": _LIMIT}
        answers = [(alerts_of, await asking.get("/outages/alerts", asked, tags))]
        if settings.events:
            answers.append((events_of, await asking.get("/outages/events", {**asked, "format": "codf"}, tags)))
        for read, body in answers:
            if body is not None:
                found = read(body, watch)
                items.extend(found.items)
                refused.extend(found.refused)
    return Read(tuple(items), tuple(refused))


def _open(settings: Settings, means: Means) -> Poller:
    check_watched(means.name, settings.watch, regions=True)
    asking = Asking(means, settings.address, per_s=settings.per_s)
    polling = Polling(
        every_s=settings.every_s,
        back_s=_BACK_S,
        ask=partial(_ask, asking, settings),
        filters=codes_of(settings),
    )
    return Poller(means, asking, polling)


KIND: Final = SourceKind(
    name="ioda",
    settings=Settings,
    open=_open,
    says="Outages of countries, regions and networks as IODA sees them from afar; they corroborate and open nothing.",
    verified="written answers in the shape of its interface v2; not verified against the vendor",
    away="what was seen in the last seven days; what is older is told as a gap",
    afar=True,
    filters=codes_of,
    past=True,
)
