"""Messages of brokers that are large: those that no report can be are not read, the others a few at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiomqtt
import nats
import pytest
from network_peers import HERE, as_report, means, mosquitto, nats_server, started

from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.network._mqtt_session import PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX
from pulih.adapters.sources.network.mqtt import MqttSettings
from pulih.adapters.sources.network.nats import NatsSettings
from pulih.model.errors import RefusedInput


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_message_that_is_too_large_is_told_and_one_beyond_all_bounds_not_read_into_memory(
    version: str, tmp_path: Path
) -> None:
    async def tried(port: int) -> None:
        settings = MqttSettings(host=HERE, port=port, topics=("noc/#",), version=version, session_days=0)  # type: ignore[arg-type]
        listening = kind_of("mqtt").open(settings, means()).listen("")
        await anext(listening)
        async with aiomqtt.Client(HERE, port) as client:
            await client.publish("noc/large", as_report("x" * PAYLOAD_BYTES_MAX), qos=1)
            await client.publish("noc/small", as_report("small"), qos=1)
            texts, refused = list[str](), list[str]()
            async with asyncio.timeout(20):
                while not texts:
                    batch = await anext(listening)
                    texts += [one.text for one in batch.items]
                    refused += batch.refused
            assert texts == ["firing: small"]
            assert refused == ["A message on noc/large has 524,310 bytes; right would be at most 262,144."]
            await client.publish("noc/large", as_report("x" * (PACKET_BYTES_MAX // 2)), qos=1)
            await client.publish("noc/small", as_report("smaller"), qos=1)
        async with asyncio.timeout(20):
            if version == "5":
                assert [one.text for one in (await anext(listening)).items] == ["firing: smaller"]
            else:
                with pytest.raises(RefusedInput, match="right would be at most 8,388,608"):
                    await anext(listening)
        await listening.aclose()  # type: ignore[attr-defined]

    with started(mosquitto(tmp_path / "broker")) as broker:
        asyncio.run(tried(broker.port or 0))


def test_large_messages_of_a_stream_are_asked_for_few_at_a_time(tmp_path: Path) -> None:
    async def tried(port: int) -> list[int]:
        client = await nats.connect(f"nats://{HERE}:{port}")
        await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
        settings = NatsSettings(host=HERE, port=port, subjects=("noc.>",), stream="ALARMS")
        listening = kind_of("nats").open(settings, means()).listen("")
        await anext(listening)
        for number in range(40):
            await client.publish("noc.large", as_report(f"{number}" + "x" * 450_000))
        await client.flush()
        await client.close()
        sizes = list[int]()
        async with asyncio.timeout(20):
            while sum(sizes) < 40:
                sizes.append(len((await anext(listening)).items))
        await listening.aclose()  # type: ignore[attr-defined]
        return sizes

    with started(nats_server(tmp_path / "nats")) as stream:
        sizes = asyncio.run(tried(stream.port or 0))
    assert sum(sizes) == 40
    assert max(sizes) <= 20
