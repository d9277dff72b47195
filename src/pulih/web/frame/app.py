"""The application of all pages: handlers, and around them headers, who asks, guards, and what errors look like."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar
from litestar.datastructures import State
from litestar.openapi.config import OpenAPIConfig
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


def build_app(
    rooms: Rooms, routes: Sequence[ControllerRouterHandler] = (), *, openapi: OpenAPIConfig | None = None
) -> ASGIApp:
    """Return the application of the pages.

    Args:
        rooms: what is behind them.
        routes: handlers of the pages; those of the frame itself (assets, events) are there already.
        openapi: how the interfaces among `routes` describe themselves; None = they do not.
    """

    app = Litestar(
        route_handlers=[serve_asset, events, *routes],
        guards=[own_form()],
        exception_handlers=handlers(),
        openapi_config=openapi,
        state=State({"rooms": rooms}),
        request_max_body_size=BODY_MAX,
        logging_config=None,
    )
    return HeaderLayer(VisitorLayer(app, rooms), encrypted=rooms.settings.address.startswith("https://"))
