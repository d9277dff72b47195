"""What waits to be kept is held in bounds, by number and by size; who can wait does, who cannot is told as lost."""

from __future__ import annotations

import asyncio

from pulih.adapters.sources.inflow import HELD_BYTES_MAX, Inflow
from pulih.adapters.sources.network._inbox import WAITING_CHARS_MAX, Inbox, Message
from pulih.ports.sources import Item


def test_an_inflow_of_large_frames_waits_long_before_its_number_is_full() -> None:
    frame = 1 << 20

    async def tried() -> None:
        async with Inflow[bytes](linger_s=0) as inflow:
            put = 0

            async def bring() -> None:
                nonlocal put
                for _ in range(100):
                    await inflow.put(b"frame", frame)
                    put += 1
                await asyncio.Event().wait()

            inflow.feed(bring())
            taken = 0
            while taken < 100:
                await asyncio.sleep(0)
                assert (put - taken) * frame <= HELD_BYTES_MAX
                taken += len(await inflow.take(3))

    asyncio.run(asyncio.wait_for(tried(), 10))


def test_one_frame_that_is_larger_than_all_room_comes_in_alone() -> None:
    async def tried() -> None:
        async with Inflow[bytes](linger_s=0) as inflow:
            await inflow.put(b"large", 2 * HELD_BYTES_MAX)
            assert await inflow.take() == [b"large"]

    asyncio.run(asyncio.wait_for(tried(), 10))


def test_an_inbox_of_large_messages_loses_datagrams_and_makes_connections_wait() -> None:
    large = Message(items=(Item(id="1", text="x" * (WAITING_CHARS_MAX // 4)),))

    async def tried() -> None:
        inbox = Inbox()
        fits = 0
        while inbox.offer(large):
            fits += 1
        assert fits == 5
        waits = asyncio.ensure_future(inbox.put(large))
        await asyncio.sleep(0)
        assert not waits.done()
        batches = inbox.batches()
        batch = await anext(batches)
        assert (len(batch.items), batch.gap) == (5, "1 messages came faster than they could be kept.")
        await waits
        assert len((await anext(batches)).items) == 1
        await batches.aclose()

    asyncio.run(asyncio.wait_for(tried(), 10))
