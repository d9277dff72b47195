"""Two ways to use a page: with a mouse, and with the keys of a keyboard alone."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

# More than any page of the console has to walk through.
TABS_MAX = 150


class Hand(Protocol):
    """Presses what can be pressed, and writes in fields."""

    def press(self, what: Locator) -> None: ...

    def write(self, field: Locator, text: str) -> None: ...


class Mouse:
    """Clicks."""

    def press(self, what: Locator) -> None:
        what.click()

    def write(self, field: Locator, text: str) -> None:
        field.click()
        field.fill(text)


class Keyboard:
    """Walks with Tab until it is there, then presses Enter or types."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, what: Locator) -> None:
        self._walk_to(what)
        self._page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._walk_to(field)
        self._page.keyboard.press("ControlOrMeta+a")
        self._page.keyboard.type(text)

    def _walk_to(self, what: Locator) -> None:
        expect(what).to_be_visible()
        for _ in range(TABS_MAX):
            if what.evaluate("one => one === document.activeElement"):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"No way to {what} with Tab.")
