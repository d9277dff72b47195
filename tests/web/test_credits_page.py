"""The page of credits in a browser, on a real desk: both languages, two widths, without script, and the signed link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from credit_desk_world import (
    CITRA,
    DEWI,
    ThreadPress,
    credit_desk,
    outage,
    previewed,
    until,
    with_people,
)
from desk_seats import Seats
from playwright.sync_api import Browser, Page, expect
from served import serving_here

from pulih.cli_credit import Crediting, credit
from pulih.model.incident import Incident
from pulih.ports.credit_desk import Scenario
from pulih.serve.desk import Desk
from pulih.service.credit_links import CreditLink, CreditLinks


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Seats]:
    home = tmp_path_factory.mktemp("desk")
    with credit_desk(home, press=ThreadPress()) as desk, serving_here() as serve:
        with_people(desk)
        made = Seats(desk, serve(desk.app, desk.hub), browser)
        yield made
        for context in made.contexts:
            context.close()


def path_of(incident: Incident) -> str:
    return f"/console/incidents/{incident.id}/credits"


def everybody(page: Page) -> None:
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def approved(desk: Desk) -> tuple[Incident, str]:
    incident = outage(desk)
    previewed(desk, incident)
    incident = desk.credits.ask(incident.id, "idn-default", actor=DEWI, version=incident.version)
    batch = incident.credits[-1].id
    return desk.credits.decide(incident.id, "approve", batch, actor=CITRA, version=incident.version), batch


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1280)])
def test_scenarios_stand_side_by_side_as_bars_with_their_tables_for_everybody(
    seats: Seats, language: str, width: int
) -> None:
    incident = outage(seats.desk)
    previewed(seats.desk, incident, Scenario("idn-default"), Scenario("idn-default", "flat_day"))
    page = seats.open("dewi", path_of(incident), language=language, width=width)
    expect(page.locator(".scenarios article")).to_have_count(2)
    first = page.locator(".bars").first
    expect(first.locator("svg.bar")).to_have_count(2)
    first.locator("summary").click()
    expect(first.locator("tbody tr")).to_have_count(2)
    everybody(page)


@pytest.mark.parametrize(("language", "width"), [("id", 360), ("en", 1280)])
def test_papers_are_fetched_and_attributes_said_on_a_page_that_is_for_everybody_with_all_of_it_open(
    seats: Seats, language: str, width: int
) -> None:
    incident, batch = approved(seats.desk)
    incident = seats.desk.credits.decide(incident.id, "hand_over", batch, actor=CITRA, version=incident.version)
    papers = seats.desk.credits.papers
    assert papers is not None
    until(lambda: not papers.told(batch).running)
    page = seats.open("citra", path_of(incident), language=language, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="tmf654-adjust-balance.ndjson").click()
    assert fetched.value.suggested_filename == f"{batch}-handed-over-tmf654-adjust-balance.ndjson"
    everybody(page)
    page.locator("#basis-attributes").fill("towers = twelve")
    page.locator("#basis-reason").fill("Kata NOC")
    page.locator("#basis form button").click()
    expect(page.get_by_text("towers = twelve").first).to_be_visible()
    page.locator("#basis-attributes").fill("towers = 12")
    page.locator("#basis-reason").fill("Kata NOC")
    page.locator("#basis form button").click()
    page.wait_for_url("**?done=basis*")
    assert seats.desk.credits.view(incident.id).incident.attributes == {"towers": 12}


def test_from_preview_to_approval_without_script_by_two_people(seats: Seats) -> None:
    incident = outage(seats.desk)
    asks = seats.open("dewi", path_of(incident), width=360, script=False)
    asks.click("button:has-text('Hitung pratinjau')")
    asks.wait_for_url("**done=preview*")
    until(lambda: (found := seats.desk.credits.preview(incident.id)) is not None and found.told.state == "done")
    asks.goto(seats.address + path_of(incident))
    asks.click("summary:has-text('Minta persetujuan')")
    asks.click("button:has-text('Minta persetujuan')")
    asks.wait_for_url("**done=ask*")
    expect(asks.locator("#batches")).to_contain_text("Menunggu orang kedua")
    expect(asks.locator("#batches button:has-text('Setujui')")).to_have_count(0)

    signs = seats.open("citra", path_of(incident), script=False)
    signs.click("summary:has-text('Setujui')")
    signs.click("button:has-text('Setujui')")
    signs.wait_for_url("**done=approve*")
    expect(signs.locator("#books")).to_contain_text("Utang kepada pelanggan")


def test_a_page_that_is_open_hears_that_a_preview_is_done(seats: Seats) -> None:
    incident = outage(seats.desk)
    page = seats.open("dewi", path_of(incident), language="en")
    expect(page.locator(".scenarios article")).to_have_count(0)
    seats.desk.credits.begin(incident.id, (Scenario("idn-default"),), actor=DEWI)
    expect(page.locator(".scenarios article")).to_have_count(1, timeout=20_000)


def test_a_subscriber_reads_their_account_behind_the_link_that_the_desk_made_and_nobody_guesses_one(
    seats: Seats, browser: Browser
) -> None:
    incident, batch = approved(seats.desk)
    page = seats.open("citra", path_of(incident))
    page.fill("#link-subscriber", "3")
    page.click("button:has-text('Buat tautan')")
    addresses = [str(one.get_attribute("href")) for one in page.locator("#link ul a").all()]
    assert len(addresses) == 2
    everybody(page)
    for address, words in zip(addresses, ("Anda mendapat IDR", "You get IDR"), strict=True):
        context = browser.new_context(viewport={"width": 360, "height": 800})
        read = context.new_page()
        read.goto(seats.address + address)
        expect(read.locator("h1")).to_contain_text(words)
        expect(read.locator("main")).to_contain_text("120 ")
        everybody(read)
        context.close()
    address = addresses[0]
    changed = address[:-1] + ("A" if address[-1] != "A" else "B")
    over = CreditLinks(b"x" * 32).token(CreditLink(incident.id, batch, 3, 2**33))
    for wrong in (changed, f"/kompensasi/{over}", "/kompensasi/" + "x" * 400):
        answer = httpx.get(seats.address + wrong)
        assert (answer.status_code, "IDR" in answer.text) == (404, False)
    assert httpx.get(seats.address + address).headers["cache-control"] == "no-store"


def test_machines_ask_for_the_incident_the_books_and_a_link_with_a_token_of_an_approver(seats: Seats) -> None:
    incident, batch = approved(seats.desk)
    address = f"{seats.address}/v1/incidents/{incident.id}"
    viewer = {"authorization": f"Bearer {seats.token('viewer')}"}
    approver = {"authorization": f"Bearer {seats.token('approver')}"}
    for name in ("credit-incident", "credit-journal"):
        assert httpx.get(f"{address}/{name}", headers=viewer).status_code == 403
    seen = httpx.get(f"{address}/credit-incident", headers=approver).json()
    assert (seen["incident"]["id"], seen["going_on"]) == (incident.id, False)
    assert [one["service"] for one in seen["incident"]["windows"]] == ["data"]
    books = httpx.get(f"{address}/credit-journal", headers=approver).json()
    assert {one["batch"] for one in books["lines"]} == {batch}
    assert sum(one["amount_minor"] for one in books["lines"]) == 0
    links = f"{address}/credit-links"
    made = httpx.post(links, headers=approver, json={"subscriber": 1}).json()
    assert httpx.get(seats.address + made["link_en"]).status_code == 200
    assert httpx.post(links, headers=approver, json={"subscriber": 99}).status_code == 409


def test_the_command_works_out_the_incident_of_a_running_desk(
    seats: Seats, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incident = outage(seats.desk)
    token = tmp_path / "token"
    token.write_text(seats.token("approver"))
    token.chmod(0o600)
    tables = seats.desk.credits.settings
    done = credit(
        incident=Path(incident.id),
        policy="idn-default",
        subscribers=Path(tables.subscribers),
        presence=Path(tables.presence),
        out=tmp_path / "credits",
        asked=Crediting(from_desk=seats.address, token_file=token),
    )
    assert done == 0
    assert "credited 3" in capsys.readouterr().out
