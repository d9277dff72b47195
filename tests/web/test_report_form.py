"""The public form in a real browser: two taps without script, on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk_world import SetClock, people_in, rooms
from intake_in_memory import MemoryJournal, MemoryLedger
from playwright.sync_api import Browser, Page, expect
from served import Server

from pulih.listen.payload import PayloadReader, report_of
from pulih.service.accepting import Accepting
from pulih.service.public_form import PublicForm
from pulih.web.frame.rooms import WebSettings
from pulih.web.site import site


class Desk:
    """A desk whose public form reaches a journal in memory."""

    def __init__(self, folder: Path, serving: Server) -> None:
        clock, reader = SetClock(), PayloadReader(b"k" * 16)
        self.journal = MemoryJournal()
        self.accepting = Accepting(self.journal, MemoryLedger(), clock, reader)
        self.accepting.start()
        form = PublicForm(self.accepting, reader, clock)
        made = rooms(people_in(folder, clock), clock, form=form, settings=WebSettings(secure_cookies=False))
        self.address = serving(site(made), made.hub)


@pytest.fixture
def desk(tmp_path: Path, serving: Server) -> Iterator[Desk]:
    desk = Desk(tmp_path, serving)
    yield desk
    desk.accepting.close()


def opened(browser: Browser, width: int, **settings: Any) -> Page:
    return browser.new_context(viewport={"width": width, "height": 800}, **settings).new_page()


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (("id", 360), ("Saya juga mengalami", "Sinyal ada, internet mati", "Kirim", "Terima kasih")),
        (("en", 1280), ("I have trouble too", "Signal, but no internet", "Send", "Thank you")),
    ],
)
def test_two_taps_make_a_report_without_script(
    desk: Desk, browser: Browser, seen: tuple[str, int], words: tuple[str, str, str, str]
) -> None:
    language, width = seen
    page = opened(browser, width, java_script_enabled=False)
    page.goto(f"{desk.address}/?lang={language}")
    page.get_by_role("link", name=words[0]).click()
    page.get_by_role("link", name=words[1]).click()
    page.get_by_role("combobox").select_option("smartfren")
    page.get_by_role("textbox").fill("Jakarta Selatan")
    page.get_by_role("button", name=words[2]).click()
    page.get_by_role("heading", name=words[3]).wait_for()
    [frame] = desk.journal.kept
    report = report_of(frame.reports[0])
    assert (report.symptom, report.operator, report.place) == ("no_internet", "smartfren", "Jakarta Selatan")
    assert (report.source, report.kind) == ("form", "complaint")
    page.context.close()


def test_whoever_wrote_a_place_that_is_not_known_is_told_so_and_nothing_typed_is_said_again(desk: Desk) -> None:
    thanks = httpx.get(f"{desk.address}/report/thanks?operator=smartfren&symptom=slow&place=Atlantis&lang=en").text
    assert "We do not know the place you wrote" in thanks and "Atlantis" not in thanks.split("<main")[1]
    assert "the place you wrote" not in httpx.get(f"{desk.address}/report/thanks?operator=smartfren&lang=en").text


@pytest.mark.parametrize("symptom", ["", "broken", "no_internet\0"])
def test_a_report_of_no_trouble_we_know_gets_the_choices_again_and_is_not_kept(desk: Desk, symptom: str) -> None:
    with httpx.Client(base_url=desk.address) as client:
        form = client.get("/report?symptom=slow&lang=en").text
        csrf = form.split('name="csrf" value="')[1].split('"')[0]
        answer = client.post("/report", data={"csrf": csrf, "symptom": symptom, "place": "Jakarta Selatan"})
    assert answer.status_code == 400
    assert "Signal, but no internet" in answer.text and "place=Jakarta+Selatan" in answer.text
    assert not desk.journal.kept


def test_who_reports_on_and_on_is_thanked_and_asked_to_wait(desk: Desk, browser: Browser) -> None:
    page = opened(browser, 360)
    for _ in range(6):
        page.goto(f"{desk.address}/report?symptom=slow&operator=smartfren&lang=id")
        page.get_by_role("button", name="Kirim").click()
    assert "Anda dapat melapor lagi" in page.get_by_role("alert").inner_text()
    assert len(desk.journal.kept) == 5
    page.context.close()


def test_a_report_sent_without_a_network_arrives_once_when_there_is_one_again(desk: Desk, browser: Browser) -> None:
    page = opened(browser, 360, locale="id-ID")
    # A desk serves the script with the site; this one has no site.
    script = (files("pulih.adapters.site") / "assets" / "pulih.js").read_text(encoding="utf-8")
    page.route("**/pulih.js", lambda route: route.fulfill(body=script, content_type="text/javascript"))
    page.goto(f"{desk.address}/report?symptom=no_internet&operator=smartfren&place=Jakarta")
    page.context.set_offline(True)
    page.get_by_role("button", name="Kirim").click()
    expect(page.get_by_role("status")).to_contain_text("dikirim begitu tersambung lagi")
    page.get_by_role("button", name="Kirim").click()
    assert not desk.journal.kept
    with page.expect_response("**/report/thanks**"):
        page.context.set_offline(False)
    assert len(desk.journal.kept) == 1
    page.context.close()
