"""RIPE Atlas: whether small probes in homes and networks reach what a measurement asks, by its interface v2.

A probe belongs to a network and a country. Of each measurement, its results of five minutes are judged together for
each that is watched: probes of that network reach it, or do not. Results come up to some minutes late. They are polled
with a start time; the stream has the same results sooner, and nothing of what was said while nobody listened.
Source: https://atlas.ripe.net/docs/apis/rest-api-reference/ and https://atlas.ripe.net/docs/apis/result-format/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.measurements._polling import Asking, Poller, Polling, Read, Span, Tags
from pulih.adapters.sources.measurements._watched import EverySeconds, PerSecond, Watch, check_watched, codes_of
from pulih.adapters.sources.measurements._windows import judged, windows
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Item, Means, SourceKind

ADDRESS: Final = "https://atlas.ripe.net/api/v2"
WIDTH_S: Final = 300
GRACE_S: Final = 300
# Results of so many windows are asked for at once.
_WINDOWS_AT_ONCE: Final = 12
# Fewer probes of one network are single homes.
PROBES_MIN: Final = 3
_MEASUREMENTS_MAX: Final = 20
# Probes whose network is asked for at once, and remembered.
_AT_ONCE: Final = 100
_PROBES_KEPT: Final = 20_000


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a source.

    Attributes:
        measurements: numbers of public measurements: ping, dns, http, ntp, sslcert or traceroute.
        watch: whose probes are judged; regions are not known there.
        every_s: seconds between two rounds.
        per_s: questions a second at most.
        address: of the interface.
        key_file: where a key is kept, for measurements that are not public; "" for none.
    """

    measurements: Annotated[
        tuple[int, ...], Meta(min_length=1, max_length=_MEASUREMENTS_MAX, description="1 to 20 numbers of measurements")
    ]
    watch: tuple[Watch, ...]
    every_s: EverySeconds = 240.0
    per_s: PerSecond = 2.0
    address: str = ADDRESS
    key_file: str = ""


class Result(msgspec.Struct):
    """One result, as far as it tells whether a probe reached anything."""

    prb_id: int
    timestamp: int
    type: str
    rcvd: int | None = None
    result: Any = None
    resultset: Any = None
    dst_addr: str | None = None
    cert: Any = None


class _Probe(msgspec.Struct):
    id: int
    asn_v4: int | None = None
    asn_v6: int | None = None
    country_code: str | None = None


class _Probes(msgspec.Struct):
    results: list[_Probe]


def results_of(body: bytes) -> tuple[list[Result], tuple[str, ...]]:
    """Return the results of an answer, and a sentence for each that cannot be read.

    Raises: OutsideFailed when it is no list of results.

    >>> found, refused = results_of(b'[{"prb_id": 1, "timestamp": 60, "type": "ping", "rcvd": 3}, {"prb_id": 2}]')
    >>> reached(found[0]), len(refused)
    (True, 1)
    """
    try:
        entries = msgspec.json.decode(body, type=list[Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "RIPE Atlas answers with something that is no list of results.", key="source.unreadable", name="RIPE Atlas"
        ) from None
    found: list[Result] = []
    refused: list[str] = []
    for one in entries:
        try:
            found.append(msgspec.convert(one, Result))
        except msgspec.ValidationError as problem:
            refused.append(f"RIPE Atlas: a result cannot be read ({problem}).")
    return found, tuple(refused)


def reached(one: Result) -> bool | None:
    """Return whether a probe reached what it asked, None when the kind of measurement does not tell.

    >>> reached(Result(1, 0, "dns", result={"rt": 3.1})), reached(Result(1, 0, "http", result=[{"err": "timeout"}]))
    (True, False)
    """
    how = _REACHED.get(one.type)
    return None if how is None else how(one)


def _answered(one: Result) -> bool:
    """Whether any name server answered; with several of them the answers stand in a set."""
    many = one.resultset if isinstance(one.resultset, list) else [{"result": one.result}]
    return any(isinstance(each, dict) and isinstance(each.get("result"), dict) for each in many)


def _any_with(one: Result, key: str) -> bool:
    many = one.result if isinstance(one.result, list) else []
    return any(isinstance(each, dict) and each.get(key) is not None for each in many)


def _hopped(one: Result) -> bool:
    """Whether the last hop of a traceroute is the one that was looked for."""
    hops = one.result if isinstance(one.result, list) else []
    last = hops[-1] if hops and isinstance(hops[-1], dict) else {}
    replies = last.get("result")
    return isinstance(replies, list) and any(
        isinstance(each, dict) and one.dst_addr is not None and each.get("from") == one.dst_addr for each in replies
    )


_REACHED: Final[Mapping[str, Callable[[Result], bool]]] = {
    "ping": lambda one: (one.rcvd or 0) > 0,
    "dns": _answered,
    "http": lambda one: _any_with(one, "res"),
    "ntp": lambda one: _any_with(one, "rtt"),
    "sslcert": lambda one: isinstance(one.cert, list) and bool(one.cert),
    "traceroute": _hopped,
}


def probes_of(body: bytes) -> list[tuple[int, tuple[frozenset[int], str]]]:
    """Return the networks and country of each probe in an answer, by its number.

    Raises: OutsideFailed when it is no answer of that kind.
    """
    try:
        found = msgspec.json.decode(body, type=_Probes).results
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise OutsideFailed(
            "RIPE Atlas answers with something that is no list of probes.", key="source.unreadable", name="RIPE Atlas"
        ) from None
    return [
        (one.id, (frozenset(asn for asn in (one.asn_v4, one.asn_v6) if asn), one.country_code or "")) for one in found
    ]


class _Atlas:
    """Asks for results, and whose the probes are that gave them."""

    def __init__(self, asking: Asking, settings: Settings) -> None:
        self._asking, self._settings = asking, settings
        self._probes: dict[int, tuple[frozenset[int], str]] = {}

    async def ask(self, span: Span, _: Tags) -> Read:
        """Return what the windows say that are over in a span; see `Polling.ask`."""
        spans = list(windows(span, width_s=WIDTH_S, grace_s=GRACE_S))
        items: list[Item] = []
        refused: list[str] = []
        for first in range(0, len(spans), _WINDOWS_AT_ONCE):
            for number in self._settings.measurements:
                some = spans[first : first + _WINDOWS_AT_ONCE]
                found, unread = await self._results(number, some[0][0], some[-1][1])
                refused.extend(unread)
                for start_s, end_s in some:
                    within = [one for one in found if start_s <= one.timestamp < end_s]
                    for watch in self._settings.watch:
                        items.extend(self._judged(number, watch, within, end_s))
        return Read(tuple(items), tuple(refused))

    async def _results(self, number: int, start_s: int, end_s: int) -> tuple[list[Result], tuple[str, ...]]:
        asked: dict[str, str | int] = {"start": start_s, "stop": end_s - 1, "format": "json"}
        # The span is never that of the last time, so an answer is never "as before".
        found, unread = results_of(await self._asking.get(f"/measurements/{number}/results/", asked, {}) or b"[]")
        await self._know({one.prb_id for one in found})
        return found, unread

    def _judged(self, number: int, watch: Watch, within: Iterable[Result], end_s: int) -> list[Item]:
        by_probe: dict[int, bool] = {}
        for one in within:
            got = reached(one)
            if got is not None and self._is_of(one.prb_id, watch):
                # A probe that reached it once in five minutes is not cut off.
                by_probe[one.prb_id] = by_probe.get(one.prb_id, False) or got
        failed = sum(not got for got in by_probe.values())
        return judged(
            watch,
            of=f"atlas/{number}",
            failed=failed,
            asked=len(by_probe),
            end_s=end_s,
            symptom="no_internet",
            least=PROBES_MIN,
        )

    def _is_of(self, probe: int, watch: Watch) -> bool:
        asns, country = self._probes.get(probe, (frozenset(), ""))
        return watch.asn in asns if watch.asn is not None else watch.country == country

    async def _know(self, probes: set[int]) -> None:
        """Ask whose the probes are that were never seen."""
        if len(self._probes) > _PROBES_KEPT:
            self._probes.clear()
        unknown = sorted(probes - self._probes.keys())
        for first in range(0, len(unknown), _AT_ONCE):
            some = unknown[first : first + _AT_ONCE]
            asked: dict[str, str | int] = {"id__in": ",".join(map(str, some)), "page_size": _AT_ONCE, "format": "json"}
            body = await self._asking.get("/probes/", asked, {})
            # One that is not told, since it is not public, is not asked for again and again.
            self._probes |= dict.fromkeys(some, (frozenset(), ""))
            self._probes.update(probes_of(body or b'{"results": []}'))


def _open(settings: Settings, means: Means) -> Poller:
    check_watched(means.name, settings.watch)
    if any(one <= 0 for one in settings.measurements):
        raise RefusedInput(f"{means.name}: measurements holds a number below 1; right would be numbers as on the site.")
    key = means.secret(settings.key_file).strip() if settings.key_file else ""
    asking = Asking(means, settings.address, key, scheme="Key", per_s=settings.per_s)
    polling = Polling(
        every_s=settings.every_s,
        grace_s=GRACE_S,
        ask=_Atlas(asking, settings).ask,
        filters=codes_of(settings),
    )
    return Poller(means, asking, polling)


KIND: Final = SourceKind(
    name="atlas",
    settings=Settings,
    open=_open,
    says="Whether RIPE Atlas probes of a network or country reach what they ask; they corroborate and open nothing.",
    verified="written answers in the shape of its interface v2; not verified against the vendor",
    away="the results of the last seven days; what is older is told as a gap",
    afar=True,
    filters=codes_of,
    past=True,
)
