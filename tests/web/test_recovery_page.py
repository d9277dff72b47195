"""The console on the end of an incident: the verdict with reasons, the estimate and its record, the override."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk, outage, path_of
from playwright.sync_api import expect
from still_desk import MINUTE_US, NOW_US

from pulih.model import entry
from pulih.model.actor import THE_DESK, Actor
from pulih.model.recovery import RecoveryVerdict, ScopeRecovery
from pulih.web.console.rows import open_incidents

DEWI = Actor("dewi", "duty")


def did(desk: Desk, *facts: entry.Fact) -> None:
    for fact in facts:
        incident = desk.world.incidents.get(outage(desk))
        assert incident is not None
        desk.world.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Sudah diperiksa")


def judged(desk: Desk, name: str, verdict: RecoveryVerdict, *, relapsed: bool = False) -> None:
    incident = desk.world.incidents.get(name)
    assert incident is not None
    parts = tuple(ScopeRecovery(scope=one.scope, verdict=verdict, relapsed=relapsed) for one in incident.scopes)
    fact = entry.RecoveryJudged(scopes=parts)
    desk.world.incidents.act(name, fact, actor=THE_DESK, version=incident.version, reason="Laporan naik")


def test_a_repair_that_reports_contradict_is_told_and_restored_needs_a_name(desk: Desk) -> None:
    did(desk, entry.Confirmed(), entry.ClaimedFixed())
    desk.world.clock.at_us = NOW_US + 30 * MINUTE_US
    assert desk.world.rooms.recoveries is not None
    assert desk.world.rooms.recoveries.advance(desk.world.clock.now_us()) == []
    page = desk.seat("dewi", path_of(desk))
    part = page.locator("#recovery")
    expect(part.locator("h2")).to_have_text("Reports contradict the repair: it goes on")
    expect(part).to_contain_text("A repair was claimed, yet reports go on: 240 reports in the last half hour")
    expect(part).to_contain_text('0 of 6 who answered "is it back?" said yes')
    expect(page.locator("#timeline")).to_contain_text("reports contradict the repair")
    expect(page.get_by_role("alert")).to_contain_text("A repair was claimed, yet reports go on")
    assert Axe().run(page).response["violations"] == []
    page.locator("#act-restored > summary").click()
    page.fill("#restored-reason", "The switch is new")
    page.locator("#act-restored form button").click()
    expect(page.locator("#headline .level")).to_contain_text("not restored yet")
    page.check("#restored-overrides")
    page.locator("#act-restored form button").click()
    expect(page.locator("#timeline")).to_contain_text("without proof from reports")
    expect(page.locator("#recovery")).to_contain_text("Called restored on a person's own word")


def test_what_reports_prove_is_restored_without_a_word_more(desk: Desk) -> None:
    did(desk, entry.Confirmed(), entry.ClaimedFixed())
    desk.world.heard.over_us = NOW_US - NOW_US % (5 * MINUTE_US)
    desk.world.clock.at_us = NOW_US + 40 * MINUTE_US
    assert desk.world.rooms.recoveries is not None
    desk.world.rooms.recoveries.advance(desk.world.clock.now_us())
    page = desk.seat("dewi", path_of(desk))
    expect(page.locator("#recovery h2")).to_have_text("Back, as reports show")
    page.locator("#act-restored > summary").click()
    assert page.locator("#restored-overrides").count() == 0
    page.fill("#restored-reason", "As reports show")
    page.locator("#act-restored form button").click()
    expect(page.locator("#headline .level")).to_contain_text("restored")


def test_an_estimate_that_is_taken_becomes_a_task_and_a_past_one_is_scored(desk: Desk) -> None:
    did(desk, entry.Confirmed())
    desk.world.clock.at_us = NOW_US + 20 * MINUTE_US
    recoveries = desk.world.rooms.recoveries
    assert recoveries is not None
    recoveries.advance(desk.world.clock.now_us())
    page = desk.seat("dewi", path_of(desk), java_script_enabled=False)
    expect(page.locator("#recovery")).to_contain_text("80% confidence")
    page.get_by_role("button", name="Take this estimate").click()
    expect(page.locator("#tasks")).to_contain_text("Restored by the estimate")
    expect(desk.seat("eko", "/console/estimates").locator("h1")).to_have_text("No estimate can be scored yet")
    did(desk, entry.ClaimedFixed())
    desk.world.heard.over_us = NOW_US + 25 * MINUTE_US - NOW_US % (5 * MINUTE_US)
    desk.world.clock.at_us = NOW_US + 70 * MINUTE_US
    recoveries.advance(desk.world.clock.now_us())
    did(desk, entry.Restored())
    scored = desk.seat("eko", "/console/estimates", width=360)
    expect(scored.locator("h1")).to_have_text("Too few to judge: ranges of one incident were scored")
    expect(scored.locator("tbody tr").first).to_be_visible()
    assert Axe().run(scored).response["violations"] == []


def test_a_silent_source_is_no_proof(desk: Desk) -> None:
    did(desk, entry.Confirmed(), entry.ClaimedFixed())
    desk.world.heard.alive = False
    page = desk.seat("eko", path_of(desk))
    expect(page.locator("#recovery h2")).to_have_text("Nobody can tell yet whether it is back")
    expect(page.locator("#recovery")).to_contain_text("that does not mean that it is back")
    assert desk.world.incidents.timeline(outage(desk))[-1].actor != THE_DESK.name


def test_what_is_called_restored_and_rises_again_stands_above_all_others_and_can_be_taken_up(desk: Desk) -> None:
    name = outage(desk)
    did(desk, entry.Confirmed(), entry.ClaimedFixed(), entry.Restored(overrides=True))
    page = desk.seat("dewi")
    expect(page.locator("#back-again")).to_have_count(0)
    judged(desk, name, "not_yet", relapsed=True)
    page.goto(f"{desk.address}/console")
    again = page.locator("#back-again")
    expect(again.locator("h2")).to_have_text("One outage was called restored, and reports say otherwise")
    expect(again).to_contain_text("It was back for a while; reports have risen again.")
    expect(page.locator("#unsaid")).to_have_count(0)
    assert Axe().run(page).response["violations"] == []
    page.goto(f"{desk.address}/console/on-call")
    expect(page.locator("main")).to_contain_text("an outage that is back after it was over")
    page.goto(f"{desk.address}/console/incidents")
    expect(page.locator("section[aria-labelledby=past-title] li").first).to_contain_text("reports have risen again")
    over = desk.world.incidents.get(name)
    assert over is not None
    desk.world.incidents.act(name, entry.Acknowledged(), actor=DEWI, version=over.version)
    page.goto(f"{desk.address}/console/on-call")
    expect(page.locator("main")).not_to_contain_text("an outage that is back after it was over")


def test_an_open_incident_whose_repair_reports_contradict_is_the_one_to_look_at_first(desk: Desk) -> None:
    did(desk, entry.Confirmed(), entry.ClaimedFixed())
    assert [one.id for one in open_incidents(desk.world.rooms)][-1] == outage(desk)
    judged(desk, outage(desk), "contradicted")
    assert open_incidents(desk.world.rooms)[0].id == outage(desk)
    page = desk.seat("dewi", "/console/incidents")
    expect(page.locator("[data-row]").first).to_contain_text("A repair was claimed, yet reports go on.")
