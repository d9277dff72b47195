"""The whole site: which pages and interfaces there are, in one application."""

from __future__ import annotations

from collections.abc import Sequence

from litestar.types import ASGIApp, ControllerRouterHandler

from pulih.web import people, public
from pulih.web.frame.app import build_app
from pulih.web.frame.rooms import Rooms


def site(rooms: Rooms, routes: Sequence[ControllerRouterHandler] = ()) -> ASGIApp:
    """Return the application of public pages, people and `routes` (console, interfaces).

    Args:
        rooms: what is behind them.
        routes: handlers that stand beside them.
    """
    return build_app(rooms, [*public.routes(), *people.routes(), *routes])
