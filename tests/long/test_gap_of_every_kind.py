"""Out of reach for long, then away for long: each kind whose peer keeps what was said hears it all once (L1, L2).

For twenty seconds each, so that a landing does not wait; `make replay AWAY_S=600` makes it ten minutes. What cannot
catch up says so in docs/sources: plain subjects of NATS, syslog, traps of SNMP.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import nats
import pytest
from atlas_peer import Named, atlas_peer
from atlas_peer import opened as opened_atlas
from firehose_peer import firehose
from help_desks import KINDS as HELP_DESKS
from jetstream_peer import jetstream
from kafka_broker import TOPIC, kafka_broker
from mastodon_peer import TOKEN as MASTODON_TOKEN
from mastodon_peer import mastodon
from measurement_peers import IodaPeer, OoniPeer, RadarPeer
from measurement_services import Service, service
from network_peers import HERE, MqttPeer, NatsPeer, Relay, means, mosquitto, nats_server, started
from telegram_peer import TOKEN as BOT_TOKEN
from telegram_peer import TelegramPeer
from test_direct_contract import KINDS as DIRECT
from test_public_measurements import opened as measuring
from test_reddit_source import AGENT, RedditPeer
from test_reddit_source import SECRET as REDDIT_SECRET
from x_peer import TOKEN as X_TOKEN
from x_peer import XPeer

from pulih.adapters.sources.contract import Trial, tried_means
from pulih.adapters.sources.contract_long import hears_what_was_said_over_a_gap
from pulih.adapters.sources.kinds import kind_of
from pulih.ports.clock import Clock
from pulih.ports.source_peers import Peer
from pulih.ports.sources import Source

AWAY_S = min(float(os.environ.get("AWAY_S") or 20), 600.0)
# So much is said in each gap.
MISSED = 150
# How long catching up may take on a busy machine.
WAIT_S = 120.0


def opener(kind: str, secret: str = "", *, clock: Clock | None = None, **keys: Any) -> Callable[[], Source]:
    """Return what opens a source of a kind that hears of Biznet; `clock` where its peer goes by another than ours."""
    found = kind_of(kind)
    given = tried_means(kind, secrets={"key": secret}, filters=("Biznet",))
    if clock is not None:
        given = msgspec.structs.replace(given, clock=clock)
    return lambda: found.open(found.settings(**keys), given)


async def over_a_gap(trial: Trial) -> None:
    patient = msgspec.structs.replace(trial, wait_s=WAIT_S)
    await hears_what_was_said_over_a_gap(patient, away_s=AWAY_S, missed=MISSED)


@asynccontextmanager
async def bluesky(_: Path) -> AsyncIterator[Trial]:
    async with jetstream() as peer:
        yield Trial(open=opener("bluesky", address=peer.address), peer=peer)


@asynccontextmanager
async def bluesky_firehose(_: Path) -> AsyncIterator[Trial]:
    async with firehose() as peer:
        await peer.say("halo")
        yield Trial(open=opener("bluesky", address=peer.address), peer=peer)


@asynccontextmanager
async def mastodon_server(_: Path) -> AsyncIterator[Trial]:
    async with mastodon(MASTODON_TOKEN) as peer:
        keys = {"address": peer.web.address, "token_file": "key", "tags": ("biznet",), "poll_s": 0.3}
        yield Trial(open=opener("mastodon", MASTODON_TOKEN, **keys), peer=peer)


@asynccontextmanager
async def asked(kind: str, peer: Any, secret: str, keys: Callable[[str], dict[str, Any]]) -> AsyncIterator[Trial]:
    """A peer over HTTP, with the settings of its address."""
    await peer.heal()
    try:
        yield Trial(open=opener(kind, secret, **keys(peer.web.address)), peer=peer)
    finally:
        await peer.cut()


def telegram(_: Path) -> AbstractAsyncContextManager[Trial]:
    return asked("telegram", TelegramPeer(), BOT_TOKEN, lambda to: {"token_file": "key", "held_s": 0.05, "api": to})


@asynccontextmanager
async def x_stream(_: Path) -> AsyncIterator[Trial]:
    peer = XPeer()
    await peer.heal()
    keys = {"token_file": "key", "api": peer.web.address}
    try:
        yield Trial(open=opener("x", X_TOKEN, clock=peer.clock, **keys), peer=peer)
    finally:
        await peer.cut()


def reddit(_: Path) -> AbstractAsyncContextManager[Trial]:
    keys = {"client_id": "client", "secret_file": "key", "user_agent": AGENT, "subreddits": ("biznet",), "poll_s": 0.1}
    return asked("reddit", RedditPeer(), REDDIT_SECRET, lambda to: {**keys, "api": to, "login": to})


@asynccontextmanager
async def behind(port: int) -> AsyncIterator[Relay]:
    relay = Relay(port)
    await relay.start()
    try:
        yield relay
    finally:
        await relay.stop()


@asynccontextmanager
async def mqtt(folder: Path, *, version: str) -> AsyncIterator[Trial]:
    with started(mosquitto(folder / f"mqtt{version}")) as server:
        async with behind(server.port or 0) as relay:
            found = kind_of("mqtt")
            settings = found.settings(host=HERE, port=relay.port, topics=("noc/#",), version=version)
            yield Trial(open=lambda: found.open(settings, means()), peer=MqttPeer(server, relay))


@asynccontextmanager
async def nats_stream(folder: Path) -> AsyncIterator[Trial]:
    with started(nats_server(folder / "nats")) as server:
        client = await nats.connect(f"nats://{HERE}:{server.port}")
        await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
        await client.close()
        async with behind(server.port or 0) as relay:
            found = kind_of("nats")
            settings = found.settings(host=HERE, port=relay.port, subjects=("noc.>",), stream="ALARMS")
            yield Trial(open=lambda: found.open(settings, means()), peer=NatsPeer(server, relay))


@asynccontextmanager
async def kafka(folder: Path) -> AsyncIterator[Trial]:
    found = kind_of("kafka")
    async with kafka_broker(folder) as peer:
        settings = found.settings(servers=(f"{HERE}:{peer.relay.port}",), topics=(TOPIC,))
        yield Trial(open=lambda: found.open(settings, means()), peer=peer)


@asynccontextmanager
async def measured(_: Path, *, kind: str, made: Callable[[Service], Peer], **keys: Any) -> AsyncIterator[Trial]:
    with service() as served:
        served.answers["/measurements"] = {"results": []}
        yield Trial(open=lambda: measuring(kind, served, **keys), peer=made(served))


@asynccontextmanager
async def atlas(_: Path) -> AsyncIterator[Trial]:
    with service() as served:
        async with atlas_peer(served) as peer:
            yield Trial(open=lambda: Named(opened_atlas(peer), peer), peer=peer)


async def _tried(make: Callable[[Path], AbstractAsyncContextManager[Trial]], folder: Path) -> None:
    async with make(folder) as trial:
        await over_a_gap(trial)


KINDS: dict[str, Callable[[Path], Coroutine[Any, Any, None]]] = {
    "bluesky": partial(_tried, bluesky),
    "bluesky firehose": partial(_tried, bluesky_firehose),
    "mastodon": partial(_tried, mastodon_server),
    "telegram": partial(_tried, telegram),
    "x": partial(_tried, x_stream),
    "reddit": partial(_tried, reddit),
    "mqtt 5": partial(_tried, partial(mqtt, version="5")),
    "mqtt 3.1.1": partial(_tried, partial(mqtt, version="3.1.1")),
    "nats": partial(_tried, nats_stream),
    "kafka": partial(_tried, kafka),
    "ioda": partial(_tried, partial(measured, kind="ioda", made=IodaPeer, events=False)),
    "radar": partial(_tried, partial(measured, kind="radar", made=RadarPeer, anomalies="none")),
    "ooni incidents": partial(_tried, partial(measured, kind="ooni", made=OoniPeer)),
    "atlas": partial(_tried, atlas),
    **{name: partial(held, held=over_a_gap) for name, held in {**DIRECT, **HELP_DESKS}.items()},
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, BaseException | None]]:
    """What came of each of them, all at the same time since they mostly wait."""

    async def run() -> dict[str, BaseException | None]:
        folder = tmp_path_factory.mktemp("gaps")
        ends = await asyncio.gather(*(tried(folder) for tried in KINDS.values()), return_exceptions=True)
        return dict(zip(KINDS, ends, strict=True))

    yield asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_said_over_a_long_gap_is_heard_once(outcomes: dict[str, BaseException | None], kind: str) -> None:
    if (problem := outcomes[kind]) is not None:
        raise problem
