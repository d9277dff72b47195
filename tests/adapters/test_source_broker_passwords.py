"""Brokers that ask for a password are held to the contract, an expired password too, and nothing tells it (L2)."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import aiomqtt
import nats
from network_peers import HERE, MqttPeer, NatsPeer, Relay, Server, means, mosquitto, nats_server, program, started

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.network.mqtt import MqttSettings
from pulih.adapters.sources.network.nats import NatsSettings

SECRET = "hush-hush-hush"
# Of whoever publishes.
PEERS_OWN = "of-the-peer"
NATS_USERS = """
authorization {{ users = [
  {{ user: "peer", password: "of-the-peer" }}
  {{ user: "desk", password: "{password}" }}
] }}
"""


class LockedMqttPeer(MqttPeer):
    """A broker that lets in by a file of passwords."""

    def __init__(self, server: Server, relay: Relay, passwords: Path) -> None:
        super().__init__(server, relay)
        self._passwords = passwords

    async def publish(self, payload: bytes) -> None:
        async with aiomqtt.Client(HERE, self.server.port or 0, username="peer", password=PEERS_OWN) as client:
            await client.publish("noc/alarms", payload, qos=1)

    async def expire(self) -> None:
        set_password(self._passwords, "desk", "another")
        await self.restart()

    async def renew(self) -> str:
        set_password(self._passwords, "desk", SECRET)
        await self.restart()
        return ""


class LockedNatsPeer(NatsPeer):
    """A server that lets in by users of its configuration."""

    def __init__(self, server: Server, relay: Relay, users: Path) -> None:
        super().__init__(server, relay)
        self._users = users

    async def publish(self, payload: bytes) -> None:
        client = await nats.connect(f"nats://{HERE}:{self.server.port}", user="peer", password=PEERS_OWN)
        await client.publish("noc.alarms", payload)
        await client.flush()
        await client.close()

    async def expire(self) -> None:
        self._users.write_text(NATS_USERS.format(password="another"))
        await self.restart()

    async def renew(self) -> str:
        self._users.write_text(NATS_USERS.format(password=SECRET))
        await self.restart()
        return ""


def set_password(passwords: Path, user: str, password: str) -> None:
    passwords.touch()
    path = program("mosquitto_passwd", "apt-get install mosquitto")
    subprocess.run([path, "-b", str(passwords), user, password], check=True, capture_output=True)
    passwords.chmod(0o644)


def test_an_mqtt_broker_with_passwords_is_held_to_the_contract(tmp_path: Path) -> None:
    async def tried(server: Server, passwords: Path) -> None:
        relay = Relay(server.port or 0)
        await relay.start()
        told = MqttSettings(host=HERE, port=relay.port, topics=("noc/#",), user="desk", password_file="p")
        trial = Trial(
            open=lambda: kind_of("mqtt").open(told, means(secrets={"p": SECRET})),
            peer=LockedMqttPeer(server, relay, passwords),
            secret=SECRET,
            cannot=frozenset({"delete"}),
        )
        await hold(trial)
        await relay.stop()

    passwords = tmp_path / "passwords"
    for user, password in (("peer", PEERS_OWN), ("desk", SECRET)):
        set_password(passwords, user, password)
    with started(mosquitto(tmp_path / "broker", passwords=passwords)) as server:
        asyncio.run(asyncio.wait_for(tried(server, passwords), 120))


def test_a_jetstream_with_passwords_is_held_to_the_contract(tmp_path: Path) -> None:
    async def tried(server: Server, users: Path) -> None:
        client = await nats.connect(f"nats://{HERE}:{server.port}", user="peer", password=PEERS_OWN)
        await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
        await client.close()
        relay = Relay(server.port or 0)
        await relay.start()
        told = NatsSettings(
            host=HERE, port=relay.port, subjects=("noc.>",), stream="ALARMS", user="desk", password_file="p"
        )
        trial = Trial(
            open=lambda: kind_of("nats").open(told, means(secrets={"p": SECRET})),
            peer=LockedNatsPeer(server, relay, users),
            secret=SECRET,
            cannot=frozenset({"delete"}),
        )
        await hold(trial)
        await relay.stop()

    users = tmp_path / "users.conf"
    users.write_text(NATS_USERS.format(password=SECRET))
    with started(nats_server(tmp_path / "nats", "-c", str(users))) as server:
        asyncio.run(asyncio.wait_for(tried(server, users), 120))
