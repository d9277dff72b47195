"""The page of replies without script: a text, a line, a subscriber; what is asked stands in no address and no log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk
from console_world import ConsoleWorld
from playwright.sync_api import Browser, Page, expect
from served import serving_here

from pulih.adapters.cadences import load_cadences
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed, NoticeDrafted, NoticePublished
from pulih.model.reading import Reading
from pulih.ports.care import Line
from pulih.ports.live import Text
from pulih.service.care import Care
from pulih.web.frame.rooms import WebSettings

DEWI = Actor("dewi", "duty")
MINUTE_US = 60_000_000


@cache
def knowledge() -> Knowledge:
    return load_knowledge(None)


class OneReader:
    """The real reader, in this process."""

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        return [knowledge().reader.read(one.text, operator=one.operator, place=one.place) for one in texts]


class List:
    """A list with one subscriber."""

    def of(self, subscriber: str) -> tuple[Line, ...]:
        return (Line("smartfren", "mobile_data", "31"),) if subscriber == "0812345" else ()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Desk]:
    world = ConsoleWorld(tmp_path_factory.mktemp("desk"))
    incident = world.outage()
    facts = (
        Confirmed(),
        NoticeDrafted(
            notice="",
            kind="update",
            text_id="Masih terganggu.",
            text_en="Still disrupted.",
            next_update_by_us=world.clock.at_us + MINUTE_US,
        ),
        NoticePublished(notice="n1", break_glass=True),
    )
    for fact in facts:
        incident = world.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Ya")
    world.clock.at_us += 5 * MINUTE_US
    gazetteer = knowledge().gazetteer
    care = Care(world.incidents, OneReader(), world.clock, find_region=gazetteer.find_code, lines=List())
    settings = WebSettings(secure_cookies=False, cadence=load_cadences()["house"])
    world.rooms = msgspec.structs.replace(world.rooms, care=care, settings=settings)
    with serving_here() as serve:
        made = Desk(world, serve(world.app(), world.rooms.hub), browser)
        yield made
        made.leave()


def everybody(page: Page) -> None:
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_pasted_complaint_is_answered_with_its_incident_and_two_drafts(desk: Desk) -> None:
    page = desk.seat("eko", "/console/care", language="id", width=360, java_script_enabled=False)
    page.fill("#text", "smartfren di tebet sinyal penuh tapi internet mati dari pagi, nomor 0812-3456-7890")
    page.get_by_role("button", name="Baca dan susun balasan").click()
    expect(page.locator("#answer .level").first).to_contain_text("Terdampak gangguan yang sudah dikonfirmasi")
    expect(page.locator("#answer .read")).to_contain_text("Jakarta Selatan")
    expect(page.locator("#draft-id")).to_contain_text("internet seluler")
    expect(page.locator("#draft-en")).to_contain_text("mobile internet")
    assert "3456" not in page.locator("#answer").inner_text()
    assert page.url == f"{desk.address}/console/care"


def test_a_line_and_a_subscriber_are_looked_up_and_a_slip_is_told(desk: Desk) -> None:
    page = desk.seat("eko", "/console/care", language="en", java_script_enabled=False)
    line = page.locator("form", has=page.locator("#line-service"))
    line.locator("#line-operator").select_option("smartfren")
    line.locator("#line-place").fill("Atlantis")
    line.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_contain_text("No province, regency or city of that name")
    line.locator("#line-place").fill("Kota Makassar")
    line.get_by_role("button").click()
    expect(page.locator("#answer .level").first).to_contain_text("No outage fits")
    page.fill("#subscriber", "0812345")
    page.locator("form", has=page.locator("#subscriber")).get_by_role("button").click()
    expect(page.locator("#answer .level").first).to_contain_text("Affected by a confirmed outage")
    assert page.input_value("#subscriber") == ""
    assert "0812345" not in page.content()


@pytest.mark.parametrize("seen", [("id", 360, "light"), ("en", 1280, "dark")])
def test_care_and_promises_are_for_everybody(desk: Desk, seen: tuple[str, int, Any]) -> None:
    language, width, scheme = seen
    page = desk.seat("dewi", "/console/care", language=language, width=width, color_scheme=scheme)
    everybody(page)
    page.fill("#text", "internet mati total sinyal penuh")
    page.locator("form", has=page.locator("#text")).get_by_role("button").click()
    page.locator("#answer").wait_for()
    everybody(page)
    page.goto(f"{desk.address}/console/promises")
    everybody(page)


def test_an_overdue_promise_is_shown_as_overdue_with_the_rule_of_the_desk(desk: Desk) -> None:
    page = desk.seat("eko", "/console/promises", language="en")
    expect(page.get_by_role("heading", level=1)).to_contain_text("0 of 1 promises of the next word kept")
    expect(page.locator("main")).to_contain_text("first word within 15 minutes, then every 30 minutes for an hour")
    expect(page.locator(".due.late")).to_contain_text("Overdue: promised by")
    expect(page.locator(".due.late")).to_contain_text("4 min")


def test_a_draft_of_the_desk_promises_what_its_cadence_asks(desk: Desk) -> None:
    incident = next(one for one in desk.world.incidents.current() if one.operator == "biznet")
    page = desk.seat("dewi", f"/console/incidents/{incident.id}", language="en")
    page.get_by_role("button", name="Draft the holding statement").first.click()
    expect(page.locator("#n1")).to_be_visible()
    [draft] = desk.world.incidents.get(incident.id).notices  # type: ignore[union-attr]
    minutes = ((draft.next_update_by_us or 0) - desk.world.clock.at_us) / MINUTE_US
    assert 25 < minutes <= 30
