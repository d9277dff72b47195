"""Subscribing over HTTP: what a form, a mail program, a stranger and a guesser can do, and what they can not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from desk_world import SetClock, people_in, rooms
from outbox_database import emptied, made_database
from served import Server, serving_here
from sqlalchemy import Engine
from subscriptions import about

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.model.subscription import Parcel
from pulih.service.subscribing import Subscribing
from pulih.service.subscription_limits import Bounds
from pulih.web.frame.rooms import Names, WebSettings
from pulih.web.site import site

NAMES = Names(
    operators={"smartfren": "Smartfren", "xl": "XL"},
    regions={
        "31": "DKI Jakarta",
        "31.71": "Jakarta Pusat",
        "31.74": "Jakarta Selatan",
        "32": "Jawa Barat",
        "32.73": "Bandung",
    },
)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Desk:
    """A desk that takes subscriptions, served; its outbox is read by the test."""

    def __init__(self, engine: Engine, folder: Path, serving: Server) -> None:
        self.engine, self.clock = engine, SetClock()
        self.store, self.outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        people = people_in(folder, self.clock)
        self.subscribing = Subscribing(self.store, self.outbox, self.clock, b"k" * 32, bounds=Bounds(network=40))
        settings = WebSettings(desk="Meja Contoh", secure_cookies=False)
        made = rooms(people, self.clock, subscribing=self.subscribing, settings=settings, names=NAMES)
        self.address = serving(site(made), made.hub)
        off = rooms(people, self.clock, settings=settings, names=NAMES)
        self.off = serving(site(off), off.hub)

    def letters(self) -> list[Parcel]:
        return list(self.outbox.claim("email", self.clock.now_us(), 100))

    def visitor(self, **more: Any) -> httpx.Client:
        return httpx.Client(base_url=self.address, **more)

    def subscribed(self, address: str = "ayu@example.id") -> str:
        """Return the path of a subscription that is active."""
        with self.visitor() as client:
            sent(client, "/subscribe", email=address, place="31.74")
        one = self.letters()[0].subscription
        self.subscribing.confirm(self.subscribing.confirm_token(one.id), network="")
        return f"/subscription/{self.subscribing.manage_token(one.id)}"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("subscribe")
    engine = made_database(folder)
    with serving_here() as serving:
        yield Desk(engine, folder, serving)


@pytest.fixture
def desk(served: Desk) -> Desk:
    emptied(served.engine)
    # A day later for each test, so that limits of the one before are over.
    served.clock.at_us += 2 * 86_400_000_000
    return served


def sent(client: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """Open a page as a browser does, and send its form."""
    page = client.get(path)
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
    assert token is not None, page.text
    return client.post(path, data={"csrf": token[1], **fields})


def test_a_form_becomes_a_question_to_the_address_and_the_page_says_only_that_it_is_sent(desk: Desk) -> None:
    with desk.visitor() as client:
        answer = sent(
            client, "/subscribe", email="ayu@example.id", place=["31.74", "99"], service="sms", operator="xl", quiet="1"
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/subscribe/sent")
        assert "Periksa surel Anda" in client.get("/subscribe/sent").text
        again = sent(client, "/subscribe", email="ayu@example.id")
        assert (again.status_code, again.headers["location"]) == (303, "/subscribe/sent")
    (letter,) = desk.letters()
    assert letter.subscription.topics == about("31.74", operators=("xl",), services=("sms",))
    assert letter.subscription.quiet


def test_what_the_address_of_the_page_names_is_chosen_already_and_no_address_is_ever_in_it(desk: Desk) -> None:
    with desk.visitor() as client:
        text = client.get("/subscribe?place=31.74&operator=smartfren&service=sms&email=x@y.id").text
    assert re.search(r'name="place" value="31.74" checked', text)
    assert re.search(r'name="operator" value="smartfren" checked', text)
    assert "x@y.id" not in text


def test_who_comes_from_the_page_of_a_place_finds_its_province_chosen(desk: Desk) -> None:
    with desk.visitor() as client:
        text = client.get("/subscribe?place=32.73").text
    assert '<option value="32" selected>' in text and text.count(" selected>Jawa") == 1


def test_a_province_opens_its_cities_and_keeps_what_was_chosen(desk: Desk) -> None:
    with desk.visitor() as client:
        text = client.get("/subscribe?place=31.74&province=32").text
    assert re.search(r'name="place" value="31.74" checked', text) and re.search(r'name="place" value="32.73">', text)


def test_opening_a_link_changes_nothing_and_pressing_its_button_does(desk: Desk) -> None:
    with desk.visitor() as client:
        sent(client, "/subscribe", email="ayu@example.id")
        one = desk.letters()[0].subscription
        path = f"/subscription/{desk.subscribing.confirm_token(one.id)}/confirm"
        page = client.get(path)
        assert "a…u@example.id" in page.text and "ayu@example.id" not in page.text
        assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("no-referrer", "no-store")
        assert desk.store.subscription(one.id) == one
        answer = sent(client, path)
        assert answer.headers["location"] == f"/subscription/{desk.subscribing.manage_token(one.id)}?done=confirmed"
        assert "Langganan aktif" in client.get(answer.headers["location"]).text
    found = desk.store.subscription(one.id)
    assert found is not None and found.state == "active"


def test_choices_are_changed_by_whoever_has_the_link(desk: Desk) -> None:
    path = desk.subscribed()
    with desk.visitor() as client:
        answer = sent(client, path, place="32", language="en", pace="daily")
        assert answer.headers["location"] == f"{path}?done=changed"
    found = desk.subscribing.of(path.rpartition("/")[2], network="")
    assert (found.topics, found.language, found.pace) == (about("32"), "en", "daily")


def test_a_mail_program_ends_a_subscription_with_one_post_and_no_cookie(desk: Desk) -> None:
    path = desk.subscribed()
    with desk.visitor() as client:
        assert "Hentikan kabar" in client.get(f"{path}/stop").text
        assert desk.store.counts() == {"email": 1}
    for _ in range(2):
        answer = httpx.post(f"{desk.address}{path}/stop", data=ONE_CLICK, headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 200, "RFC 8058 forbids to lead elsewhere, and programs ask more than once"
        assert "Anda sudah berhenti" in answer.text
    assert desk.store.counts() == {}


def test_everything_else_needs_a_form_of_the_desk(desk: Desk) -> None:
    path = desk.subscribed()
    for target in ("/subscribe", path, path.replace("/subscription/", "/subscription/") + "/confirm"):
        answer = httpx.post(f"{desk.address}{target}", data={"email": "korban@example.id", "place": "32"})
        assert answer.status_code == 403
    assert desk.letters() == []


@pytest.mark.parametrize(
    "token", ["", "x", "0123456789abcdef.", "..%2f..%2fconsole", "0123456789abcdef." + "A" * 43, "%0d%0aSet-Cookie:x=y"]
)
def test_a_link_that_is_none_leads_nowhere_and_tells_nothing(desk: Desk, token: str) -> None:
    for end in ("", "/stop", "/confirm"):
        answer = httpx.get(f"{desk.address}/subscription/{token}{end}")
        assert answer.status_code in {400, 404, 405} and "location" not in answer.headers
        assert "set-cookie: x" not in str(answer.headers).casefold()


def test_links_lead_to_the_desk_alone_whatever_is_asked_for(desk: Desk) -> None:
    path = desk.subscribed()
    with desk.visitor() as client:
        for ask in (
            "?done=//evil.example",
            "?next=https://evil.example/",
            "?done=https://evil.example&province=%2f%2f",
        ):
            assert not re.search(r'(href|action|src)="(https?:)?//', client.get(path + ask).text)
        answer = sent(client, path, place="//evil.example", next="https://evil.example/")
        assert answer.headers["location"] == f"{path}?done=changed"


def test_who_guesses_links_is_stopped(desk: Desk) -> None:
    path = desk.subscribed()
    headers = {"accept-language": "id"}
    with desk.visitor(headers=headers) as client:
        statuses = [client.get(f"/subscription/0123456789abcdef.{'B' * 43}").status_code for _ in range(21)]
        assert statuses == [400] * 20 + [429]
        told = client.get(path)
    assert "Terlalu banyak percobaan" in told.text
    assert 0 < int(told.headers["retry-after"]) <= 3_600


def test_an_address_that_is_none_is_said_at_its_field_and_kept_there_escaped(desk: Desk) -> None:
    with desk.visitor() as client:
        answer = sent(client, "/subscribe", email='"><script>alert(1)</script>', place="31.74")
    assert answer.status_code == 400
    assert "Ini bukan alamat surel" in answer.text and "<script>alert" not in answer.text
    assert re.search(r'name="place" value="31.74" checked', answer.text), "what was chosen is not lost"


def test_a_network_that_asks_too_often_is_told_to_wait(desk: Desk) -> None:
    with desk.visitor() as client:
        answers = [sent(client, "/subscribe", email=f"orang{number}@example.id") for number in range(41)]
    assert [one.status_code for one in answers[-2:]] == [303, 429]
    assert "Coba lagi dalam 10 menit" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "600"


def test_a_desk_that_writes_to_nobody_says_so(desk: Desk) -> None:
    assert "Kabar belum dapat dikirim" in httpx.get(f"{desk.off}/subscribe").text
    assert httpx.get(f"{desk.off}/subscription/x").status_code == 404
