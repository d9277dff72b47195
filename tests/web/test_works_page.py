"""The page of planned works: announced, changed and refused by people, with keys alone and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk
from console_world import ConsoleWorld
from playwright.sync_api import Browser, Page, expect
from served import Server

from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.work import PlannedWork
from pulih.web.console.forms import moment_value
from pulih.web.frame.words import LANGUAGES

HOUR_US = HOUR_S * MICROS


@pytest.fixture
def desk(tmp_path: Path, serving: Server, browser: Browser) -> Iterator[Desk]:
    """A desk that announced one work an hour from now."""
    world = ConsoleWorld(tmp_path, quiet=True)
    start_us = world.clock.at_us + HOUR_US
    plan = PlannedWork(
        id="",
        operator="xl",
        start_us=start_us,
        end_us=start_us + 2 * HOUR_US,
        title_id="Ganti <baterai> menara",
        title_en="Tower <batteries> replaced",
        regions=("32",),
    )
    assert world.rooms.works is not None
    world.rooms.works.announce(plan, actor=Actor("dewi", "duty"))
    made = Desk(world, serving(world.app(), world.rooms.hub), browser)
    yield made
    made.leave()


def _at(desk: Desk, hours: float) -> str:
    world = desk.world
    from zoneinfo import ZoneInfo

    return moment_value(world.clock.at_us + int(hours * HOUR_US), ZoneInfo(world.rooms.settings.zone))


def _announce(page: Page, desk: Desk, *, end: float) -> None:
    page.locator("#act-announce summary").press("Enter")
    page.select_option("#announce-operator", "smartfren")
    page.fill("#announce-start", _at(desk, 3))
    page.fill("#announce-end", _at(desk, end))
    page.fill("#announce-title_id", "Pindah jalur serat")
    page.fill("#announce-title_en", "Fibre rerouted")
    page.select_option("#announce-region", ["31.74", "32"])
    page.check("#announce-service-mobile_data")
    page.locator("#act-announce button").press("Enter")


def test_work_is_announced_extended_and_called_off(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/works")
    _announce(page, desk, end=5)
    expect(page.locator("#done")).to_contain_text("The work is announced.")
    article = page.locator("article", has_text="Fibre rerouted")
    expect(article).to_contain_text("Jakarta Selatan, Jawa Barat")
    expect(article).to_contain_text("announced by dewi, waits for a second signature")
    assert article.locator("summary", has_text="Give the second signature").count() == 0
    second = desk.seat("citra", "/console/works")
    signing = second.locator("article", has_text="Fibre rerouted")
    signing.locator("summary", has_text="Give the second signature").click()
    signing.get_by_role("button", name="Give the second signature").click()
    expect(second.locator("#done")).to_contain_text("The work shows in public.")
    page.reload()
    article.locator("summary", has_text="Change the end").click()
    article.locator("input[name=end]").fill(_at(desk, 6))
    article.get_by_role("button", name="Change the end").click()
    expect(page.locator("#done")).to_contain_text("The end is changed.")
    article = page.locator("article", has_text="Fibre rerouted")
    article.locator("summary", has_text="Call off").click()
    article.get_by_role("button", name="Call off").click()
    expect(page.locator("li", has_text="Fibre rerouted")).to_contain_text("Called off")


def test_a_refusal_says_why_and_keeps_what_was_written(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/works", language="id")
    _announce(page, desk, end=2)
    expect(page.locator("#fault")).to_contain_text("Pekerjaan berakhir sebelum dimulai")
    expect(page.locator("#announce-title_en")).to_have_value("Fibre rerouted")


def test_who_only_looks_on_is_offered_nothing(desk: Desk) -> None:
    page = desk.seat("eko", "/console/works")
    expect(page.get_by_role("heading", name="XL: Tower <batteries> replaced")).to_be_visible()
    assert page.locator("main form").count() == 0


def test_what_waits_stands_first_and_links_the_incident_of_an_overrun(desk: Desk) -> None:
    world = desk.world
    assert world.rooms.works is not None
    world.clock.at_us += 4 * HOUR_US
    world.rooms.works.advance(world.clock.at_us)
    page = desk.seat("dewi", "/console")
    page.get_by_role("paragraph").filter(has_text="One piece of planned work waits").get_by_role("link").click()
    waiting = page.locator("section", has_text="What waits").first
    expect(waiting).to_contain_text("not said to be complete since")
    incident = world.incidents.current()[0].id
    expect(waiting.get_by_role("link", name=f"Incident {incident}")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(desk: Desk, theme: str) -> None:
    for language in LANGUAGES:
        page = desk.seat("dewi", "/console/works", language=language, width=360, color_scheme=theme)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
