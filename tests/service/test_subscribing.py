"""Subscribing: only the owner of an address can begin, nobody learns who is subscribed, and nobody can be flooded."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outbox_database import emptied, made_database
from sqlalchemy import Engine
from subscriptions import NOW_US, about

from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.adapters.sql.subscription_store import SqlSubscriptionStore
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.model.subscription import ChannelKind, Parcel
from pulih.service.email_address import email_address
from pulih.service.subscribing import TOPICS_MAX, Subscribing, Wish
from pulih.service.subscription_limits import Bounds
from pulih.service.subscription_tokens import subscription_in, token_of

KEY = b"k" * 32
WISH = Wish(topics=about("31.74", operators=("smartfren",)), language="en", pace="hourly", quiet=True)


class World:
    """Subscribing over a real database, with a clock that a test may set."""

    def __init__(self, engine: Engine) -> None:
        self.at_us = NOW_US
        self.store, self.outbox = SqlSubscriptionStore(engine), SqlOutbox(engine)
        self.desk = Subscribing(
            self.store,
            self.outbox,
            self,
            KEY,
            bounds=Bounds(network=12, everybody=14, codes_network=4, codes_everybody=6),
            offers=("email", "push", "sms"),
        )

    def now_us(self) -> int:
        return self.at_us

    def ask(self, address: str, *, network: str = "10.0.0.1", wish: Wish = WISH) -> None:
        self.desk.ask(address, wish, network=network)

    def letters(self, channel: ChannelKind = "email") -> list[Parcel]:
        return list(self.outbox.claim(channel, self.at_us, 1_000))

    def code(self, number: str = "081234567890") -> str:
        """Ask for a number, and return the code of the SMS."""
        self.desk.ask_number(number, WISH, network="10.0.0.1")
        return self.desk.code(self.letters("sms")[0].subscription.id)

    def confirmed(self, address: str) -> str:
        """Subscribe an address, and return the token with which it is managed."""
        self.ask(address)
        one = self.letters()[0].subscription
        self.desk.confirm(self.desk.confirm_token(one.id), network="")
        return self.desk.manage_token(one.id)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_database(tmp_path_factory.mktemp("subscribing"))


@pytest.fixture
def world(engine: Engine) -> World:
    return World(emptied(engine))


def test_who_asks_is_written_to_once_and_told_nothing_until_they_confirm(world: World) -> None:
    world.ask("Ayu@Example.id")
    letter = world.letters()[0]
    one = letter.subscription
    assert (letter.letter, one.state, one.address) == ("confirm", "pending", "Ayu@example.id")
    assert (one.topics, one.language, one.pace, one.quiet) == (WISH.topics, "en", "hourly", True)
    found = world.desk.confirm(world.desk.confirm_token(one.id), network="")
    assert (found.state, found.confirmed_us) == ("active", NOW_US)
    assert world.desk.confirm(world.desk.confirm_token(one.id), network="").confirmed_us == NOW_US


def test_a_mailbox_gets_one_question_a_day_however_often_and_from_wherever_it_is_asked_for(world: World) -> None:
    for number in range(6):
        world.ask("korban@example.id", network=f"10.0.0.{number}")
        world.ask(f"Korban+{number}@example.id", network=f"10.0.1.{number}")
    assert len(world.letters()) == 1
    world.at_us += DAY_S * MICROS
    world.ask("korban@example.id")
    assert len(world.letters()) == 1


def test_one_network_and_all_networks_together_are_bounded(world: World) -> None:
    for number in range(12):
        world.ask(f"orang{number}@example.id")
    with pytest.raises(RefusedInput, match="Too many tries"):
        world.ask("satu.lagi@example.id")
    for number in range(2):
        world.ask(f"lain{number}@example.id", network=f"10.0.1.{number}")
    with pytest.raises(OutsideFailed, match="try again in an hour"):
        world.ask("satu.lagi@example.id", network="10.9.9.9")
    assert len(world.letters()) == 14


def test_the_answer_is_the_same_for_who_is_subscribed_and_only_the_address_learns_it(world: World) -> None:
    world.confirmed("ayu@example.id")
    world.at_us += DAY_S * MICROS
    world.ask("ayu@example.id", wish=Wish())
    letter = world.letters()[0]
    assert letter.letter == "known"
    assert letter.subscription.topics == WISH.topics, "a stranger changes nothing"


def test_what_is_not_confirmed_in_two_days_is_over(world: World) -> None:
    world.ask("ayu@example.id")
    token = world.desk.confirm_token(world.letters()[0].subscription.id)
    world.at_us += 2 * DAY_S * MICROS + 1
    with pytest.raises(RefusedInput, match="two days"):
        world.desk.confirm(token, network="")


def test_choices_are_changed_and_the_end_forgets_the_address(world: World) -> None:
    token = world.confirmed("ayu@example.id")
    changed = world.desk.change(token, Wish(topics=about("73")), network="")
    assert (changed.topics, changed.language, changed.pace, changed.quiet) == (about("73"), "id", "each", False)
    world.desk.stop(token, network="")
    world.desk.stop(token, network="")
    ended = world.store.subscription(token[:16])
    assert ended is not None and (ended.state, ended.address) == ("ended", "")
    with pytest.raises(RefusedInput, match="is over"):
        world.desk.of(token, network="")


def test_more_topics_than_may_be_are_refused(world: World) -> None:
    many = about(*(f"31.{number}" for number in range(TOPICS_MAX + 1)))
    with pytest.raises(RefusedInput, match=f"More than {TOPICS_MAX}"):
        world.ask("ayu@example.id", wish=Wish(topics=many))


def test_a_token_is_good_for_its_purpose_and_its_desk_only(world: World) -> None:
    world.ask("ayu@example.id")
    one = world.letters()[0].subscription.id
    assert subscription_in(KEY, "confirm", world.desk.confirm_token(one)) == one
    assert subscription_in(KEY, "manage", world.desk.confirm_token(one)) is None
    assert subscription_in(b"x" * 32, "confirm", world.desk.confirm_token(one)) is None


@settings(max_examples=30)
@given(st.text(max_size=80) | st.from_regex(r"[0-9a-f]{16}\.[A-Za-z0-9_-]{43}", fullmatch=True))
def test_no_guessed_token_is_one(guess: str) -> None:
    if guess != token_of(KEY, "manage", guess[:16]):
        assert subscription_in(KEY, "manage", guess) is None


def test_who_guesses_tokens_is_stopped_and_others_of_the_desk_are_not(world: World) -> None:
    token = world.confirmed("ayu@example.id")
    for _ in range(20):
        with pytest.raises(RefusedInput, match="not whole"):
            world.desk.of(token[:17] + "A" * 43, network="10.6.6.6")
    with pytest.raises(RefusedInput, match="Too many tries"):
        world.desk.of(token, network="10.6.6.6")
    assert world.desk.of(token, network="10.0.0.1").state == "active"


NO_ADDRESSES = [
    "",
    "ayu",
    "ayu@",
    "@example.id",
    "ayu@example",
    "ayu@-example.id",
    "ayu..b@example.id",
    "ayu@example.id\r\nBcc: x@example.id",
    "ayu@example.id\n",
    "ayu@example.id, budi@example.id",
    "Ayu <ayu@example.id>",
    "ayu@[127.0.0.1]",
    '"ayu@x"@example.id',
    "a" * 65 + "@example.id",
    "ayu@" + "a." * 130 + "id",
    "ayu\x00@example.id",
    "ayú@example.id",
]


def test_only_one_plain_address_is_taken(world: World) -> None:
    for written in NO_ADDRESSES:
        with pytest.raises(RefusedInput, match="no e-mail address"):
            world.ask(written)
    assert world.letters() == []


@given(st.text(max_size=120))
def test_what_is_taken_holds_nothing_that_a_header_could_break_on(written: str) -> None:
    try:
        address = email_address(written)
    except RefusedInput:
        return
    assert address.isascii() and address.isprintable() and not set(address) & set(' ,;:<>()[]"\\')
    assert address.count("@") == 1
