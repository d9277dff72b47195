"""The desk's own public pages are for everybody: axe and pa11y find nothing, 400 % zoom and keys alone are enough.

The pages of the site are looked at by test_site_in_browser.py and test_site_by_peers.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from public_desk import PublicDesk, public_desk
from test_site_by_peers import peer

# What can be tapped, and is no link within a sentence.
TAPPED = """() => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, .ticks label')]
    .filter(one => one.offsetParent && !one.closest('.ticks label > *') && one.type !== 'checkbox')
    .filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 120))"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicDesk]:
    with public_desk(tmp_path_factory.mktemp("public")) as desk:
        yield desk


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("id", 1280, "light"), ("id", 320, "dark"), ("en", 1280, "dark"), ("en", 320, "light")],
)
def test_axe_finds_nothing_and_nothing_scrolls_sideways_on_any_page(
    desk: PublicDesk, browser: Browser, *, language: str, width: int, scheme: str
) -> None:
    # 320 pixels are 1280 at 400 % zoom.
    page = browser.new_page(viewport={"width": width, "height": 256 if width == 320 else 800}, color_scheme=scheme)  # type: ignore[arg-type]
    found: list[str] = []
    for kind in desk.paths:
        page.goto(desk.address + desk.path(kind, language))
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [f"{kind} {one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]
        found += [f"{kind} is wider than {width}"] * page.evaluate(WIDER)
        found += [f"{kind} is small: {one}" for one in page.evaluate(TAPPED)] if width == 320 else []
    page.close()
    assert found == []


def test_pa11y_finds_nothing_on_any_page(desk: PublicDesk) -> None:
    asked = [
        f"{scheme}={desk.address}{desk.path(kind, language)}"
        for kind in desk.paths
        for language, scheme in (("id", "light"), ("en", "dark"))
    ]
    assert peer("pa11y_pages.js", *asked) == {"looked": len(asked), "found": []}


def _tabbed_to(page: Page, name: str) -> None:
    """Press the key that leads on until what is called `name` has the focus, which must show."""
    for _ in range(40):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(one => one.labels?.[0]?.textContent || one.getAttribute('aria-label') || one.textContent)"
            "(document.activeElement)"
        )
        if name in said:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"no key leads to {name!r}")


def test_trouble_is_reported_and_answered_with_keys_alone(desk: PublicDesk, page: Page) -> None:
    page.goto(f"{desk.address}/report?lang=en")
    _tabbed_to(page, "Skip to content")
    _tabbed_to(page, "Signal, but no internet")
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?*symptom=no_internet*")
    _tabbed_to(page, "City or regency")
    page.keyboard.type("Jakarta Selatan")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    _tabbed_to(page, "Does it work again?")
    page.keyboard.press("Enter")
    page.wait_for_url("**/normal")
    _tabbed_to(page, "It works again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Good to hear")


def test_a_subscription_is_changed_and_ended_with_keys_alone(desk: PublicDesk, page: Page) -> None:
    asked = "/subscribe?lang=en"
    page.goto(desk.address + asked)
    for name in ("Choose a province", "Mobile internet", "How often", "E-mail address"):
        _tabbed_to(page, name)
    page.keyboard.type("no address")
    page.keyboard.press("Enter")
    # The browser itself says what is wrong with it, and keeps the form.
    assert page.evaluate("document.activeElement.matches(':invalid')") and page.url.endswith(asked)
    page.goto(desk.address + desk.path("end", "en"))
    _tabbed_to(page, "Change my choices instead")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your subscription")
