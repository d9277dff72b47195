"""A real Chromium for pages: Debian's own, driven through Playwright, opened from files without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chromium import launched
from console_seats import Desk
from console_world import ConsoleWorld
from playwright.sync_api import Browser, Page
from served import Server, serving_here

Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module; without Chromium they fail and say how to get it."""
    with launched() as made:
        yield made


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Return a function that opens a page text at a width, in a theme and a language, with or without script."""
    contexts = []

    def open_page(html: str, *, width: int = 1280, anchor: str = "", **settings: Any) -> Page:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.goto(file.as_uri() + (f"#{anchor}" if anchor else ""))
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def serving() -> Iterator[Server]:
    """Return a function that serves an application, with its hub if it has one, and returns its address."""
    with serving_here() as serve:
        yield serve


@pytest.fixture
def desk(tmp_path: Path, serving: Server, browser: Browser) -> Iterator[Desk]:
    """A served console with one outage, at which people sit down; tests of other desks have a fixture of their own."""
    world = ConsoleWorld(tmp_path)
    world.outage()
    made = Desk(world, serving(world.app(), world.rooms.hub), browser)
    yield made
    made.leave()
