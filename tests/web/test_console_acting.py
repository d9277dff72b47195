"""The console as it is worked with: real forms, real incidents, with script and without, two people at once."""

from __future__ import annotations

from console_seats import Desk, outage, path_of
from playwright.sync_api import expect
from still_desk import NOW_US

from pulih.model.actor import Actor
from pulih.model.entry import OwnerSet
from pulih.ports.live import PlannedChange


def test_the_holding_statement_is_drafted_published_confirmed_and_signed_and_the_timeline_shows_all(desk: Desk) -> None:
    page = desk.seat("dewi")
    page.get_by_role("button", name="Draft the holding statement").click()
    expect(page.locator("#n1 blockquote").first).to_contain_text("Smartfren")
    page.locator("#n1").get_by_role("button", name="Publish").click()
    expect(page.locator("#n1")).to_contain_text("waits for its second signature")
    page.locator("#act-confirm > summary").click()
    page.fill("#confirm-reason", "Our own probes fail too")
    page.locator("#act-confirm form button").click()
    expect(page.locator("#headline .level")).to_contain_text("confirmed")

    second = desk.seat("citra", path_of(desk))
    second.locator("#n1").get_by_role("button", name="Sign").click()
    expect(second.locator("#n1")).to_contain_text("signed by citra")
    told = second.locator("#timeline .entry")
    expect(told).to_have_count(6)
    expect(second.locator("#timeline")).to_contain_text("Our own probes fail too")
    actors = [entry.actor for entry in desk.world.incidents.timeline(outage(desk))]
    assert actors == ["desk", "ayu", "dewi", "dewi", "dewi", "citra"]


def test_whoever_acts_on_a_stale_page_is_told_who_did_what_and_nothing_is_written(desk: Desk) -> None:
    incident = outage(desk)
    late = desk.seat("dewi", path_of(desk), java_script_enabled=False)
    first = desk.seat("citra", path_of(desk))
    first.locator("#act-reject > summary").click()
    first.fill("#reject-reason", "It was a test of ours")
    first.locator("#act-reject form button").click()
    expect(first.locator("#headline .level")).to_contain_text("no outage")
    late.locator("#act-confirm > summary").click()
    late.fill("#confirm-reason", "Words that nobody wants to write twice")
    late.locator("#act-confirm form button").click()
    fault = late.locator("#fault")
    expect(fault).to_contain_text("somebody else acted first")
    expect(fault).to_contain_text("citra")
    expect(fault).to_contain_text("It was a test of ours")
    # The words of the table of moves are for interfaces.
    assert "_" not in fault.inner_text()
    assert desk.world.incidents.timeline(incident)[-1].actor == "citra"


def test_a_refused_act_keeps_the_words_that_were_written(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), java_script_enabled=False)
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    desk.world.incidents.act(
        incident.id, OwnerSet(owner="citra"), actor=Actor("citra", "approver"), version=incident.version
    )
    page.locator("#act-confirm > summary").click()
    page.fill("#confirm-reason", "Words that nobody wants to write twice")
    page.locator("#act-confirm form button").click()
    expect(page.locator("#fault")).to_contain_text("Owner: citra")
    expect(page.locator("#confirm-reason")).to_have_value("Words that nobody wants to write twice")
    page.locator("#act-confirm form button").click()
    expect(page.locator("#headline .level")).to_contain_text("confirmed")


def test_nobody_publishes_an_update_of_their_own_without_a_second_person_or_broken_glass(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    page.locator("#act-draft > summary").click()
    page.fill("#draft-id", "Perbaikan masih berjalan.")
    page.fill("#draft-en", "Repair goes on.")
    page.locator("#act-draft form button").click()
    expect(page.locator("#n1")).to_contain_text("Waits for a second person")
    expect(page.locator("#n1").get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    page.locator("#glass-n1 > summary").click()
    page.fill("#glass-reason-n1", "I am alone at 03:00")
    page.locator("#glass-n1 form button").click()
    expect(page.locator("#timeline")).to_contain_text("published alone (break-glass)")
    expect(page.locator("#timeline")).to_contain_text("I am alone at 03:00")


def test_tasks_rumours_facts_notes_and_scopes_work_without_script(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), java_script_enabled=False)

    def send(act: str, **fields: str) -> None:
        page.locator(f"#act-{act} > summary").click()
        for field, value in fields.items():
            target = page.locator(f"#{field.replace('_', '-')}")
            if target.evaluate("one => one.tagName") == "SELECT":
                target.select_option(value)
            else:
                target.fill(value)
        page.locator(f"#act-{act} form button").click()
        expect(page.locator("#fault")).to_have_count(0)

    send("task", task_what="Send a crew to Cibitung", task_party="backbone", task_due="2025-10-03T10:30")
    page.get_by_role("button", name="Mark as done: Send a crew to Cibitung").click()
    expect(page.locator("#tasks")).to_contain_text("done 08:57 WIB")
    send("rumour", rumour_claim="They cut it on purpose")
    page.locator("#answer-r1 > summary").click()
    page.fill("#fact-r1", "A router failed")
    page.fill("#answer-id-r1", "Perangkat kami rusak.")
    page.fill("#answer-en-r1", "A device of ours failed.")
    page.locator("#answer-r1 form button").click()
    expect(page.locator("#rumours")).to_contain_text("A device of ours failed.")
    send(
        "help", help_calls="not_reachable", help_priority="RSUD Koja\nBank BRI", help_id="SMS", help_en="text messages"
    )
    expect(page.locator("#headline")).to_contain_text("RSUD Koja, Bank BRI")
    send("severity", severity_is="critical")
    send("owner", owner_is="dewi")
    send("cause", cause_id="Perangkat rusak", cause_en="A device failed")
    send("note", note_reason="Called the backbone provider")
    send("scopes", add_service="sms", add_region="36", scopes_reason="SMS in Banten too")
    send("onset", onset_is="2025-10-03T08:40", onset_reason="First call to the call centre")
    expect(page.locator("h1")).to_contain_text("since 08:40 WIB")
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert (incident.severity, incident.owner, incident.cause_en) == ("critical", "dewi", "A device failed")
    assert any(part.scope.service == "sms" for part in incident.scopes)


def test_a_long_text_is_not_lost_when_a_field_beside_it_is_wrong(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), java_script_enabled=False)
    page.locator("#act-draft > summary").click()
    page.select_option("#draft-kind", "correction")
    page.fill("#draft-id", "Kemarin kami keliru.\nIni yang benar.")
    page.fill("#draft-en", "We were wrong yesterday.")
    page.fill("#draft-by", "2025-10-03T08:00")
    page.locator("#act-draft form button").click()
    expect(page.locator("#fault")).to_contain_text("“Next word by” is past already")
    expect(page.locator("#draft-id")).to_have_value("Kemarin kami keliru.\nIni yang benar.")
    expect(page.locator("#draft-kind")).to_have_value("correction")


def test_an_incident_is_opened_by_hand_and_put_down_to_a_planned_change(desk: Desk) -> None:
    work = PlannedChange(
        id="w1", operator="xl", start_us=NOW_US, end_us=NOW_US + 10**10, text="Router replaced in Bali"
    )
    desk.world.changes.put([work])
    page = desk.seat("dewi", "/console/incidents", java_script_enabled=False)
    page.locator("#act-open > summary").click()
    page.select_option("#open-operator", "xl")
    page.select_option("#open-symptom", "no_signal")
    page.select_option("#open-region", "51")
    page.fill("#open-onset", "2031-01-01T00:00")
    page.fill("#open-reason", "The shop in Kuta called")
    page.locator("#act-open form button").click()
    expect(page.locator("#fault")).to_contain_text("“Trouble began” is a moment still to come")
    page.fill("#open-onset", "2025-10-03T08:50")
    page.locator("#act-open form button").click()
    expect(page.locator("h1")).to_contain_text("no signal in Bali since 08:50 WIB")
    page.locator("#act-explain > summary").click()
    page.select_option("#explain-by", "w1")
    page.fill("#explain-reason", "Announced last week")
    page.locator("#act-explain form button").click()
    expect(page.locator("#headline")).to_contain_text("Explained by a planned change: w1")


def test_an_incident_goes_its_whole_way_by_hand_and_relapses(desk: Desk) -> None:
    page = desk.seat("citra", path_of(desk))
    for act in ("confirm", "claimed_fixed", "restored", "relapse"):
        page.locator(f"#act-{act} > summary").click()
        page.fill(f"#{act}-reason", f"Because of {act}")
        if act == "restored":
            expect(page.locator("#act-restored")).to_contain_text("Reports do not prove yet that it is back")
            page.check("#restored-overrides")
        page.locator(f"#act-{act} form button").click()
        expect(page.locator("#timeline")).to_contain_text(f"Because of {act}")
    expect(page.locator("#headline .level")).to_contain_text("confirmed")


def test_scopes_are_split_off_and_merged_again(desk: Desk) -> None:
    page = desk.seat("citra", path_of(desk))
    page.locator("#act-split > summary").click()
    page.locator("#act-split input[type=checkbox]").nth(1).check()
    page.fill("#split-reason", "Another cause there")
    page.locator("#act-split form button").click()
    expect(page.locator("h1")).not_to_contain_text("Jawa Barat")
    page.locator("#act-merge > summary").click()
    other = next(one for one in desk.world.incidents.current() if one.operator == "biznet")
    page.select_option("#merge-other", other.id)
    page.fill("#merge-reason", "One cable cut")
    page.locator("#act-merge form button").click()
    page.wait_for_url(f"**/console/incidents/{other.id}**")
    expect(page.locator("#timeline")).to_contain_text("One cable cut")


def test_words_of_strangers_are_shown_and_do_nothing(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), java_script_enabled=False)
    page.locator("#act-rumour > summary").click()
    page.fill("#rumour-claim", '<img src=x onerror="document.title=1">{{ 7 * 7 }}\u202e')
    page.locator("#act-rumour form button").click()
    expect(page.locator("#rumours h3")).to_contain_text('<img src=x onerror="document.title=1">{{ 7 * 7 }}')
    assert "\u202e" not in page.content()
    assert page.locator("main img").count() == 0


def test_an_act_changes_the_page_in_place_says_so_and_leaves_its_form_empty(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    page.evaluate("window.loadedOnce = true")
    page.locator("#act-note > summary").click()
    page.fill("#note-reason", "Called the backbone provider")
    page.locator("#act-note form button").click()
    expect(page.locator("#done")).to_have_text("✓ The note is added.")
    expect(page.locator("#done")).to_be_focused()
    expect(page.locator("#timeline")).to_contain_text("Called the backbone provider")
    expect(page.locator("#note-reason")).to_be_hidden()
    expect(page.locator("#note-reason")).to_have_value("")
    assert page.evaluate("window.loadedOnce")
    page.locator("#act-note > summary").click()
    page.fill("#note-reason", "And again")
    page.locator("#act-note form button").click()
    expect(page.locator("#timeline")).to_contain_text("And again")


def test_a_refusal_in_place_is_read_out_and_keeps_the_form_open(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    page.locator("#act-onset > summary").click()
    page.fill("#onset-is", "2031-01-01T00:00")
    page.fill("#onset-reason", "A slip of the hand")
    page.locator("#act-onset form button").click()
    expect(page.locator("#fault")).to_be_focused()
    expect(page.locator("#onset-reason")).to_be_visible()
    expect(page.locator("#onset-reason")).to_have_value("A slip of the hand")
