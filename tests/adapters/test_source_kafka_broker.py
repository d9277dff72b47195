"""Kafka as a source over TCP, against a broker of another maker: the contract, and what it held of a span (L1, L2)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from kafka_broker import TOPIC, kafka_broker
from locked_kafka import LockedBrokerPeer, LockedRelay
from network_peers import HERE, means

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.network.kafka import Kafka, KafkaSettings
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch


def _opened(port: int) -> Kafka:
    return Kafka(KafkaSettings(servers=(f"{HERE}:{port}",), topics=(TOPIC,)), means())


def test_a_broker_that_speaks_kafka_is_held_to_the_contract(tmp_path: Path) -> None:
    async def tried() -> None:
        async with kafka_broker(tmp_path) as peer:
            trial = Trial(open=lambda: _opened(peer.relay.port), peer=peer, cannot=frozenset({"delete", "restart"}))
            await hold(trial)

    asyncio.run(asyncio.wait_for(tried(), 60))


def test_a_broker_that_does_not_let_the_desk_in_is_for_a_person(tmp_path: Path) -> None:
    """aiokafka itself says that no broker answers."""

    async def tried() -> None:
        async with kafka_broker(tmp_path, LockedBrokerPeer, LockedRelay) as peer:
            await peer.renew()
            told = KafkaSettings(
                servers=(f"{HERE}:{peer.relay.port}",),
                topics=(TOPIC,),
                user="desk",
                password_file="p",
                mechanism="PLAIN",
            )
            with pytest.raises(RefusedInput, match=r"does not let the desk in \(SaslAuthenticationFailed\)"):
                await anext(Kafka(told, means(secrets={"p": "wrong"})).listen(""))

    asyncio.run(asyncio.wait_for(tried(), 90))


def test_what_was_said_in_a_span_is_found_by_the_times_of_records(tmp_path: Path) -> None:
    async def tried() -> list[Batch]:
        async with kafka_broker(tmp_path) as peer:
            await peer.say("before")
            await asyncio.sleep(0.05)
            since_us = time.time_ns() // 1000
            for text in ("within", "besides"):
                await peer.say(text)
            await asyncio.sleep(0.05)
            until_us = time.time_ns() // 1000
            # Records are dated in whole milliseconds.
            await asyncio.sleep(0.05)
            await peer.say("after")
            return [one async for one in _opened(peer.relay.port).between(since_us, until_us)]

    told = asyncio.run(asyncio.wait_for(tried(), 60))
    assert {item.id for batch in told for item in batch.items} == {"within", "besides"}
    assert [batch.gap for batch in told if batch.gap] == []
