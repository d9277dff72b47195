"""Subscribing by browser: one notification asks, its answer begins, and nobody can have the desk post to a stranger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from outbox_database import emptied, made_database
from sqlalchemy import Engine
from subscriptions import about
from test_subscribing import KEY, World

from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.service.subscribing import Subscribing, Wish

POINT, SECRET = "B" + "A" * 86, "A" * 22
WISH = Wish(topics=about("31.74"), language="en")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_database(tmp_path_factory.mktemp("browser"))


@pytest.fixture
def world(engine: Engine) -> World:
    return World(emptied(engine))


def browser(name: str = "one", host: str = "fcm.googleapis.com", **keys: Any) -> str:
    """Return what a browser gives to a page."""
    given = {"p256dh": POINT, "auth": SECRET, **keys}
    return json.dumps({"endpoint": f"https://{host}/wp/{name}", "expirationTime": None, "keys": given})


def _ask(world: World, written: str, wish: Wish = WISH, network: str = "10.0.0.1") -> None:
    world.desk.ask_browser(written, wish, network=network)


def test_a_browser_is_told_nothing_until_it_answered_its_first_notification(world: World) -> None:
    _ask(world, browser())
    (letter,) = world.letters("push")
    one = letter.subscription
    assert (letter.letter, one.state, one.topics, one.language) == ("confirm", "pending", WISH.topics, "en")
    for _ in range(2):
        world.desk.arrived(world.desk.confirm_token(one.id), network="")
    assert world.store.counts() == {"push": 1}


def test_the_answer_of_a_browser_confirms_no_mail_address(world: World) -> None:
    world.ask("ayu@example.id")
    one = world.letters()[0].subscription
    with pytest.raises(RefusedInput, match="not whole"):
        world.desk.arrived(world.desk.confirm_token(one.id), network="")
    assert world.store.counts() == {}


def test_a_browser_that_asks_again_is_subscribed_once_with_its_newest_choices(world: World) -> None:
    _ask(world, browser())
    world.desk.arrived(world.desk.confirm_token(world.letters("push")[0].subscription.id), network="")
    world.at_us += 1
    _ask(world, browser(), Wish(topics=about("73"), pace="daily"))
    (letter,) = world.letters("push")
    assert (letter.letter, letter.subscription.topics, letter.subscription.pace) == ("known", about("73"), "daily")
    assert world.store.counts() == {"push": 1}


def test_a_browser_gets_five_notifications_about_subscribing_a_day(world: World) -> None:
    for number in range(9):
        world.at_us += 1
        _ask(world, browser(), network=f"10.0.0.{number}")
    assert len(world.letters("push")) == 5
    world.at_us += DAY_S * MICROS
    _ask(world, browser())
    assert len(world.letters("push")) == 1


def test_a_host_that_is_no_makers_cannot_be_flooded_and_those_of_makers_are_open(engine: Engine) -> None:
    world = World(emptied(engine))
    world.desk = Subscribing(world.store, world.outbox, world, KEY, offers=("push",))
    for number in range(20):
        _ask(world, browser(str(number), "victim.example"), network=f"10.0.0.{number}")
    for host in ("victim.example", "VICTIM.example"):
        with pytest.raises(RefusedInput, match="Too many tries"):
            _ask(world, browser("more", host), network="10.2.0.1")
    for number in range(30):
        _ask(world, browser(str(number), "updates.push.services.mozilla.com"), network=f"10.3.0.{number}")
    assert len(world.letters("push")) == 50


def test_a_name_that_only_ends_like_a_makers_is_none(engine: Engine) -> None:
    world = World(emptied(engine))
    world.desk = Subscribing(world.store, world.outbox, world, KEY, offers=("push",))
    for number in range(20):
        _ask(world, browser(str(number), "evilfcm.googleapis.com.example"), network=f"10.0.0.{number}")
    with pytest.raises(RefusedInput, match="Too many tries"):
        _ask(world, browser("more", "evilfcm.googleapis.com.example"), network="10.2.0.1")


@pytest.mark.parametrize(
    "written",
    [
        "", "{}", "null", "https://fcm.googleapis.com/x", browser(p256dh="A"), browser(auth="A"),
        browser(p256dh="é" * 87),
        browser().replace("https:", "file:"), browser().replace("https:", "javascript:"), browser("x" * 2_000),
        browser("a\u0000b"),
    ],
)  # fmt: skip
def test_what_is_no_push_subscription_is_refused_and_kept_nowhere(world: World, written: str) -> None:
    with pytest.raises(RefusedInput, match="no push subscription"):
        _ask(world, written)
    assert world.letters("push") == []


def test_what_the_desk_does_not_offer_is_refused(engine: Engine) -> None:
    world = World(emptied(engine))
    world.desk = Subscribing(world.store, world.outbox, world, KEY, offers=("sms",))
    for ask in (lambda: world.ask("ayu@example.id"), lambda: _ask(world, browser())):
        with pytest.raises(RefusedInput, match="does not tell anybody in this way"):
            ask()
