"""Who waits for an event ends when it is cancelled, in whatever moment that comes."""

from __future__ import annotations

import asyncio

import pytest

from pulih.service.waking import woken


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_a_cancellation_in_the_moment_of_waking_is_not_lost(turns: int) -> None:
    async def looped() -> None:
        event, rounds = asyncio.Event(), 0

        async def loop() -> None:
            nonlocal rounds
            # A bound, so that a cancellation that is lost fails the test and does not hang it.
            while rounds < 3:
                event.clear()
                await woken(event, 0.01)
                rounds += 1

        task = asyncio.create_task(loop())
        for _ in range(4):
            await asyncio.sleep(0)
        event.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert rounds < 3

    asyncio.run(looped())


def test_an_event_wakes_at_once_and_none_after_a_while() -> None:
    async def timed() -> None:
        event = asyncio.Event()
        assert not await woken(event, 0.0)
        event.set()
        async with asyncio.timeout(5.0):
            assert await woken(event, 60.0)

    asyncio.run(timed())
