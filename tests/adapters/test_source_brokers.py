"""Brokers as sources: mosquitto and nats-server, held to the contract, acknowledged when kept, and missed when gone."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiomqtt
import nats
import pytest
from network_peers import (
    HERE,
    MqttPeer,
    NatsPeer,
    Relay,
    Server,
    certificate_of,
    free_port,
    means,
    mosquitto,
    nats_server,
    program,
    started,
)

from pulih.adapters.sources.contract import Trial, hold, tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.adapters.sources.network._tls import of_client
from pulih.adapters.sources.network.kafka import KafkaSettings
from pulih.adapters.sources.network.mqtt import MqttSettings
from pulih.adapters.sources.network.nats import NatsSettings
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Backfilling, Batch, Source

SECRET = "hush-hush-hush"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started(mosquitto(tmp_path_factory.mktemp("mosquitto"))) as server:
        yield server


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with started(nats_server(tmp_path_factory.mktemp("nats"))) as server:
        asyncio.run(_make_stream(server.port or 0))
        yield server


async def _make_stream(port: int) -> None:
    client = await nats.connect(f"nats://{HERE}:{port}")
    await client.jetstream().add_stream(name="ALARMS", subjects=["noc.>"])
    await client.close()


def mqtt(port: int, **more: Any) -> Source:
    return kind_of("mqtt").open(MqttSettings(host=HERE, port=port, topics=("noc/#",), **more), means())


def jet(port: int, **more: Any) -> Source:
    told = {"stream": "ALARMS", **more}
    return kind_of("nats").open(NatsSettings(host=HERE, port=port, subjects=("noc.>",), **told), means())


async def texts_until(source: Source, cursor: str, wanted: int) -> tuple[list[str], list[Batch]]:
    """Return the texts of the first `wanted` items and their batches; the last one is not kept."""
    texts: list[str] = []
    batches: list[Batch] = []
    listening = source.listen(cursor)
    try:
        async with asyncio.timeout(10):
            while len(texts) < wanted:
                batch = await anext(listening)
                batches.append(batch)
                texts += [item.text for item in batch.items]
    finally:
        await listening.aclose()  # type: ignore[attr-defined]
    return texts, batches


async def first_of(source: Source, cursor: str = "") -> Batch:
    listening = source.listen(cursor)
    try:
        async with asyncio.timeout(10):
            return await anext(listening)
    finally:
        await listening.aclose()  # type: ignore[attr-defined]


async def _held(server: Server, peer: type[MqttPeer | NatsPeer], opened: Any, **more: Any) -> None:
    relay = Relay(server.port or 0)
    await relay.start()
    try:
        cannot = frozenset({"delete"})
        await hold(Trial(open=lambda: opened(relay.port), peer=peer(server, relay), cannot=cannot, **more))
    finally:
        await relay.stop()


def test_an_mqtt_broker_is_held_to_the_contract(broker: Server) -> None:
    asyncio.run(_held(broker, MqttPeer, mqtt))


def test_a_jetstream_is_held_to_the_contract(stream: Server) -> None:
    asyncio.run(_held(stream, NatsPeer, jet))


def test_plain_subjects_are_held_to_the_contract_of_a_peer_that_keeps_nothing(stream: Server) -> None:
    asyncio.run(_held(stream, NatsPeer, lambda port: jet(port, stream=""), keeps=False))


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_an_mqtt_message_comes_again_until_it_was_kept_and_then_no_more(broker: Server, version: str) -> None:
    async def tried() -> None:
        def opened() -> Source:
            return mqtt(broker.port or 0, version=version, client=f"again-{version}")

        peer = MqttPeer(broker, Relay(0))
        await first_of(opened())
        await peer.say("satu")
        # Closed before the next batch was asked for: not kept.
        assert (await texts_until(opened(), "subscribed", 1))[0] == ["firing: satu"]
        listening = opened().listen("subscribed")
        while not (await anext(listening)).items:
            continue
        kept = asyncio.ensure_future(anext(listening))
        await asyncio.sleep(0.2)
        await peer.say("dua")
        assert [item.text for item in (await kept).items] == ["firing: dua"]
        await listening.aclose()  # type: ignore[attr-defined]
        assert (await texts_until(opened(), "subscribed", 1))[0] == ["firing: dua"]

    asyncio.run(tried())


def test_a_broker_that_lost_the_session_makes_a_gap(broker: Server) -> None:
    lost = asyncio.run(first_of(mqtt(broker.port or 0, client="never-seen"), "subscribed"))
    assert "no longer knew the desk's session" in lost.gap
    assert asyncio.run(first_of(mqtt(broker.port or 0, client="never-seen"), "subscribed")).gap == ""


def test_an_mqtt_broker_that_does_not_let_the_desk_in_is_for_a_person(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    subprocess.run(
        [program("mosquitto_passwd", "apt-get install mosquitto"), "-b", "-c", str(passwords), "desk", SECRET],
        check=True,
        capture_output=True,
    )
    passwords.chmod(0o644)
    with started(mosquitto(tmp_path / "broker", passwords=passwords)) as server:
        for version in ("5", "3.1.1"):
            settings = MqttSettings(
                host=HERE, port=server.port or 0, topics=("a",), user="desk", password_file="p", version=version
            )  # type: ignore[arg-type]
            kind = kind_of("mqtt")
            with pytest.raises(RefusedInput, match="does not let the desk in") as told:
                asyncio.run(first_of(kind.open(settings, means(secrets={"p": "wrong"}))))
            assert "wrong" not in str(told.value)
            asyncio.run(first_of(kind.open(settings, means(secrets={"p": SECRET}))))


def test_a_nats_server_that_does_not_let_the_desk_in_is_for_a_person(tmp_path: Path) -> None:
    with started(nats_server(tmp_path, "--user", "desk", "--pass", SECRET)) as server:
        settings = NatsSettings(host=HERE, port=server.port or 0, subjects=("a",), user="desk", password_file="p")
        kind = kind_of("nats")
        with pytest.raises(RefusedInput, match="does not let the desk in") as told:
            asyncio.run(first_of(kind.open(settings, means(secrets={"p": "wrong-wrong"}))))
        assert "wrong-wrong" not in str(told.value)
        asyncio.run(first_of(kind.open(settings, means(secrets={"p": SECRET}))))


@pytest.mark.parametrize("kind", ["mqtt", "nats"])
@pytest.mark.parametrize("name", [HERE, "other.example.id"])
def test_an_encrypted_broker_is_listened_to_if_its_certificate_is_its_own(kind: str, name: str, tmp_path: Path) -> None:
    certificate, key = certificate_of(name, tmp_path)
    if kind == "mqtt":
        server = mosquitto(tmp_path / "broker", tls=(certificate, key))
    else:
        server = nats_server(tmp_path, "--tls", "--tlscert", str(certificate), "--tlskey", str(key))
    told: dict[str, Any] = {"host": HERE, "port": server.port, "tls": True, "ca_file": "ca"}
    settings = MqttSettings(topics=("a",), **told) if kind == "mqtt" else NatsSettings(subjects=("a",), **told)
    source = kind_of(kind).open(settings, means(secrets={"ca": certificate.read_text()}))
    with started(server):
        if name == HERE:
            asyncio.run(first_of(source))
        else:
            with pytest.raises(OutsideFailed, match="SSLCertVerificationError"):
                asyncio.run(first_of(source))


def test_a_certificate_is_held_against_the_name_in_the_settings_whatever_is_connected_to(tmp_path: Path) -> None:
    certificate, key = certificate_of("mqtt.example.id", tmp_path)
    trusted = means(secrets={"ca": certificate.read_text(), "none": "no certificate"})

    async def connected(port: int, host: str) -> None:
        context = of_client(trusted, host, "ca")
        _, writer = await asyncio.open_connection(HERE, port, ssl=context, server_hostname=HERE)
        writer.transport.abort()

    with started(mosquitto(tmp_path / "broker", tls=(certificate, key))) as server:
        asyncio.run(connected(server.port or 0, "mqtt.example.id"))
        with pytest.raises(ssl.SSLCertVerificationError):
            asyncio.run(connected(server.port or 0, "other.example.id"))
    with pytest.raises(RefusedInput, match="ca_file holds no certificate"):
        of_client(trusted, "mqtt.example.id", "none")


def test_a_consumer_that_somebody_removed_goes_on_from_the_cursor(stream: Server) -> None:
    async def tried() -> None:
        port = stream.port or 0

        def opened() -> Source:
            return jet(port, consumer="removed")

        peer = NatsPeer(stream, Relay(0))
        await first_of(opened())
        await peer.say("tiga")
        listening = opened().listen("")
        cursor = ""
        async with asyncio.timeout(10):
            while not cursor:
                cursor = (await anext(listening)).cursor
        await listening.aclose()  # type: ignore[attr-defined]
        client = await nats.connect(f"nats://{HERE}:{port}")
        await client.jetstream().delete_consumer("ALARMS", "removed")
        await client.close()
        await peer.say("empat")
        texts, _ = await texts_until(opened(), cursor, 1)
        assert texts == ["firing: empat"]

    asyncio.run(tried())


def test_what_a_stream_threw_away_is_a_gap(stream: Server) -> None:
    async def tried() -> Batch:
        port = stream.port or 0
        peer = NatsPeer(stream, Relay(0))
        await first_of(jet(port, consumer="gap"))
        await peer.say("lima")
        _, batches = await texts_until(jet(port, consumer="gap"), "", 1)
        await peer.say("enam")
        await peer.say("tujuh")
        client = await nats.connect(f"nats://{HERE}:{port}")
        await client.jetstream().purge_stream("ALARMS")
        await client.close()
        return await first_of(jet(port, consumer="gap"), batches[-1].cursor)

    assert "may no longer have all" in asyncio.run(tried()).gap


async def _apart() -> int:
    """Return a moment, microseconds since 1970 UTC, well apart from what the server stamps before and after it."""
    await asyncio.sleep(0.05)
    at_us = time.time_ns() // 1_000
    await asyncio.sleep(0.05)
    return at_us


def test_a_stream_tells_what_it_still_holds_of_the_past(stream: Server) -> None:
    async def tried() -> tuple[list[Batch], list[Batch]]:
        peer = NatsPeer(stream, Relay(0))
        client = await nats.connect(f"nats://{HERE}:{stream.port}")
        await client.jetstream().purge_stream("ALARMS")
        await client.close()
        await peer.say("delapan")
        since_us = await _apart()
        await peer.say("sembilan")
        await peer.say("sepuluh")
        until_us = await _apart()
        await peer.say("sebelas")
        source = jet(stream.port or 0)
        assert isinstance(source, Backfilling)
        told = [one async for one in source.between(since_us, until_us)]
        return told, [one async for one in source.between(0, since_us)]

    told, before = asyncio.run(tried())
    assert [item.id for batch in told for item in batch.items] == ["sembilan", "sepuluh"]
    assert all(item.at_us is not None for batch in told for item in batch.items)
    assert "may no longer have all" in before[0].gap
    assert all(batch.gap == "" for batch in told)
    assert [item.id for batch in before for item in batch.items] == ["delapan"]


def test_plain_subjects_have_no_past(stream: Server) -> None:
    async def tried() -> None:
        source = jet(stream.port or 0, stream="")
        assert isinstance(source, Backfilling)
        await anext(source.between(0, 1))

    with pytest.raises(RefusedInput, match="kept by nobody"):
        asyncio.run(tried())


def test_a_stream_that_is_not_there_is_for_a_person(stream: Server) -> None:
    with pytest.raises(RefusedInput, match="has no stream NOWHERE"):
        asyncio.run(first_of(jet(stream.port or 0, stream="NOWHERE")))


@pytest.mark.parametrize("kind", ["mqtt", "nats", "kafka"])
def test_a_private_broker_is_not_connected_to_unless_it_is_allowed(kind: str) -> None:
    with pytest.raises(RefusedInput, match="not public"):
        asyncio.run(first_of(_of_nobody(kind, allowed=())))


@pytest.mark.parametrize("kind", ["mqtt", "nats", "kafka"])
def test_a_broker_that_is_not_there_is_tried_again_later(kind: str) -> None:
    with pytest.raises(OutsideFailed) as told:
        asyncio.run(first_of(_of_nobody(kind, allowed=("127.0.0.0/8",))))
    assert not isinstance(told.value, RefusedInput)


def _of_nobody(kind: str, allowed: tuple[str, ...]) -> Source:
    port = free_port()
    settings = {
        "mqtt": MqttSettings(host=HERE, port=port, topics=("a",)),
        "nats": NatsSettings(host=HERE, port=port, subjects=("a",)),
        "kafka": KafkaSettings(servers=(f"{HERE}:{port}",), topics=("a",)),
    }[kind]
    return kind_of(kind).open(settings, means(allow_networks=allowed))


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("mqtt", MqttSettings(host="h", topics=("a",), password_file="p"), "needs a user"),
        ("nats", NatsSettings(host="h", subjects=("a",), user="u"), "needs password_file"),
        ("kafka", KafkaSettings(servers=("h:1",), topics=("a",), user="u"), "needs password_file"),
        ("kafka", KafkaSettings(servers=("h",), topics=("a",)), "no host with a port"),
        ("mqtt", MqttSettings(host="h", topics=("a",), form="fields"), "neither name nor about"),
        ("nats", NatsSettings(host="h", subjects=("a",), form="text"), "none counts any text"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_before_anybody_is_asked(kind: str, settings: Any, said: str) -> None:
    with pytest.raises(RefusedInput, match=said):
        kind_of(kind).open(settings, means())


def test_a_flood_that_nobody_answers_is_held_in_bounds_and_what_is_lost_of_it_told(broker: Server) -> None:
    async def tried() -> None:
        listening = mqtt(broker.port or 0, session_days=0).listen("")
        await anext(listening)
        payload = b'{"text": "mati"}'
        async with aiomqtt.Client(HERE, broker.port or 0) as client:
            for number in range(8_000):
                await client.publish("noc/flood", payload.replace(b"mati", b"%d" % number), qos=0)
        told: list[Batch] = []
        async with asyncio.timeout(20):
            while not any(one.gap for one in told):
                told.append(await anext(listening))
        await listening.aclose()  # type: ignore[attr-defined]
        lost = sum(int(one.gap.split()[0].replace(",", "")) for one in told if one.gap)
        assert "came faster than they could be kept" in next(one.gap for one in told if one.gap)
        assert 0 < lost <= 3_000

    asyncio.run(tried())


def test_no_password_goes_in_clear_to_a_broker_that_is_everybodys() -> None:
    who = {"host": "9.9.9.9", "user": "desk", "password_file": "password"}
    secrets = tried_means("noc", secrets={"password": SECRET})
    for source in (
        kind_of("mqtt").open(MqttSettings(topics=("noc/#",), **who), secrets),
        kind_of("nats").open(NatsSettings(subjects=("noc.>",), **who), secrets),
        kind_of("kafka").open(
            KafkaSettings(servers=("9.9.9.9:9092",), topics=("noc",), user="desk", password_file="password"), secrets
        ),
    ):
        with pytest.raises(RefusedInput, match=r"in clear to 9\.9\.9\.9; right would be tls = true"):
            asyncio.run(first_of(source))
