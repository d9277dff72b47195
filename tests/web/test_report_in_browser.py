"""The report in a real browser: accessible, readable on a phone and on paper, without script and without network."""

from __future__ import annotations

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from sample_outcome import (
    TILES,
    busy_outcome,
    empty_outcome,
    quiet_outcome,
    scan_series,
    usual_outcome,
)

from pulih.adapters.report import render_report, render_scan

LANGUAGES = ("en", "id")
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.open = true })"
# The rows of one table are all alike, and axe takes its time over each cell.
SHORTEN = "document.querySelectorAll('.data tr:nth-child(n+4), .voices li:nth-child(n+3)').forEach(row => row.remove())"
WIDER_THAN_PAGE = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    return !one.closest('.aside') && box.width && box.right > document.documentElement.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Every kind of page there is."""
    outcomes = {
        "usual": usual_outcome(),
        "busy": busy_outcome(10),
        "quiet": quiet_outcome(),
        "empty": empty_outcome(),
    }
    rendered = {name: render_report(outcome, zone="Asia/Jakarta", tiles=TILES) for name, outcome in outcomes.items()}
    return {**rendered, "scan": render_scan(scan_series(), zone="Asia/Makassar", files=["counts.csv"])}


@pytest.fixture(scope="module")
def usual(pages: dict[str, str]) -> str:
    """The report that most readers will see."""
    return pages["usual"]


# To measure contrast takes as long as all else together. It is measured at half of the ways to look at a page, chosen
# so that each width meets each language and each theme.
CONTRAST = {(360, "en", "light"), (360, "id", "dark"), (1280, "en", "dark"), (1280, "id", "light")}


def violations(page: Page, *, contrast: bool = True) -> list[str]:
    page.evaluate(UNFOLD)
    page.evaluate(SHORTEN)
    rules = {"color-contrast": {"enabled": contrast}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("shown", list(product([360, 1280], LANGUAGES, ["light", "dark"])))
def test_axe_finds_nothing_on_the_usual_report(opened, usual, shown: tuple[int, str, str]) -> None:
    width, language, scheme = shown
    page = opened(usual, width=width, anchor=language, color_scheme=scheme)
    assert violations(page, contrast=shown in CONTRAST) == []


@pytest.mark.parametrize("kind", ["busy", "quiet", "empty", "scan"])
def test_axe_finds_nothing_on_the_other_pages(opened, pages, kind: str) -> None:
    assert violations(opened(pages[kind], width=360, anchor="id", color_scheme="dark")) == []


@pytest.mark.parametrize("kind", ["usual", "busy", "quiet", "empty", "scan"])
def test_a_phone_never_scrolls_sideways(opened, pages, kind: str) -> None:
    html = pages[kind]
    for language in LANGUAGES:
        page = opened(html, width=360, anchor=language)
        page.evaluate(UNFOLD)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        # Text inside a drawing may hang over it by the width of a letter, never over the page.
        assert page.evaluate(WIDER_THAN_PAGE) == []


def test_without_script_everything_is_readable_and_folds_open(opened, usual) -> None:
    page = opened(usual, java_script_enabled=False)
    text = page.inner_text("main")
    assert "Biznet, Jakarta Selatan: no internet, 11 August 2025 from about 10:50 WIB" in text
    assert "Every row is accounted for" in text
    page.click("#en .finding >> nth=0 >> text=Read 3 of the texts")
    assert page.is_visible("text=internet mati lagi nih di Setiabudi")


def test_opening_the_report_asks_for_nothing_but_the_file(opened, usual, browser, tmp_path) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    file = tmp_path / "report.html"
    file.write_text(usual, encoding="utf-8")
    page.goto(file.as_uri())
    page.wait_for_load_state("networkidle")
    page.close()
    assert asked == [file.as_uri()]


def test_exactly_one_language_is_displayed_and_the_link_changes_it(opened, usual) -> None:
    page = opened(usual)
    assert (page.is_visible("#en"), page.is_visible("#id")) == (True, False)
    page.click("#en .languages a")
    assert (page.is_visible("#en"), page.is_visible("#id")) == (False, True)
    assert "3 dugaan gangguan dalam" in page.inner_text("h1 >> visible=true")


@pytest.mark.parametrize(
    ("locale", "shown"), [("id-ID", "id"), ("en-GB", "en"), ("de-DE", "en"), ("jv-ID", "id"), ("ms-MY", "id")]
)
def test_without_a_language_in_the_address_that_of_the_browser_is_shown(opened, usual, locale: str, shown: str) -> None:
    page = opened(usual, locale=locale)
    assert [one for one in LANGUAGES if page.is_visible(f"#{one}")] == [shown]
    asked = opened(usual, locale=locale, anchor="en")
    assert (asked.is_visible("#en"), asked.is_visible("#id")) == (True, False)


def test_without_script_the_first_language_is_shown_and_the_other_is_one_press_away(opened, usual) -> None:
    page = opened(usual, locale="id-ID", java_script_enabled=False)
    assert (page.is_visible("#en"), page.is_visible("#id")) == (True, False)
    page.click("#en .languages a")
    assert (page.is_visible("#en"), page.is_visible("#id")) == (False, True)


def test_a_link_to_a_close_up_unfolds_it_with_script_and_without(opened, usual) -> None:
    for script in (True, False):
        page = opened(usual, anchor="en", java_script_enabled=script)
        assert not page.locator("#en-finding-3 .times").is_visible()
        page.click("#en .outages a >> nth=2")
        assert page.locator("#en-finding-3 .times").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_ten_outages_are_all_told_on_the_first_screen_of_a_desk(opened, pages, language: str) -> None:
    last = opened(pages["busy"], width=1280, anchor=language).locator(f"#{language} .outages li >> nth=9")
    box = last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900


def test_labels_of_a_drawing_stay_on_the_page_of_a_phone(opened, pages) -> None:
    for kind in ("usual", "busy", "quiet"):
        page = opened(pages[kind], width=360, anchor="id")
        page.evaluate(UNFOLD)
        beside = page.evaluate(
            """() => [...document.querySelectorAll('#id .plot text')].map(one => one.getBoundingClientRect())
            .filter(box => box.width && (box.left < 0 || box.right > 360)).length"""
        )
        assert beside == 0


def test_links_inside_a_language_keep_that_language(opened, usual) -> None:
    page = opened(usual, anchor="id")
    page.click("#id .outages a >> nth=1")
    assert page.url.endswith("#id-finding-2")
    assert (page.is_visible("#en"), page.is_visible("#id")) == (False, True)
    assert page.evaluate("document.querySelector('#id-finding-2').getBoundingClientRect().top") < 300


def test_a_reader_of_the_accessible_tree_meets_one_language_and_named_pictures(opened, usual) -> None:
    tree = opened(usual, anchor="id").locator("main").aria_snapshot()
    assert "3 dugaan gangguan dalam" in tree
    assert "suspected outages" not in tree
    assert 'img "Biznet: 2 dugaan gangguan menonjol' in tree
    assert "Jakarta: 214 laporan, ada dugaan gangguan di sini" in tree


@pytest.mark.parametrize("kind", ["usual", "busy"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_of_a_few_or_ten_outages_prints_on_two_pages_in_the_language_shown(
    opened, pages, kind: str, language: str
) -> None:
    page = opened(pages[kind], anchor=language, color_scheme="dark")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
    page.emulate_media(media="print")
    assert [page.is_visible(f"#{one}") for one in LANGUAGES] == [one == language for one in LANGUAGES]
    # On paper the dark theme would be pale ink on white.
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 30, 33)"


def test_everything_to_press_is_large_enough_for_a_thumb(opened, usual) -> None:
    page = opened(usual, width=360)
    heights = page.evaluate(
        """() => [...document.querySelectorAll('#en summary, #en .languages a, #en a.badge')]
        .filter(one => one.getClientRects().length).map(one => one.getBoundingClientRect().height
            + (one.matches('.badge') ? 18 : 0))"""
    )
    assert heights
    assert min(heights) >= 44
