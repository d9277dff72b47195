"""A browser subscribes on the page, shows that it is real, and shows what it is told: from the form to the screen.

Headless Chromium has no push service of its own: npm's web-push-testing stands for it, which checks the desk's
signature and decrypts; what it decrypted is handed to the page's real service worker as Chromium would.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from channel_peers import PushService, push_service
from chromium import launched
from desk_world import SetClock, people_in, rooms
from outbox_database import made_database
from playwright.sync_api import Browser, BrowserContext, Page
from served import serving_here
from sqlalchemy import Engine
from subscriptions import MINUTE_US, about, queued
from test_subscribe import NAMES, sent

from pulih.adapters.addresses import networks
from pulih.adapters.channels.posting import Poster, Reach
from pulih.adapters.channels.push_key import public_push_key, push_key
from pulih.adapters.channels.webpush import WebPush
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.communicate.speech import Speech
from pulih.ports.channels import Outcome
from pulih.ports.outbox import Settled
from pulih.ports.publishing import StoredPage
from pulih.service.messages import Messages
from pulih.service.subscribing import Subscribing
from pulih.web.frame.rooms import WebSettings
from pulih.web.public.site_layer import SiteLayer
from pulih.web.site import site

WORKER = (files("pulih.adapters.site") / "assets" / "sw.js").read_bytes()
# Chromium's own subscription is replaced, since its push service is a company's and out of reach here.
INSTEAD = """(() => {
  window.askedOnLoad = false;
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => { window.askedOnLoad = document.readyState !== "complete"; return ask(); };
  PushManager.prototype.subscribe = async function (asked) {
    window.askedWith = asked;
    return { toJSON: () => (%s) };
  };
})();"""


class Shelf:
    """The site with its service worker alone."""

    def holds(self, path: str) -> bool:
        return path == "sw.js"

    def page(self, path: str, *, packed: bool = False) -> StoredPage | None:
        return StoredPage(content=WORKER, kind="text/javascript", packed=False, etag="one") if path == "sw.js" else None


class Desk:
    """A desk that pushes, served; the test hands over what is in its outbox, one by one."""

    def __init__(self, engine: Engine, folder: Path, service: PushService) -> None:
        self.clock, self.service = SetClock(), service
        self.store, self.outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        self.key = push_key(folder / "push.key")
        self.subscribing = Subscribing(
            self.store, self.outbox, self.clock, b"k" * 32, offers=("push",), push_key=public_push_key(self.key)
        )
        settings = WebSettings(desk="Meja Contoh", secure_cookies=False)
        people = people_in(folder, self.clock)
        self.rooms = rooms(people, self.clock, subscribing=self.subscribing, settings=settings, names=NAMES)
        self.address = ""

    def send(self) -> list[Outcome]:
        """Hand over what waits, as the desk's sender does."""

        async def all_of_it() -> list[Outcome]:
            reach = Reach(allowed=networks(["127.0.0.0/8", "::1/128"]), lookup=lambda *_: ["127.0.0.1"], timeout_s=10)
            channel = WebPush(self.key, "mailto:desk@status.example", Poster(reach))
            speech = Speech(zone=ZoneInfo("Asia/Jakarta"))
            made = Messages(
                "Meja Contoh",
                self.address,
                speech,
                manage=self.subscribing.manage_token,
                confirm=self.subscribing.confirm_token,
                code=self.subscribing.code,
                secret=self.subscribing.secret,
            )
            outcomes = []
            for parcel in self.outbox.claim("push", self.clock.now_us(), 100):
                outcomes.append(outcome := await channel.send(made.message(parcel)))
                settled = [Settled(delivery=one, state="sent", gone=outcome.gone) for one in parcel.deliveries]
                self.outbox.settle(settled, self.clock.now_us())
            await channel.close()
            return outcomes

        # Playwright has a loop of its own in this thread.
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(asyncio.run, all_of_it()).result()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with push_service(tmp_path) as service, serving_here() as serving:
        made = Desk(made_database(tmp_path), tmp_path, service)
        # A page that was opened by this name may have a service worker over plain HTTP.
        made.address = serving(SiteLayer(site(made.rooms), Shelf(), encrypted=False), made.rooms.hub).replace(
            "127.0.0.1", "localhost"
        )
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The whole Chromium, for it shows notifications."""
    with launched(whole=True) as made:
        yield made


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 360, "height": 740})
    yield made
    made.close()


def _until(so: Callable[[], Any]) -> Any:
    deadline_s = time.monotonic() + 60
    while not (found := so()):
        assert time.monotonic() < deadline_s, "it did not come about in time"
        time.sleep(0.02)
    return found


def _pushed(context: BrowserContext, page: Page, address: str, said: str) -> dict[str, Any]:
    """Have Chromium's service worker get a push as from its push service, and return the notification that it shows.

    Chromium drops a push without a word while it still writes down a new service worker, so it is delivered again until
    it is shown, as push services may: a notification of the same tag takes the place of the first.
    """
    devtools = context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    again_s = 0.0

    def shown() -> list[dict[str, Any]]:
        nonlocal again_s
        # Events are dispatched while the page is asked something.
        there = _notifications(page)
        if found and not there and time.monotonic() >= again_s:
            devtools.send(
                "ServiceWorker.deliverPushMessage", {"origin": address, "registrationId": found[0], "data": said}
            )
            again_s = time.monotonic() + 2
        return there

    (one,) = _until(shown)
    return dict(one)


def _notifications(page: Page) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = page.evaluate(
        "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
        ".then((all) => all.map(({title, body, lang, tag, data}) => ({title, body, lang, tag, data})))"
    )
    return shown


def test_a_tap_subscribes_the_browser_and_a_published_word_is_shown_by_it(desk: Desk, context: BrowserContext) -> None:
    address = desk.service.subscribe(desk.subscribing.push_key)
    context.grant_permissions(["notifications"], origin=desk.address)
    context.add_init_script(INSTEAD % json.dumps(address))
    page = context.new_page()
    page.goto(f"{desk.address}/subscribe?place=31.74&service=sms&lang=en")
    assert page.evaluate("[askedOnLoad, window.askedWith === undefined]") == [False, True]
    page.get_by_role("button", name="Tell me through this browser").click()
    page.wait_for_url("**/subscribe/sent?by=browser")
    assert "Wait for one notification" in page.inner_text("h1")
    assert desk.send() == [Outcome("sent")] and desk.store.counts() == {}

    (first,) = desk.service.shown(address)
    shown = _pushed(context, page, desk.address, first)
    assert desk.store.counts() == {"push": 1}
    assert (shown["title"], shown["lang"]) == ("Notifications are on", "en")
    # The notification leads to the choices of this browser.
    page.goto(shown["data"]["url"])
    assert "this browser" in page.inner_text("main")
    (one,) = desk.store.active("push")
    assert (one.topics, one.language) == (about("31.74", services=("sms",)), "en")

    page.goto(shown["data"]["url"] + "/stop")
    page.get_by_role("button", name="Unsubscribe").click()
    assert desk.store.counts() == {} and desk.store.active("push") == []


def test_a_word_is_decrypted_and_shown_with_its_page_and_its_end(desk: Desk, context: BrowserContext) -> None:
    address = desk.service.subscribe(desk.subscribing.push_key)
    with httpx.Client(base_url=desk.address) as client:
        assert sent(client, "/subscribe", browser=json.dumps(address), place="31").status_code == 303
    desk.send()
    first = json.loads(desk.service.shown(address)[0])
    for _ in range(2):
        assert httpx.post(first["arrived"]).status_code == 204
    word = queued()
    word = type(word)(incident=word.incident, word=_said_at(word.word, desk.clock.now_us() + MINUTE_US))
    desk.clock.at_us += 2 * MINUTE_US
    assert desk.outbox.queue(word, (), desk.clock.now_us()) == 1
    assert desk.send() == [Outcome("sent")]
    said = desk.service.shown(address)[1]

    context.grant_permissions(["notifications"], origin=desk.address)
    page = context.new_page()
    page.goto(f"{desk.address}/subscribe")
    page.evaluate("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => 0)")
    shown = _pushed(context, page, desk.address, said)
    assert shown["data"]["url"] == f"{desk.address}/gangguan/{word.incident.id}/"
    assert shown["data"]["stop"].endswith("/stop") and shown["tag"] == json.loads(said)["tag"]
    assert shown["body"] == json.loads(said)["body"] != ""


def test_a_browser_that_gave_up_its_subscription_ends_it(desk: Desk) -> None:
    address = desk.service.subscribe(desk.subscribing.push_key)
    with httpx.Client(base_url=desk.address) as client:
        sent(client, "/subscribe", browser=json.dumps(address))
        desk.send()
        first = json.loads(desk.service.shown(address)[0])
        httpx.post(first["arrived"])
        assert desk.store.counts() == {"push": 1}
        desk.service.expire(address)
        desk.clock.at_us += MINUTE_US
        sent(client, "/subscribe", browser=json.dumps(address), place="31")
    (outcome,) = desk.send()
    assert (outcome.fate, outcome.gone) == ("refused", True)
    assert desk.store.counts() == {} and httpx.get(first["url"]).status_code == 400


def test_a_page_of_another_site_subscribes_nobody_and_cannot_answer_for_a_browser(desk: Desk) -> None:
    address = json.dumps(desk.service.subscribe(desk.subscribing.push_key))
    foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    assert httpx.post(f"{desk.address}/subscribe", data={"browser": address}, headers=foreign).status_code == 403
    for token in ("x", f"0123456789abcdef.{'A' * 43}"):
        assert httpx.post(f"{desk.address}/subscription/{token}/arrived", headers=foreign).status_code == 400
    assert desk.send() == [] and desk.store.counts() == {}


def test_what_a_browser_does_not_allow_is_said_and_nothing_is_sent(desk: Desk, context: BrowserContext) -> None:
    context.add_init_script(INSTEAD % "{}" + "Notification.requestPermission = async () => 'denied';")
    page = context.new_page()
    page.goto(f"{desk.address}/subscribe")
    page.get_by_role("button", name="Kabari lewat peramban ini").click()
    page.get_by_text("Pemberitahuan tidak diizinkan").wait_for()
    assert page.url.endswith("/subscribe") and desk.send() == []


def test_the_key_is_on_the_page_and_without_script_no_dead_button_is(desk: Desk) -> None:
    text = httpx.get(f"{desk.address}/subscribe").text
    assert f'data-push-key="{desk.subscribing.push_key}"' in text
    assert re.search(r"<div data-push-key=[^>]* hidden>", text) and "<noscript>" in text
    assert len(WORKER) < 4_096


def _said_at(word: Any, at_us: int) -> Any:
    return type(word)(**{**{name: getattr(word, name) for name in word.__struct_fields__}, "published_us": at_us})
