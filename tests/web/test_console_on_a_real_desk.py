"""The console over everything real: intake, journal, counting, incidents; only the address is a test's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_world import PASSWORD
from playwright.sync_api import Browser, Page, expect
from served import Server

from pulih.adapters.data_folder import DataFolder
from pulih.listen.payload import PayloadReader
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.storage import settings_of


@pytest.fixture
def real(tmp_path: Path) -> Iterator[tuple[Desk, PayloadReader]]:
    """A desk as `pulih serve` makes it, in a folder of its own."""
    with DataFolder(tmp_path / "desk") as folder:
        desk = Desk(folder, settings_of(tmp_path / "desk", None), WorldClock())
        desk.start()
        yield desk, PayloadReader(folder.secret)
        desk.stop()


@pytest.fixture
def page(serving: Server, browser: Browser) -> Iterator[Page]:
    """A page of a browser that is closed before the server stops."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def signed_in(desk: Desk, address: str, page: Page) -> None:
    first = desk.people.first_link()
    assert first is not None
    desk.people.accept(first, "ayu", PASSWORD)
    page.goto(f"{address}/sign-in?next=/console&lang=en")
    page.fill("#name", "ayu")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/console")


def test_a_complaint_posted_now_is_on_an_open_page_without_loading_it_again(
    real: tuple[Desk, PayloadReader], serving: Server, page: Page
) -> None:
    desk, reader = real
    address = serving(desk.app, desk.hub)
    signed_in(desk, address, page)
    expect(page.locator("h1")).to_have_text("No suspected outage right now")
    page.goto(f"{address}/console/sources")
    expect(page.locator("main")).to_contain_text("No source was ever heard")
    page.wait_for_timeout(500)
    line = b'{"id": "1", "source": "shop", "text": "internet smartfren mati dari tadi di Bandung"}'
    desk.accepting.accept(reader.batch(line, WorldClock().now_us()))
    expect(page.locator("tbody")).to_contain_text("shop", timeout=5000)
    expect(page.locator("#counters-title")).to_have_text("The counters balance: no report is lost")
    for path in ("", "/now", "/incidents", "/publishing", "/settings", "/help"):
        answer = page.goto(f"{address}/console{path}")
        assert answer is not None
        assert answer.status == 200, path
