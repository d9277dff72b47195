"""Two people, or two tabs of one, at the same incident at once: one wins, the other is told what happened."""

from __future__ import annotations

import re

from console_seats import Desk, outage, path_of
from playwright.sync_api import Page, expect

from pulih.model.entry import NoticePublished


def press(page: Page, act: str, **fields: str) -> None:
    """Fill in the form of an act and send it."""
    page.locator(f"#act-{act} > summary").click()
    for field, text in fields.items():
        page.fill(f"#{field.replace('_', '-')}", text)
    page.locator(f"#act-{act} form button").click()


def test_who_publishes_words_that_were_changed_meanwhile_is_told_and_publishes_nothing(desk: Desk) -> None:
    writer = desk.seat("dewi", path_of(desk), language="id")
    press(writer, "draft", draft_id="Perbaikan masih berjalan.", draft_en="Repair goes on.")
    expect(writer.locator("#n1")).to_be_visible()
    second = desk.seat("citra", path_of(desk), language="id")
    writer.locator("#edit-n1 > summary").click()
    writer.fill("#edit-id-n1", "Kabel sedang disambung.")
    writer.locator("#edit-n1 form button").click()
    expect(writer.locator("#n1 blockquote").first).to_have_text("Kabel sedang disambung.")
    # The open page of the other hears of it, and keeps the form that was seen.
    expect(second.locator("#behind")).to_be_visible()
    second.locator("#n1").get_by_role("button", name="Terbitkan", exact=True).click()
    fault = second.locator("#fault")
    expect(fault).to_contain_text("orang lain sudah bertindak lebih dulu")
    expect(fault).to_contain_text("dewi")
    facts = [one.fact for one in desk.world.incidents.timeline(outage(desk))]
    assert not any(isinstance(one, NoticePublished) for one in facts)
    # Now the new words stand there, and those are published.
    expect(second.locator("#n1 blockquote").first).to_have_text("Kabel sedang disambung.")
    second.locator("#n1").get_by_role("button", name="Terbitkan", exact=True).click()
    expect(second.locator("#done")).to_be_visible()
    expect(writer.locator("#behind")).to_be_visible()
    expect(writer.locator("#entries")).to_contain_text("citra")


def test_of_two_who_set_owner_and_task_at_once_one_wins_and_the_other_keeps_what_was_written(desk: Desk) -> None:
    first, late = (desk.seat(name, path_of(desk), language="id") for name in ("citra", "dewi"))
    press(first, "task", task_what="Kirim regu ke Cibitung")
    expect(first.locator("#tasks")).to_contain_text("Kirim regu ke Cibitung")
    press(late, "task", task_what="Kirim regu ke Bekasi")
    expect(late.locator("#fault")).to_contain_text("Kirim regu ke Cibitung")
    expect(late.locator("#task-what")).to_have_value("Kirim regu ke Bekasi")
    late.locator("#act-task form button").click()
    expect(late.locator("#tasks")).to_contain_text("Kirim regu ke Bekasi")
    press(first, "owner", owner_is="citra")
    expect(first.locator("#fault")).to_contain_text("Kirim regu ke Bekasi")
    first.locator("#act-owner form button").click()
    expect(first.locator("#done")).to_be_visible()
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert ([one.what for one in incident.tasks], incident.owner) == (
        ["Kirim regu ke Cibitung", "Kirim regu ke Bekasi"],
        "citra",
    )


def test_a_page_that_was_open_while_its_incident_was_split_and_merged_hears_of_both(desk: Desk) -> None:
    late, first = (desk.seat(name, path_of(desk), language="id") for name in ("dewi", "citra"))
    path = path_of(desk)
    first.locator("#act-split > summary").click()
    first.locator("#act-split input[type=checkbox]").nth(1).check()
    first.fill("#split-reason", "Sebab lain di sana")
    first.locator("#act-split form button").click()
    expect(first.locator("h1")).not_to_contain_text("Jawa Barat")
    expect(late.locator("h1")).not_to_contain_text("Jawa Barat")
    # Both scopes are still ticked in the form that was seen; nothing of the one that left is confirmed here.
    press(late, "confirm", confirm_reason="Titik ukur kami gagal juga")
    expect(late.locator("#fault")).to_contain_text("Sebab lain di sana")
    expect(late.locator("#confirm-reason")).to_have_value("Titik ukur kami gagal juga")
    first.locator("#act-merge > summary").click()
    first.select_option("#merge-other", index=0)
    first.fill("#merge-reason", "Satu kabel putus")
    first.locator("#act-merge form button").click()
    first.wait_for_url(re.compile(f"(?!.*{path})"))
    expect(late.locator("#headline")).to_contain_text("Insiden ini dilanjutkan sebagai")
    late.locator("#act-confirm form button").click()
    fault = late.locator("#fault")
    expect(fault).to_contain_text("Satu kabel putus")
    fault.get_by_text("Yang Anda tulis", exact=True).click()
    expect(fault).to_contain_text("Titik ukur kami gagal juga")


def test_two_tabs_of_one_person_are_told_apart_from_two_people(desk: Desk) -> None:
    one = desk.seat("dewi", path_of(desk), language="id")
    other = one.context.new_page()
    other.goto(desk.address + path_of(desk))
    press(one, "note", note_reason="Dari tab pertama")
    expect(other.locator("#entries")).to_contain_text("Dari tab pertama")
    press(other, "note", note_reason="Dari tab kedua")
    fault = other.locator("#fault")
    expect(fault).to_contain_text("Anda sudah bertindak sejak halaman ini dibuka")
    expect(fault).not_to_contain_text("orang lain")
    other.locator("#act-note form button").click()
    expect(one.locator("#entries")).to_contain_text("Dari tab kedua")


def test_a_double_click_does_once_what_it_does_and_is_no_fault(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    page.locator(".step button").dblclick()
    expect(page.locator("#n1")).to_be_visible()
    page.locator("#n1").get_by_role("button", name="Publish", exact=True).dblclick()
    expect(page.locator("#n1")).to_contain_text("waits for its second signature")
    page.locator("#act-note > summary").click()
    page.fill("#note-reason", "Once")
    page.locator("#act-note form button").dblclick()
    expect(page.locator("#entries")).to_contain_text("Once")
    page.wait_for_timeout(500)
    expect(page.locator("#fault")).to_have_count(0)
    actors = [entry.actor for entry in desk.world.incidents.timeline(outage(desk))]
    assert actors == ["desk", "ayu", "dewi", "dewi", "dewi"]
