"""Open pages live on: they hear from the desk, say when they do not, and leave when the session is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from desk_world import PASSWORD, SetClock, everybody_in, rooms
from playwright.sync_api import Browser, Page, Route, expect
from served import Server

from pulih.web.frame.hub import Hub
from pulih.web.frame.rooms import Rooms
from pulih.web.site import site


@pytest.fixture
def desk(tmp_path: Path) -> Rooms:
    clock = SetClock()
    return rooms(everybody_in(tmp_path, clock), clock, hub=Hub(beat_s=0.3))


@pytest.fixture
def address(desk: Rooms, serving: Server) -> str:
    return serving(site(desk), desk.hub)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.goto(f"{address}/sign-in?next=/account")
    made.fill("#name", "ayu")
    made.fill("#password", PASSWORD)
    made.keyboard.press("Enter")
    made.wait_for_url(f"{address}/account")
    yield made
    context.close()


def until(page: Page, true: Callable[[], bool]) -> bool:
    """Ask for ten seconds; Playwright's own waiting evaluates text in the page, which the policy forbids."""
    for _ in range(100):
        if true():
            return True
        page.wait_for_timeout(100)
    return False


def test_what_the_desk_tells_reaches_an_open_page_as_an_event(page: Page, desk: Rooms) -> None:
    page.evaluate("document.addEventListener('incidents', (event) => { window.told = event.detail.data; })")

    def told() -> bool:
        desk.hub.tell("incidents", "20251003-a1b2")
        return bool(page.evaluate("window.told === '20251003-a1b2'"))

    assert until(page, told)


def test_what_happens_between_the_making_of_a_page_and_its_first_hearing_is_not_lost(
    page: Page, desk: Rooms, address: str
) -> None:
    def just_before_it_hears(route: Route) -> None:
        desk.hub.tell("incidents", "20251003-a1b2")
        route.continue_()

    page.add_init_script("document.addEventListener('incidents', (event) => { window.told = event.detail.data; })")
    page.route("**/console/events*", just_before_it_hears)
    page.goto(f"{address}/account")
    assert until(page, lambda: bool(page.evaluate("window.told === '20251003-a1b2'")))


def test_a_stream_that_is_begun_again_tells_what_was_missed_and_nothing_twice() -> None:
    async def heard(hub: Hub, since: int | None) -> list[str]:
        names = []
        async for event in hub.listen(since):
            names.append(event.name)
            if event.name == "beat" and len(names) > 1:
                return names
        return names

    def told_to(listening: Coroutine[None, None, list[str]]) -> list[str]:
        # Playwright holds the loop of this thread.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, listening).result()

    hub = Hub(beat_s=0.05)
    made = hub.said()
    hub.tell("live")
    hub.tell("incident", "a")
    assert told_to(heard(hub, made)) == ["beat", "live", "incident", "beat"]
    assert told_to(heard(hub, made + 1)) == ["beat", "incident", "beat"]
    assert told_to(heard(hub, hub.said())) == ["beat", "beat"]
    assert told_to(heard(hub, None)) == ["beat", "beat"]
    # Of a start before this one, with a clock that was set back since.
    assert told_to(heard(hub, hub.said() + 10)) == ["beat", "live", "incident", "beat"]


def test_a_page_that_no_longer_hears_says_that_it_is_stale(page: Page, address: str) -> None:
    page.route("**/console/events*", lambda route: route.abort())
    page.clock.install()
    page.goto(f"{address}/account")
    expect(page.locator("#stale")).to_be_hidden()
    page.clock.run_for(60_000)
    expect(page.locator("#stale")).to_contain_text("tidak lagi menerima kabar")


def test_a_page_that_hears_is_not_stale(page: Page) -> None:
    page.wait_for_timeout(700)
    expect(page.locator("#stale")).to_be_hidden()


def test_a_page_leads_to_the_sign_in_when_the_session_ends_elsewhere(page: Page, desk: Rooms, address: str) -> None:
    for kept in page.context.cookies():
        if kept["name"].endswith("session"):
            desk.people.sign_out(kept["value"])
    page.wait_for_url(f"{address}/sign-in?next=/account")


def test_htmx_sends_the_token_of_forms_by_itself(page: Page, desk: Rooms) -> None:
    page.evaluate("htmx.ajax('POST', '/console/users/eko/shut', {source: '#main', target: '#main', swap: 'none'})")
    assert until(page, lambda: not {account.name: account.active for account in desk.people.accounts()}["eko"])


def test_htmx_shows_a_refusal_where_it_was_asked(page: Page) -> None:
    page.evaluate("htmx.ajax('GET', '/nowhere', {source: '#main', target: '#main'})")
    expect(page.locator("#main [role=alert] h1")).to_have_text("Halaman ini tidak ada")
    assert page.locator("header").count() == 1
