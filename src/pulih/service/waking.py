"""Waking: wait for an event or until a while has passed, and always end when the task is cancelled.

`asyncio.wait_for` of Python 3.11 swallows a cancellation that comes in the moment in which what it waits for is done:
a task that loops around it then goes on for ever, and whoever waits for its end with it.
Source: https://docs.python.org/3/library/asyncio-task.html (timeouts).
"""

from __future__ import annotations

import asyncio
import contextlib


async def woken(event: asyncio.Event, within_s: float) -> bool:
    """Return True once an event is set, False after `within_s` seconds without it.

    >>> asyncio.run(woken(asyncio.Event(), 0.0))
    False
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            return await event.wait()
    return False
