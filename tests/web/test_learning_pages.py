"""Obligations, reviews and measures on a real desk: on a phone without script, in both languages, and for machines."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from credit_desk_world import until
from desk_seats import Seats
from learn_desk_world import CITRA, WORDS, outage, reviewed, seats_at, told
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
    assert (wrong.status_code, "no clock 'none' of a rule 'id.house.2026'" in wrong.text) == (409, True)
    ahead = httpx.post(f"{address}/filings", headers=duty, json={**sent, "at": "2090-01-01T00:00:00Z"})
    assert ahead.status_code == 409


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1280)])
def test_reviews_and_measures_are_for_everybody_on_screen_and_on_paper(seats: Seats, language: str, width: int) -> None:
    incident = reviewed(seats.desk)
    base = f"/console/incidents/{incident.id}/review"
    page = seats.open("dewi", base, language=language, width=width)
    expect(page.locator("#actions li")).to_have_count(2)
    everybody(page)
    for paper in ("inside.html", "public.html"):
        page.goto(f"{seats.address}{base}/{paper}")
        expect(page.locator("h1")).to_contain_text("Smartfren")
        everybody(page)
    expect(page.locator("body")).not_to_contain_text("Vendor tiket 4711")
    page.goto(f"{seats.address}/console/measures")
    expect(page.locator("h1")).to_contain_text("15")
    page.locator("main details summary").first.click()
    everybody(page)


def test_a_review_is_published_by_two_people_without_script_and_the_public_reads_it(seats: Seats) -> None:
    incident = reviewed(seats.desk)
    base = f"/console/incidents/{incident.id}/review"
    asks = seats.open("dewi", base, width=360, script=False)
    asks.fill("#causes_id", "Pembaruan tanpa jalan mundur.\nUji kurang.")
    asks.fill("#causes_en", "An update without a way back.\nToo few tests.")
    asks.click("#words button")
    asks.wait_for_url("**done=write*")
    asks.click("#actions li >> nth=0 >> button")
    asks.wait_for_url("**done=done*")
    asks.click("summary:has-text('Minta diterbitkan')")
    asks.click("button:has-text('Minta diterbitkan')")
    asks.wait_for_url("**done=ask*")
    expect(asks.locator("#publication")).to_contain_text("Menunggu orang kedua")
    expect(asks.locator("#publication button:has-text('Terbitkan')")).to_have_count(0)

    signs = seats.open("citra", base, language="en", script=False)
    signs.click("summary:has-text('Publish the review')")
    signs.click("button:has-text('Publish the review')")
    signs.wait_for_url("**done=publish*")
    expect(signs.locator("#publication")).to_contain_text("public since")

    public = f"{seats.address}/en/incident/{incident.id}/"
    until(lambda: "Too few tests." in httpx.get(public).text)
    signs.goto(public)
    expect(signs.locator("main")).to_contain_text("Too few tests.")
    expect(signs.locator("main")).not_to_contain_text("Jaringan inti")
    machines = f"{seats.address}/en/api/v2/incidents.json"
    # Files of one state of the site are put in their places one after the other.
    until(lambda: "Too few tests." in httpx.get(machines).text)
    stated = httpx.get(machines).json()["incidents"]
    found = next(one for one in stated if one["shortlink"].endswith(f"/{incident.id}/"))
    assert (found["status"], "Too few tests." in found["postmortem_body"]) == ("postmortem", True)


def test_a_review_that_another_wrote_meanwhile_is_not_written_over(seats: Seats) -> None:
    incident = reviewed(seats.desk)
    page = seats.open("dewi", f"/console/incidents/{incident.id}/review")
    seats.desk.learning.write(incident.id, WORDS, actor=CITRA)
    page.fill("#inside", "Catatan saya")
    page.click("#words button")
    expect(page.locator("#fault")).to_contain_text("orang lain menulis")
    assert page.input_value("#inside") == "Catatan saya"


def test_a_pdf_comes_as_a_file_and_nothing_else_is_there(seats: Seats) -> None:
    incident = reviewed(seats.desk)
    page = seats.open("dewi", "/account")
    base = f"{seats.address}/console/incidents/{incident.id}/review"
    made = page.request.get(f"{base}/public.pdf")
    assert (made.status, made.headers["content-type"]) == (200, "application/pdf")
    assert made.body().startswith(b"%PDF-")
    assert page.request.get(f"{base}/secret.pdf").status == 404
    assert httpx.get(f"{base}/public.pdf").status_code in {303, 401}


def test_customers_answer_one_question_and_the_desk_reads_it_with_its_bounds(seats: Seats) -> None:
    incident = reviewed(seats.desk)
    address = f"{seats.address}/v1/incidents/{incident.id}"
    duty = {"authorization": f"Bearer {seats.token('duty')}"}
    links = httpx.post(f"{address}/survey-links", headers=duty, json={"question": "csat", "count": 4}).json()["links"]
    assert len(set(links)) == 4
    page = seats.guest(links[0], width=360)
    everybody(page)
    page.click("button[value='2']")
    page.click("button[value='5']")
    expect(page.locator("[role=status]")).to_contain_text("jawaban 5")
    answered = httpx.get(f"{address}/measures", headers=duty).json()["surveys"]
    assert answered == [
        {
            "question": "csat",
            "asked": 4,
            "answered": 1,
            "response_percent": 25.0,
            "score": 100.0,
            "low": 25.0,
            "high": 100.0,
        }
    ]
    changed = links[1][:-1] + ("A" if links[1][-1] != "A" else "B")
    assert httpx.get(seats.address + changed).status_code == 404
    going = outage(seats.desk, restored=False)
    early = f"{seats.address}/v1/incidents/{going.id}/survey-links"
    assert httpx.post(early, headers=duty, json={"question": "nps", "count": 1}).status_code == 409


def test_machines_read_measures_of_one_incident_and_of_many(seats: Seats) -> None:
    incident = reviewed(seats.desk)
    viewer = {"authorization": f"Bearer {seats.token('viewer')}"}
    one = httpx.get(f"{seats.address}/v1/incidents/{incident.id}/measures", headers=viewer).json()
    assert one["users"] == {"low": 20_000, "likely": 30_000, "high": 40_000}
    assert one["minutes"]["time_to_restore"] == pytest.approx(240, abs=2)
    every = httpx.get(f"{seats.address}/v1/measures", headers=viewer).json()
    assert incident.id in [each["incident"] for each in every["incidents"]]
    assert every["periods"][0]["saidi"]["low"] > 0
    assert every["measures"]["saidi"]["formula"] == "sum of r_i N_i / N_T"
