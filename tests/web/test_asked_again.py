"""After a report: what others say and the state there, and "Sudah normal?" under the pseudonym of the first report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import ConsoleWorld
from intake_in_memory import MemoryJournal, MemoryLedger
from playwright.sync_api import Browser
from served import serving_here

from pulih.adapters.gazetteer import load_gazetteer
from pulih.listen.payload import PayloadReader, Report, report_of
from pulih.model.actor import Actor
from pulih.model.entry import Confirmed
from pulih.service.accepting import Accepting
from pulih.service.invitations import Invitations, Invited
from pulih.service.public_form import PublicForm
from pulih.service.publishing import PublishingNow
from pulih.web.frame.rooms import WebSettings
from pulih.web.site import site

INVITATIONS = Invitations(b"k" * 32)


class Desk:
    """A desk with a confirmed outage of Smartfren in Jakarta, whose public form reaches a journal in memory."""

    def __init__(self, folder: Any, serve: Any) -> None:
        world = ConsoleWorld(folder)
        incident = world.outage()
        dewi = Actor("dewi", "duty")
        world.incidents.act(incident.id, Confirmed(), actor=dewi, version=incident.version, reason="Ya")
        reader = PayloadReader(b"k" * 16)
        self.clock, self.journal = world.clock, MemoryJournal()
        self.accepting = Accepting(self.journal, MemoryLedger(), world.clock, reader)
        self.accepting.start()
        self.incident, self.published = incident.id, False
        made = msgspec.structs.replace(
            world.rooms,
            form=PublicForm(self.accepting, reader, world.clock),
            invitations=INVITATIONS,
            find_region=load_gazetteer().find_code,
            settings=WebSettings(secure_cookies=False),
            publishing=lambda: PublishingNow(made_us=1 if self.published else None),
        )
        self.address = serve(site(made), made.hub)

    def reports(self) -> list[Report]:
        return [report_of(one) for frame in self.journal.kept for one in frame.reports]

    def visitor(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, follow_redirects=True, headers={"accept-language": "id"})


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with serving_here() as serve:
        desk = Desk(tmp_path_factory.mktemp("desk"), serve)
        yield desk
        desk.accepting.close()


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))


def reported(visitor: httpx.Client, symptom: str = "no_internet", place: str = "Jakarta Selatan") -> httpx.Response:
    form = fields(visitor.get("/report", params={"symptom": symptom}).text)
    return visitor.post("/report", data={**form, "operator": "smartfren", "place": place})


def test_thanks_tell_what_others_report_there_and_the_state_there(desk: Desk) -> None:
    with desk.visitor() as visitor:
        shown = reported(visitor, place="DKI Jakarta").text
        again = visitor.get("/report/thanks?operator=smartfren&symptom=no_internet").text
    with desk.visitor() as stranger:
        others = stranger.get("/report/thanks?operator=smartfren&symptom=no_internet").text
    # Whoever reported is not one of those who report the same.
    assert "Seluruhnya 411 laporan yang menyebut Smartfren" in shown and "Seluruhnya 411 " in again
    assert "Seluruhnya 412 laporan yang menyebut Smartfren" in others
    assert re.search(r"\d+ laporan dari Jakarta yang menyebut Smartfren", shown)
    assert "Keadaan di Jakarta" in shown
    assert "dikonfirmasi" in shown


def test_where_nothing_is_confirmed_the_thanks_say_so_and_what_is_suspected_stays_a_level(desk: Desk) -> None:
    with desk.visitor() as visitor:
        shown = visitor.get("/report/thanks?operator=biznet&symptom=los_red&place=Kota%20Makassar").text
    assert "Belum ada gangguan yang dikonfirmasi" in shown
    assert "dugaan" not in shown


def test_before_a_report_nothing_of_what_others_say_is_shown(desk: Desk) -> None:
    with desk.visitor() as visitor:
        for path in ("/report", "/report?symptom=slow"):
            assert "412" not in visitor.get(path).text


def test_the_next_report_is_filled_in_and_its_author_is_the_same(desk: Desk) -> None:
    before = len(desk.reports())
    with desk.visitor() as visitor:
        reported(visitor)
        shown = visitor.get("/report?symptom=slow").text
        assert 'value="Jakarta Selatan"' in shown
        assert 'value="smartfren" selected' in shown
        # The cookie of forms is gone after an hour; that of the report stays.
        visitor.cookies.delete("pulih-form")
        reported(visitor, "slow")
    [first, second] = desk.reports()[before:]
    assert (first.author, first.symptom, second.symptom) == (second.author, "no_internet", "slow")


def test_who_reported_is_asked_and_says_in_one_tap_that_it_works(desk: Desk) -> None:
    with desk.visitor() as visitor:
        reported(visitor)
        author = desk.reports()[-1].author
        assert "Laporan Anda" in visitor.get("/report").text
        asked = visitor.get("/normal")
        assert "Sinyal ada, internet mati" in asked.text
        thanks = visitor.post("/normal", data={**fields(asked.text), "answer": "recovered"})
        assert "Senang mendengarnya" in thanks.text
        told = desk.reports()[-1]
        assert (told.kind, told.author, told.operator) == ("recovered", author, "smartfren")
        assert (told.place, told.service) == ("Jakarta Selatan", "mobile_data")
        # Who answered is not asked again.
        assert visitor.get("/normal").url.path == "/report"


def test_a_link_asks_without_a_cookie_and_opening_it_says_nothing(desk: Desk) -> None:
    invited = Invited("5ub5cr1b3r", "smartfren", "Jakarta Selatan", "slow", desk.clock.at_us // 1_000_000)
    token, before = INVITATIONS.token(invited), len(desk.reports())
    with desk.visitor() as visitor:
        asked = visitor.get("/normal", params={"t": token}).text
        assert len(desk.reports()) == before
        form = {**fields(asked), "answer": "still"}
        for _ in range(2):
            visitor.post("/normal", data=form)
    told, again = desk.reports()[before:]
    assert (told.kind, told.symptom, told.author) == ("complaint", "slow", "5ub5cr1b3r")
    # The journal keeps what came; of one id one counts.
    assert told.id == again.id


@pytest.mark.parametrize("answer", ["", "none", "slow"])
def test_an_answer_that_was_not_on_the_page_is_refused(desk: Desk, answer: str) -> None:
    before = len(desk.reports())
    with desk.visitor() as visitor:
        token = INVITATIONS.token(Invited("w", "smartfren", "", "slow", desk.clock.at_us // 1_000_000))
        form = fields(visitor.get("/normal", params={"t": token}).text)
        assert visitor.post("/normal", data={**form, "answer": answer}).status_code == 400
    assert len(desk.reports()) == before


def test_where_there_is_a_site_the_thanks_lead_to_the_page_of_the_incident_in_the_readers_language(desk: Desk) -> None:
    thanks = "/report/thanks?operator=smartfren&symptom=no_internet&place=31"
    with desk.visitor() as visitor:
        assert 'href="/">Lihat' in visitor.get(thanks).text
        desk.published = True
        assert f'href="/gangguan/{desk.incident}/"' in visitor.get(thanks).text
        assert f'href="/en/incident/{desk.incident}/"' in visitor.get(f"{thanks}&lang=en").text
        assert 'href="/en/"' in visitor.get("/report").text
        desk.published = False


def test_pages_of_the_site_lead_to_the_question_about_what_they_show(desk: Desk) -> None:
    with desk.visitor() as visitor:
        shown = visitor.get("/normal?operator=smartfren&place=31.74&lang=id")
        assert (shown.url.path, shown.url.params["symptom"]) == ("/report", "recovered")
        assert 'value="smartfren" selected' in shown.text
        assert 'value="Jakarta Selatan"' in shown.text
        reported(visitor)
        assert visitor.get("/normal?operator=smartfren&place=31.74").url.path == "/normal"
        assert visitor.get("/normal?operator=biznet&place=").url.path == "/report"


def test_a_forged_link_leads_to_the_plain_form_and_a_foreign_form_is_refused(desk: Desk) -> None:
    before = len(desk.reports())
    with desk.visitor() as visitor:
        assert visitor.get("/normal?t=forged.token").url.path == "/report"
        assert visitor.post("/normal", data={"answer": "recovered"}).status_code == 403
    assert len(desk.reports()) == before


@pytest.mark.parametrize("seen", [("id", 360, "dark"), ("en", 1280, "light")])
def test_the_question_and_the_thanks_are_for_everybody(
    desk: Desk, browser: Browser, seen: tuple[str, int, Any]
) -> None:
    language, width, scheme = seen
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{desk.address}/report?symptom=no_internet&operator=smartfren&place=31.74&lang={language}")
    page.locator("main form button").click()
    for path in ("", "/report", "/normal"):
        if path:
            page.goto(desk.address + path)
        assert [one["id"] for one in Axe().run(page).response["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        assert not re.search(r"\b(report|normal|public)\.[a-z_]+|None", page.locator("main").inner_text())
    page.keyboard.press("Tab")
    small = (
        "[...document.querySelectorAll('main button')].filter(one => one.getBoundingClientRect().height < 43.5).length"
    )
    assert page.evaluate(small) == 0
    context.close()
