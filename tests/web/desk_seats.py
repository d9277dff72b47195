"""Seats at a whole desk: who signs in at which page, in a browser of their own (`console_seats`: at a small one)."""

from __future__ import annotations

from typing import Any

from credit_desk_world import PASSWORD
from playwright.sync_api import Browser, Page

from pulih.serve.desk import Desk


class Seats:
    """A served desk, and who sits down at it."""

    def __init__(self, desk: Desk, address: str, browser: Browser) -> None:
        self.desk, self.address, self._browser = desk, address, browser
        self.contexts: list[Any] = []

    def open(self, name: str, path: str, *, language: str = "id", width: int = 1280, script: bool = True) -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=script)
        self.contexts.append(context)
        page = context.new_page()
        page.goto(f"{self.address}/sign-in?next=/account&lang={language}")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{self.address}/account")
        page.goto(self.address + path)
        return page

    def guest(self, path: str, *, width: int = 1280) -> Page:
        """Open a page without signing in."""
        context = self._browser.new_context(viewport={"width": width, "height": 900}, locale="id-ID")
        self.contexts.append(context)
        page = context.new_page()
        page.goto(self.address + path)
        return page

    def token(self, role: str) -> str:
        return self.desk.people.tokens.create(f"bot {role}", role, by="ayu").secret  # type: ignore[arg-type]
