"""Measures what each stream takes of a core before the desk has it: CPU a message, its peer in a process of its own.

    python bench/listening/measure_streams.py [--messages 20000]

Bluesky's two streams come from the servers of the tests, MQTT from mosquitto, NATS from nats-server. What the desk does
with a post from there on is measured by measure_listening.py.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing as mp
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "adapters"))

import aiomqtt
import nats
from firehose_peer import FirehosePeer  # type: ignore[import-not-found]
from firehose_peer import commit as block
from jetstream_peer import JetstreamPeer, commit, now_us  # type: ignore[import-not-found]
from network_peers import (  # type: ignore[import-not-found]
    HERE,
    as_report,
    mosquitto,
    nats_server,
    started,
)

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.ports.sources import Source

SAID = "internet smartfren mati dari tadi di Jakarta Selatan {}"
# A Jetstream is asked for what came since then.
AGO_US = 600 * 10**6
# A commit takes some milliseconds, in which more comes in.
KEPT_S = 0.005


def opened(kind: str, **keys: Any) -> Source:
    """Return a source of a kind."""
    found = kind_of(kind)
    return found.open(found.settings(**keys), tried_means(kind, filters=("smartfren", "axis", "xl")))


async def cpu_us(source: Source, cursor: str, messages: int, begun: Callable[[], None] = lambda: None) -> float:
    """Return microseconds of CPU that this process takes for a message of a source, from its first batch on."""
    heard, before_s = 0, 0.0
    listening = source.listen(cursor)
    try:
        async for batch in listening:
            if not before_s:
                begun()
                before_s = time.process_time()
            heard += len(batch.items)
            if heard >= messages:
                return (time.process_time() - before_s) / messages * 1e6
            await asyncio.sleep(KEPT_S)
    finally:
        await listening.aclose()  # type: ignore[attr-defined]
        await source.close()
    raise AssertionError("it ended")


def play_jetstream(messages: int, told: Any) -> None:
    """Be a Jetstream with so many posts, for a process of its own."""
    peer = JetstreamPeer()
    for number in range(messages):
        at_us = now_us()
        peer.log.append((at_us, commit(f"k{number}", SAID.format(number), at_us=at_us)))
    asyncio.run(_played(peer, told))


def play_firehose(messages: int, told: Any) -> None:
    """Be a firehose with so many posts, for a process of its own."""
    peer = FirehosePeer()
    peer.log.extend(block(number + 1, f"k{number}", SAID.format(number)) for number in range(messages))
    asyncio.run(_played(peer, told))


async def _played(peer: JetstreamPeer | FirehosePeer, told: Any) -> None:
    await peer.heal()
    told.send(peer.address)
    await asyncio.Event().wait()


async def bluesky(play: Callable[[int, Any], None], cursor: str, messages: int) -> float:
    """Return what one of Bluesky's streams takes."""
    ours, theirs = mp.Pipe()
    # A few more, since a firehose goes on behind the number of its cursor.
    peer = mp.get_context("spawn").Process(target=play, args=(messages + 10, theirs), daemon=True)
    peer.start()
    try:
        return await cpu_us(opened("bluesky", address=ours.recv()), cursor, messages)
    finally:
        peer.kill()


def publish(port: int, messages: int) -> None:
    """Publish so many messages with QoS 1, for a process of its own."""

    async def work() -> None:
        async with aiomqtt.Client(HERE, port) as client:
            for number in range(messages):
                await client.publish("noc/alarms", as_report(SAID.format(number)), qos=1)

    asyncio.run(work())


async def mqtt(version: str, messages: int) -> float:
    """Return what a broker of MQTT takes."""
    with ExitStack() as held:
        broker = held.enter_context(started(mosquitto(Path(held.enter_context(tempfile.TemporaryDirectory())) / "bus")))
        peer = mp.get_context("spawn").Process(target=publish, args=(broker.port, messages), daemon=True)
        held.callback(peer.kill)
        source = opened("mqtt", host=HERE, port=broker.port, topics=("noc/#",), version=version)
        return await cpu_us(source, "", messages, peer.start)


async def jetstream_of_nats(messages: int) -> float:
    """Return what a stream of NATS takes."""
    with tempfile.TemporaryDirectory() as folder, started(nats_server(Path(folder))) as server:
        client = await nats.connect(f"nats://{HERE}:{server.port}")
        await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
        keys = {"host": HERE, "port": server.port, "subjects": ("noc.>",), "stream": "ALARMS"}
        begun = opened("nats", **keys).listen("")
        cursor = (await anext(begun)).cursor
        await begun.aclose()  # type: ignore[attr-defined]
        for number in range(messages):
            await client.publish("noc.alarms", as_report(SAID.format(number)))
        await client.flush()
        await client.close()
        return await cpu_us(opened("nats", **keys), cursor, messages)


def main() -> None:
    """Measure each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--messages", type=int, default=20_000)
    many = asked.parse_args().messages
    streams: dict[str, Callable[[], Awaitable[float]]] = {
        "Jetstream": lambda: bluesky(play_jetstream, str(now_us() - AGO_US), many),
        "firehose": lambda: bluesky(play_firehose, "seq:1", many),
        "NATS": lambda: jetstream_of_nats(many),
        "MQTT 5": lambda: mqtt("5", many),
        "MQTT 3.1.1": lambda: mqtt("3.1.1", many),
    }
    for name, stream in streams.items():
        print(f"{name}: {asyncio.run(stream()):.0f} microseconds of CPU a message", flush=True)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
