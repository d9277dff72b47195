"""RIPE Atlas: whether small probes in homes and networks reach what a measurement asks, by its interface v2.

A probe belongs to a network and a country. Of each measurement, its results of five minutes are judged together for
each that is watched: probes of that network reach it, or do not. Results come up to some minutes late. They are polled
with a start time; or heard on the stream as they come, and asked for where the stream may not have told all. Both ways
a window is judged by the same rule and has the same id, and the cursor of the one is that of the other.
Source: https://atlas.ripe.net/docs/apis/rest-api-reference/ and https://atlas.ripe.net/docs/apis/streaming-api/.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources import web_socket
from pulih.adapters.sources.inflow import Inflow
from pulih.adapters.sources.measurements._atlas_results import Result, by_probe, probes_of, results_of
from pulih.adapters.sources.measurements._atlas_stream import CALLED, Held, subscription, told_by
from pulih.adapters.sources.measurements._polling import (
    Asking,
    Poller,
    Polling,
    Read,
    Seen,
    Span,
    Tags,
    asked_of,
    since_of,
)
from pulih.adapters.sources.measurements._watched import EverySeconds, PerSecond, Watch, check_watched, codes_of
from pulih.adapters.sources.measurements._windows import decided, judged, windows
from pulih.adapters.sources.reach import TIMEOUT_S, silent
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Item, Means, Source, SourceKind

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

ADDRESS: Final = "https://atlas.ripe.net/api/v2"
# The platform asks clients of its stream to say who they are.
STREAM: Final = "wss://atlas-stream.ripe.net/stream/?client=pulih"
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
# Windows are judged so often while the stream is heard.
_TICK_S: Final = 5.0
# Probes that spoke in so many windows before may speak in the present one.
_BEFORE: Final = 2
_FRAME_BYTES_MAX: Final = 4 << 20
_REFUSED_MAX: Final = 100


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of a source.

    Attributes:
        measurements: numbers of public measurements: ping, dns, http, ntp, sslcert or traceroute.
        watch: whose probes are judged; regions are not known there.
        every_s: seconds between two rounds, where it is only asked.
        per_s: questions a second at most.
        address: of the interface.
        key_file: where a key is kept, for measurements that are not public; "" for none.
        stream: whether the stream is heard too; it has public measurements only.
        stream_address: of it.
    """

    measurements: Annotated[
        tuple[int, ...], Meta(min_length=1, max_length=_MEASUREMENTS_MAX, description="1 to 20 numbers of measurements")
    ]
    watch: tuple[Watch, ...]
    every_s: EverySeconds = 240.0
    per_s: PerSecond = 2.0
    address: str = ADDRESS
    key_file: str = ""
    stream: bool = False
    stream_address: str = STREAM


class _Atlas:
    """Asks for results, and whose the probes are that gave them; judges windows."""

    def __init__(self, asking: Asking, settings: Settings) -> None:
        self._asking, self._settings = asking, settings
        self._probes: dict[int, tuple[frozenset[int], str]] = {}

    async def ask(self, span: Span, _: Tags) -> Read:
        """Return what the windows say that are over in a span; see `Polling.ask`."""
        spans = list(windows(span, width_s=WIDTH_S, grace_s=GRACE_S))
        read = [await self.asked(number, spans) for number in self._settings.measurements]
        return Read(
            tuple(item for one in read for item in one.items), tuple(told for one in read for told in one.refused)
        )

    async def asked(self, number: int, spans: Sequence[Span]) -> Read:
        """Return what windows say of a measurement by the interface's results; `spans` in their order."""
        items: list[Item] = []
        refused: list[str] = []
        for first in range(0, len(spans), _WINDOWS_AT_ONCE):
            some = spans[first : first + _WINDOWS_AT_ONCE]
            found, unread = await self._results(number, some[0][0], some[-1][1])
            refused.extend(unread)
            for start_s, end_s in some:
                within = by_probe(one for one in found if start_s <= one.timestamp < end_s)
                items.extend(
                    item for watch in self._settings.watch for item in self.judged(number, watch, within, end_s)
                )
        return Read(tuple(items), tuple(refused))

    def judged(self, number: int, watch: Watch, probes: Mapping[int, bool], end_s: int) -> list[Item]:
        """Return what a window says of something watched.

        Args:
            number: of the measurement.
            watch: what is watched.
            probes: for each probe that spoke, whether it reached anything.
            end_s: of the window.
        """
        of_it = self.of_watch(probes, watch)
        return judged(
            watch,
            of=f"atlas/{number}",
            failed=sum(not probes[one] for one in of_it),
            asked=len(of_it),
            end_s=end_s,
            symptom="no_internet",
            least=PROBES_MIN,
        )

    def of_watch(self, probes: Iterable[int], watch: Watch) -> set[int]:
        """Return those of some probes that belong to what is watched."""
        return {one for one in probes if self._is_of(one, watch)}

    async def know(self, probes: set[int]) -> None:
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

    async def _results(self, number: int, start_s: int, end_s: int) -> tuple[list[Result], tuple[str, ...]]:
        asked: dict[str, str | int] = {"start": start_s, "stop": end_s - 1, "format": "json"}
        # The span is never that of the last time, so an answer is never "as before".
        found, unread = results_of(await self._asking.get(f"/measurements/{number}/results/", asked, {}) or b"[]")
        await self.know({one.prb_id for one in found})
        return found, unread

    def _is_of(self, probe: int, watch: Watch) -> bool:
        asns, country = self._probes.get(probe, (frozenset(), ""))
        return watch.asn in asns if watch.asn is not None else watch.country == country


class _Round(msgspec.Struct):
    """What is to be told next."""

    items: list[Item] = msgspec.field(default_factory=list)
    refused: list[str] = msgspec.field(default_factory=list)
    alive: set[str] = msgspec.field(default_factory=set)
    # Whether the peer gave a sign of life.
    lives: bool = False


class _Streamed:
    """A source that hears the stream, and asks for what it may not have told (ports.Source, ports.Backfilling).

    A window is judged when its grace is over, as when it is only asked for, and sooner once the probes that have not
    told yet cannot turn what it says; both have the same id. Its cursor is that of `Poller`.
    """

    def __init__(self, means: Means, settings: Settings, atlas: _Atlas, poller: Poller) -> None:
        self._means, self._settings, self._atlas, self._poller = means, settings, atlas, poller
        self.between, self.close = poller.between, poller.close
        web_socket.host_of(means, settings.stream_address, "address of a stream")

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is new; see `ports.sources.Source.listen`."""
        address = self._settings.stream_address
        async with (
            await web_socket.connected(
                self._means, address, called=CALLED, extra=CALLED, bytes_max=_FRAME_BYTES_MAX
            ) as stream,
            Inflow[bytes]() as inflow,
        ):
            inflow.feed(web_socket.received(self._means, stream, inflow, CALLED))
            async with aclosing(self._heard(stream, inflow, asked_of(cursor))) as batches:
                async for batch in batches:
                    yield batch

    async def _heard(
        self, stream: ClientConnection, inflow: Inflow[bytes], asked_s: int | None
    ) -> AsyncGenerator[Batch]:
        seen, held, this = Seen(), Held(WIDTH_S), _Round()
        loop = asyncio.get_running_loop()
        began_s, turn_s = loop.time(), min(_TICK_S, self._settings.every_s)
        next_s, waiting = began_s, set(self._settings.measurements)
        for number in self._settings.measurements:
            await web_socket.sent(self._means, stream, subscription(number), CALLED)
        while True:
            frames = await inflow.take(wait_s=max(next_s - loop.time(), 0.0))
            now_s = self._means.clock.now_us() // MICROS
            await self._take(frames, waiting, held, this=this, now_s=now_s)
            if waiting and loop.time() - began_s > TIMEOUT_S:
                raise silent(self._means.name, CALLED, "atlas_subscribe")
            if loop.time() < next_s:
                continue
            since_s, gap = since_of(asked_s, now_s, 0)
            await self._judge((since_s, now_s), held, this)
            fresh = tuple(item for item in this.items if item.id not in seen)
            if fresh or this.lives or gap:
                refused = seen.new(this.refused)[:_REFUSED_MAX]
                yield Batch(cursor=str(now_s), items=fresh, refused=refused, filters=tuple(sorted(this.alive)), gap=gap)
                seen.add(item.id for item in fresh)
            held.drop(now_s - GRACE_S - (_BEFORE + 2) * WIDTH_S)
            asked_s, this, next_s = now_s, _Round(), loop.time() + turn_s

    async def _take(self, frames: list[bytes], waiting: set[int], held: Held, *, this: _Round, now_s: int) -> None:
        """Take in what came: subscriptions that were confirmed, and results."""
        told = told_by(frames, self._means.name)
        this.lives = this.lives or bool(frames)
        this.refused.extend(told.refused[:_REFUSED_MAX])
        waiting -= told.subscribed
        if not waiting:
            held.begin(now_s)
        ours = [one for one in told.results if one.msm_id in self._settings.measurements]
        spoke = {one.prb_id for one in ours}
        await self._atlas.know(spoke)
        watched = {probe for watch in self._settings.watch for probe in self._atlas.of_watch(spoke, watch)}
        held.add(ours, watched, since_s=now_s - GRACE_S - 2 * WIDTH_S, until_s=now_s + WIDTH_S)

    async def _judge(self, span: Span, held: Held, this: _Round) -> None:
        """Judge the windows that are over in a span, and those that are decided before."""
        over = list(windows(span, width_s=WIDTH_S, grace_s=GRACE_S))
        soon = list(windows((span[1], span[1] + GRACE_S), width_s=WIDTH_S, grace_s=GRACE_S))
        for number in self._settings.measurements:
            unheard = [one for one in over if held.of(one[0], number) is None]
            if unheard:
                read = await self._atlas.asked(number, unheard)
                this.items.extend(read.items)
                this.refused.extend(read.refused)
                this.lives = True
                this.alive |= {
                    watch.code
                    for watch in self._settings.watch
                    if any(watch.code in item.id.split("/") for item in read.items)
                }
            for start_s, end_s in over:
                for watch in self._settings.watch:
                    probes = held.of(start_s, number) or {}
                    if self._atlas.of_watch(probes, watch):
                        this.alive.add(watch.code)
                        this.items.extend(self._atlas.judged(number, watch, probes, end_s))
            for start_s, end_s in soon:
                this.items.extend(self._decided(held, number, start_s, end_s))

    def _decided(self, held: Held, number: int, start_s: int, end_s: int) -> list[Item]:
        """Return what a window says whose grace is not over, where that cannot be turned any more."""
        probes = held.of(start_s, number)
        before = [held.of(start_s - WIDTH_S * back, number) for back in range(1, _BEFORE + 1)]
        if probes is None or any(one is None for one in before):
            return []
        found: list[Item] = []
        expected = set(probes).union(*(one or () for one in before))
        for watch in self._settings.watch:
            told = self._atlas.of_watch(probes, watch)
            failed = sum(not probes[one] for one in told)
            if decided(failed, len(told), len(self._atlas.of_watch(expected, watch))):
                found.extend(self._atlas.judged(number, watch, probes, end_s))
        return found


def _open(settings: Settings, means: Means) -> Source:
    check_watched(means.name, settings.watch)
    if any(one <= 0 for one in settings.measurements):
        raise RefusedInput(f"{means.name}: measurements holds a number below 1; right would be numbers as on the site.")
    key = means.secret(settings.key_file).strip() if settings.key_file else ""
    asking = Asking(means, settings.address, key, scheme="Key", per_s=settings.per_s)
    atlas = _Atlas(asking, settings)
    polling = Polling(every_s=settings.every_s, grace_s=GRACE_S, ask=atlas.ask, filters=codes_of(settings))
    poller = Poller(means, asking, polling)
    return _Streamed(means, settings, atlas, poller) if settings.stream else poller


KIND: Final = SourceKind(
    name="atlas",
    settings=Settings,
    open=_open,
    says="Whether RIPE Atlas probes of a network or country reach what they ask; they corroborate and open nothing. "
    "Results are asked for, or heard on the stream too (stream = true, which needs pulih[streams]).",
    verified="written answers in the shape of its interface v2, and a real WebSocket server that speaks its stream's "
    "messages as its documentation shows them; not verified against the vendor",
    away="the results of the last seven days; what is older is told as a gap",
    afar=True,
    filters=codes_of,
    past=True,
)
