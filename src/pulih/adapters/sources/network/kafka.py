"""Kafka: records of topics, read from the offsets that the desk itself keeps, without a group of consumers.

The cursor holds the next offset of each partition, so that nothing depends on what a broker remembers of the desk; a
broker keeps records for its own time, and what went in the meantime is told as a gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from pulih.adapters.channels.missing import missing
from pulih.adapters.config.targets import tcp_target
from pulih.adapters.sources import reach
from pulih.adapters.sources.network import _tls
from pulih.adapters.sources.network._inbox import BATCH_MAX, shortened
from pulih.adapters.sources.network._payloads import Envelope, Form, checked, message_of
from pulih.adapters.sources.network._phrases import names_of_rules
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_TIMEOUT_S: Final = 20
# So long a call waits for records; then the broker is asked whether it is there.
_ASK_MS: Final = 20_000
_Offsets = dict[str, dict[str, int]]


class KafkaSettings(Form, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a table [[source]] of kind "kafka"; docs/sources/network.md describes each."""

    servers: Annotated[
        tuple[str, ...], Meta(min_length=1, max_length=20, description='brokers such as ["kafka.example.id:9092"]')
    ]
    topics: Annotated[tuple[str, ...], Meta(min_length=1, max_length=100, description='topics such as ["alarms"]')]
    tls: bool = False
    ca_file: str = ""
    user: str = ""
    password_file: str = ""
    mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"],
        Meta(description='"PLAIN", "SCRAM-SHA-256" or "SCRAM-SHA-512"'),
    ] = "SCRAM-SHA-512"


class Kafka:
    """A consumer of some topics.

    Args:
        settings: of the table.
        means: of the source.

    Raises: RefusedInput when they cannot be meant.
    """

    def __init__(self, settings: KafkaSettings, means: Means) -> None:
        checked(means.name, settings)
        if bool(settings.user) != bool(settings.password_file):
            raise RefusedInput(f"{means.name}: user needs password_file, and password_file a user.")
        self._settings, self._means = settings, means
        self._refusal: RefusedInput | None = None
        self._servers = [tcp_target(one) for one in settings.servers]

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield records, from the offsets of the cursor on.

        Raises: OutsideFailed when no broker answers; RefusedInput when none lets the desk in.
        """
        async with self._brokers() as consumer:
            offsets, gap = await self._begun(consumer, cursor)
            yield Batch(cursor=_written(offsets), gap=gap)
            while True:
                yield await self._next(consumer, offsets)

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what the brokers still hold of [since_us, until_us), by the times they gave records, and end.

        Raises: as `listen`.
        """
        async with self._brokers() as consumer:
            parts = self._partitions(consumer)
            async with asyncio.timeout(_TIMEOUT_S):
                begin = await consumer.offsets_for_times(dict.fromkeys(parts, since_us // 1_000))
                first, last = await consumer.beginning_offsets(parts), await consumer.end_offsets(parts)
            # Where nothing is as young as that, there is nothing to be read.
            left = {one for one in parts if begin[one] is not None and begin[one].offset < last[one]}
            for one in parts:
                consumer.seek(one, begin[one].offset if one in left else last[one])
            if any(0 < first[one] == begin[one].offset for one in left):
                yield Batch(gap="The brokers may no longer have all of that time.")
            while left:
                records = await consumer.getmany(*left, timeout_ms=_ASK_MS, max_records=BATCH_MAX)
                if not records:
                    raise OutsideFailed(f"{self._means.name}: the brokers fell silent before the end.")
                for where, some in records.items():
                    if some[-1].offset + 1 >= last[where] or some[-1].timestamp * 1_000 >= until_us:
                        left.discard(where)
                young = {
                    where: [one for one in some if one.timestamp * 1_000 < until_us] for where, some in records.items()
                }
                yield self._batch(young)

    async def close(self) -> None:
        """Give nothing back: connections end with their `listen`."""

    @contextlib.asynccontextmanager
    async def _brokers(self) -> AsyncIterator[Any]:
        """Yield a consumer that has begun; what goes wrong is told as a source must."""
        try:
            from aiokafka import errors  # noqa: PLC0415 -- an optional package
        except ImportError:
            raise missing("Kafka", "kafka") from None
        name = self._means.name
        logging.getLogger("aiokafka.conn").addFilter(_UNTOLD)
        consumer = await self._consumer()
        try:
            await consumer.start()
            yield consumer
        except (
            errors.AuthenticationFailedError,
            errors.SaslAuthenticationFailed,
            errors.TopicAuthorizationFailedError,
        ) as problem:
            raise _shut(name, type(problem).__name__) from None
        except (errors.KafkaError, OSError, TimeoutError) as problem:
            if self._refusal is not None:
                raise self._refusal from None
            if self._settings.user and (why := await _shut_by(consumer._client)):
                raise _shut(name, why) from None
            why = type(problem).__name__
            raise OutsideFailed(
                f"{name}: no broker answers ({why}).", key="source.silent", name=name, why=why
            ) from None
        except asyncio.CancelledError:
            if _asked_to_end():
                raise
            why = "ConnectionEnded"
            raise OutsideFailed(
                f"{name}: no broker answers ({why}).", key="source.silent", name=name, why=why
            ) from None
        finally:
            try:
                await consumer.stop()
            except asyncio.CancelledError:
                if _asked_to_end():
                    raise

    async def _consumer(self) -> Any:
        from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 -- an optional package

        told, means, names = self._settings, self._means, dict[str, str]()
        given: dict[str, Any] = {"security_protocol": _protocol(told)}
        if told.tls:
            # Brokers name each other, so each is held against the name that it is called by.
            given["ssl_context"] = _tls.of_client(means, "", told.ca_file)
            names = given["ssl_context"].names
        # aiokafka would look each name up a second time, and be told another address.
        wheres = [await reach.address(means, one.host) for one in self._servers]
        for where in wheres if told.user and not told.tls else ():
            reach.keep_from_clear(means, where, "tls = true")
        names |= {where: one.host for where, one in zip(wheres, self._servers, strict=True)}
        if told.user:
            given |= {
                "sasl_mechanism": told.mechanism,
                "sasl_plain_username": told.user,
                "sasl_plain_password": means.secret(told.password_file),
            }
        made = AIOKafkaConsumer(
            *told.topics,
            bootstrap_servers=[_host_port(where, one.port) for where, one in zip(wheres, self._servers, strict=True)],
            client_id=f"pulih-{means.name}",
            group_id=None,
            enable_auto_commit=False,
            # Partitions that are added while the desk listens are read from their start.
            auto_offset_reset="earliest",
            request_timeout_ms=_TIMEOUT_S * 1_000,
            **given,
        )
        self._look_at(made._client, names)
        return made

    def _look_at(self, client: Any, names: dict[str, str]) -> None:
        """Have a client of aiokafka, which has no argument for it, connect where a source may reach, and only there.

        Args:
            client: of a consumer.
            names: names of brokers by the addresses that were looked at; those that brokers name are put in.
        """
        connect = client._get_conn

        async def looked_at(node: Any, **more: Any) -> Any:
            # Whom a broker names is the broker's word; it is looked at when it is connected to, not at each request.
            broker = client.cluster.broker_metadata(node)
            if broker is not None and not any(at == node and one.connected() for (at, _), one in client._conns.items()):
                try:
                    where = await reach.address(self._means, broker.host)
                    if self._settings.user and not self._settings.tls:
                        reach.keep_from_clear(self._means, where, "tls = true")
                except RefusedInput as refusal:
                    # It is asked from a task of aiokafka's, to which None says that nobody answered.
                    self._refusal = refusal
                    return None
                except OutsideFailed:
                    return None
                if where != broker.host:
                    names[where] = broker.host
                client.cluster._brokers[node] = broker._replace(host=where)
            return await connect(node, **more)

        client._get_conn = looked_at

    async def _begun(self, consumer: Any, cursor: str) -> tuple[_Offsets, str]:
        """Go to where the cursor says; return the offsets, and what is missing before them."""
        partitions = self._partitions(consumer)
        async with asyncio.timeout(_TIMEOUT_S):
            first = await consumer.beginning_offsets(partitions)
            last = await consumer.end_offsets(partitions)
        kept, missing_ = _read(cursor), False
        offsets: _Offsets = {}
        for one in partitions:
            wanted = kept.get(one.topic, {}).get(str(one.partition), first[one] if kept else last[one])
            begins = wanted if first[one] <= wanted <= last[one] else first[one]
            missing_ |= begins != wanted
            consumer.seek(one, begins)
            offsets.setdefault(one.topic, {})[str(one.partition)] = begins
        return offsets, "The brokers no longer have all that came since the desk last listened." if missing_ else ""

    def _partitions(self, consumer: Any) -> Any:
        if not (partitions := consumer.assignment()):
            raise OutsideFailed(
                f"{self._means.name}: the broker has none of the topics yet.",
                key="source.no_topic",
                name=self._means.name,
            )
        return partitions

    async def _next(self, consumer: Any, offsets: _Offsets) -> Batch:
        """Return what comes next, or a sign of life when a broker says that there is nothing."""
        records = await consumer.getmany(timeout_ms=_ASK_MS, max_records=BATCH_MAX)
        if not records:
            # aiokafka tries again without end and without a word when its brokers are gone.
            async with asyncio.timeout(_TIMEOUT_S):
                await consumer.end_offsets(consumer.assignment())
            return Batch()
        for where, some in records.items():
            offsets.setdefault(where.topic, {})[str(where.partition)] = some[-1].offset + 1
        return msgspec.structs.replace(self._batch(records), cursor=_written(offsets))

    def _batch(self, records: Any) -> Batch:
        now_us = self._means.clock.now_us()
        told = []
        for where, some in records.items():
            for one in some:
                # With its time, since offsets begin anew when a topic does.
                id_ = f"{where.topic}:{where.partition}:{one.offset}:{one.timestamp}"
                # -1 where nobody dated it.
                at_us = one.timestamp * 1_000 if one.timestamp > 0 else None
                envelope = Envelope(topic=where.topic, id=id_, now_us=now_us, at_us=at_us)
                told.append(message_of(one.value or b"", self._settings, envelope))
        return Batch(
            items=tuple(item for one in told for item in one.items),
            filters=tuple(sorted({name for one in told for name in one.filters})),
            refused=shortened([one.refused for one in told if one.refused]),
        )


def _shut(name: str, why: str) -> RefusedInput:
    return RefusedInput(
        f"{name}: the broker does not let the desk in ({why}); look at user, password_file and mechanism.",
        key="source.shut",
        name=name,
    )


async def _shut_by(client: Any) -> str:
    """Return why a broker does not let the desk in, "" where none says so.

    aiokafka tells whoever waits only that no broker answers, and the rest to its log; so the brokers that the settings
    name are asked once more, one by one.
    """
    from aiokafka import errors  # noqa: PLC0415 -- an optional package
    from aiokafka.conn import create_conn  # noqa: PLC0415 -- an optional package

    shown = ("client_id", "ssl_context", "security_protocol", "sasl_mechanism", "sasl_plain_username")
    given = {name: getattr(client, f"_{name}") for name in (*shown, "sasl_plain_password")}
    for host, port, _ in client.hosts:
        try:
            made = await create_conn(host, port, request_timeout_ms=_TIMEOUT_S * 1_000, **given)
        except (errors.AuthenticationFailedError, errors.SaslAuthenticationFailed) as problem:
            return type(problem).__name__
        except (errors.KafkaError, OSError, TimeoutError):
            continue
        made.close()
        break
    return ""


class _Untold(logging.Filter):
    """Leaves out of the log what a client shows a broker to be let in: aiokafka writes each request down, at DEBUG."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether a record holds no such request."""
        args = record.args if isinstance(record.args, tuple) else ()
        return not any(type(one).__name__.startswith("SaslAuthenticate") for one in args)


_UNTOLD: Final = _Untold()


def _asked_to_end() -> bool:
    """Whether this task was cancelled; where a connection ends, aiokafka cancels what waits for its answer too."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


def _protocol(told: KafkaSettings) -> str:
    return {(False, False): "PLAINTEXT", (True, False): "SSL", (False, True): "SASL_PLAINTEXT"}.get(
        (told.tls, bool(told.user)), "SASL_SSL"
    )


def _host_port(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _written(offsets: _Offsets) -> str:
    """Return a cursor.

    >>> _written({"alarms": {"0": 7}})
    '{"alarms":{"0":7}}'
    """
    return msgspec.json.encode(offsets, order="deterministic").decode()


def _read(cursor: str) -> _Offsets:
    """Return the offsets of a cursor, none of one that holds none.

    >>> _read('{"alarms":{"0":7}}'), _read("")
    ({'alarms': {'0': 7}}, {})
    """
    try:
        return msgspec.json.decode(cursor, type=_Offsets)
    except msgspec.MsgspecError:
        return {}


KIND = SourceKind(
    name="kafka",
    settings=KafkaSettings,
    open=Kafka,
    says="Hears records of Kafka topics.",
    extra="kafka",
    verified="tansu 0.6, a broker that speaks Kafka's protocol, and by hand the one that librdkafka makes up for tests "
    "(2.16); not verified against Apache Kafka",
    away="all that the brokers still keep; what they threw away is told as a gap",
    filters=names_of_rules,
    by_rules=True,
    past=True,
)
