"""The public site in a real Chromium: axe finds nothing, phones never scroll sideways, and no script is needed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sample_bulletin import NOW_US, bulletin, outage
from site_folder import KINDS, TILES, hosted, laid_out, path_of

from pulih.adapters.site.pages import SitePages
from pulih.model.bulletin import Bulletin, Turn
from pulih.model.clock import MICROS

UNFOLD = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
WIDER = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth"""
SMALL = """() => [...document.querySelectorAll('button, .btn, summary, input:not([type=hidden]), select, header a')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5)
    .map(one => one.outerHTML.slice(0, 120))"""
# Beyond any clock of a machine that runs the tests, so that nothing is stale unless a test is about that.
NEVER = 4_102_444_800 * MICROS


class Site:
    """A hosted site of one bulletin; `publish` replaces it as a publisher does."""

    def __init__(self, folder: Path, address: str, browser: Browser) -> None:
        self.folder, self.address, self._browser = folder, address, browser
        self._contexts: list[Any] = []

    def publish(self, now: Bulletin) -> None:
        laid_out(SitePages(tiles=TILES).pages(now, None), self.folder)

    def page(self, path: str = "", *, width: int = 1280, height: int = 900, **settings: Any) -> Page:
        context = self._browser.new_context(viewport={"width": width, "height": height}, **settings)
        self._contexts.append(context)
        page: Page = context.new_page()
        page.goto(self.address + path)
        return page

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
        self._contexts.clear()


@pytest.fixture(scope="module")
def host(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with hosted(folder) as address:
        yield Site(folder, address, browser)


@pytest.fixture
def site(host: Site) -> Iterator[Site]:
    """The hosted sample bulletin, never stale."""
    host.publish(bulletin(stale_us=NEVER))
    yield host
    host.leave()


def emptied(page: Page) -> None:
    """Wait until no report is kept any more; the policy of a page lets Playwright's own waiting not look there."""
    until = time.monotonic() + 10
    while page.evaluate("localStorage.getItem('pulih-reports')") != "[]":
        assert time.monotonic() < until, "The kept report was not sent within ten seconds."
        page.wait_for_timeout(20)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("id", 1280, "light"), ("id", 360, "dark"), ("en", 1280, "dark"), ("en", 360, "light")],
)
def test_axe_finds_nothing_on_any_kind_of_page(site: Site, language: str, width: int, scheme: str) -> None:
    page = site.page(width=width, color_scheme=scheme)
    found: list[str] = []
    for path in (*(path_of(kind, language) for kind in KINDS), "404.html"):
        page.goto(site.address + path)
        page.evaluate(UNFOLD)
        violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        found += [f"{path} {one['id']}: {node['html'][:160]}" for one in violations for node in one["nodes"]]
    assert found == []


def test_that_all_of_it_is_a_simulation_is_read_out_where_a_page_begins(site: Site) -> None:
    site.publish(bulletin(simulated=True))
    page = site.page("en/", width=320)
    expect(page.get_by_role("banner")).to_contain_text("A simulation.")
    assert Axe().run(page).response["violations"] == []


def test_nothing_scrolls_sideways_at_320_pixels_and_what_is_tapped_is_large(site: Site) -> None:
    # 320 pixels are 1280 at 400 % zoom.
    page = site.page(width=320, height=256)
    wide, small = [], []
    for path in (path_of(kind, language) for kind in KINDS for language in ("id", "en")):
        page.goto(site.address + path)
        page.evaluate(UNFOLD)
        wide += [path] * page.evaluate(WIDER)
        small += [f"{path} {one}" for one in page.evaluate(SMALL)]
    assert (wide, small) == ([], [])


def test_all_is_there_without_script(site: Site) -> None:
    page = site.page(java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Satu gangguan berlangsung")
    expect(page.locator(".late")).not_to_be_visible()
    page.get_by_role("link", name="Pilih wilayah dari daftar").click()
    page.get_by_text("Jawa Barat", exact=False).first.click()
    page.get_by_role("link", name="Kota Bandung").click()
    expect(page.get_by_role("main")).to_contain_text("ada gangguan yang dikonfirmasi di Kota Bandung")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kota Bandung")
    expect(page.get_by_role("main")).to_contain_text("It is not just you")


def test_whoever_wrote_a_place_that_is_not_known_is_told_so_above_the_list(site: Site) -> None:
    page = site.page("wilayah/", java_script_enabled=False)
    expect(page.locator("#not-found")).not_to_be_visible()
    page.goto(site.address + "wilayah/#not-found")
    expect(page.get_by_text("Tempat yang Anda tulis tidak ditemukan")).to_be_visible()
    page.goto(site.address + "en/place/#not-found")
    expect(page.get_by_text("The place you wrote was not found")).to_be_visible()


def test_a_page_left_open_says_that_it_is_stale_without_script(site: Site) -> None:
    made = bulletin()
    site.publish(msgspec.structs.replace(made, stale_us=made.made_us + MICROS))
    page = site.page(java_script_enabled=False)
    expect(page.locator(".late")).to_be_visible()
    expect(page.locator(".late")).to_contain_text("mungkin basi")


def test_with_script_a_page_that_comes_old_says_at_once_that_it_is_stale(site: Site) -> None:
    site.publish(bulletin())
    expect(site.page("en/").locator(".late")).to_be_visible()


def test_every_page_can_be_used_with_keys_alone(site: Site) -> None:
    page = site.page("en/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to content")
    seen: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        if seen[-1] == "iCalendar":
            break
    for one in ("Places", "Indonesia", "place", "Look", "Details", "I have trouble too", "The numbers"):
        assert one in seen, (one, seen)
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"


def test_the_script_follows_what_is_published_without_loading_the_page_again(site: Site) -> None:
    page = site.page("en/")
    expect(page.get_by_role("heading", level=1)).to_have_text("One outage going on")
    page.wait_for_selector("html.js")
    page.evaluate("window.same = true")
    site.publish(bulletin(made_us=NOW_US + MICROS, stale_us=NEVER, current=(outage(), outage(id="20251003-zzzz"))))
    # What a browser tells a page when the reader comes back to it.
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 outages going on")
    assert page.evaluate("window.same") is True


def test_a_report_sent_without_a_network_is_kept_and_sent_once_when_there_is_one(site: Site) -> None:
    page = site.page()
    got: list[str] = []
    page.route("**/report", lambda route: (got.append(route.request.post_data or ""), route.fulfill(status=200)))
    page.evaluate("""() => {
        const form = document.createElement('form');
        form.action = '/report'; form.method = 'post'; form.dataset.keep = 'Tersimpan';
        form.innerHTML = '<input name="symptom" value="slow"><input name="form" value="a1"><button>Kirim</button>';
        document.querySelector('main').prepend(form);
    }""")
    page.context.set_offline(True)
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_role("status").filter(has_text="Tersimpan")).to_be_visible()
    page.get_by_role("button", name="Kirim").click()
    assert got == []
    with page.expect_request("**/report"):
        page.context.set_offline(False)
    emptied(page)
    assert got == ["symptom=slow&form=a1"]


def test_the_widget_shows_how_things_stand_on_any_other_page(site: Site) -> None:
    page = site.page()
    script = f'<script src="{site.address}widget.js" data-language="en"></script>'
    html = f"<!doctype html><title>Toko</title><p>Toko</p>{script}"
    page.route("**/shop", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{site.address}shop")
    link = page.get_by_role("link")
    expect(link).to_have_text("!Pulih Contoh: Mobile internet cannot be used in DKI Jakarta and Jawa Barat")
    expect(link).to_have_attribute("href", f"{site.address}en/")
    back = Turn(kind="reopened", at_us=NOW_US, number=9, stage="identified", was_us=NOW_US)
    site.publish(bulletin(stale_us=NEVER, current=(outage(turns=(back,)),)))
    page.goto(f"{site.address}shop")
    expect(page.get_by_role("link")).to_contain_text("is back after it had been called restored")
    # Old news is no news: it is unknown then, never as it was.
    site.publish(bulletin())
    page.goto(f"{site.address}shop")
    expect(page.get_by_role("link")).to_have_text("?Pulih Contoh: State of service unknown")
