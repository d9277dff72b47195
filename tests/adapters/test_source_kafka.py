"""Kafka as a source: its offsets are the desk's own, and what brokers threw away is a gap (requirement L2)."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from aiokafka.structs import BrokerMetadata
from kafka_on_paper import PaperKafka, PaperLog, PaperPeer
from network_peers import as_report, means

from pulih.adapters.sources.contract import Trial, hold
from pulih.adapters.sources.network._tls import of_client
from pulih.adapters.sources.network.kafka import Kafka, KafkaSettings
from pulih.model.errors import OutsideFailed
from pulih.ports.sources import Batch

SETTINGS = KafkaSettings(servers=("kafka.example.id:9092",), topics=("alarms",))


def kafka(log: PaperLog) -> PaperKafka:
    source = PaperKafka(SETTINGS, means())
    source.log = log
    return source


async def batches(log: PaperLog, cursor: str, count: int) -> list[Batch]:
    listening = kafka(log).listen(cursor)
    told = [await anext(listening) for _ in range(count)]
    await listening.aclose()  # type: ignore[attr-defined]
    return told


def test_a_log_on_paper_is_held_to_the_contract() -> None:
    async def tried() -> None:
        log = PaperLog()
        await hold(Trial(open=lambda: kafka(log), peer=PaperPeer(log), cannot=frozenset({"delete"})))

    asyncio.run(tried())


def test_it_begins_at_the_end_and_goes_on_at_its_offsets() -> None:
    async def tried() -> list[Batch]:
        log = PaperLog()
        log.publish(as_report("old"))
        [begun] = await batches(log, "", 1)
        log.publish(as_report("new"), 1)
        return [begun, *await batches(log, begun.cursor, 2)]

    begun, again, new = asyncio.run(tried())
    assert begun.cursor == again.cursor == '{"alarms":{"0":1,"1":0}}'
    assert [item.id for item in new.items] == ["new"]
    assert new.cursor == '{"alarms":{"0":1,"1":1}}'


def test_what_the_brokers_threw_away_is_a_gap_and_a_topic_made_anew_is_read_from_its_start() -> None:
    async def tried() -> list[Batch]:
        log = PaperLog()
        for number in range(5):
            log.publish(as_report(str(number)))
        log.forget(0, 3)
        shorter = await batches(log, '{"alarms":{"0":1,"1":0}}', 2)
        anew = PaperLog()
        anew.publish(as_report("first"))
        return [*shorter, *await batches(anew, '{"alarms":{"0":900,"1":0}}', 2)]

    gap, rest, anew, first = asyncio.run(tried())
    assert "no longer have all" in gap.gap
    assert [item.id for item in rest.items] == ["3", "4"]
    assert "no longer have all" in anew.gap
    assert [item.id for item in first.items] == ["first"]


def test_a_record_without_an_id_has_that_of_its_place() -> None:
    async def tried() -> list[Batch]:
        log = PaperLog()
        log.publish(b'{"text": "mati"}', 1)
        return await batches(log, '{"alarms":{"0":0,"1":0}}', 2)

    assert asyncio.run(tried())[1].items[0].id == "alarms:1:0:1764150000000"


def test_silent_brokers_are_a_sign_of_life_and_absent_ones_are_not() -> None:
    async def tried() -> None:
        log = PaperLog()
        listening = kafka(log).listen("")
        await anext(listening)
        assert await anext(listening) == Batch()
        log.away = True
        with pytest.raises(OutsideFailed, match="no broker answers"):
            await anext(listening)

    asyncio.run(tried())


def test_it_tells_what_the_brokers_still_hold_of_the_past() -> None:
    async def tried() -> list[list[Batch]]:
        log = PaperLog()
        for at_ms in range(10):
            log.publish(as_report(str(at_ms)), at_ms % 2, at_ms=1_764_150_000_000 + at_ms)
        since_us, until_us = 1_764_150_000_003_000, 1_764_150_000_007_000
        told = [[one async for one in kafka(log).between(since_us, until_us)]]
        log.forget(0, 3)
        told.append([one async for one in kafka(log).between(0, until_us)])
        return [*told, [one async for one in kafka(log).between(2 * until_us, 3 * until_us)]]

    whole, rest, none = asyncio.run(tried())
    assert sorted(item.id for batch in whole for item in batch.items) == ["3", "4", "5", "6"]
    assert [batch.gap for batch in whole] == [""] * len(whole)
    assert "may no longer have all" in rest[0].gap
    assert sorted(item.id for batch in rest for item in batch.items) == ["1", "3", "5", "6"]
    assert none == []


def test_a_broker_that_another_one_names_is_reached_only_where_the_source_may_reach() -> None:
    async def tried() -> None:
        source = Kafka(KafkaSettings(servers=("127.0.0.1:1",), topics=("alarms",)), means())
        consumer = await source._consumer()
        client = consumer._client
        near, far = (BrokerMetadata(node, host, 1, None) for node, host in ((1, "127.0.0.1"), (2, "10.20.30.40")))
        client.cluster._brokers = {1: near, 2: far}
        assert await client._get_conn(1) is None
        assert source._refusal is None
        assert await client._get_conn(2) is None
        assert "10.20.30.40 is not public" in str(source._refusal)
        await consumer.stop()

    asyncio.run(tried())


def test_brokers_that_are_named_are_looked_up_once_and_connected_to_by_that_address() -> None:
    asked = list[str]()

    def look_up(name: str, _: float) -> list[str]:
        asked.append(name)
        # A second answer would be another, as of a name that is turned around between look and connection.
        return {"near.example.id": ["127.0.0.1"], "far.example.id": ["10.20.30.40"]}[name][: 2 - len(asked)]

    async def tried() -> None:
        source = Kafka(KafkaSettings(servers=("127.0.0.1:1",), topics=("alarms",)), means(look_up=look_up))
        consumer = await source._consumer()
        client = consumer._client
        near = BrokerMetadata(1, "near.example.id", 1, None)
        client.cluster._brokers = {1: near, 2: BrokerMetadata(2, "far.example.id", 1, None)}
        # Nobody is there, and whom it tried is the address that was looked at.
        assert await client._get_conn(1) is None
        assert client.cluster._brokers[1].host == "127.0.0.1"
        asked.clear()
        assert await client._get_conn(2) is None
        assert "far.example.id is not public" in str(source._refusal)
        assert asked == ["far.example.id"]
        await consumer.stop()

    asyncio.run(tried())


def test_a_certificate_is_held_against_the_name_of_the_broker_whose_address_was_looked_at() -> None:
    trust = of_client(means(), "", "")
    trust.names["192.0.2.7"] = "kafka-7.example.id"
    for connected, name in (("192.0.2.7", "kafka-7.example.id"), ("kafka-8.example.id", "kafka-8.example.id")):
        wrapped = trust.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=connected)
        assert wrapped.server_hostname == name
