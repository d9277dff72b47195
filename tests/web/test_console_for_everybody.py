"""The console for everybody: axe finds nothing, phones never scroll sideways, targets are large, words are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk, outage
from console_world import ConsoleWorld
from playwright.sync_api import Browser, Page
from served import Server

from pulih.communicate.statements import statement
from pulih.model import entry
from pulih.model.actor import Actor
from pulih.web.console.asking import speech_of

PAGES = (
    "",
    "/now",
    "/incidents",
    "/promises",
    "/estimates",
    "/on-call",
    "/care",
    "/sources",
    "/sources/x",
    "/publishing",
    "/settings",
    "/help",
    "/incident",
    "/situation",
    "/handover",
)
SMALL = """() => [...document.querySelectorAll('main button, main summary, main input:not([type=hidden]), main select')]
    .filter(one => one.offsetParent && !one.matches('[type=checkbox], [type=radio]'))
    .filter(one => one.getBoundingClientRect().height < 43.5)
    .map(one => one.outerHTML.slice(0, 120))"""
WIDER = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    const within = one.closest('.aside, .scroll, svg, .u-wrap');
    return !within && box.width && box.right > document.documentElement.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 120))"""
UNFOLD = "document.querySelectorAll('details').forEach(fold => { fold.removeAttribute('name'); fold.open = true })"


@pytest.fixture
def desk(tmp_path: Path, serving: Server, browser: Browser) -> Iterator[Desk]:
    """A desk in the middle of its work: a statement out, one drafted, a task, a rumour."""
    world = ConsoleWorld(tmp_path)
    incident = world.outage()
    dewi = Actor("dewi", "duty")
    first = statement("holding", incident, speech_of(world.rooms.settings, world.rooms.names), now_us=world.clock.at_us)
    facts = (
        entry.NoticeDrafted(
            notice="",
            kind="holding",
            text_id=first.text_id,
            text_en=first.text_en,
            next_update_by_us=first.next_update_by_us,
        ),
        entry.NoticePublished(notice="n1", before_second=True),
        entry.Confirmed(),
        entry.HelpSet(emergency_calls="not_reachable", priority_customers=("RSUD Koja",)),
        entry.TaskAdded(task="", what="Kirim teknisi ke Cibitung", party="backbone"),
        entry.RumourAdded(rumour="", claim="Katanya sengaja dimatikan"),
        entry.NoticeDrafted(notice="", kind="update", text_id="Masih diperbaiki.", text_en="Repair goes on."),
    )
    for fact in facts:
        incident = world.incidents.act(incident.id, fact, actor=dewi, version=incident.version, reason="Karena begitu")
    made = Desk(world, serving(world.app(), world.rooms.hub), browser)
    yield made
    made.leave()


def paths(desk: Desk) -> list[str]:
    incident = f"/incidents/{outage(desk)}"
    named = {"/incident": incident, "/situation": f"{incident}/situation", "/handover": f"{incident}/handover"}
    return [f"/console{named.get(page, page)}" for page in PAGES]


def violations(page: Page) -> list[str]:
    page.evaluate(UNFOLD)
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("width", "language", "scheme"), [(1280, "id", "light"), (360, "en", "dark")])
def test_axe_finds_nothing_on_any_page(desk: Desk, width: int, language: str, scheme: str) -> None:
    page = desk.seat("dewi", width=width, language=language, color_scheme=scheme)
    found: list[str] = []
    for path in paths(desk):
        page.goto(desk.address + path)
        page.wait_for_timeout(200)
        found += violations(page)
    assert found == []


def test_a_phone_never_scrolls_sideways_and_every_target_is_large_enough(desk: Desk) -> None:
    page = desk.seat("citra", width=360, language="id")
    for path in paths(desk):
        page.goto(desk.address + path)
        page.evaluate(UNFOLD)
        page.wait_for_timeout(100)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert page.evaluate(WIDER) == [], path
        assert page.evaluate(SMALL) == [], path


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_shows_the_key_of_a_sentence_or_a_value_that_is_none(desk: Desk, language: str) -> None:
    page = desk.seat("dewi", language=language)
    for path in paths(desk):
        page.goto(desk.address + path)
        page.evaluate(UNFOLD)
        text = page.locator("main").inner_text()
        assert not re.search(r"\bconsole\.[a-z_.]+|\bNone\b|\{[a-z_]+\}|\bnan\b", text), path
        assert not re.search(r"\b(no_internet|mobile_data|claimed_fixed|not_reachable)\b", text), path
        assert "!" not in text, path


def test_every_number_of_the_curve_and_the_map_stands_in_a_table_or_a_list_too(desk: Desk) -> None:
    page = desk.seat("eko", java_script_enabled=False)
    assert page.locator("#figure-curve tbody tr").count() > 10
    assert page.locator("#map-list li").count() == 38
    assert (
        "Jakarta: 255 reports" in page.locator("#map-list").inner_text()
        or page.locator("#map-list li").first.text_content()
    )


def test_nothing_is_loaded_from_elsewhere_and_nothing_breaks_the_policy(desk: Desk) -> None:
    page = desk.seat("dewi")
    troubles: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    for path in paths(desk):
        page.goto(desk.address + path)
        page.wait_for_timeout(200)
    assert troubles == []
    assert [url for url in asked if not url.startswith(desk.address)] == []
    assert page.locator("[style]").count() == 0 or page.locator(".u-wrap").count() > 0


def test_the_curve_is_drawn_without_script_and_drawn_over_with_it(desk: Desk) -> None:
    plain = desk.seat("eko", java_script_enabled=False)
    assert plain.locator("#figure-curve .drawing").is_visible()
    lively = desk.seat("eko")
    lively.wait_for_selector("#figure-curve .is-drawn canvas")
    assert not lively.locator("#figure-curve .drawing").is_visible()
