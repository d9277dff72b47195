"""The application of all pages: handlers, and around them headers, who asks, guards, and what errors look like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from litestar import Litestar
from litestar.events import BaseEventEmitterBackend
from litestar.types import ASGIApp, ControllerRouterHandler

from pulih.web.frame.assets import serve_asset
from pulih.web.frame.errors import handlers
from pulih.web.frame.events import events
from pulih.web.frame.guards import own_form
from pulih.web.frame.headers import HeaderLayer
from pulih.web.frame.rooms import Rooms
from pulih.web.frame.visitor import VisitorLayer

# A form of the console is small; reports come in elsewhere.
BODY_MAX = 256 * 1024


class NoEvents(BaseEventEmitterBackend):
    """Nobody listens to events of Litestar; its own way to tell them belongs to one loop."""

    async def __aenter__(self) -> NoEvents:
        """Begin nothing."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End nothing."""

    def emit(self, event_id: str, *args: Any, **kwargs: Any) -> None:
        """Tell nobody."""


def build_app(rooms: Rooms, routes: Sequence[ControllerRouterHandler] = ()) -> ASGIApp:
    """Return the application of the pages.

    Args:
        rooms: what is behind them.
        routes: handlers of the pages; those of the frame itself (assets, events) are there already.
    """
    app = _routed((serve_asset, events, *routes))
    return HeaderLayer(VisitorLayer(app, rooms), encrypted=rooms.settings.address.startswith("https://"))


# Reading the annotations of all handlers takes a tenth of a second, and a process may have many desks, as tests do. So
# nothing of one desk may be in it; rooms come with the request.
@lru_cache(maxsize=8)
def _routed(routes: tuple[ControllerRouterHandler, ...]) -> Litestar:
    return Litestar(
        route_handlers=routes,
        guards=[own_form()],
        exception_handlers=handlers(),
        event_emitter_backend=NoEvents,
        openapi_config=None,
        request_max_body_size=BODY_MAX,
        logging_config=None,
    )
