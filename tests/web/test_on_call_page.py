"""The page "On call", and taking up and working on an incident from its page (requirement R1)."""

from __future__ import annotations

from datetime import datetime

import pytest
from console_seats import Desk, outage, path_of
from desk_world import SetClock
from playwright.sync_api import expect
from still_desk import WIB

from pulih.model.clock import from_micros


def later(clock: SetClock, minutes: int) -> str:
    """A moment of the desk's day as its fields hold it."""
    local: datetime = from_micros(clock.at_us + minutes * 60_000_000).astimezone(WIB)
    return local.strftime("%Y-%m-%dT%H:%M")


def test_who_is_on_duty_is_seen_and_somebody_stands_in_and_goes_again(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/on-call")
    expect(page.get_by_role("heading", level=1)).to_contain_text("On duty now: ")
    page.locator("#stand-in summary").click()
    page.select_option("#who", "citra")
    page.fill("#end", later(desk.world.clock, 120))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("On duty now: citra")
    expect(page.get_by_text("citra stands in until")).to_be_visible()
    assert [one.made_by for one in desk.world.rooms.on_call.overrides()] == ["dewi"]  # type: ignore[union-attr]
    page.locator("#stand-in summary").click()
    page.fill("#end", later(desk.world.clock, -5))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("An exception must end in the future")
    page.get_by_role("button", name="End the exception for citra").click()
    expect(page.get_by_text("No exceptions: the rota holds")).to_be_visible()


def test_what_nobody_took_up_is_listed_until_somebody_does(desk: Desk) -> None:
    page = desk.seat("dewi", "/console/on-call")
    waiting = page.locator("#live li")
    expect(waiting.first).to_contain_text("since")
    before = waiting.count()
    page.goto(f"{desk.address}{path_of(desk)}")
    page.get_by_role("button", name="Take it up").click()
    expect(page.get_by_text("You have taken it up")).to_be_visible()
    page.goto(f"{desk.address}/console/on-call")
    expect(page.locator("#live li")).to_have_count(before - 1)
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert incident.acknowledged_us == desk.world.clock.at_us


def test_a_task_is_given_to_a_party_outside_changed_and_not_done_before_what_comes_first(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    for what, outside in (("Genset ke situs", "PLN UP3"), ("Nyalakan core", "")):
        page.locator("#act-task summary").click()
        page.fill("#task-what", what)
        page.fill("#task-outside", outside)
        if not outside:
            page.locator("#act-task").get_by_label("Genset ke situs").check()
        page.locator("#act-task").get_by_role("button", name="Save").click()
        expect(page.locator("#tasks .rows b", has_text=what)).to_be_visible()
    tasks = page.locator("#tasks .rows li")
    expect(tasks.nth(1)).to_contain_text("waits for Genset ke situs")
    expect(tasks.nth(1).get_by_role("button", name="Mark as done: Nyalakan core")).to_have_count(0)
    tasks.nth(0).locator("summary").click()
    tasks.nth(0).get_by_label("How it stands").select_option("under_way")
    tasks.nth(0).get_by_role("button", name="Save").click()
    expect(tasks.nth(0)).to_contain_text("under way · PLN UP3")
    tasks.nth(0).get_by_role("button", name="Mark as done: Genset ke situs").click()
    expect(tasks.nth(1).get_by_role("button", name="Mark as done: Nyalakan core")).to_be_visible()


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_viewer_sees_the_rota_and_may_change_nothing(desk: Desk, language: str) -> None:
    page = desk.seat("eko", "/console/on-call", language=language, width=360)
    expect(page.locator("#overrides form")).to_have_count(0)
    expect(page.locator("tbody tr").first).to_be_visible()
