"""Handlers that wait for a disk run in a thread, so that the event loop goes on serving.

Litestar's own `sync_to_thread=True` wraps a handler again for every application it is registered in, and the second
application in a process then answers with a coroutine (seen with 2.25.0); so this is done here, once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import ParamSpec, TypeVar

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
