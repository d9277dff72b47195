"""A whole desk is away: what brokers kept meanwhile comes when it is back, each once (L1, L2).

For a minute, so that a landing does not wait; `make replay AWAY_S=600` lets it be away for ten.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nats
from desk_here import desk_here
from listening_in_memory import wait_for
from network_peers import BROKERS, HERE, MqttPeer, NatsPeer, Relay, free_port, mosquitto, nats_server, started

from pulih.adapters.config import DeskSettings, read_config
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.sources.kinds import kind_of
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk

AWAY_S = float(os.environ.get("AWAY_S") or 60)
# So many messages come meanwhile to each broker.
MISSED = 600
SETTINGS = """
[reading]
workers = 1
{brokers}
[[source]]
name = "routers"
kind = "syslog"
tcp_port = {syslog}
senders = ["127.0.0.0/8"]
operator = "xl"

[[source.rule]]
name = "link down"
words = ["{{object}} down"]
clears = ["{{object}} up"]
"""


@contextmanager
def desk_of(folder: DataFolder, settings: DeskSettings) -> Iterator[Desk]:
    desk = desk_here(folder, settings, WorldClock())
    desk.start()
    try:
        yield desk
    finally:
        desk.stop()


def counts(desk: Desk) -> dict[str, tuple[int, int]]:
    return {one.source: (one.counted, one.repeated) for one in desk.live.sources()}


def say(peer: MqttPeer | NatsPeer, *texts: str) -> None:
    for text in texts:
        asyncio.run(peer.say(text))


async def _make_stream(port: int) -> None:
    client = await nats.connect(f"nats://{HERE}:{port}")
    await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
    await client.close()


def test_a_desk_that_was_away_hears_what_brokers_kept_and_counts_each_once(tmp_path: Path) -> None:
    with started(mosquitto(tmp_path / "mqtt")) as broker, started(nats_server(tmp_path / "nats")) as stream:
        asyncio.run(_make_stream(stream.port or 0))
        syslog = free_port()
        (tmp_path / "pulih.toml").write_text(
            SETTINGS.format(brokers=BROKERS.format(mqtt=broker.port, nats=stream.port), syslog=syslog)
        )
        settings = read_config(tmp_path / "pulih.toml", kind_of)
        bus, log = MqttPeer(broker, Relay(0)), NatsPeer(stream, Relay(0))
        with DataFolder(tmp_path / "desk") as folder:
            with desk_of(folder, settings) as desk:
                wait_for(
                    lambda: all(desk.listening.one(name).standing.state == "listening" for name in ("bus", "stream")),
                    60,
                )
                wait_for(lambda: desk._storage.ledger.cursor("bus") == "subscribed", 60)
                say(bus, "a1", "a2", "a1")
                say(log, "b1", "b1")
                with socket.create_connection((HERE, syslog)) as line:
                    line.sendall(b"<187>1 - core-1 L - - - Gi0/1 down\n<187>1 - core-1 L - - - Gi0/1 up\n")
                    wait_for(lambda: counts(desk).get("routers") == (2, 0), 60)
                wait_for(lambda: counts(desk).get("bus") == (2, 1) and counts(desk).get("stream") == (1, 1), 60)
            for number in range(MISSED):
                say(bus, f"c{number}", f"c{number}")
                say(log, f"d{number}", "b1")
                time.sleep(AWAY_S / MISSED)
            with desk_of(folder, settings) as desk:
                wait_for(lambda: counts(desk).get("bus") == (2 + MISSED, 1 + MISSED), 60)
                wait_for(lambda: counts(desk).get("stream") == (1 + MISSED, 1 + MISSED), 60)
