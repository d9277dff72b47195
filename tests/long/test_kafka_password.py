"""Kafka with a password that ends and is exchanged (SASL): told to a person, in no log, nothing lost (L1, P3)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kafka_broker import TOPIC, kafka_broker
from locked_kafka import SECRET, LockedBrokerPeer, LockedRelay
from network_peers import HERE, means

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.network.kafka import Kafka, KafkaSettings


def test_a_broker_that_asks_for_a_password_is_held_to_the_contract(tmp_path: Path) -> None:
    async def tried() -> None:
        async with kafka_broker(tmp_path, LockedBrokerPeer, LockedRelay) as peer:
            await peer.renew()
            keys = {"user": LockedRelay.user, "password_file": "p", "mechanism": "PLAIN"}
            settings = KafkaSettings(servers=(f"{HERE}:{peer.relay.port}",), topics=(TOPIC,), **keys)
            # What a restart and a late record show, the broker without a password does.
            trial = Trial(
                open=lambda: Kafka(settings, means(secrets={"p": SECRET})),
                peer=peer,
                secret=SECRET,
                cannot=frozenset({"delete", "restart", "late", "garble", "repeat"}),
                # Brokers are silent for twenty seconds before they are asked whether they are there, for twenty more.
                wait_s=90,
            )
            await hold(trial)

    asyncio.run(asyncio.wait_for(tried(), 300))
