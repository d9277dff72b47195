"""Handlers that wait for a disk run in a thread, so that the event loop goes on serving.

Litestar's own `sync_to_thread=True` wraps a handler again for every application it is registered in, and the second
application in a process then answers with a coroutine (seen with 2.25.0); so this is done here, once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def in_thread(handler: Callable[Given, Answer]) -> Callable[Given, Awaitable[Answer]]:
    """Return a handler that runs in a thread; stands between the route and the function.

    >>> import asyncio
    >>> asyncio.run(in_thread(lambda: 1)())
    1
    """

    @wraps(handler)
    async def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return await anyio.to_thread.run_sync(partial(handler, *args, **kwargs))

    return run


def in_turn(at_once: int) -> Callable[[Callable[Given, Answer]], Callable[Given, Awaitable[Answer]]]:
    """Return what makes a handler run in a thread, but so many calls of it at a time at most.

    A handler that waits for its turn inside a thread would, when a crowd calls it, take the threads of all others.

    >>> import asyncio
    >>> asyncio.run(in_turn(2)(lambda: 1)())
    1
    """
    limiter = anyio.CapacityLimiter(at_once)

    def made(handler: Callable[Given, Answer]) -> Callable[Given, Awaitable[Answer]]:
        @wraps(handler)
        async def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
            return await anyio.to_thread.run_sync(partial(handler, *args, **kwargs), limiter=limiter)

        return run

    return made
