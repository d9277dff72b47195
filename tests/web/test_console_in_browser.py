"""The console as it is read: a real browser against a real server, by mouse and by keyboard, while things change."""

from __future__ import annotations

from pathlib import Path

import msgspec
from console_seats import Desk, outage, path_of
from console_world import ConsoleWorld
from playwright.sync_api import Browser, expect
from served import Server

from pulih.model.actor import Actor
from pulih.model.entry import Noted
from pulih.model.signal import SIMULATION


def test_the_first_screen_says_what_is_broken_where_since_when_and_how_sure_without_scrolling(desk: Desk) -> None:
    for width in (1280, 360):
        page = desk.seat("dewi", width=width)
        heading = page.locator("h1")
        expect(heading).to_have_text(
            "Smartfren: mobile internet down in Jakarta and Jawa Barat since 08:48 WIB — high certainty"
        )
        box = heading.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900
        expect(page.get_by_role("button", name="Draft the holding statement")).to_be_in_viewport()
        expect(page.locator("#dues")).to_contain_text("First word due 09:03 WIB (6 min left)")


def test_the_first_screen_shows_evidence_for_and_against_and_what_is_not_known(desk: Desk) -> None:
    page = desk.seat("dewi", language="id")
    why = page.locator("#why")
    expect(why).to_contain_text("12 dari 14 titik ukur gagal")
    expect(why.locator(".against")).to_have_text("XL dan Telkomsel seperti biasa")
    expect(why.locator(".unknown")).to_contain_text("sumbernya diam")


def test_everything_from_the_first_screen_to_a_confirmed_incident_is_done_by_keyboard_alone(desk: Desk) -> None:
    page = desk.seat("dewi")
    page.keyboard.press("b")
    expect(page.locator("#n1")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("#confirm-reason")).to_be_focused()
    page.keyboard.type("Seen on our own probes, c b j included")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#headline .level")).to_contain_text("confirmed")
    expect(page.locator("#timeline")).to_contain_text("c b j included")


def test_keys_walk_through_lists_search_help_and_can_be_switched_off(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/incidents")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-row]").nth(0)).to_be_focused()
    page.keyboard.press("/")
    page.keyboard.type("biznet makassar")
    page.keyboard.press("Enter")
    expect(page.locator("#found-title")).to_contain_text("1 incident matches")
    page.keyboard.press("Tab")
    page.keyboard.press("?")
    page.wait_for_url("**/console/help")
    page.goto(f"{desk.address}/console/settings")
    page.uncheck("#keys-on")
    page.goto(f"{desk.address}/console")
    page.keyboard.press("?")
    assert page.url == f"{desk.address}/console"


def test_new_reports_and_what_others_do_show_up_without_loading_the_page_again(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    page.evaluate("window.loadedOnce = true")
    title = page.locator("#curve-title")
    before = title.inner_text()
    page.wait_for_timeout(300)
    desk.world.live.more(5)
    expect(title).not_to_have_text(before, timeout=4000)
    page.locator("#act-note > summary").click()
    page.fill("#note-reason", "Half written")
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    desk.world.incidents.act(
        incident.id, Noted(), actor=Actor("citra", "approver"), version=incident.version, reason="Crew on its way"
    )
    expect(page.locator("#behind")).to_be_visible(timeout=4000)
    expect(page.locator("#entries .is-new")).to_contain_text("Crew on its way")
    expect(page.locator("#note-reason")).to_have_value("Half written")
    assert page.evaluate("window.loadedOnce")


def test_what_a_reader_unfolded_stays_unfolded_when_the_page_is_renewed(desk: Desk) -> None:
    page = desk.seat("eko", path_of(desk))
    page.locator("#figure-curve summary").click()
    title = page.locator("#curve-title")
    before = title.inner_text()
    desk.world.live.more(5)
    expect(title).not_to_have_text(before, timeout=4000)
    expect(page.locator("#figure-curve .data tbody")).to_be_visible()
    expect(page.locator("#figure-curve canvas")).to_be_visible()


def test_a_viewer_sees_everything_and_can_press_nothing(desk: Desk) -> None:
    page = desk.seat("eko", path_of(desk))
    expect(page.locator("main form")).to_have_count(0)
    answer = page.request.post(f"{desk.address}{path_of(desk)}/confirm", form={"version": "2", "reason": "x"})
    assert answer.status == 403


def test_made_up_reports_are_called_so_before_the_first_sentence(desk: Desk) -> None:
    page = desk.seat("eko")
    expect(page.locator(".simulated")).to_have_count(0)
    made_up = desk.world.live.sources()[0]
    desk.world.live.heard_of = (msgspec.structs.replace(made_up, source=SIMULATION),)
    for path in ("/console", "/console/now", path_of(desk)):
        page.goto(desk.address + path)
        text = page.locator("main").inner_text()
        assert text.index("Simulated data.") < text.index("internet"), path


def test_a_calm_desk_says_so_and_does_not_call_silence_well(tmp_path: Path, serving: Server, browser: Browser) -> None:
    world = ConsoleWorld(tmp_path, quiet=True)
    calm = Desk(world, serving(world.app(), world.rooms.hub), browser)
    page = calm.seat("eko")
    expect(page.locator("h1")).to_have_text("No suspected outage right now")
    expect(page.locator("main")).to_contain_text("no proof that all is well")
    expect(page.locator("main")).to_contain_text("2 sources are not heard: call-centre, alertmanager.")
    calm.leave()


def test_no_incident_is_not_called_calm_while_reports_are_above_usual(
    tmp_path: Path, serving: Server, browser: Browser
) -> None:
    world = ConsoleWorld(tmp_path)
    undecided = Desk(world, serving(world.app(), world.rooms.hub), browser)
    page = undecided.seat("eko")
    expect(page.locator("h1")).to_have_text("No incident is going on")
    expect(page.locator("main")).to_contain_text("Yet reports are still above usual: 3 findings are open.")
    page.goto(f"{undecided.address}/console/incidents")
    expect(page.locator("main")).to_contain_text("Yet reports are still above usual")
    undecided.leave()


def test_a_page_that_can_not_be_renewed_keeps_what_it_shows(desk: Desk) -> None:
    page = desk.seat("dewi")
    heading = page.locator("h1").inner_text()
    page.route("**/console", lambda route: route.fulfill(status=503, body="<p>out</p>", content_type="text/html"))
    desk.world.live.more(5)
    page.wait_for_timeout(1500)
    assert page.locator("h1").inner_text() == heading
