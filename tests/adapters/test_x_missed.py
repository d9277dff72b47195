"""What X's stream missed while it was away, or while it began, is searched for when X can tell it (L1, L2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from platform_peer import said
from x_peer import PRICE, TOKEN, FastClock, XPeer

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.people._tweets import id_at, moment_of
from pulih.adapters.sources.people.x import X, XSettings
from pulih.model.clock import iso
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Means, SpendReached

S = 1_000_000
SEARCH = "/2/tweets/search/recent"


def _with_x(work: Callable[[XPeer], Awaitable[None]]) -> None:
    async def run() -> None:
        peer = XPeer()
        await peer.heal()
        try:
            await work(peer)
        finally:
            await peer.cut()

    asyncio.run(asyncio.wait_for(run(), 60))


def _means(peer: XPeer, budget: int = 1 << 40, clock: FastClock | None = None) -> Means:
    given = tried_means("x", secrets={"t": TOKEN}, budget=budget, filters=("Biznet",))
    return msgspec.structs.replace(given, clock=clock or peer.clock)


async def _caught_up(
    peer: XPeer,
    cursor: str,
    *,
    given: Means | None = None,
    meanwhile: Callable[[int], Awaitable[None]] | None = None,
    **keys: Any,
) -> list[Batch]:
    """Return what is heard until the cursor is free to move; the first batch tells the one that was given."""
    source = X(XSettings(token_file="t", api=peer.web.address, **keys), given or _means(peer))
    heard = list[Batch]()
    batches = source.listen(cursor)
    try:
        async for batch in batches:
            heard.append(batch)
            if len(heard) > 1 and batch.cursor:
                return heard
            if meanwhile is not None:
                await meanwhile(len(heard))
    finally:
        await batches.aclose()  # type: ignore[attr-defined]
        await source.close()
    raise AssertionError("the stream came to an end")


def _texts(heard: list[Batch]) -> list[str]:
    return sorted(item.text for batch in heard for item in batch.items)


def _searches(peer: XPeer) -> list[dict[str, str]]:
    return [dict(one.query) for one in peer.web.seen if one.path == SEARCH]


def test_a_gap_of_a_few_seconds_is_searched_when_x_can_tell_it_and_is_no_refusal() -> None:
    async def work(peer: XPeer) -> None:
        kept = id_at(peer.clock.now_us() - 3 * S)
        peer.post("Biznet sebelum putus", moment_of(kept) - 20 * S)
        peer.post("Biznet saat putus", moment_of(kept) + S)
        heard = await _caught_up(peer, kept)
        assert _texts(heard) == ["Biznet saat putus", "Biznet sebelum putus"]
        [asked] = _searches(peer)
        assert asked["start_time"] == iso((moment_of(kept) // S - 60) * S) and "end_time" in asked

    _with_x(work)


def test_what_was_posted_right_before_the_stream_stood_and_while_it_began_is_found() -> None:
    async def work(peer: XPeer) -> None:
        async def post(number: int) -> None:
            if number == 1:
                # The stream stands, and this one passed it by.
                peer.post("Biznet saat mulai")

        kept = id_at(peer.clock.now_us() - 600 * S)
        peer.post("Biznet detik terakhir")
        assert _texts(await _caught_up(peer, kept, meanwhile=post)) == ["Biznet detik terakhir", "Biznet saat mulai"]

    _with_x(work)


def test_a_post_that_is_older_than_one_that_was_streamed_before_it_is_found() -> None:
    async def work(peer: XPeer) -> None:
        late = peer.post("Biznet terlambat", peer.clock.now_us() - 30 * S)
        source = X(XSettings(token_file="t", api=peer.web.address), _means(peer))
        batches = source.listen("")
        await anext(batches)  # type: ignore[arg-type]
        await peer.say("cepat")
        first = await anext(batches)  # type: ignore[arg-type]
        await batches.aclose()  # type: ignore[attr-defined]
        await source.close()
        assert _texts([first]) == ["Biznet cepat"] and int(first.cursor) > int(late["id"])
        assert "Biznet terlambat" in _texts(await _caught_up(peer, first.cursor))

    _with_x(work)


def test_the_stream_is_heard_before_the_search_and_the_cursor_waits_for_both() -> None:
    async def work(peer: XPeer) -> None:
        async def say(number: int) -> None:
            if number == 1:
                await peer.say("langsung")

        missed = peer.post("Biznet terlewat", peer.clock.now_us() - 120 * S)
        kept = id_at(moment_of(missed["id"]) - S)
        heard = await _caught_up(peer, kept, meanwhile=say)
        told = [(batch.cursor, _texts([batch])) for batch in heard]
        assert told[:2] == [(kept, []), ("", ["Biznet langsung"])]
        assert "Biznet terlewat" in told[2][1] and told[-1][0] == peer.posts[-1]["id"]

    _with_x(work)


def test_a_stream_that_breaks_before_the_search_leaves_the_cursor_where_it_was() -> None:
    async def work(peer: XPeer) -> None:
        async def cut(number: int) -> None:
            if number == 1:
                await peer.say("baru")
            elif number == 2:
                await peer.cut()

        missed = peer.post("Biznet terlewat", peer.clock.now_us() - 120 * S)
        kept = id_at(moment_of(missed["id"]) - S)
        with pytest.raises(OutsideFailed):
            await _caught_up(peer, kept, meanwhile=cut)
        assert _searches(peer) == []
        await peer.heal()
        assert "Biznet terlewat" in _texts(await _caught_up(peer, kept))

    _with_x(work)


def test_a_search_that_x_refuses_for_its_moments_is_tried_again_while_the_stream_is_heard() -> None:
    async def work(peer: XPeer) -> None:
        async def refuse(number: int) -> None:
            if number == 1:
                peer.ahead = [said({"title": "Invalid Request"}, 400)]
                await peer.say("tetap terdengar")

        missed = peer.post("Biznet terlewat", peer.clock.now_us() - 120 * S)
        heard = await _caught_up(peer, id_at(moment_of(missed["id"]) - S), meanwhile=refuse)
        assert {"Biznet terlewat", "Biznet tetap terdengar"} <= set(_texts(heard))
        assert len(_searches(peer)) == 2

    _with_x(work)


def test_a_search_that_is_refused_again_and_again_is_told_as_a_failure_and_not_as_a_setting() -> None:
    async def work(peer: XPeer) -> None:
        async def refuse(_: int) -> None:
            peer.ahead = [said({"title": "Invalid Request"}, 400)] * 5

        with pytest.raises(OutsideFailed, match="when the clock of this machine is wrong"):
            await _caught_up(peer, id_at(peer.clock.now_us() - 120 * S), meanwhile=refuse)
        peer.ahead = [said({"title": "Invalid Request"}, 400)]
        source = X(XSettings(token_file="t", api=peer.web.address), _means(peer))
        with pytest.raises(OutsideFailed):
            await anext(source.between(peer.clock.now_us() - 120 * S, peer.clock.now_us()))  # type: ignore[arg-type]
        await source.close()

    _with_x(work)


def test_a_token_that_may_not_search_is_a_setting_all_the_same() -> None:
    async def work(peer: XPeer) -> None:
        async def refuse(_: int) -> None:
            peer.ahead = [said({"title": "Forbidden"}, 403)]

        with pytest.raises(RefusedInput):
            await _caught_up(peer, id_at(peer.clock.now_us() - 120 * S), meanwhile=refuse)

    _with_x(work)


def test_a_page_that_fails_is_asked_for_again_and_those_before_it_are_not_paid_twice() -> None:
    async def work(peer: XPeer) -> None:
        for number in range(150):
            peer.post(f"Biznet {number}", peer.clock.now_us() - 600 * S)

        async def fail(number: int) -> None:
            if number == 2:
                peer.ahead = [said({"title": "Service Unavailable"}, 503)]

        given = _means(peer, budget=220 * PRICE)
        heard = await _caught_up(peer, id_at(peer.clock.now_us() - 700 * S), given=given, meanwhile=fail)
        assert len(_texts(heard)) == 150
        assert ["next_token" in asked for asked in _searches(peer)] == [False, True, True]
        # What was paid is what X handed over.
        await given.spend(70 * PRICE)
        with pytest.raises(SpendReached):
            await given.spend(1)

    _with_x(work)


def test_a_post_that_is_streamed_and_found_is_paid_twice_and_has_one_id() -> None:
    async def work(peer: XPeer) -> None:
        async def say(number: int) -> None:
            if number == 1:
                await peer.say("dua kali")

        given = _means(peer, budget=200 * PRICE)
        heard = await _caught_up(peer, id_at(peer.clock.now_us() - 60 * S), given=given, meanwhile=say)
        assert _texts(heard) == ["Biznet dua kali"] * 2
        assert len({item.id for batch in heard for item in batch.items}) == 1
        await given.spend(198 * PRICE)
        with pytest.raises(SpendReached):
            await given.spend(1)

    _with_x(work)


def test_a_contract_with_backfill_streams_what_was_missed_and_the_cursor_waits_for_it() -> None:
    async def work(peer: XPeer) -> None:
        async def say(number: int) -> None:
            if number == 1:
                await peer.say("disiarkan ulang")

        kept = id_at(peer.clock.now_us() - 200 * S)
        heard = await _caught_up(peer, kept, backfill_minutes=5, meanwhile=say)
        assert [batch.cursor for batch in heard] == [kept, "", peer.posts[-1]["id"]] and _searches(peer) == []
        # With the minute before the newest post this gap is longer than the contract's five.
        await _caught_up(peer, id_at(peer.clock.now_us() - 280 * S), backfill_minutes=5, meanwhile=say)
        assert len(_searches(peer)) == 1

    _with_x(work)


@pytest.mark.parametrize("ahead_s", [-90, 90])
def test_a_clock_that_is_wrong_loses_nothing_where_x_dates_its_answers(ahead_s: int) -> None:
    async def work(peer: XPeer) -> None:
        peer.dated = True
        kept = id_at(peer.clock.now_us() - 120 * S)
        peer.post("Biznet detik terakhir")
        given = _means(peer, clock=FastClock(ahead_s * S))
        assert _texts(await _caught_up(peer, kept, given=given)) == ["Biznet detik terakhir"]
        assert len(_searches(peer)) == 1

    _with_x(work)
