"""A crowd at one door leaves threads for all others."""

from __future__ import annotations

import threading
import time

import anyio

from pulih.web.frame.threads import in_thread, in_turn


def test_a_crowd_that_waits_for_its_turn_takes_no_thread_of_others() -> None:
    gate = threading.Event()
    signing_in = in_turn(2)(lambda: gate.wait(10))
    looking = in_thread(time.monotonic)

    async def crowd() -> float:
        async with anyio.create_task_group() as group:
            for _ in range(100):
                group.start_soon(signing_in)
            await anyio.sleep(0.05)
            began_s = time.monotonic()
            with anyio.fail_after(5):
                seen_s = await looking()
            gate.set()
        return seen_s - began_s

    assert anyio.run(crowd) < 2
