"""OONI: measurements of volunteers whether messengers and networks work, and incidents that OONI itself describes.

Measurements of one hour are judged together for each network or country that is watched, by the test's own verdict
(anomaly, confirmed or failed). Tests of websites are left out unless asked for: what is blocked looks like what is
broken, and is blocked for years. Measurements are published some minutes to an hour late.
Source: https://api.ooni.io/apidocs/ (/api/v1/measurements, /api/v1/incidents/search); CC BY 4.0.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import msgspec

from pulih.adapters.sources.measurements._polling import Asking, Poller, Polling, Read, Span, Tags
from pulih.adapters.sources.measurements._watched import (
    EverySeconds,
    PerSecond,
    Watch,
    check_watched,
    codes_of,
    item_of,
)
from pulih.adapters.sources.measurements._windows import judged, windows
from pulih.model.clock import HOUR_S, MICROS, from_micros, to_micros
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Item, Means, SourceKind

ADDRESS: Final = "https://api.ooni.io/api/v1"
WIDTH_S: Final = HOUR_S
GRACE_S: Final = HOUR_S
# Fewer measurements of an hour are a few phones.
MEASURED_MIN: Final = 10
_PAGE: Final = 500
_PAGES_MAX: Final = 4
_TITLE_CHARS: Final = 200


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a source.

    Attributes:
        watch: what is watched; regions are not known there.
        tests: names of tests that are judged.
        incidents: take incidents too that OONI describes.
        every_s: seconds between two rounds.
        per_s: questions a second at most.
        address: of the interface.
    """

    watch: tuple[Watch, ...]
    tests: tuple[str, ...] = ("whatsapp", "telegram", "signal", "facebook_messenger", "ndt", "dash")
    incidents: bool = True
    every_s: EverySeconds = 900.0
    per_s: PerSecond = 2.0
    address: str = ADDRESS


class _Measurement(msgspec.Struct):
    test_name: str
    measurement_start_time: datetime
    anomaly: bool = False
    confirmed: bool = False
    failure: bool = False


class _Incident(msgspec.Struct):
    start_time: datetime
    title: str = ""
    end_time: datetime | None = None
    ASNs: list[int] = []
    CCs: list[str] = []


class _Found(msgspec.Struct):
    results: list[Any] = []
    incidents: list[Any] = []


def measurements_of(body: bytes) -> tuple[list[_Measurement], int, tuple[str, ...]]:
    """Return the measurements of an answer, how many entries it had, and a sentence for each that cannot be read.

    Raises: OutsideFailed when it is no answer of OONI.
    """
    found: list[_Measurement] = []
    refused: list[str] = []
    entries = _decoded(body).results
    for one in entries:
        try:
            found.append(msgspec.convert(one, _Measurement))
        except msgspec.ValidationError as problem:
            refused.append(f"OONI: a measurement cannot be read ({problem}).")
    return found, len(entries), tuple(refused)


def incidents_of(body: bytes, watch: Watch) -> Read:
    """Return what incidents say of something watched; one that names networks is of those alone.

    Raises: as `measurements_of`.

    >>> body = b'{"incidents": [{"start_time": "1970-01-01T00:01:00Z", "title": "Blocked", "CCs": ["ID"]}]}'
    >>> incidents_of(body, Watch(country="ID")).items[0].text
    'failed: ooni/incident ID: Blocked'
    """
    items: list[Item] = []
    refused: list[str] = []
    for entry in _decoded(body).incidents:
        try:
            one = msgspec.convert(entry, _Incident)
        except msgspec.ValidationError as problem:
            refused.append(f"OONI: an incident cannot be read ({problem}).")
            continue
        if watch.asn in one.ASNs if one.ASNs or watch.asn is not None else watch.country in one.CCs:
            what = " ".join(one.title.split())[:_TITLE_CHARS] or "incident"
            items += [
                item_of(
                    watch,
                    of="ooni/incident",
                    what=what,
                    at_us=to_micros(_utc(moment)),
                    well=well,
                    symptom="destination_unreachable",
                )
                for moment, well in ((one.start_time, False), (one.end_time, True))
                if moment is not None
            ]
    return Read(tuple(items), tuple(refused))


def _utc(moment: datetime) -> datetime:
    """Return a moment as aware; OONI writes UTC, with and without saying so."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _decoded(body: bytes) -> _Found:
    try:
        return msgspec.json.decode(body, type=_Found)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "OONI answers with something that is not its JSON.", key="source.unreadable", name="OONI"
        ) from None


async def _ask(asking: Asking, settings: Settings, span: Span, tags: Tags) -> Read:
    items: list[Item] = []
    refused: list[str] = []
    if settings.incidents:
        body = await asking.get("/incidents/search", {"only_mine": "false"}, tags)
        for watch in settings.watch if body is not None else ():
            told = incidents_of(body or b"", watch)
            items.extend(told.items)
            refused.extend(told.refused)
    for start_s, end_s in windows(span, width_s=WIDTH_S, grace_s=GRACE_S):
        for watch in settings.watch:
            found, unread = await _measured(asking, watch, start_s, end_s)
            refused.extend(unread)
            judgeable = [one for one in found if one.test_name in settings.tests]
            failed = sum(one.anomaly or one.confirmed or one.failure for one in judgeable)
            items += judged(
                watch,
                of="ooni/tests",
                failed=failed,
                asked=len(judgeable),
                end_s=end_s,
                symptom="destination_unreachable",
                least=MEASURED_MIN,
            )
    return Read(tuple(items), tuple(refused))


async def _measured(asking: Asking, watch: Watch, start_s: int, end_s: int) -> tuple[list[_Measurement], list[str]]:
    """Return the measurements of something watched in one window; of very many the first pages say enough."""
    whose = {"probe_asn": watch.code} if watch.asn is not None else {"probe_cc": watch.country}
    since, until = (from_micros(one * MICROS).strftime("%Y-%m-%dT%H:%M:%S") for one in (start_s, end_s))
    found: list[_Measurement] = []
    refused: list[str] = []
    for page in range(_PAGES_MAX):
        asked: dict[str, str | int] = {**whose, "since": since, "until": until, "limit": _PAGE, "offset": page * _PAGE}
        body = await asking.get("/measurements", asked, {})
        some, entries, unread = measurements_of(body or b"{}")
        found += [
            one for one in some if start_s * MICROS <= to_micros(_utc(one.measurement_start_time)) < end_s * MICROS
        ]
        refused.extend(unread)
        if entries < _PAGE:
            break
    return found, refused


def _open(settings: Settings, means: Means) -> Poller:
    check_watched(means.name, settings.watch)
    asking = Asking(means, settings.address, per_s=settings.per_s)
    polling = Polling(
        every_s=settings.every_s,
        grace_s=GRACE_S,
        ask=partial(_ask, asking, settings),
        filters=codes_of(settings),
    )
    return Poller(means, asking, polling)


KIND: Final = SourceKind(
    name="ooni",
    settings=Settings,
    open=_open,
    says="Whether messengers work for OONI's volunteers, and its incidents; they corroborate and open nothing.",
    verified="written answers in the shape of its interface v1; not verified against the vendor",
    away="the measurements of the last seven days; what is older is told as a gap",
    afar=True,
    filters=codes_of,
    past=True,
)
