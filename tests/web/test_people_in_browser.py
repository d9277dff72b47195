"""Pages of people as they are used: in a real browser, against a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_world import PASSWORD, SetClock, everybody_in, rooms
from playwright.sync_api import Browser, BrowserContext, Page
from served import Server

from pulih.service.people import People
from pulih.web.site import site

# Every page of people and the public one, with who looks at it.
OPEN = ("/", "/sign-in", "/nowhere")
# Each two of theme, width and language meet; the other half of all looks is in tests/long.
EACH_WITH_EACH = [("light", 360, "id"), ("dark", 1280, "id"), ("light", 1280, "en"), ("dark", 360, "en")]
SIGNED_IN = ("/account", "/console/users", "/console/tokens", "/console/audit")


@pytest.fixture
def desk(tmp_path: Path, serving: Server) -> tuple[str, People]:
    """A desk with four people; its address, and the people."""
    clock = SetClock()
    people = everybody_in(tmp_path, clock)
    made = rooms(people, clock)
    return serving(site(made), made.hub), people


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def signed_in(page: Page, address: str, name: str) -> Page:
    page.goto(f"{address}/sign-in?next=/account")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/account")
    return page


def faults(page: Page) -> list[str]:
    """Return what axe finds, in short."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_an_admin_adds_a_person_who_chooses_a_password_and_gets_in(
    desk: tuple[str, People], browser: Browser, context: BrowserContext
) -> None:
    address, _ = desk
    page = signed_in(context.new_page(), address, "ayu")
    page.goto(f"{address}/console/users?lang=en")
    page.fill("#name", "fajar")
    page.select_option("#role", "duty")
    page.get_by_role("button", name="Add a user").click()
    link = page.locator(".secret").inner_text()
    other = browser.new_context()
    theirs = other.new_page()
    theirs.goto(f"{link}?lang=en")
    theirs.fill("#password", "empat kata tanpa kaitan")
    theirs.fill("#again", "empat kata tanpa kaitan")
    theirs.keyboard.press("Enter")
    theirs.wait_for_url(f"{address}/console")
    theirs.goto(f"{address}/account")
    assert "You are signed in as fajar, duty." in theirs.inner_text("main")
    # The link is used up.
    theirs.goto(link)
    assert "This link is over or was used" in theirs.inner_text("main")
    other.close()


def test_signing_out_ends_the_session(desk: tuple[str, People], context: BrowserContext) -> None:
    address, _ = desk
    page = signed_in(context.new_page(), address, "dewi")
    page.get_by_role("button", name="Keluar").click()
    page.wait_for_url(f"{address}/sign-in")
    page.goto(f"{address}/account")
    assert page.url == f"{address}/sign-in?next=/account"


def test_a_page_for_admins_says_which_role_it_needs(desk: tuple[str, People], context: BrowserContext) -> None:
    address, _ = desk
    page = signed_in(context.new_page(), address, "dewi")
    answer = page.goto(f"{address}/console/users")
    assert answer is not None and answer.status == 403
    assert "Ini hanya untuk admin." in page.inner_text("main")
    assert page.get_by_role("link", name="Pengguna").count() == 0


def test_a_token_is_shown_once_and_can_be_taken_back(desk: tuple[str, People], context: BrowserContext) -> None:
    address, people = desk
    page = signed_in(context.new_page(), address, "ayu")
    page.goto(f"{address}/console/tokens?lang=en")
    page.fill("#name", "ticket system")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator(".secret").inner_text()
    assert people.allow(secret) is not None
    page.goto(f"{address}/console/tokens")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke the token ticket system").click()
    page.wait_for_url(f"{address}/console/tokens?done=revoked")
    assert people.allow(secret) is None


def test_everything_can_be_done_with_the_keyboard(desk: tuple[str, People], context: BrowserContext) -> None:
    address, _ = desk
    page = context.new_page()
    page.goto(f"{address}/sign-in?next=/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("eko")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/account")


def check_pages(desk: tuple[str, People], browser: Browser, *, language: str, scheme: str, width: int) -> None:
    """Look that no page has a fault of access or runs over its side."""
    address, people = desk
    made = people.tokens.create("sistem tiket pusat layanan", "source", by="ayu", source="tiket")
    assert made.secret
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    seen: dict[str, list[str]] = {}
    for path in OPEN:
        page.goto(f"{address}{path}?lang={language}")
        seen[path] = [*faults(page), *(["runs over"] if sideways(page) else [])]
    link = people.welcome("eko", by=people.session(people.sign_in("ayu", PASSWORD)))  # type: ignore[arg-type]
    page.goto(f"{address}/link/{link}")
    seen["link"] = [*faults(page), *(["runs over"] if sideways(page) else [])]
    signed_in(page, address, "ayu")
    for path in SIGNED_IN:
        page.goto(f"{address}{path}")
        seen[path] = [*faults(page), *(["runs over"] if sideways(page) else [])]
    context.close()
    assert {path: found for path, found in seen.items() if found} == {}


@pytest.mark.parametrize(("scheme", "width", "language"), EACH_WITH_EACH)
def test_no_page_has_a_fault_of_access_or_runs_over_its_side(
    desk: tuple[str, People], browser: Browser, *, language: str, scheme: str, width: int
) -> None:
    check_pages(desk, browser, language=language, scheme=scheme, width=width)


def test_no_page_breaks_its_own_content_security_policy(desk: tuple[str, People], context: BrowserContext) -> None:
    address, _ = desk
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    signed_in(page, address, "ayu")
    for path in ("/", *SIGNED_IN):
        page.goto(f"{address}{path}")
        page.wait_for_load_state("load")
    assert said == []


def test_small_targets_do_not_exist_on_a_phone(desk: tuple[str, People], browser: Browser) -> None:
    address, _ = desk
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = signed_in(context.new_page(), address, "ayu")
    page.goto(f"{address}/console/users")
    small = page.evaluate(
        """[...document.querySelectorAll('a, button:not(.plain), select, input:not([type=hidden]), summary')]
        .filter(e => e.offsetParent && !e.closest('p') && !e.classList.contains('skip'))
        .filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 120))"""
    )
    context.close()
    assert small == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_all_ways_of_an_admin_stand_in_two_lines_on_a_phone(
    desk: tuple[str, People], browser: Browser, language: str
) -> None:
    address, _ = desk
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = signed_in(context.new_page(), address, "ayu")
    page.goto(f"{address}/console/audit?lang={language}")
    tops = page.evaluate("[...document.querySelectorAll('.ways a')].map(one => Math.round(one.offsetTop))")
    context.close()
    assert len(tops) == 8
    assert len(set(tops)) == 2
