"""Nobody writes the same words twice: whatever became of a form that was sent, it keeps them or tells them again."""

from __future__ import annotations

from typing import NoReturn

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_seats import Desk, outage, path_of
from desk_world import PASSWORD
from playwright.sync_api import Page, expect

from pulih.model.actor import Actor
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.entry import Fact, MergedInto, Noted, NoticeDrafted, RumourAdded
from pulih.model.errors import OutsideFailed

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
ID = "Kata-kata yang lama disusun,\ndi dua baris."
EN = "Words that took a while."


def acted(desk: Desk, fact: Fact, *, who: str = "citra", role: str = "approver") -> None:
    """Let somebody act at a desk of their own."""
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    desk.world.incidents.act(
        incident.id,
        fact,
        actor=Actor(who, role),
        version=incident.version,
        reason="Kabar dari lapangan",  # type: ignore[arg-type]
    )


def drafting(page: Page) -> None:
    page.locator("#act-draft > summary").click()
    page.fill("#draft-id", ID)
    page.fill("#draft-en", EN)
    page.fill("#draft-by", "")


def sign_in_elsewhere(desk: Desk, page: Page, name: str = "dewi") -> None:
    """Sign in anew in another tab of the same browser."""
    tab = page.context.new_page()
    tab.goto(f"{desk.address}/sign-in?next=/account")
    tab.fill("#name", name)
    tab.fill("#password", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"{desk.address}/account")
    tab.close()


@SCRIPT
def test_a_statement_written_when_the_session_ended_is_saved_after_signing_in_again(desk: Desk, script: bool) -> None:
    page = desk.seat("dewi", path_of(desk), language="id", java_script_enabled=script)
    drafting(page)
    desk.world.clock.at_us += 13 * HOUR_S * MICROS
    page.locator("#act-draft form button").click()
    told = page.locator(".state-error")
    expect(told).to_contain_text("Sesi Anda sudah berakhir")
    expect(told).to_contain_text("di dua baris.")
    expect(told.get_by_role("link", name="Masuk di tab baru")).to_have_attribute("href", "/sign-in")
    if script:
        expect(page.locator("#draft-id")).to_have_value(ID)
        assert page.evaluate("document.querySelectorAll('#trouble section').length") == 1
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    # Before anybody signed in nothing is done, and nothing is lost.
    told.get_by_role("button", name="Kirim sekali lagi").click()
    page.wait_for_url("**/draft")
    # Another language asks for the same address without the form.
    assert page.request.get(f"{page.url}?lang=id").url.startswith(f"{desk.address}/sign-in")
    expect(page.locator(".state-error")).to_contain_text("di dua baris.")
    sign_in_elsewhere(desk, page)
    page.get_by_role("button", name="Kirim sekali lagi").click()
    expect(page.locator(".state-error")).to_contain_text("Sekarang Anda masuk sebagai dewi")
    page.get_by_role("button", name="Kirim sekali lagi").click()
    expect(page.locator("#n1 blockquote").first).to_contain_text("di dua baris.")
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert [(one.text_id, one.text_en) for one in incident.notices] == [(ID, EN)]


@SCRIPT
def test_a_statement_of_the_statement_desk_outlives_its_session_too(desk: Desk, script: bool) -> None:
    page = desk.seat("dewi", f"{path_of(desk)}/words", java_script_enabled=script)
    page.fill("#words-id", ID)
    page.fill("#words-en", EN)
    page.context.clear_cookies(name="__Host-pulih-session")
    sign_in_elsewhere(desk, page)
    page.locator("form#words button.primary").click()
    expect(page.locator(".state-error")).to_contain_text("You are signed in as dewi now")
    page.get_by_role("button", name="Send it once more").click()
    expect(page.locator("#words-id")).to_have_value(ID)
    expect(page.locator("#words-en")).to_have_value(EN)


def test_a_page_with_unsent_words_is_not_left_when_the_session_ends(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), language="id")
    drafting(page)
    page.evaluate("document.dispatchEvent(new Event('signed_out'))")
    expect(page.locator("#stale")).to_contain_text("Sesi Anda sudah berakhir")
    expect(page.locator("#draft-id")).to_have_value(ID)
    untouched = desk.seat("dewi", path_of(desk), language="id")
    untouched.context.clear_cookies()
    untouched.evaluate("document.dispatchEvent(new Event('signed_out'))")
    untouched.wait_for_url("**/sign-in?next=/console/incidents/*")


def test_parts_fetched_after_the_session_ended_leave_unsent_words_where_they_are(desk: Desk) -> None:
    """While complaints come in, parts are fetched by the second, and a refused one led away from what was written."""
    page = desk.seat("dewi", path_of(desk), language="id")
    drafting(page)
    page.context.clear_cookies(name="__Host-pulih-session")
    with page.expect_response(lambda answer: answer.status == 401):
        page.evaluate("document.getElementById('events').dispatchEvent(new Event('incident'))")
    expect(page.locator("#stale")).to_contain_text("Sesi Anda sudah berakhir")
    expect(page.locator("#draft-id")).to_have_value(ID)


def test_a_desk_that_fails_or_is_not_reached_leaves_the_page_as_it_is_and_says_so(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk), language="id")
    drafting(page)
    page.route("**/draft", lambda route: route.abort())
    page.locator("#act-draft form button").click()
    expect(page.locator("#trouble")).to_contain_text("Belum terkirim: meja ini tidak dapat dihubungi.")
    expect(page.locator("#draft-id")).to_have_value(ID)
    page.unroute("**/draft")
    desk.world.incidents.act = _failing  # type: ignore[method-assign]
    page.locator("#act-draft form button").click()
    expect(page.locator("#trouble")).to_contain_text("Disk penuh")
    expect(page.locator("#trouble")).to_be_focused()
    expect(page.locator("#draft-id")).to_have_value(ID)
    expect(page.locator("h1").last).to_contain_text("Smartfren")
    del desk.world.incidents.act
    page.locator("#act-draft form button").click()
    expect(page.locator("#n1")).to_contain_text("di dua baris.")
    expect(page.locator("#trouble")).to_be_empty()


def _failing(*_: object, **__: object) -> NoReturn:
    raise OutsideFailed("Disk penuh.")


@SCRIPT
def test_what_was_written_is_told_again_when_its_form_is_gone(desk: Desk, script: bool) -> None:
    page = desk.seat("dewi", path_of(desk), language="id", java_script_enabled=script)
    drafting(page)
    into = next(one for one in desk.world.incidents.current() if one.operator == "biznet")
    acted(desk, MergedInto(incident=into.id))
    page.locator("#act-draft form button").click()
    fault = page.locator("#fault")
    expect(fault).to_contain_text("orang lain sudah bertindak lebih dulu")
    fault.get_by_text("Yang Anda tulis", exact=True).click()
    expect(fault).to_contain_text("di dua baris.")
    expect(fault).to_contain_text(EN)


@SCRIPT
def test_a_refused_change_stays_in_its_own_form_and_in_no_other(desk: Desk, script: bool) -> None:
    acted(desk, NoticeDrafted(notice="n1", kind="update", text_id="Lama.", text_en="Old."), who="dewi", role="duty")
    acted(desk, NoticeDrafted(notice="n2", kind="update", text_id="Lain.", text_en="Other."), who="dewi", role="duty")
    acted(desk, RumourAdded(rumour="r1", claim="Sengaja dimatikan"))

    def refused(opened: str, fields: dict[str, str]) -> Page:
        page = desk.seat("dewi", path_of(desk), java_script_enabled=script)
        page.locator(f"#{opened} > summary").click()
        for field, text in fields.items():
            page.fill(f"#{field}", text)
        acted(desk, Noted())
        page.locator(f"#{opened} form button").click()
        expect(page.locator("#fault")).to_contain_text("somebody else acted first")
        for field, text in fields.items():
            expect(page.locator(f"#{field}")).to_be_visible()
            expect(page.locator(f"#{field}")).to_have_value(text)
        return page

    refused("act-task", {"task-what": "Kirim regu ke Cibitung", "task-owner": "eko"})
    page = refused("edit-n1", {"edit-id-n1": ID, "edit-en-n1": EN})
    expect(page.locator("#edit-id-n2")).to_have_value("Lain.")
    expect(page.locator("#draft-id")).to_have_value("")
    page.locator("#edit-n1 form button").click()
    expect(page.locator("#n1 blockquote").first).to_contain_text(EN)
    assert page.locator("article.notice").count() == 2
    refused("glass-n1", {"glass-reason-n1": "Sendirian pukul tiga"})
    page = refused("withdraw-n1", {"withdraw-reason-n1": "Salah alamat"})
    expect(page.locator("#withdraw-reason-n2")).to_have_value("")
    refused("answer-r1", {"fact-r1": "Ada kabel putus", "answer-id-r1": ID, "answer-en-r1": EN})


@SCRIPT
def test_scopes_that_were_not_ticked_stay_so_after_a_refusal_and_none_is_not_all(desk: Desk, script: bool) -> None:
    page = desk.seat("dewi", path_of(desk), java_script_enabled=script)
    page.locator("#act-confirm > summary").click()
    page.locator("#scopes-confirm-2").uncheck()
    page.fill("#confirm-reason", "Only there, for now")
    acted(desk, Noted())
    page.locator("#act-confirm form button").click()
    expect(page.locator("#fault")).to_contain_text("somebody else acted first")
    expect(page.locator("#scopes-confirm-1")).to_be_checked()
    expect(page.locator("#scopes-confirm-2")).not_to_be_checked()
    page.locator("#scopes-confirm-1").uncheck()
    page.locator("#act-confirm form button").click()
    expect(page.locator("#fault")).to_contain_text("Nothing is ticked under")
    page.locator("#scopes-confirm-1").check()
    page.locator("#act-confirm form button").click()
    expect(page.locator("#timeline")).to_contain_text("Only there, for now")
    incident = desk.world.incidents.get(outage(desk))
    assert incident is not None
    assert [part.state for part in incident.scopes] == ["confirmed", "suspected"]


def test_what_another_site_sends_is_not_offered_again_and_secrets_never_are(desk: Desk) -> None:
    page = desk.seat("dewi", path_of(desk))
    form = {"version": "2", "reason": "Kata orang lain"}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {}):
        answer = page.request.post(f"{desk.address}{path_of(desk)}/note", form=form, headers=headers)
        assert (answer.status, "Kata orang lain" in answer.text()) == (403, False)
    secret = {"old": "rahasia lama", "password": "rahasia baru", "again": "rahasia baru"}
    answer = page.request.post(f"{desk.address}/account", form=secret, headers={"sec-fetch-site": "same-origin"})
    assert "rahasia" not in answer.text()


def test_an_address_of_an_act_without_its_form_leads_to_the_incident(desk: Desk) -> None:
    page = desk.seat("dewi", f"{path_of(desk)}/draft?lang=id")
    assert page.url == f"{desk.address}{path_of(desk)}"
    page.goto(f"{desk.address}{path_of(desk)}/nothing")
    expect(page.locator("h1")).to_have_text("Halaman ini tidak ada")


def test_a_sign_in_page_that_was_left_open_too_long_leads_to_a_fresh_one_and_not_round_in_a_circle(desk: Desk) -> None:
    page = desk.seat("dewi", "/account")
    page.context.clear_cookies()
    page.goto(f"{desk.address}/sign-in?lang=id")
    page.context.clear_cookies(name="__Host-pulih-form")
    page.fill("#name", "dewi")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Formulir ini sudah kedaluwarsa")
    page.get_by_role("link", name="Buka lagi halamannya").click()
    page.fill("#name", "dewi")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console")


def test_who_signs_out_of_a_session_that_is_over_is_led_to_the_sign_in(desk: Desk) -> None:
    page = desk.seat("dewi", "/account", language="id", java_script_enabled=False)
    desk.world.clock.at_us += 13 * HOUR_S * MICROS
    page.get_by_role("button", name="Keluar").click()
    page.get_by_role("link", name="Buka lagi halamannya").click()
    expect(page.locator("#password")).to_be_visible()
