"""One outage from the first complaint to restored, on a real desk, by keyboard in English on a phone's width.

Requirements C1 and D1 to D3, and the rule of 03:00: one person alone gets the first word out, the second signs after.
tests/long walks the same way by mouse in Indonesian.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_world import PASSWORD
from hands import Hand, Keyboard, Mouse
from living_desk import LivingDesk
from playwright.sync_api import Browser, BrowserContext, Page, expect
from served import Server

from pulih.adapters.data_folder import DataFolder
from pulih.web.frame.words import Language, Words, words

# Keys of their own, as the help page tells them.
KEYS = {"confirm": "c"}
CALM = {"id": "Tidak ada dugaan gangguan saat ini", "en": "No suspected outage right now"}
BROKEN = {
    "id": "Smartfren: internet seluler mati di Jakarta sejak 08.48 WIB — keyakinan sedang",
    "en": "Smartfren: mobile internet down in Jakarta since 08:48 WIB — medium certainty",
}
OVER = {
    "id": "Smartfren: internet seluler mati di Jakarta dari 08.48 WIB sampai 10.01 WIB",
    "en": "Smartfren: mobile internet down in Jakarta from 08:48 WIB to 10:01 WIB",
}
WORD = {"id": "Ini masih dugaan gangguan", "en": "We suspect an outage and are checking it"}
PROMISE = {"id": "Kabar berikutnya paling lambat pukul 09.25 WIB", "en": "Next update by 09:25 WIB"}
CONFIRMED = {"id": "dikonfirmasi", "en": "confirmed"}
PUBLIC, INCIDENT = {"id": "/", "en": "/en/"}, {"id": "gangguan", "en": "incident"}
GOING = {"id": "Satu gangguan berlangsung", "en": "One outage going on"}
RESTORED = {"id": "pulih", "en": "restored"}
TOLD = {
    "id": (
        "Insiden dibuka sebagai dugaan",
        "Rancangan kabar pertama n1",
        "Kabar n1 diterbitkan sebelum tanda tangan kedua",
        "Gangguan dikonfirmasi",
        "Kabar n1 ditandatangani orang kedua",
        "Penyebab: kabel putus di Cibitung",
        "Perbaikan dinyatakan selesai",
        "Dinyatakan pulih",
    ),
    "en": (
        "Incident opened as suspected",
        "Draft of holding statement n1",
        "Statement n1 published before the second signature",
        "Outage confirmed",
        "Statement n1 signed by a second person",
        "Cause: cable cut at Cibitung",
        "Repair claimed",
        "Restored",
    ),
}


@pytest.fixture
def living(tmp_path: Path, serving: Server) -> Iterator[LivingDesk]:
    """A real desk behind a real server; nothing is broken yet."""
    with DataFolder(tmp_path / "desk") as folder:
        made = LivingDesk(folder)
        made.desk.start()
        made.add_people()
        made.address = serving(made.desk.app, made.desk.hub)
        made.hear_small_talk()
        yield made
        made.desk.stop()


class Seats:
    """Browsers of the people of one walk, in one language and at one width."""

    def __init__(self, browser: Browser, address: str, language: Language, width: int) -> None:
        self._browser, self.address, self.language, self._width = browser, address, language, width
        self.say = words(language)
        self._contexts: list[BrowserContext] = []

    def page(self, path: str, *, width: int = 0) -> Page:
        context = self._browser.new_context(viewport={"width": width or self._width, "height": 900})
        self._contexts.append(context)
        page = context.new_page()
        page.goto(f"{self.address}{path}{'&' if '?' in path else '?'}lang={self.language}")
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def seats(living: LivingDesk, browser: Browser) -> Iterator[Seats]:
    made = Seats(browser, living.address, "en", 360)
    yield made
    made.close()


def hand_of(seats: Seats, page: Page) -> Hand:
    return Mouse() if seats.language == "id" else Keyboard(page)


def faults(page: Page) -> list[str]:
    """Return what axe finds, and whether the page runs over its side."""
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    nodes = [f"{page.url} {one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]
    return [*nodes, *([f"{page.url} runs over its side"] if wide else [])]


def sign_in(seats: Seats, name: str, path: str) -> tuple[Page, Hand]:
    page = seats.page(f"/sign-in?next={path}")
    hand = hand_of(seats, page)
    hand.write(page.locator("#name"), name)
    hand.write(page.locator("#password"), PASSWORD)
    hand.press(page.locator("form.card button"))
    page.wait_for_url(f"{seats.address}{path}")
    return page, hand


def unfold(page: Page, hand: Hand, act: str) -> None:
    """Open the form of an act, by its key where one has a keyboard and it has a key."""
    if act in KEYS and isinstance(hand, Keyboard):
        page.keyboard.press(KEYS[act])
    else:
        # On a phone some are folded away with what they change.
        fold = page.locator(f"details.fold:not([open]):has(#act-{act}) > summary")
        if fold.is_visible():
            hand.press(fold)
        hand.press(page.locator(f"#act-{act} > summary"))
    expect(page.locator(f"#act-{act} form")).to_be_visible()


def decide(seats: Seats, page: Page, hand: Hand, *, act: str, reason: str) -> None:
    unfold(page, hand, act)
    hand.write(page.locator(f"#{act}-reason"), reason)
    for box in page.locator(f"#{act}-overrides").all():
        box.focus()
        page.keyboard.press("Space")
    hand.press(page.locator(f"#act-{act} form button"))
    acted(seats, page, act)


def acted(seats: Seats, page: Page, act: str) -> None:
    """Wait until the page tells of this very act: its timeline may be faster, and the next act then out of date."""
    expect(page.locator("#done")).to_contain_text(seats.say(f"console.did.{act}"))


def test_one_outage_is_seen_spoken_of_decided_signed_and_ended_and_all_of_it_is_told(
    living: LivingDesk, seats: Seats
) -> None:
    say, language = seats.say, seats.language
    wrong: list[str] = []
    page, hand = sign_in(seats, "dewi", "/console")
    expect(page.locator("h1")).to_have_text(CALM[language])
    wrong += faults(page)

    living.hear_the_outage()
    expect(page.locator("h1")).to_have_text(BROKEN[language], timeout=30_000)
    wrong += faults(page)

    _first_word_alone(page, hand, say)
    wrong += faults(page)
    public = seats.page(PUBLIC[language], width=360)
    published(public, WORD[language])
    expect(public.locator("main")).to_contain_text(PROMISE[language])
    expect(public.locator("h1")).not_to_have_text(GOING[language])
    wrong += faults(public)

    living.later(2)
    decide(seats, page, hand, act="confirm", reason="Smartfren mati di Jakarta, juga di kantor")
    expect(page.locator("#headline .level")).to_contain_text(CONFIRMED[language])
    published(public, GOING[language])
    expect(public.locator("h1")).to_have_text(GOING[language])

    wrong += _second_signature(seats, page)
    _to_the_end(living, seats, page, hand)
    expect(page.locator("h1")).to_have_text(OVER[language])
    # On a phone the middle of a long timeline is folded away.
    if (fold := page.locator("#fold-entries > summary")).is_visible():
        hand.press(fold)
    told = page.locator("#entries").inner_text()
    places = [told.find(line) for line in TOLD[language]]
    assert -1 not in places, list(zip(TOLD[language], places, strict=True))
    assert places in (sorted(places), sorted(places, reverse=True))
    wrong += faults(page)
    public.goto(f"{seats.address}{PUBLIC[language]}{INCIDENT[language]}/{living.desk.incidents.past()[0].id}/")
    published(public, RESTORED[language])
    expect(public.locator("main")).to_contain_text(WORD[language])
    wrong += faults(public)
    assert wrong == []


def published(public: Page, text: str) -> None:
    """Load the public page whenever it is another one, until it says so: the desk makes its site beside all else."""
    until, before = time.monotonic() + 60, ""
    with httpx.Client() as client:
        while time.monotonic() < until:
            now = client.get(public.url).text
            if now != before:
                public.reload()
                if text in public.locator("main").inner_text():
                    break
            else:
                time.sleep(0.1)
            before = now
    expect(public.locator("main")).to_contain_text(text)


def _first_word_alone(page: Page, hand: Hand, say: Words) -> None:
    """Draft the holding statement and publish it, though nobody else is there."""
    if isinstance(hand, Keyboard):
        page.keyboard.press("b")
    else:
        hand.press(page.get_by_role("button", name=say("console.step.draft")))
    notice = page.locator("#n1")
    expect(notice).to_be_visible()
    hand.press(notice.get_by_role("button", name=say("console.act.publish"), exact=True))
    expect(notice).to_contain_text(say("console.notices.unsigned"))
    expect(page.locator("#dues")).not_to_contain_text(say("console.due.first_word"))


def _second_signature(seats: Seats, page: Page) -> list[str]:
    """Let the approver sign what is public already; the page of the first one says that something changed."""
    path = re.sub(r"[?#].*", "", page.url.removeprefix(seats.address))
    theirs, hand = sign_in(seats, "citra", path)
    say = seats.say
    hand.press(theirs.locator("#n1").get_by_role("button", name=say("console.act.sign"), exact=True))
    expect(theirs.locator("#n1")).to_contain_text(say("console.notices.signed", who="citra"))
    expect(page.locator("#behind")).to_be_visible(timeout=5_000)
    found = faults(theirs)
    page.goto(seats.address + path)
    return found


def _to_the_end(living: LivingDesk, seats: Seats, page: Page, hand: Hand) -> None:
    """Set the cause, hear that it is repaired, see that service is back."""
    living.later(20)
    unfold(page, hand, "cause")
    hand.write(page.locator("#cause-id"), "kabel putus di Cibitung")
    hand.write(page.locator("#cause-en"), "cable cut at Cibitung")
    hand.press(page.locator("#act-cause form button"))
    acted(seats, page, "cause")
    expect(page.locator("#entries")).to_contain_text("Cibitung")
    living.later(20)
    decide(seats, page, hand, act="claimed_fixed", reason="NOC: kabel sudah disambung")
    living.later(20)
    decide(seats, page, hand, act="restored", reason="Laporan kembali seperti biasa, uji berhasil")
    expect(page.locator("#headline .level-ok")).to_be_visible()
