"""Seats at a console: who signs in at which page, in a browser of their own."""

from __future__ import annotations

from typing import Any

from console_world import ConsoleWorld
from desk_world import PASSWORD
from playwright.sync_api import Browser, Page


class Desk:
    """A served world, and people who sit down at it in browsers of their own."""

    def __init__(self, world: ConsoleWorld, address: str, browser: Browser) -> None:
        self.world = world
        self.address = address
        self._browser = browser
        self._contexts: list[Any] = []

    def seat(self, name: str, path: str = "/console", **settings: Any) -> Page:
        """Let somebody sign in and open a page; `width` of the window, and what else a browser may be told."""
        width = settings.pop("width", 1280)
        language = settings.pop("language", "en")
        context = self._browser.new_context(viewport={"width": width, "height": 900}, **settings)
        self._contexts.append(context)
        page = context.new_page()
        page.goto(f"{self.address}/sign-in?next=/account&lang={language}")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.address}/account")
        page.goto(self.address + path)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()


def outage(desk: Desk) -> str:
    return next(one.id for one in desk.world.incidents.current() if one.operator == "smartfren")


def path_of(desk: Desk) -> str:
    return f"/console/incidents/{outage(desk)}"
