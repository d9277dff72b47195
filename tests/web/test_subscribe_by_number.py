"""Subscribing by SMS: a number, a code, and a page that tells nobody who is subscribed; usable by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from desk_world import SetClock, people_in, rooms
from outbox_database import emptied, made_database
from playwright.sync_api import Browser
from served import Server, serving_here
from sqlalchemy import Engine
from subscriptions import about
from test_subscribe import NAMES, sent

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.service.subscribing import Subscribing
from pulih.web.frame.rooms import WebSettings
from pulih.web.site import site


class Desk:
    """A desk that tells by every way with a form, served."""

    def __init__(self, engine: Engine, folder: Path, serving: Server) -> None:
        self.engine, self.clock = engine, SetClock()
        self.store, self.outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        self.subscribing = Subscribing(
            self.store, self.outbox, self.clock, b"k" * 32, offers=("email", "sms", "push", "webhook"), push_key="BKey"
        )
        settings = WebSettings(desk="Meja Contoh", secure_cookies=False)
        people = people_in(folder, self.clock)
        made = rooms(people, self.clock, subscribing=self.subscribing, settings=settings, names=NAMES)
        self.address = serving(site(made), made.hub)

    def code(self) -> str:
        """Return the code that the one SMS which waits will have."""
        (parcel,) = self.outbox.claim("sms", self.clock.now_us(), 100)
        return self.subscribing.code(parcel.subscription.id)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("number")
    engine = made_database(folder)
    with serving_here() as serving:
        yield Desk(engine, folder, serving)


@pytest.fixture
def desk(served: Desk) -> Desk:
    emptied(served.engine)
    served.clock.at_us += 2 * 86_400_000_000
    return served


def test_a_number_and_the_code_of_its_sms_lead_to_the_choices(desk: Desk) -> None:
    with httpx.Client(base_url=desk.address) as client:
        asked = sent(client, "/subscribe", number="0812 3456 7890", place="31.74", service="sms")
        assert asked.status_code == 200 and 'value="+6281234567890"' in asked.text
        assert (asked.headers["cache-control"], asked.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert desk.store.counts() == {}
        answer = sent(client, "/subscribe/code", number="+6281234567890", code=desk.code())
        assert answer.status_code == 303
        page = client.get(answer.headers["location"]).text
    assert "Langganan aktif" in page and "+6281…890" in page and "81234567890" not in page
    (one,) = desk.store.active("sms")
    assert one.topics == about("31.74", services=("sms",))


def test_a_wrong_code_is_said_at_its_field_whoever_the_number_is_of(desk: Desk) -> None:
    with httpx.Client(base_url=desk.address) as client:
        sent(client, "/subscribe", number="081234567890")
        wrong = f"{(int(desk.code()) + 1) % 10**6:06}"
        answers = [
            sent(client, "/subscribe/code", number=number, code=wrong) for number in ("081234567890", "081377777777")
        ]
    for answer in answers:
        assert answer.status_code == 400 and "Kode ini tidak cocok" in answer.text
    assert desk.store.counts() == {}


def test_a_number_abroad_and_one_that_is_asked_for_too_often_are_answered_in_words(desk: Desk) -> None:
    with httpx.Client(base_url=desk.address) as client:
        refused = sent(client, "/subscribe", number="+1 900 555 1234", place="31.74")
        assert refused.status_code == 400 and "bukan nomor ponsel Indonesia" in refused.text
        assert 'value="31.74" checked' in refused.text
        for _ in range(4):
            desk.clock.at_us += 1
            assert sent(client, "/subscribe", number="081234567890").status_code == 200
    assert desk.store.counts() == {} and desk.outbox.waiting() == {"sms": 2}


def test_a_form_of_another_site_has_no_code_sent(desk: Desk) -> None:
    for path in ("/subscribe", "/subscribe/code"):
        answer = httpx.post(f"{desk.address}{path}", data={"number": "081234567890", "code": "000000"})
        assert answer.status_code == 403
    assert desk.outbox.waiting() == {}


def test_the_secret_of_a_webhook_is_shown_once_and_its_link_leads_to_its_choices(desk: Desk) -> None:
    with httpx.Client(base_url=desk.address) as client:
        shown = sent(client, "/subscribe/webhook", address="https://crm.example.id/hook", place="31.74")
        assert shown.status_code == 200 and shown.headers["cache-control"] == "no-store"
        secret, manage = (
            re.search(r"whsec_[A-Za-z0-9+/=]{44}", shown.text),
            re.search(r'href="(/subscription/[^"]+)"', shown.text),
        )
        assert secret and manage
        page = client.get(manage[1]).text
        assert "crm.example.id" in page and secret[0] not in page
        desk.subscribing.arrived(desk.subscribing.confirm_token(manage[1].split("/")[2].split(".")[0]), network="")
        again = sent(client, "/subscribe/webhook", address="https://crm.example.id/hook")
        assert again.status_code == 400 and "sudah berlangganan" in again.text and "whsec_" not in again.text
        assert sent(client, "/subscribe/webhook", address="http://10.0.0.1/").status_code == 400


@pytest.mark.parametrize(("language", "width", "theme"), [("id", 320, "light"), ("en", 1280, "dark")])
def test_every_page_of_each_way_can_be_used_by_everybody(
    desk: Desk, browser: Browser, *, language: str, width: int, theme: Any
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = context.new_page()
    for where in ("/subscribe?province=31", "/subscribe/code", "/subscribe/sent?by=browser", "/subscribe/webhook"):
        page.goto(f"{desk.address}{where}{'&' if '?' in where else '?'}lang={language}")
        assert Axe().run(page).response["violations"] == [], where
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), where
    page.goto(f"{desk.address}/subscribe")
    page.fill("#number", "0812 3456 7890")
    page.press("#number", "Enter")
    page.wait_for_selector("#code")
    assert Axe().run(page).response["violations"] == []
    page.goto(f"{desk.address}/subscribe/webhook")
    page.fill("#address", f"https://crm.example.id/{language}")
    page.press("#address", "Enter")
    page.wait_for_selector("code")
    assert Axe().run(page).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    context.close()
