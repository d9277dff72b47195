"""Dispatch: which application answers a path; reports and hooks first, machines next, people last."""

from __future__ import annotations

from typing import Any

from litestar.types import ASGIApp

from pulih.web.api.app import takes
from pulih.web.frame.head import allowing_head, bodiless
from pulih.web.intake.app import IntakeApp
from pulih.web.statuspage import StatuspageApp
from pulih.web.tmf.app import TmfApp


class DeskApp:
    """The applications of a desk as one.

    Args:
        intake: reports and hooks; it has no lifespan.
        api: the interface for machines; its lifespan does nothing that anybody waits for.
        pages: all else, and the lifespan.
        statuspage: the Statuspage read interface.
        tmf: the TM Forum interfaces.
    """

    def __init__(self, intake: IntakeApp, api: ASGIApp, pages: ASGIApp, *, statuspage: ASGIApp, tmf: ASGIApp) -> None:
        self._intake = intake
        self._api = api
        self._pages = pages
        self._statuspage = statuspage
        self._tmf = tmf

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand one request on."""
        path = scope.get("path", "")
        if scope["type"] == "http" and IntakeApp.takes(path):
            await self._intake(scope, receive, send)
        elif scope["type"] == "http" and takes(path):
            await self._api(scope, receive, send)
        elif scope["type"] == "http" and StatuspageApp.takes(path):
            await self._statuspage(scope, receive, send)
        elif scope["type"] == "http" and TmfApp.takes(path):
            await self._tmf(scope, receive, send)
        elif scope["type"] == "http" and scope.get("method") == "HEAD":
            # Each of the others knows HEAD; of pages there are a hundred handlers, which need not.
            asked: Any = {**scope, "method": "GET"}
            await self._pages(asked, receive, bodiless(send))
        elif scope["type"] == "http" and scope.get("method") == "OPTIONS":
            await self._pages(scope, receive, allowing_head(send))
        else:
            await self._pages(scope, receive, send)
