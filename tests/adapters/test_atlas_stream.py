"""RIPE Atlas is heard on its stream, a WebSocket server here, and asked for what the stream did not tell (L1, L2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from atlas_peer import KEY, MEASUREMENT, TELKO, WINDOW_S, AtlasPeer, Named, atlas_peer, opened, pings
from measurement_services import service

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.measurements._atlas_results import Result
from pulih.adapters.sources.measurements._atlas_stream import Held
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item

# Whole, windows so far on: the first that began after all was subscribed to.
_WHOLE = 2


def with_peer(work: Callable[[AtlasPeer], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        with service() as served:
            async with atlas_peer(served) as peer:
                await work(peer)

    asyncio.run(asyncio.wait_for(run(), 120))


class Hearing:
    """Listens as the desk does, while a test moves the clock."""

    def __init__(self, source: Any, cursor: str = "") -> None:
        self.items: list[Item] = []
        self.alive: set[str] = set()
        self.cursor = cursor
        self._source = source
        self._task = asyncio.create_task(self._run())

    async def until(self, true: Callable[[], bool]) -> None:
        while not true():
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)

    async def end(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self._source.close()

    async def _run(self) -> None:
        batches: AsyncIterator[Batch] = self._source.listen(self.cursor)
        try:
            async for batch in batches:
                self.items += batch.items
                self.alive |= set(batch.filters)
                self.cursor = batch.cursor
        finally:
            await batches.aclose()  # type: ignore[attr-defined]


async def windows_of(peer: AtlasPeer, hearing: Hearing, lost: list[int]) -> int:
    """Have windows come in one after the other, of which so many probes fail; return the start of the first."""
    await hearing.until(lambda: hearing.cursor != "")
    first_s = peer.clock.at_s // WINDOW_S * WINDOW_S + _WHOLE * WINDOW_S
    for number, some in enumerate(lost):
        start_s = first_s + number * WINDOW_S
        peer.clock.at_s = start_s + 60
        peer.came(pings(start_s + 50, some, 12))
        peer.clock.at_s = start_s + WINDOW_S
        # The life of the stream is told with the cursor, once what came is taken.
        await hearing.until(lambda: int(hearing.cursor) >= peer.clock.at_s)
    return first_s


def asked_for_results(peer: AtlasPeer) -> list[int]:
    return [int(one.params["start"]) for one in peer.served.asked if one.path.endswith("/results/")]


def test_the_stream_is_listened_to_as_the_contract_says() -> None:
    async def work(peer: AtlasPeer) -> None:
        await hold(
            Trial(
                open=lambda: Named(opened(peer, key_file="key"), peer),
                peer=peer,
                secret=KEY,
                cannot=frozenset({"delete"}),
                wait_s=60,
            )
        )
        assert peer.heard[0] == ["atlas_subscribe", {"streamType": "result", "msm": MEASUREMENT}]
        assert KEY not in str(peer.heard)

    with_peer(work)


def test_what_the_stream_tells_gives_the_same_signals_as_what_is_asked_for() -> None:
    async def work(peer: AtlasPeer) -> None:
        hearing = Hearing(opened(peer))
        first_s = await windows_of(peer, hearing, [0, 6, 12, 3])
        end_s = first_s + 4 * WINDOW_S
        peer.clock.at_s = end_s + WINDOW_S + 1
        await hearing.until(lambda: len(hearing.items) == 4)
        await hearing.end()
        assert [start_s for start_s in asked_for_results(peer) if first_s <= start_s < end_s] == []
        assert hearing.alive == {"AS64500"}
        polled = Hearing(opened(peer, stream=False), str(first_s + 2 * WINDOW_S))
        await polled.until(lambda: len(polled.items) == 4)
        await polled.end()
        assert sorted(hearing.items, key=lambda one: one.at_us or 0) == polled.items
        assert [one.id.rpartition("/")[2] for one in polled.items] == ["ok", "failed", "failed", "ok"]

    with_peer(work)


def test_a_window_that_cannot_be_turned_any_more_is_told_before_its_grace_is_over_and_once() -> None:
    async def work(peer: AtlasPeer) -> None:
        hearing = Hearing(opened(peer))
        first_s = await windows_of(peer, hearing, [0, 0, 12])
        peer.clock.at_s += 1
        end_s = first_s + 3 * WINDOW_S
        await hearing.until(lambda: any((one.at_us or 0) == end_s * 1_000_000 for one in hearing.items))
        assert peer.clock.at_s < end_s + 60
        # One that comes late is kept for the verdict when the grace is over, and turns nothing here.
        peer.came(pings(end_s - 10, 0, 2))
        peer.clock.at_s = end_s + WINDOW_S + 1
        await hearing.until(lambda: int(hearing.cursor) > end_s + WINDOW_S)
        await hearing.end()
        assert [one.id.rpartition("/")[2] for one in hearing.items] == ["ok", "ok", "failed"]

    with_peer(work)


def test_windows_of_a_gap_are_asked_for_and_each_is_judged_once_whichever_way_it_was_heard() -> None:
    async def work(peer: AtlasPeer) -> None:
        hearing = Hearing(opened(peer))
        first_s = await windows_of(peer, hearing, [6])
        peer.clock.at_s = first_s + 2 * WINDOW_S + 1
        await hearing.until(lambda: len(hearing.items) == 1)
        await hearing.until(lambda: int(hearing.cursor) == peer.clock.at_s)
        await hearing.end()
        for number in range(1, 4):
            peer.came(pings(first_s + number * WINDOW_S + 50, 6, 12))
        peer.clock.at_s = first_s + 3 * WINDOW_S + 1
        polled = Hearing(opened(peer, stream=False), hearing.cursor)
        await polled.until(lambda: len(polled.items) == 1)
        await polled.end()
        peer.clock.at_s = first_s + 6 * WINDOW_S
        again = Hearing(opened(peer), polled.cursor)
        await again.until(lambda: len(again.items) == 2)
        await again.end()
        ends_s = [(one.at_us or 0) // 1_000_000 for one in [*hearing.items, *polled.items, *again.items]]
        assert ends_s == [first_s + number * WINDOW_S for number in range(1, 5)]

    with_peer(work)


def test_a_window_of_which_the_stream_says_nothing_is_asked_for() -> None:
    async def work(peer: AtlasPeer) -> None:
        hearing = Hearing(opened(peer))
        await hearing.until(lambda: hearing.cursor != "")
        peer.streams = False
        start_s = peer.clock.at_s // WINDOW_S * WINDOW_S + _WHOLE * WINDOW_S
        peer.came(pings(start_s + 5, 12, 12))
        peer.clock.at_s = start_s + 3 * WINDOW_S
        await hearing.until(lambda: bool(hearing.items))
        await hearing.end()
        assert hearing.items[0].text == "failed: atlas/7 AS64500: 8 of 8 measurements failed"

    with_peer(work)


def test_a_measurement_that_the_stream_does_not_know_is_told_and_tried_again() -> None:
    async def work(peer: AtlasPeer) -> None:
        peer.refuses = "no such measurement"
        hearing = Hearing(opened(peer))
        with pytest.raises(OutsideFailed, match=r"tells an error.*no such measurement"):
            await hearing.until(lambda: False)
        await hearing.end()

    with_peer(work)


@pytest.mark.parametrize("address", ["ws://10.0.0.1:9/stream/", "ws://169.254.169.254/latest", "ws://[::1]:9/stream/"])
def test_no_stream_is_heard_at_a_private_address_unless_allowed(address: str) -> None:
    async def work(peer: AtlasPeer) -> None:
        kind = kind_of("atlas")
        settings = kind.settings(watch=(TELKO,), measurements=(7,), stream=True, stream_address=address)
        hearing = Hearing(kind.open(settings, tried_means("atlas", allow_networks=())))
        with pytest.raises(RefusedInput, match="not public"):
            await hearing.until(lambda: False)
        await hearing.end()

    with_peer(work)


@pytest.mark.parametrize("address", ["https://atlas-stream.ripe.net/", "wss://", "wss://me:secret@x/stream/"])
def test_an_address_that_is_no_stream_is_refused_without_its_password(address: str) -> None:
    async def work(peer: AtlasPeer) -> None:
        with pytest.raises(RefusedInput, match="right would begin with wss://") as told:
            opened(peer, stream_address=address)
        assert "secret" not in str(told.value)

    with_peer(work)


def test_what_is_held_is_bounded_and_a_window_that_had_no_room_is_not_taken_for_whole() -> None:
    held = Held(WINDOW_S, most=5)
    held.begin(0)
    told = [Result(number, 600, "ping", rcvd=3, msm_id=7) for number in range(10)]
    held.add(told[:5], range(10), since_s=0, until_s=1_000)
    assert len(held.of(600, 7) or {}) == 5
    held.add(told, range(10), since_s=0, until_s=1_000)
    assert held.of(600, 7) is None
    held.drop(901)
    held.add([Result(1, 900, "ping", rcvd=0, msm_id=7)], range(10), since_s=0, until_s=1_000)
    assert held.of(900, 7) == {1: False}
