"""Obligations on a real desk: figures, a report marked as sent, both languages and widths, the same for machines."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from learn_desk_world import Seats, outage, seats_at, told
from playwright.sync_api import Browser, Page, expect


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Seats]:
    with seats_at(tmp_path_factory.mktemp("desk"), browser) as made:
        yield made


def everybody(page: Page) -> None:
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_figures_and_a_report_that_was_sent_without_script_on_a_phone(seats: Seats) -> None:
    incident = told(seats.desk, outage(seats.desk, restored=False, minutes=100))
    page = seats.open("dewi", f"/console/incidents/{incident.id}/obligations", width=360, script=False)
    expect(page.locator("#figures")).to_contain_text("Belum ada yang menghitung")
    page.fill("#users_low", "40.000")
    page.fill("#users_high", "10.000")
    page.click("#figures button:has-text('Simpan')")
    expect(page.locator("#fault")).to_contain_text("angka terkecil lebih besar")
    assert page.input_value("#users_low") == "40.000"
    page.fill("#users_high", "90.000")
    page.click("#figures button:has-text('Simpan')")
    page.wait_for_url("**done=figures*")
    expect(page.locator("#figures")).to_contain_text("antara 40.000 dan 90.000")
    nors = page.locator(".seeming", has_text="NORS").first
    expect(nors.locator("summary").first).to_contain_text("berlaku")
    page.click("summary:has-text('Tandai sudah dikirim: Laporan awal')")
    page.click("button:has-text('Tandai sudah dikirim: Laporan awal')")
    page.wait_for_url("**done=filed*")
    expect(page.locator("#binding")).to_contain_text("selesai tepat waktu")
    assert [one.rule for one in seats.desk.learning.record(incident.id).filings] == ["id.house.2026"]


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1280)])
def test_the_page_is_for_everybody_and_the_incident_leads_to_it(seats: Seats, language: str, width: int) -> None:
    incident = outage(seats.desk, restored=False, minutes=20)
    page = seats.open("dewi", f"/console/incidents/{incident.id}", language=language, width=width)
    page.click(f"a[href='/console/incidents/{incident.id}/obligations']")
    expect(page.locator("h1")).to_contain_text("Pemberitahuan pertama" if language == "id" else "First notice")
    page.locator(".seeming summary").first.click()
    page.locator("#binding summary:has-text('Text of'), #binding summary:has-text('Naskah')").first.click()
    expect(page.locator("#binding .document").first).to_contain_text("LAPORAN GANGGUAN LAYANAN")
    everybody(page)


def test_machines_ask_what_is_due_and_note_what_they_sent(seats: Seats) -> None:
    incident = told(seats.desk, outage(seats.desk, restored=False, minutes=100))
    address = f"{seats.address}/v1/incidents/{incident.id}"
    viewer = {"authorization": f"Bearer {seats.token('viewer')}"}
    duty = {"authorization": f"Bearer {seats.token('duty')}"}
    found = httpx.get(f"{address}/obligations", headers=viewer).json()["obligations"]
    assert [one["rule"] for one in found if one["binding"] == "binding"] == ["id.house.2026", "id.pdp.46"]
    japan = next(one for one in found if one["rule"] == "jp.mic.2023")
    assert [one["state"] for one in japan["clocks"]] == ["late", "running"]
    sent = {"rule": "id.house.2026", "clock": "ministry", "at": "2020-01-01T00:00:00Z"}
    assert httpx.post(f"{address}/filings", headers=viewer, json=sent).status_code == 403
    answer = httpx.post(f"{address}/filings", headers=duty, json=sent).json()["obligation"]
    assert next(one for one in answer["clocks"] if one["id"] == "ministry")["state"] == "met"
    wrong = httpx.post(f"{address}/filings", headers=duty, json={**sent, "clock": "none"})
    assert (wrong.status_code, "has a clock" in wrong.text) == (400, True)
    ahead = httpx.post(f"{address}/filings", headers=duty, json={**sent, "at": "2090-01-01T00:00:00Z"})
    assert ahead.status_code == 400
