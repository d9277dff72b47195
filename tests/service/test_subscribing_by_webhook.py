"""Subscribing a machine: it shows that it reads its address before it is told, and its secret is kept nowhere (T4)."""

from __future__ import annotations

import asyncio
import json
import pickle
import time
from zoneinfo import ZoneInfo

import pytest
from channel_peers import post_box
from msgspec.structs import replace
from outbox_database import emptied, made_database
from sqlalchemy import Engine
from subscriptions import MINUTE_US, NOW_US, queued
from test_subscribing import KEY, WISH, World

from pulih.adapters.addresses import networks
from pulih.adapters.channels.posting import Reach
from pulih.adapters.channels.webhook import Webhook
from pulih.communicate.speech import Speech
from pulih.model.errors import RefusedInput
from pulih.ports.channels import Message
from pulih.service.messages import Messages
from pulih.service.standing import Standing, keep_standing
from pulih.service.subscribing import Subscribing
from pulih.service.subscription_tokens import subscription_in
from pulih.web.hooks.proofs import standard

ADDRESS = "https://crm.example.id/hook"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return made_database(tmp_path_factory.mktemp("webhook"))


@pytest.fixture
def world(engine: Engine) -> World:
    made = World(emptied(engine))
    made.desk = Subscribing(made.store, made.outbox, made, KEY, offers=("webhook",))
    return made


def _messages(world: World) -> list[Message]:
    desk = world.desk
    made = Messages(
        "Meja",
        "https://meja.example.id",
        Speech(zone=ZoneInfo("Asia/Jakarta")),
        manage=desk.manage_token,
        confirm=desk.confirm_token,
        code=desk.code,
        secret=desk.secret,
    )
    return [made.message(one) for one in world.letters("webhook")]


def _posted(message: Message) -> tuple[dict[str, str], bytes]:
    """Post a message, to a server on this machine instead of its address, and return what arrived."""
    with post_box() as server:

        async def once() -> str:
            reach = Reach(allowed=networks(["127.0.0.0/8"]), lookup=lambda *_: ["127.0.0.1"], timeout_s=10)
            channel = Webhook({}, reach)
            try:
                return (await channel.send(replace(message, address=server.address))).fate
            finally:
                await channel.close()

        assert asyncio.run(once()) == "sent"
        [(_, headers, body)] = server.seen
    return headers, body


def test_a_machine_answers_a_signed_challenge_and_is_then_told_signed_words(world: World) -> None:
    made = world.desk.ask_machine(ADDRESS, WISH, network="10.0.0.1")
    secret = world.desk.secret(made.id)
    headers, body = _posted(_messages(world)[0])
    standard(headers, body, [secret], time.time())
    challenge = json.loads(body)["challenge"]
    assert challenge.startswith("https://meja.example.id/subscription/") and challenge.endswith("/arrived")
    assert world.store.counts() == {}
    world.desk.arrived(challenge.split("/")[-2], network="10.0.0.9")
    assert world.store.counts() == {"webhook": 1}

    world.at_us += MINUTE_US
    said = queued(regions=("31.74",))
    assert world.outbox.queue(replace(said, word=replace(said.word, published_us=world.at_us)), (), world.at_us) == 1
    headers, body = _posted(_messages(world)[0])
    standard(headers, body, [secret], time.time())
    assert json.loads(body)[0]["incident"]["id"] == said.incident.id


def test_the_secret_is_of_that_subscription_alone_and_stands_nowhere(world: World) -> None:
    made = world.desk.ask_machine(ADDRESS, WISH, network="10.0.0.1")
    other = world.desk.ask_machine(f"{ADDRESS}/2", WISH, network="10.0.0.1")
    assert world.desk.secret(made.id) != world.desk.secret(other.id)
    assert world.desk.secret(made.id).encode() not in pickle.dumps(world.store.subscription(made.id))


def test_an_address_is_subscribed_once_and_one_that_nobody_confirmed_keeps_nobody_away(world: World) -> None:
    first = world.desk.ask_machine(ADDRESS, WISH, network="10.6.6.6")
    second = world.desk.ask_machine(ADDRESS, WISH, network="10.0.0.1")
    with pytest.raises(RefusedInput, match="is over"):
        world.desk.arrived(world.desk.confirm_token(first.id), network="")
    world.desk.arrived(world.desk.confirm_token(second.id), network="")
    with pytest.raises(RefusedInput, match="subscribed already"):
        world.desk.ask_machine(ADDRESS, WISH, network="10.0.0.1")
    assert subscription_in(KEY, "manage", world.desk.manage_token(second.id)) == second.id


def test_a_host_cannot_be_flooded_with_challenges(world: World) -> None:
    for number in range(20):
        world.desk.ask_machine(f"https://victim.example/{number}", WISH, network=f"10.0.0.{number}")
    with pytest.raises(RefusedInput, match="Too many tries"):
        world.desk.ask_machine("https://VICTIM.example/more", WISH, network="10.1.0.1")


def test_machines_of_other_people_outlive_a_start_and_those_of_the_settings_follow_them(world: World) -> None:
    made = world.desk.ask_machine(ADDRESS, WISH, network="10.0.0.1")
    world.desk.arrived(world.desk.confirm_token(made.id), network="")
    keep_standing(world.store, [Standing("webhook", "crm", "id")], KEY, NOW_US)
    keep_standing(world.store, [], KEY, NOW_US)
    assert [one.address for one in world.store.active("webhook")] == [ADDRESS]


@pytest.mark.parametrize(
    "written",
    [
        "", "crm", "http://crm.example.id/", "https://", "https://user:secret@crm.example.id/", "ftp://crm.example.id/",
        "https://crm.example.id/a b", "https://crm.example.id/\r\nX: y", "https://[::1", "https://crm.example.id/é",
        "https://crm.example.id/" + "a" * 500,
    ],
)  # fmt: skip
def test_only_one_plain_https_address_is_taken(world: World, written: str) -> None:
    with pytest.raises(RefusedInput, match="no address"):
        world.desk.ask_machine(written, WISH, network="10.0.0.1")
