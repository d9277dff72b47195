"""Doors: which application of the desk a request is for; the intake, the interface for machines, or the pages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pulih.web.api.app import takes
from pulih.web.intake.app import IntakeApp

Application = Callable[[Any, Any, Any], Awaitable[None]]


class Doors:
    """One application in front of three.

    Args:
        intake, api, pages: the three; the pages also hear when the server starts and stops.
    """

    def __init__(self, intake: Application, api: Application, pages: Application) -> None:
        self._intake, self._api, self._pages = intake, api, pages

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        """Serve one request by the application it is for."""
        path = scope["path"] if scope["type"] == "http" else ""
        if IntakeApp.takes(path):
            await self._intake(scope, receive, send)
        elif takes(path):
            await self._api(scope, receive, send)
        else:
            await self._pages(scope, receive, send)
