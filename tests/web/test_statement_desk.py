"""The statement desk as it is used: previews follow what is typed, doubts are told, and it works by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk, outage, path_of
from console_world import ConsoleWorld
from playwright.sync_api import Browser, Page, expect
from served import serving_here

from pulih.communicate.speech import Draft
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed
from pulih.model.incident import Incident

DEWI = Actor("dewi", "duty")
UNFOLD = "document.querySelectorAll('details').forEach(fold => fold.open = true)"
WIDER = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    return !one.closest('.aside') && box.width && box.right > document.documentElement.clientWidth + 1;
}).map(one => one.outerHTML.slice(0, 120))"""
SMALL = """() => [...document.querySelectorAll('main button, main summary, main input:not([type=hidden]), main select')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < 43.5)
    .map(one => one.outerHTML.slice(0, 120))"""


class Seat:
    """Dewi at one desk for all tests of this file that write nothing anybody else looks at."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        incident = self.incident()
        desk.world.incidents.act(incident.id, Confirmed(), actor=DEWI, version=incident.version, reason="Diukur")
        self.path = f"{desk.address}{path_of(desk)}/words"
        self.page = desk.seat("dewi")

    def incident(self) -> Incident:
        found = self.desk.world.incidents.get(outage(self.desk))
        assert found is not None
        return found

    def words(self, *, width: int = 1280, language: str = "en") -> Page:
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(f"{self.path}?kind=update&lang={language}")
        return self.page


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Seat]:
    folder: Path = tmp_path_factory.mktemp("words")
    with serving_here() as serve:
        world = ConsoleWorld(folder)
        world.outage()
        desk = Desk(world, serve(world.app(), world.rooms.hub), browser)
        yield Seat(desk)
        desk.leave()


def test_both_languages_stand_beside_each_other_with_every_channel_below(seat: Seat) -> None:
    page = seat.words()
    indonesian, english = page.locator("#words-id").bounding_box(), page.locator("#words-en").bounding_box()
    assert indonesian is not None
    assert english is not None
    assert indonesian["y"] == english["y"]
    expect(page.locator(".surface")).to_have_count(12)
    expect(page.locator("#surface-sms")).to_contain_text("GSM characters")
    expect(page.locator("#surface-sms blockquote").nth(0)).to_contain_text("Gangguan Smartfren")
    expect(page.locator("#surface-sms blockquote").nth(1)).to_contain_text("Smartfren disruption")
    expect(page.locator("#previews .done")).to_contain_text("borne out by what is known")


def test_what_is_typed_shows_on_every_channel_and_is_held_against_the_facts_at_once(seat: Seat) -> None:
    page = seat.words()
    page.locator("#words-en").press("ControlOrMeta+End")
    page.keyboard.type("\nCrews are on site.")
    expect(page.locator("#surface-page blockquote").nth(1)).to_contain_text("Crews are on site.")
    page.keyboard.type("\n5,000 customers are hit, due to a cut cable.")
    doubts = page.locator("#previews .fault")
    expect(doubts).to_contain_text("2 things are not borne out")
    expect(doubts).to_contain_text("“5,000 customers” (English): this number is not in the evidence.")
    expect(page.locator("#words-en")).to_be_focused()


def test_a_draft_that_the_facts_do_not_bear_out_is_not_saved_and_nothing_typed_is_lost(seat: Seat) -> None:
    page, before = seat.words(), seat.incident()
    page.fill("#words-id", "Ada 5.000 pelanggan terdampak.")
    page.fill("#words-speaker", "Sari Wulandari")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#fault")).to_contain_text("5.000 pelanggan” (Indonesian)")
    expect(page.locator("#words-id")).to_have_value("Ada 5.000 pelanggan terdampak.")
    expect(page.locator("#words-speaker")).to_have_value("Sari Wulandari")
    assert seat.incident() == before


def test_a_statement_is_written_saved_scheduled_by_a_second_person_and_corrected(desk: Desk) -> None:
    page = desk.seat("dewi", f"{path_of(desk)}/words?kind=holding")
    page.fill("#words-speaker", "Sari Wulandari")
    page.fill("#words-office", "Direktur Jaringan")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#done")).to_contain_text("Draft n1 saved.")
    expect(page.locator("main")).to_contain_text("Next: a second person publishes or schedules it.")
    page.get_by_role("link", name="Statement n1 on the page").click()
    expect(page.locator("#n1")).to_contain_text("speaking: Sari Wulandari, Direktur Jaringan")
    expect(page.locator("#n1").get_by_text("Schedule", exact=True)).to_have_count(0)
    second = desk.seat("citra", path_of(desk))
    second.locator("#schedule-n1 > summary").click()
    second.fill("#schedule-at-n1", "2025-10-03T09:15")
    second.locator("#schedule-n1 button").click()
    expect(second.locator("#n1")).to_contain_text("Goes out 09:15 WIB, scheduled by citra.")
    second.get_by_role("button", name="Take the schedule back").click()
    expect(second.locator("#n1")).not_to_contain_text("Goes out")
    second.locator("#n1").get_by_role("button", name="Publish", exact=True).click()
    expect(second.locator("#n1 .tag")).to_have_text("published")
    second.locator("#n1").get_by_role("link", name="Correct", exact=True).click()
    expect(second.locator("#words-kind")).to_have_value("correction")
    expect(second.locator("#words-corrects")).to_have_value("n1")
    expect(second.locator("#surface-push b").nth(1)).to_have_text("Correction. Smartfren disruption suspected")


def test_who_saves_the_approved_first_word_is_told_to_publish_it_and_not_to_wait(desk: Desk) -> None:
    page = desk.seat("dewi", f"{path_of(desk)}/words?kind=holding")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("main")).to_contain_text("Next: publish it right away; its words are approved")


def test_it_is_used_by_keyboard_alone_on_a_phone_and_without_script(seat: Seat, browser: Browser) -> None:
    before, signed_in = seat.incident(), seat.page.context.storage_state()
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, java_script_enabled=False, storage_state=signed_in
    )
    page = context.new_page()
    page.goto(f"{seat.path}?kind=update&lang=en")
    page.locator("#words-en").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Repair goes on. There are 777 crews.")
    page.get_by_role("button", name="Check and preview").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#previews .fault")).to_contain_text("777 crews")
    expect(page.locator("#words-en")).to_have_value("Repair goes on. There are 777 crews.")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.locator("h1")).to_have_text("Meja pernyataan")
    assert seat.incident() == before
    context.close()


def test_it_can_be_worded_afresh_from_the_facts_in_place_of_a_draft(seat: Seat) -> None:
    page = seat.words()
    page.get_by_role("button", name="Save the draft").click()
    page.wait_for_url("**&done=draft")
    drafted = seat.incident()
    page.fill("#words-en", "Something else.")
    page.get_by_role("button", name="Word it").click()
    expect(page.locator("#words-en")).to_contain_text("The disruption to Smartfren's service")
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#done")).to_contain_text(f"Draft {drafted.notices[-1].id} saved.")
    assert len(seat.incident().notices) == len(drafted.notices)


@pytest.mark.parametrize(("width", "language", "scheme"), [(1280, "id", "dark"), (360, "en", "light")])
def test_axe_finds_nothing_and_a_phone_does_not_scroll_sideways(
    seat: Seat, width: int, language: str, scheme: str
) -> None:
    page = seat.words(width=width, language=language)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.fill("#words-id", "Ada 5.000 pelanggan terdampak.")
    page.locator("#previews .fault").wait_for()
    page.evaluate(UNFOLD)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"][:160]) for one in found for node in one["nodes"]] == []
    assert page.evaluate(WIDER) == []
    assert page.evaluate(SMALL) == []


def test_a_viewer_can_not_open_it(seat: Seat) -> None:
    page = seat.desk.seat("eko")
    assert page.request.get(seat.path).status == 403


def test_words_of_a_stranger_are_shown_as_text(seat: Seat) -> None:
    page = seat.words()
    page.fill("#words-en", "<img src=x onerror=alert(1)> \u202ereversed")
    shown = page.locator("#surface-page blockquote").nth(1)
    expect(shown).to_contain_text("<img src=x onerror=alert(1)>")
    assert "\u202e" not in shown.inner_text()


def test_what_the_console_shows_of_an_outage_may_be_said_in_figures(seat: Seat) -> None:
    incident, world = seat.incident(), seat.desk.world
    reports = max(found.signals for found in world.live.findings() if found.id in incident.findings)
    text_id = f"{reports} laporan; 12 dari 14 titik ukur gagal."
    text_en = f"{reports} reports; 12 of 14 probes failed."
    draft = Draft(kind="update", text_id=text_id, text_en=text_en)
    assert world.incidents.doubts(draft, incident) == ()
    more = Draft(kind="update", text_id="13 dari 15 titik ukur gagal.", text_en="13 of 15 probes failed.")
    assert len(world.incidents.doubts(more, incident)) == 4
