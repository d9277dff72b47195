"""Cloudflare Radar: outages that its people annotate and anomalies of traffic that it notices, by its interface v4.

An annotation or anomaly has a beginning, and an end once it is over. One that names networks is of those alone, and
says nothing of the whole country in which they are.
Source: https://developers.cloudflare.com/api/resources/radar/ (annotations/outages, traffic_anomalies); CC BY-NC 4.0.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from datetime import datetime
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
from pulih.model.clock import DAY_S, HOUR_S, MICROS, iso, to_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Item, Means, SourceKind

ADDRESS: Final = "https://api.cloudflare.com/client/v4/radar"
_LIMIT: Final = 100
_PAGES_MAX: Final = 10
# Annotations are written by people, some a day after the fact.
_BACK_S: Final = 2 * DAY_S
_TEXT_CHARS: Final = 300


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a source.

    Attributes:
        watch: what is watched; regions are not known there.
        token_file: where the token of the interface is kept.
        anomalies: take anomalies of traffic too, those that were verified alone with "verified".
        every_s: seconds between two rounds.
        per_s: questions a second at most.
        address: of the interface.
    """

    watch: tuple[Watch, ...]
    token_file: Annotated[str, Meta(min_length=1, description="a file with the token, or env:NAME")]
    anomalies: Annotated[str, Meta(pattern="^(all|verified|none)$", description="all, verified or none")] = "verified"
    every_s: EverySeconds = 600.0
    per_s: PerSecond = 2.0
    address: str = ADDRESS


class _Result(msgspec.Struct, rename="camel"):
    annotations: list[Any] = []
    traffic_anomalies: list[Any] = []


class _Envelope(msgspec.Struct):
    success: bool = False
    errors: Any = None
    result: _Result | None = None


class _Outage(msgspec.Struct, rename="camel"):
    outage_cause: str | None = None
    outage_type: str | None = None


class _Annotation(msgspec.Struct, rename="camel"):
    start_date: datetime
    end_date: datetime | None = None
    asns: list[int] = []
    locations: list[str] = []
    description: str | None = None
    scope: str | None = None
    outage: _Outage | None = None


class _Asn(msgspec.Struct):
    asn: int | str


class _Location(msgspec.Struct):
    code: str


class _Anomaly(msgspec.Struct, rename="camel"):
    start_date: datetime
    status: str
    end_date: datetime | None = None
    asn_details: _Asn | None = None
    location_details: _Location | None = None
    visible_in_data_sources: list[str] | None = None


def outages_of(body: bytes, watch: Watch) -> Read:
    """Return what an answer of /annotations/outages says of something watched.

    Raises: OutsideFailed when it is no answer, or one that tells of an error.

    >>> body = b'''{"success": true, "result": {"annotations": [
    ...     {"startDate": "1970-01-01T00:01:00Z", "locations": ["ID"], "description": "Cable cut"}]}}'''
    >>> outages_of(body, Watch(country="ID")).items[0].text
    'failed: radar/outage ID: Cable cut'
    """
    result = _decoded(body)
    return _read(result.annotations, _Annotation, partial(_of_annotation, watch=watch))


def anomalies_of(body: bytes, watch: Watch, *, verified: bool = True) -> Read:
    """Return what an answer of /traffic_anomalies says of something watched; only what was verified, or all.

    Raises: as `outages_of`.
    """
    result = _decoded(body)
    return _read(result.traffic_anomalies, _Anomaly, partial(_of_anomaly, watch=watch, verified=verified))


def _of_annotation(one: _Annotation, watch: Watch) -> Iterator[Item]:
    if _is_of(watch, one.asns, one.locations):
        outage = one.outage or _Outage()
        said = (one.description, one.scope, outage.outage_type, outage.outage_cause)
        what = "; ".join(" ".join(part.split()) for part in said if part)[:_TEXT_CHARS] or "outage"
        yield from _spell(one, watch, "radar/outage", what)


def _of_anomaly(one: _Anomaly, watch: Watch, *, verified: bool) -> Iterator[Item]:
    asns = [int(one.asn_details.asn)] if one.asn_details and str(one.asn_details.asn).isdecimal() else []
    places = [one.location_details.code] if one.location_details else []
    if _is_of(watch, asns, places) and (one.status == "VERIFIED" or not verified):
        seen = ", ".join(one.visible_in_data_sources or ())[:_TEXT_CHARS]
        yield from _spell(one, watch, "radar/traffic", f"less traffic than usual {seen}".strip())


def _is_of(watch: Watch, asns: Collection[int], countries: Collection[str]) -> bool:
    return watch.asn in asns if asns or watch.asn is not None else watch.country in countries


def _spell(one: _Annotation | _Anomaly, watch: Watch, of: str, what: str) -> Iterator[Item]:
    """Yield the beginning, and the end where there is one. Raises ValueError without a time zone."""
    for moment, well in ((one.start_date, False), (one.end_date, True)):
        if moment is not None:
            if moment.tzinfo is None:
                raise ValueError("a date has no time zone")
            yield item_of(watch, of=of, what=what, at_us=to_micros(moment), well=well)


def _decoded(body: bytes) -> _Result:
    try:
        envelope = msgspec.json.decode(body, type=_Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "Radar answers with something that is not its JSON.", key="source.unreadable", name="Radar"
        ) from None
    if not envelope.success or envelope.result is None:
        why = str(envelope.errors)[:200]
        raise OutsideFailed(f"Radar answers with an error: {why}", key="source.trouble", name="Radar", why=why)
    return envelope.result


def _read(found: list[Any], shape: type[Any], items_of: Callable[[Any], Iterator[Item]]) -> Read:
    items: list[Item] = []
    refused: list[str] = []
    for one in found:
        try:
            items.extend(items_of(msgspec.convert(one, shape)))
        except (ValueError, OverflowError) as problem:
            refused.append(f"Radar: an entry cannot be read ({problem}).")
    return Read(tuple(items), tuple(refused))


async def _ask(asking: Asking, settings: Settings, span: Span, tags: Tags) -> Read:
    # Whole hours, so that the same question is asked for an hour and may be answered with "as before".
    hours: dict[str, str | int] = {
        "dateStart": iso(span[0] // HOUR_S * HOUR_S * MICROS),
        "dateEnd": iso(-(-span[1] // HOUR_S) * HOUR_S * MICROS),
        "limit": _LIMIT,
        "format": "json",
    }
    questions: list[tuple[str, Callable[[bytes, Watch], Read]]] = [("/annotations/outages", outages_of)]
    if settings.anomalies != "none":
        verified = settings.anomalies == "verified"
        questions.append(("/traffic_anomalies", partial(anomalies_of, verified=verified)))
    items: list[Item] = []
    refused: list[str] = []
    for watch in settings.watch:
        whose: dict[str, str | int] = {"asn": watch.asn} if watch.asn is not None else {"location": watch.country}
        for path, read in questions:
            async for found in _pages(asking, path, {**hours, **whose}, tags=tags, read=read, watch=watch):
                items.extend(found.items)
                refused.extend(found.refused)
    return Read(tuple(items), tuple(refused))


async def _pages(
    asking: Asking,
    path: str,
    asked: dict[str, str | int],
    *,
    tags: Tags,
    read: Callable[[bytes, Watch], Read],
    watch: Watch,
) -> AsyncIterator[Read]:
    """Yield what the pages of an answer say that are not as before, until one is not full; of very many the first."""
    for page in range(_PAGES_MAX):
        given = tags.copy()
        body = await asking.get(path, {**asked, "offset": page * _LIMIT}, given)
        if body is None:
            return
        yield read(body, watch)
        result = _decoded(body)
        if max(len(result.annotations), len(result.traffic_anomalies)) < _LIMIT:
            # Of a full page is asked in full again: that it is as before says nothing of the pages behind it.
            tags.update(given)
            return
    yield Read((), (f"Radar: {path} has more than {_LIMIT * _PAGES_MAX:,} entries; the rest of them is not read.",))


def _open(settings: Settings, means: Means) -> Poller:
    check_watched(means.name, settings.watch)
    token = means.secret(settings.token_file).strip()
    if not token or not token.isascii() or not token.isprintable():
        raise RefusedInput(f"{means.name}: token_file holds no token; right would be one line of letters and digits.")
    asking = Asking(means, settings.address, token, per_s=settings.per_s)
    polling = Polling(
        every_s=settings.every_s,
        back_s=_BACK_S,
        ask=partial(_ask, asking, settings),
        filters=codes_of(settings),
    )
    return Poller(means, asking, polling)


KIND: Final = SourceKind(
    name="radar",
    settings=Settings,
    open=_open,
    says="Outages and anomalies of traffic as Cloudflare Radar notes them; they corroborate and open nothing.",
    verified="written answers in the shape of its interface v4; not verified against the vendor",
    away="what was seen in the last seven days; what is older is told as a gap",
    afar=True,
    filters=codes_of,
    past=True,
)
