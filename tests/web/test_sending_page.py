"""The console's page of sending: what became of each word in both languages, and that it can be used by everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from console_world import ConsoleWorld
from desk_world import PASSWORD
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect
from served import Server

from pulih.model.errors import OutsideFailed
from pulih.model.subscription import SendProgress
from pulih.service.queueing import Held
from pulih.service.sending import LaneNow
from pulih.service.sending_now import SendingNow
from pulih.web.console import ROUTES
from pulih.web.site import site

NOW_US = 1_759_457_520_000_000
WORD = SendProgress(
    word="20251003-a1b2/n1",
    channel="email",
    incident="20251003-a1b2",
    counts=(("waiting", 6_000), ("leased", 40), ("sent", 92_000), ("refused", 1_300), ("uncertain", 2)),
    queued_us=NOW_US,
    changed_us=NOW_US,
)
NOW = SendingNow(
    on=True,
    readers={"email": 99_342},
    waiting={"email": 6_040},
    held=(Held(word="20251003-a1b2/n3", incident="20251003-a1b2", why="cdn: its pages are not put yet."),),
    early=(Held(word="20251003-a1b2/n2", incident="20251003-a1b2", why="cdn: nobody answers."),),
    words=(WORD,),
    lanes=(LaneNow(channel="email", sent=92_000, per_s=612.4, trouble="The mail server said 421: <busy>"),),
)


class Desk:
    """A console whose sending stands as a test says."""

    def __init__(self, folder: Path, serving: Server) -> None:
        self.shown: SendingNow | OutsideFailed = NOW
        world = ConsoleWorld(folder, quiet=True)
        rooms = replace(world.rooms, sending=self._now)
        self.address = serving(site(rooms, ROUTES), rooms.hub)

    def _now(self) -> SendingNow:
        if isinstance(self.shown, OutsideFailed):
            raise self.shown
        return self.shown

    def page(self, browser: Browser, language: str, width: int) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{self.address}/sign-in?next=/console/sending&lang={language}")
        page.fill("#name", "eko")
        page.fill("#password", PASSWORD)
        page.press("#password", "Enter")
        page.wait_for_url("**/console/sending*")
        return page


@pytest.fixture
def desk(tmp_path: Path, serving: Server) -> Iterator[Desk]:
    yield Desk(tmp_path, serving)


def test_what_became_of_a_word_is_told_in_both_languages_and_goes_on_while_it_is_open(
    desk: Desk, browser: Browser
) -> None:
    told = {
        ("id", 360): (
            "92.000 dari 99.342 terkirim · 6.040 menunggu",
            "1.300 ditolak",
            "2 tidak pasti",
            "612",
            "n3 menunggu halamannya",
        ),
        ("en", 1280): (
            "92,000 of 99,342 sent · 6,040 waiting",
            "1,300 refused",
            "2 uncertain",
            "612",
            "n2 was sent before",
        ),
    }
    for (language, width), words in told.items():
        desk.shown = NOW
        page = desk.page(browser, language, width)
        for said in (*words, "The mail server said 421: <busy>"):
            expect(page.locator("main")).to_contain_text(said)
        assert Axe().run(page).response["violations"] == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        desk.shown = replace(NOW, words=(replace(WORD, counts=(("sent", 99_342),)),))
        expect(page.locator("main")).to_contain_text("99.342 dari" if language == "id" else "99,342 of")
        page.close()


def test_a_desk_that_sends_nothing_or_cannot_look_says_so(desk: Desk, browser: Browser) -> None:
    desk.shown = SendingNow()
    page = desk.page(browser, "id", 1280)
    expect(page.locator("main")).to_contain_text("Pulih belum mengirim kabar")
    desk.shown = OutsideFailed("The database could not be used.")
    page.reload()
    expect(page.locator(".refusal")).to_contain_text("The database could not be used.")
    page.close()


def test_strangers_are_led_to_the_sign_in(desk: Desk) -> None:
    answer = httpx.get(f"{desk.address}/console/sending")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/console/sending")
