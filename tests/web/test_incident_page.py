"""The page of one incident: what comes first on a phone, what its timeline calls things, what a past one is about."""

from __future__ import annotations

import pytest
from console_seats import Desk, outage, path_of
from playwright.sync_api import expect
from still_desk import JAKARTA, WEST_JAVA

from pulih.model import entry
from pulih.model.actor import Actor

DEWI = Actor("dewi", "duty")


def did(desk: Desk, *facts: entry.Fact, to: str = "") -> None:
    which = to or outage(desk)
    for fact in facts:
        incident = desk.world.incidents.get(which)
        assert incident is not None
        desk.world.incidents.act(incident.id, fact, actor=DEWI, version=incident.version, reason="Sudah diperiksa")


def test_on_a_phone_what_comes_second_is_folded_and_opens_where_something_was_done(desk: Desk) -> None:
    phone = desk.seat("dewi", path_of(desk), width=360)
    for fold in ("tasks", "rumours", "known", "compare", "similar", "said"):
        expect(phone.locator(f"#fold-{fold} > summary")).to_be_visible()
        expect(phone.locator(f"#fold-{fold} > .folded")).to_be_hidden()
    for first in ("h1", "#decide", "#figure-curve", "#why", "#notices", "#timeline"):
        expect(phone.locator(first)).to_be_visible()
    phone.locator("#fold-tasks > summary").click()
    phone.locator("#act-task > summary").click()
    phone.fill("#task-what", "Call the vendor")
    phone.locator("#act-task form button").click()
    expect(phone.locator("#tasks")).to_contain_text("Call the vendor")
    expect(phone.locator("#fold-tasks > .folded")).to_be_visible()
    expect(phone.locator("#fold-known > .folded")).to_be_hidden()


def test_where_there_is_room_nothing_is_folded_and_no_key_stops_at_a_fold(desk: Desk) -> None:
    wide = desk.seat("dewi", path_of(desk), width=1280, java_script_enabled=False)
    for fold in ("tasks", "rumours", "known", "compare", "similar", "said"):
        expect(wide.locator(f"#fold-{fold} > .folded")).to_be_visible()
        expect(wide.locator(f"#fold-{fold} > summary")).to_be_hidden()


def test_a_long_timeline_shows_its_beginning_and_its_end_on_a_phone_and_all_of_it_when_asked(desk: Desk) -> None:
    did(desk, *[entry.Noted()] * 9)
    phone = desk.seat("dewi", path_of(desk), width=360)
    lines = phone.locator("#entries > li")
    total = lines.count()
    assert sum(lines.nth(place).is_visible() for place in range(total)) == 6
    assert lines.first.is_visible()
    assert lines.last.is_visible()
    phone.get_by_text(f"All {total} entries").click()
    assert all(lines.nth(place).is_visible() for place in range(total))


def test_a_timeline_says_what_was_found_and_leads_to_it(desk: Desk) -> None:
    world = desk.world
    incident = world.incidents.get(outage(desk))
    assert incident is not None
    world.incidents.clear(JAKARTA.id)
    did(desk, entry.FindingJoined(finding="f-none"))
    page = desk.seat("dewi", path_of(desk))
    text = page.locator("#entries").inner_text()
    assert JAKARTA.id not in text
    assert "f-none" not in text
    assert "Reports of one finding are back to usual: mobile internet down, Jakarta (290 reports)" in text
    page.locator("#entries").get_by_role("link", name="mobile internet down, Jakarta (290 reports)").click()
    page.wait_for_url(f"{desk.address}/console/now#finding-{JAKARTA.id}")
    assert page.locator(f"#finding-{JAKARTA.id}").is_visible()
    assert WEST_JAVA.id not in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("language", "title"), [("en", " reports from 08:48 WIB to "), ("id", " laporan dari 08.48 WIB sampai ")]
)
def test_the_chart_of_an_incident_that_is_over_speaks_of_its_time_and_not_of_the_last_hour(
    desk: Desk, language: str, title: str
) -> None:
    path = path_of(desk)
    did(desk, entry.Confirmed(), entry.ClaimedFixed(), entry.Restored(overrides=True))
    page = desk.seat("dewi", path, language=language)
    expect(page.locator("#curve-title")).to_contain_text(title)
    assert "jam terakhir" not in page.locator("#curve-title").inner_text()
    assert "last hour" not in page.locator("#curve-title").inner_text()
    expect(page.locator("#compare-title")).to_have_text(
        {"en": "Operators at this moment", "id": "Operator pada saat ini"}[language]
    )


def test_the_desk_is_reminded_that_the_public_was_not_told_of_the_end_until_it_was(desk: Desk) -> None:
    draft = entry.NoticeDrafted(notice="n1", kind="holding", text_id="Gangguan.", text_en="Trouble.", as_worded=True)
    over, one = (entry.ClaimedFixed(), entry.Restored(overrides=True)), outage(desk)
    did(desk, draft, entry.NoticePublished(notice="n1", break_glass=True), entry.Confirmed(), *over)
    page = desk.seat("dewi", "/console")
    reminder = page.locator("#unsaid")
    expect(reminder).to_contain_text("One outage is over, and the public has not been told")
    expect(reminder).to_contain_text("Word to the public that it is over due")
    page.goto(f"{desk.address}/console/promises")
    expect(page.locator(".dues")).to_contain_text("Word to the public that it is over due")
    said = entry.NoticeDrafted(notice="n2", kind="restored", text_id="Sudah pulih.", text_en="It is over.")
    did(desk, said, entry.NoticePublished(notice="n2", break_glass=True), to=one)
    page.goto(f"{desk.address}/console")
    expect(reminder).to_have_count(0)
