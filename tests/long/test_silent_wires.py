"""A wire that carries nothing any more and never ends is no sign of life, and costs nothing that was said (L2, L5).

Networks that fail are silent more often than they hang up. Each kind that connects to somebody notices within
`WITHIN_S`; those that are only called (syslog, SNMP, home probes) have no wire of their own.
"""

from __future__ import annotations

import asyncio
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
from cut_wire import CutWire, cut_wire
from firehose_peer import FirehosePeer
from jetstream_peer import JetstreamPeer
from kafka_broker import TOPIC, kafka_broker
from mastodon_peer import TOKEN as MASTODON_TOKEN
from mastodon_peer import MastodonPeer
from measurement_peers import IodaPeer, OoniPeer, RadarPeer
from measurement_services import Service, service
from message_centre import MessageCentre, messages
from network_peers import HERE, MqttPeer, NatsPeer, means, mosquitto, nats_server, started
from telegram_peer import TOKEN as BOT_TOKEN
from telegram_peer import TelegramPeer
from test_direct_contract import KINDS as DIRECT
from test_gap_of_every_kind import behind, opener
from test_public_measurements import opened as measuring
from test_reddit_source import AGENT, RedditPeer
from test_reddit_source import SECRET as REDDIT_SECRET
from x_peer import TOKEN as X_TOKEN
from x_peer import XPeer

from pulih.adapters.sources.contract import Trial
from pulih.adapters.sources.contract_long import notices_a_silent_wire
from pulih.adapters.sources.kinds import kind_of
from pulih.ports.clock import Clock

# So long a source may believe in a wire that is dead.
WITHIN_S = 90.0
# How long anything else may take on a busy machine.
WAIT_S = 60.0


class Wired:
    """A peer behind a wire that can fall silent."""

    def __init__(self, say: Callable[[str], Coroutine[Any, Any, None]], wire: CutWire) -> None:
        self.say, self._wire = say, wire

    async def freeze(self) -> None:
        self._wire.freeze()

    async def heal(self) -> None:
        self._wire.heal()


def trial(open_: Callable[[], Any], peer: Any, *, keeps: bool = True) -> Trial:
    return Trial(open=open_, peer=peer, keeps=keeps, wait_s=WAIT_S)


@asynccontextmanager
async def streamed(_: Path, *, peer: FirehosePeer | JetstreamPeer) -> AsyncIterator[Trial]:
    await peer.heal()
    # A firehose that has said nothing has no number to go on from.
    await peer.say("halo")
    with cut_wire(peer.port) as wire:
        address = peer.address.replace(f":{peer.port}/", f":{wire.port}/")
        yield trial(opener("bluesky", address=address), Wired(peer.say, wire))
    await peer.cut()


@asynccontextmanager
async def asked(
    _: Path, *, kind: str, peer: Any, secret: str, keys: Callable[[str], dict[str, Any]], clock: Clock | None = None
) -> AsyncIterator[Trial]:
    """A peer over HTTP, with the settings of its address."""
    await peer.heal()
    with cut_wire(int(peer.web.address.rpartition(":")[2])) as wire:
        yield trial(opener(kind, secret, clock=clock, **keys(f"http://{HERE}:{wire.port}")), Wired(peer.say, wire))
    await peer.cut()


def mastodon(to: str) -> dict[str, Any]:
    return {"address": to, "token_file": "key", "tags": ("biznet",)}


def telegram(to: str) -> dict[str, Any]:
    return {"token_file": "key", "api": to}


def x_stream(to: str) -> dict[str, Any]:
    return {"token_file": "key", "api": to}


def reddit(to: str) -> dict[str, Any]:
    told = {"client_id": "client", "secret_file": "key", "user_agent": AGENT, "subreddits": ("biznet",), "poll_s": 0.1}
    return {**told, "api": to, "login": to}


@asynccontextmanager
async def mqtt(folder: Path, *, version: str) -> AsyncIterator[Trial]:
    with started(mosquitto(folder / f"mqtt{version}")) as server:
        async with behind(server.port or 0) as relay:
            found = kind_of("mqtt")
            settings = found.settings(host=HERE, port=relay.port, topics=("noc/#",), version=version)
            yield trial(lambda: found.open(settings, means()), MqttPeer(server, relay))


@asynccontextmanager
async def nats_server_of(folder: Path, *, stream: str) -> AsyncIterator[Trial]:
    with started(nats_server(folder / f"nats{stream}")) as server:
        if stream:
            client = await nats.connect(f"nats://{HERE}:{server.port}")
            await client.jetstream().add_stream(name=stream, subjects=["noc.>"])
            await client.close()
        async with behind(server.port or 0) as relay:
            found = kind_of("nats")
            settings = found.settings(host=HERE, port=relay.port, subjects=("noc.>",), stream=stream)
            yield trial(lambda: found.open(settings, means()), NatsPeer(server, relay), keeps=bool(stream))


@asynccontextmanager
async def kafka(folder: Path) -> AsyncIterator[Trial]:
    found = kind_of("kafka")
    async with kafka_broker(folder) as peer:
        settings = found.settings(servers=(f"{HERE}:{peer.relay.port}",), topics=(TOPIC,))
        yield trial(lambda: found.open(settings, means()), peer)


@asynccontextmanager
async def short_messages(_: Path) -> AsyncIterator[Trial]:
    centre = MessageCentre()
    await centre.begin()

    async def say(text: str) -> None:
        centre.give(*messages(text))

    with cut_wire(centre.port) as wire:
        keys = {"host": HERE, "port": wire.port, "system_id": "a", "password_file": "key", "tls": False, "enquire_s": 2}
        yield trial(opener("sms", "sandi", **keys), Wired(say, wire))
    await centre.end()


@asynccontextmanager
async def measured(_: Path, *, kind: str, made: Callable[[Service], IodaPeer], **keys: Any) -> AsyncIterator[Trial]:
    with service() as served, cut_wire(served.server_address[1]) as wire:
        address = served.address.replace(str(served.server_address[1]), str(wire.port))
        yield trial(lambda: measuring(kind, served, address=address, **keys), Wired(made(served).say, wire))


class BothWired(Wired):
    """A peer behind two wires, which fall silent together."""

    def __init__(self, say: Callable[[str], Coroutine[Any, Any, None]], wire: CutWire, other: CutWire) -> None:
        super().__init__(say, wire)
        self._other = other

    async def freeze(self) -> None:
        await super().freeze()
        self._other.freeze()

    async def heal(self) -> None:
        await super().heal()
        self._other.heal()


@asynccontextmanager
async def atlas(_: Path) -> AsyncIterator[Trial]:
    with service() as served:
        async with atlas_peer(served) as peer:
            asked_port = int(served.server_address[1])
            with cut_wire(peer.port) as wire, cut_wire(asked_port) as other:
                keys = {
                    "stream_address": peer.address.replace(str(peer.port), str(wire.port)),
                    "address": served.address.replace(str(asked_port), str(other.port)),
                }
                yield trial(lambda: Named(opened_atlas(peer, **keys), peer), BothWired(peer.say, wire, other))


async def _silent(held: Trial) -> None:
    patient = msgspec.structs.replace(held, wait_s=WAIT_S)
    await notices_a_silent_wire(patient, held.peer, within_s=WITHIN_S)  # type: ignore[arg-type]


async def _tried(make: Callable[[Path], AbstractAsyncContextManager[Trial]], folder: Path) -> None:
    async with make(folder) as held:
        await _silent(held)


# It goes by a clock of its own, which is faster.
X_PEER = XPeer()

OF_ITS_OWN: dict[str, Callable[[Path], AbstractAsyncContextManager[Trial]]] = {
    "bluesky": partial(streamed, peer=JetstreamPeer()),
    "bluesky firehose": partial(streamed, peer=FirehosePeer()),
    "mastodon": partial(asked, kind="mastodon", peer=MastodonPeer(), secret=MASTODON_TOKEN, keys=mastodon),
    "telegram": partial(asked, kind="telegram", peer=TelegramPeer(), secret=BOT_TOKEN, keys=telegram),
    "x": partial(asked, kind="x", peer=X_PEER, secret=X_TOKEN, keys=x_stream, clock=X_PEER.clock),
    "reddit": partial(asked, kind="reddit", peer=RedditPeer(), secret=REDDIT_SECRET, keys=reddit),
    "mqtt 5": partial(mqtt, version="5"),
    "mqtt 3.1.1": partial(mqtt, version="3.1.1"),
    "nats": partial(nats_server_of, stream=""),
    "nats stream": partial(nats_server_of, stream="ALARMS"),
    "kafka": kafka,
    "sms": short_messages,
    "atlas": atlas,
    "ioda": partial(measured, kind="ioda", made=IodaPeer, events=False),
    "radar": partial(measured, kind="radar", made=RadarPeer, anomalies="none"),
    "ooni incidents": partial(measured, kind="ooni", made=OoniPeer),
}
KINDS: dict[str, Callable[[Path], Coroutine[Any, Any, None]]] = {
    **{name: partial(_tried, made) for name, made in OF_ITS_OWN.items()},
    # A log of calls is a file, and no wire.
    **{name: partial(held, held=_silent) for name, held in DIRECT.items() if name not in {"sms", "call_log"}},
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, BaseException | None]]:
    """What came of each of them, all at the same time since they mostly wait."""

    async def run() -> dict[str, BaseException | None]:
        folder = tmp_path_factory.mktemp("wires")
        ends = await asyncio.gather(*(tried(folder) for tried in KINDS.values()), return_exceptions=True)
        return dict(zip(KINDS, ends, strict=True))

    yield asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_a_wire_that_falls_silent_is_no_sign_of_life_and_nothing_is_lost(
    outcomes: dict[str, BaseException | None], kind: str
) -> None:
    if (problem := outcomes[kind]) is not None:
        raise problem
