"""MQTT: messages of a broker, with a session that the broker keeps while the desk is away (MQTT 5 and 3.1.1).

A message of QoS 1 is acknowledged when the desk has it on its disk and not before. aiomqtt acknowledges as soon as it
has read a message; paho below it can be told not to, so this goes through aiomqtt's paho client. What the broker keeps
for an absent desk is bounded by its own settings (mosquitto: max_queued_messages, 1,000 by default), and what was
published with QoS 0 in the meantime is gone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

from msgspec import Meta

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources import reach
from pulih.adapters.sources.network import _tls
from pulih.adapters.sources.network._alarms import digest
from pulih.adapters.sources.network._door import Port
from pulih.adapters.sources.network._inbox import BATCH_MAX, Message, shortened
from pulih.adapters.sources.network._mqtt_session import PACKET_BYTES_MAX, PAYLOAD_BYTES_MAX, session_class
from pulih.adapters.sources.network._payloads import Envelope, Form, checked, message_of
from pulih.adapters.sources.network._phrases import names_of_rules
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

# Messages without an answer that the broker may have sent; it waits for acknowledgements then.
_UNANSWERED_MAX: Final = 500
_KEEPALIVE_S: Final = 30
_TIMEOUT_S: Final = 20
_MINUTE_US: Final = 60 * MICROS
# Reason codes of a broker that only a person can content: MQTT 5, 3.2.2.2, and 3.1.1, 3.2.2.3.
_NOT_LET_IN: Final = frozenset({0x84, 0x85, 0x86, 0x87, 0x8A, 0x8C, 1, 2, 4, 5})
# The cursor of a desk that once subscribed, so that a broker without its session is known to have lost it.
_SUBSCRIBED: Final = "subscribed"


class MqttSettings(Form, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a table [[source]] of kind "mqtt"; docs/sources/network.md describes each."""

    host: Annotated[str, Meta(min_length=1, description="the broker, such as mqtt.example.id")]
    topics: Annotated[
        tuple[str, ...], Meta(min_length=1, max_length=100, description='topics such as ["noc/alarms/#"]')
    ]
    port: Port = 1883
    tls: bool = False
    ca_file: str = ""
    user: str = ""
    password_file: str = ""
    client: Annotated[str, Meta(max_length=100, description="the desk's own name at the broker")] = ""
    version: Annotated[Literal["5", "3.1.1"], Meta(description='"5" or "3.1.1"')] = "5"
    session_days: Annotated[int, Meta(ge=0, le=365, description="a number of days from 0 to 365")] = 7


class Mqtt:
    """One session at one broker.

    Args:
        settings: of the table.
        means: of the source.

    Raises: RefusedInput when they cannot be meant.
    """

    def __init__(self, settings: MqttSettings, means: Means) -> None:
        checked(means.name, settings)
        if settings.password_file and not settings.user:
            raise RefusedInput(f"{means.name}: password_file needs a user.")
        self._settings, self._means = settings, means

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is published, and acknowledge it when the next is asked for.

        Raises: OutsideFailed when the broker cannot be reached; RefusedInput when it does not let the desk in.
        """
        try:
            import aiomqtt  # noqa: PLC0415 -- an optional package
        except ImportError:
            raise missing("MQTT", "mqtt") from None
        told, means = self._settings, self._means
        where = await reach.address(means, told.host)
        if told.user and not told.tls:
            reach.keep_from_clear(means, where, "tls = true")
        client = _session(told, means, where)
        try:
            async with client:
                granted = await client.subscribe([(topic, _options(told)) for topic in told.topics])
                self._held(granted)
                lost = cursor == _SUBSCRIBED and not client.was_known
                yield Batch(cursor=_SUBSCRIBED, gap=_gap(told) if lost else "")
                async for batch, messages in self._batches(client):
                    yield batch
                    client.acknowledge(messages)
        except aiomqtt.exceptions.MqttConnectError as problem:
            said = f"{means.name}: the broker at {told.host} does not let the desk in ({problem.rc})."
            if getattr(problem.rc, "value", problem.rc) in _NOT_LET_IN:
                raise RefusedInput(
                    f"{said} Look at user, password_file and client.", key="source.shut", name=means.name
                ) from None
            raise OutsideFailed(said) from None
        except (aiomqtt.MqttError, OSError, ValueError) as problem:
            if client.too_large:
                raise RefusedInput(
                    f"{means.name}: the broker at {told.host} has a message of {client.too_large:,} bytes; right would "
                    f'be at most {PACKET_BYTES_MAX:,}, or version = "5", by which a broker leaves such ones out.',
                    key="source.message",
                    name=means.name,
                    size=f"{client.too_large:,}",
                ) from None
            why = problem.__cause__ or problem.__context__ or problem
            raise OutsideFailed(
                f"{means.name}: the broker at {told.host}:{told.port} does not answer, or is gone "
                f"({type(why).__name__}).",
                key="source.silent",
                name=means.name,
                why=type(why).__name__,
            ) from None

    async def close(self) -> None:
        """Give nothing back: a connection ends with its `listen`, and the session stays at the broker."""

    async def _batches(self, client: Any) -> AsyncIterator[tuple[Batch, list[Any]]]:
        arriving = client.messages
        while True:
            messages = [await anext(arriving)]
            messages += client.more(BATCH_MAX - 1)
            client.take(messages)
            said = [self._message(one) for one in messages]
            yield (
                Batch(
                    items=tuple(item for one in said for item in one.items),
                    filters=tuple(sorted({name for one in said for name in one.filters})),
                    refused=shortened([one.refused for one in said if one.refused]),
                    gap=client.lost(),
                ),
                messages,
            )

    def _message(self, one: Any) -> Message:
        now_us = self._means.clock.now_us()
        topic = str(one.topic)
        if isinstance(one.payload, int):
            told = (
                f"A message on {topic[:200]} has {one.payload:,} bytes; right would be at most {PAYLOAD_BYTES_MAX:,}."
            )
            return Message(refused=told)
        payload = one.payload if isinstance(one.payload, bytes) else str(one.payload or "").encode()
        # The same again within a minute is the same; a broker gives no id, and alarms come back in the same words.
        minute = str(now_us // _MINUTE_US).encode()
        return message_of(
            payload, self._settings, Envelope(topic=topic, id=digest(topic.encode(), payload, minute), now_us=now_us)
        )

    def _held(self, granted: Any) -> None:
        refused = [
            topic
            for topic, code in zip(self._settings.topics, granted, strict=False)
            if getattr(code, "value", code) >= 0x80
        ]
        if refused:
            raise RefusedInput(
                f"{self._means.name}: the broker does not let the desk hear {', '.join(refused)}; look at its rights.",
                key="source.rights",
                name=self._means.name,
                topics=", ".join(refused),
            )


def _gap(told: MqttSettings) -> str:
    return (
        f"The broker at {told.host} no longer knew the desk's session; what was published since the desk was last "
        "there is missing."
    )


def _options(told: MqttSettings) -> Any:
    from paho.mqtt.subscribeoptions import SubscribeOptions  # noqa: PLC0415 -- an optional package

    # 1: what is retained comes with a new subscription, and not again at every connection.
    return SubscribeOptions(qos=1, retainHandling=1) if told.version == "5" else 1


def _session(told: MqttSettings, means: Means, where: str) -> Any:
    """Return a client that acknowledges when it is told to, and knows whether the broker knew it."""
    import aiomqtt  # noqa: PLC0415 -- an optional package
    from paho.mqtt.packettypes import PacketTypes  # noqa: PLC0415 -- as above
    from paho.mqtt.properties import Properties  # noqa: PLC0415 -- as above

    given: dict[str, Any] = {}
    if told.version == "5":
        wishes: Any = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        wishes.SessionExpiryInterval = told.session_days * 86_400
        wishes.ReceiveMaximum = _UNANSWERED_MAX
        wishes.MaximumPacketSize = PACKET_BYTES_MAX
        given = {"protocol": aiomqtt.ProtocolVersion.V5, "clean_start": told.session_days == 0, "properties": wishes}
    else:
        given = {"protocol": aiomqtt.ProtocolVersion.V311, "clean_session": told.session_days == 0}
    session = session_class()(
        where,
        told.port,
        username=told.user or None,
        password=means.secret(told.password_file) if told.password_file else None,
        identifier=told.client or f"pulih-{means.name}",
        timeout=_TIMEOUT_S,
        keepalive=_KEEPALIVE_S,
        tls_context=_tls.of_client(means, told.host, told.ca_file) if told.tls else None,
        **given,
    )
    session.hold()
    return session


KIND = SourceKind(
    name="mqtt",
    settings=MqttSettings,
    open=Mqtt,
    says="Hears messages of an MQTT broker.",
    extra="mqtt",
    verified="mosquitto 2.0.11, with MQTT 5 and 3.1.1",
    away="what the broker kept of QoS 1 for the desk's session; a session that it forgot is told as a "
    "gap, and what came with QoS 0 is gone",
    filters=names_of_rules,
    by_rules=True,
)
