"""NATS: messages of a JetStream stream by a durable consumer, each acknowledged when it is kept; or plain subjects.

A stream keeps what was published while the desk was away, and the consumer where the desk was; its cursor is kept here
too, so that a consumer that somebody removed is made anew where the last one ended. Plain subjects are heard as long
as the desk listens, and not before or after.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any, Final

from msgspec import Meta

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources import reach
from pulih.adapters.sources.network import _tls
from pulih.adapters.sources.network._alarms import digest
from pulih.adapters.sources.network._door import Port
from pulih.adapters.sources.network._inbox import BATCH_MAX, Inbox, shortened
from pulih.adapters.sources.network._payloads import Envelope, Form, checked, message_of
from pulih.adapters.sources.network._phrases import names_of_rules
from pulih.model.clock import MICROS, from_micros, to_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_TIMEOUT_S: Final = 20
# So long one question for messages stands; the next follows at once.
_ASK_S: Final = 30.0
# A server that is asked whether it is there answers at once; one that lets two such questions lie is gone.
_ANSWERED_S: Final = 10
_PING_S: Final = 20
_PINGS_MAX: Final = 1
_GOODBYE_S: Final = 2
_PENDING_MAX: Final = 10_000
# nats-py asks for a number of messages, and a server lets one have 1 MB; so a few show how large they are.
_FIRST: Final = 16
_ASKED_BYTES: Final = 16 << 20
_MINUTE_US: Final = 60 * MICROS
_NAME: Final = r"\A[^\s.*>/\\]{0,100}\Z"


class NatsSettings(Form, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a table [[source]] of kind "nats"; docs/sources/network.md describes each."""

    host: Annotated[str, Meta(min_length=1, description="the server, such as nats.example.id")]
    subjects: Annotated[
        tuple[str, ...], Meta(min_length=1, max_length=100, description='subjects such as ["noc.alarms.>"]')
    ]
    port: Port = 4222
    stream: Annotated[str, Meta(pattern=_NAME, description="the name of a stream; empty for plain subjects")] = ""
    consumer: Annotated[str, Meta(pattern=_NAME, description="the desk's own name at the stream")] = ""
    tls: bool = False
    ca_file: str = ""
    user: str = ""
    password_file: str = ""
    token_file: str = ""
    credentials_file: str = ""


class Nats:
    """One connection to one server.

    Args:
        settings: of the table.
        means: of the source.

    Raises: RefusedInput when they cannot be meant.
    """

    def __init__(self, settings: NatsSettings, means: Means) -> None:
        checked(means.name, settings)
        if bool(settings.user) != bool(settings.password_file):
            raise RefusedInput(f"{means.name}: user needs password_file, and password_file a user.")
        self._settings, self._means = settings, means
        self._inbox = Inbox()
        self._why = ""

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is published, and acknowledge it when the next is asked for.

        Raises: OutsideFailed when the server cannot be reached; RefusedInput when it does not let the desk in.
        """
        async with self._server() as (client, gone):
            batches = self._stream(client, gone, cursor) if self._settings.stream else self._plain(client, gone)
            async with contextlib.aclosing(batches):
                async for batch in batches:
                    yield batch

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what the stream still holds of [since_us, until_us), by a consumer of its own, and end.

        Raises: as `listen`; RefusedInput for plain subjects, which nobody keeps.
        """
        told = self._settings
        if not told.stream:
            raise RefusedInput(f"{self._means.name}: plain subjects are kept by nobody; right would be a stream.")
        from nats.js import api  # noqa: PLC0415 -- an optional package

        async with self._server() as (client, gone):
            jet = client.jetstream(timeout=_TIMEOUT_S)
            config = api.ConsumerConfig(
                name=f"pulih-past-{client.client_id}",
                ack_policy=api.AckPolicy.NONE,
                filter_subjects=list(told.subjects),
                deliver_policy=api.DeliverPolicy.BY_START_TIME,
                opt_start_time=from_micros(since_us),
                inactive_threshold=_ASK_S,
            )
            made = await jet.add_consumer(told.stream, config)
            first = (await jet.stream_info(told.stream)).state.first_seq
            subscription = await jet.pull_subscribe_bind(made.name, stream=told.stream)
            left = made.num_pending or 0
            while left > 0 and (messages := await self._fetched(client, subscription, gone)):
                within = [one for one in messages if to_micros(one.metadata.timestamp) < until_us]
                # Its first message is the first that is left, and ones before it were there once.
                if 1 < first == messages[0].metadata.sequence.stream:
                    yield Batch(gap=f"The stream {told.stream} may no longer have all of that time.")
                if within:
                    yield self._batch(within)
                if len(within) < len(messages):
                    return
                left = messages[-1].metadata.num_pending

    async def close(self) -> None:
        """Give nothing back: a connection ends with its `listen`, and the consumer stays at the server."""

    @contextlib.asynccontextmanager
    async def _server(self) -> AsyncIterator[tuple[Any, asyncio.Future[None]]]:
        """Yield a connection and what is done when it is gone; what goes wrong is told as a source must."""
        try:
            import nats  # noqa: PLC0415 -- an optional package
        except ImportError:
            raise missing("NATS", "nats") from None
        told, name = self._settings, self._means.name
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            client = await self._connected(gone)
            try:
                yield client, gone
            finally:
                await _closed(client)
        except nats.js.errors.NotFoundError:
            raise RefusedInput(
                f"{name}: the server at {told.host} has no stream {told.stream}.",
                key="source.no_stream",
                name=name,
                stream=told.stream,
            ) from None
        except (nats.errors.Error, OSError, TimeoutError, EOFError) as problem:
            # It has a class of its own for this, and raises another.
            if "authorization" in str(problem).lower() or "authentication" in str(problem).lower():
                raise RefusedInput(
                    f"{name}: the server at {told.host} does not let the desk in; look at user, password_file, "
                    "token_file or credentials_file.",
                    key="source.shut",
                    name=name,
                ) from None
            why = self._why or type(problem).__name__
            raise OutsideFailed(
                f"{name}: the server at {told.host}:{told.port} does not answer, or is gone ({why}).",
                key="source.silent",
                name=name,
                why=why,
            ) from None

    async def _connected(self, gone: asyncio.Future[None]) -> Any:
        from nats.aio.client import Client, RawCredentials  # noqa: PLC0415 -- an optional package
        from nats.errors import SlowConsumerError  # noqa: PLC0415 -- as above

        told, means = self._settings, self._means
        where = await reach.address(means, told.host)
        if (told.user or told.token_file) and not told.tls:
            reach.keep_from_clear(means, where, "tls = true")

        async def closed() -> None:
            if not gone.done():
                gone.set_result(None)

        async def failed(problem: Exception) -> None:
            # Its words are not told on, since they may hold what a server says of a password.
            self._why = type(problem).__name__
            if isinstance(problem, SlowConsumerError):
                self._inbox.lose()

        given: dict[str, Any] = {}
        if told.tls:
            given |= {"tls": _tls.of_client(means, told.host, told.ca_file), "tls_hostname": told.host}
        if told.user:
            given |= {"user": told.user, "password": means.secret(told.password_file)}
        if told.token_file:
            given["token"] = means.secret(told.token_file)
        if told.credentials_file:
            given["user_credentials"] = RawCredentials(means.secret(told.credentials_file))
        client = Client()
        try:
            await client.connect(
                f"{'tls' if told.tls else 'nats'}://{f'[{where}]' if ':' in where else where}:{told.port}",
                name=f"pulih-{means.name}",
                # Other servers of its cluster are the peer's word, and going on is the desk's.
                allow_reconnect=False,
                # 0 would be without end.
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=_TIMEOUT_S,
                ping_interval=_PING_S,
                max_outstanding_pings=_PINGS_MAX,
                closed_cb=closed,
                disconnected_cb=closed,
                error_cb=failed,
                **given,
            )
        except BaseException:
            await _closed(client)
            raise
        return client

    async def _stream(self, client: Any, gone: asyncio.Future[None], cursor: str) -> AsyncGenerator[Batch]:
        gap, subscription = await self._consumer(client, cursor)
        yield Batch(gap=gap)
        wanted = _FIRST
        while True:
            messages = await self._fetched(client, subscription, gone, most=wanted)
            if not messages:
                # The server answered that there is nothing.
                yield Batch()
                continue
            mean = sum([len(one.data) for one in messages]) // len(messages) + 1
            wanted = min(BATCH_MAX, max(1, _ASKED_BYTES // mean))
            kept = False
            try:
                yield self._batch(messages)
                kept = True
            finally:
                # What was not kept is offered again at once; of a desk that was killed, after the server's ack_wait.
                with contextlib.suppress(Exception) if not kept else contextlib.nullcontext():
                    for one in messages:
                        await (one.ack() if kept else one.nak())
                    if not kept:
                        await client.flush(timeout=_GOODBYE_S)

    def _batch(self, messages: list[Any]) -> Batch:
        told = [
            message_of(one.data, self._settings, self._envelope(one, one.metadata.sequence.stream)) for one in messages
        ]
        return Batch(
            cursor=str(max(one.metadata.sequence.stream for one in messages)),
            items=tuple(item for one in told for item in one.items),
            filters=tuple(sorted({name for one in told for name in one.filters})),
            refused=shortened([one.refused for one in told if one.refused]),
        )

    async def _fetched(
        self, client: Any, subscription: Any, gone: asyncio.Future[None], *, most: int = BATCH_MAX
    ) -> list[Any]:
        """Return what is there, or comes while the question stands; none only when the server answers all the same.

        Ends at once when the server goes.
        """
        asked = asyncio.ensure_future(subscription.fetch(most, timeout=_ASK_S))
        try:
            await asyncio.wait({asked, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not asked.done():
                raise ConnectionResetError
            return list(asked.result())
        except TimeoutError:
            # nats-py raises it when the server says "nothing" as well as when nothing came over the wire at all.
            await client.flush(timeout=_ANSWERED_S)
            return []
        finally:
            asked.cancel()
            # nats-py makes a closed connection of a cancelled question; nobody else looks at it.
            await asyncio.gather(asked, return_exceptions=True)

    async def _consumer(self, client: Any, cursor: str) -> tuple[str, Any]:
        """Return what may be missing, and the subscription of the durable consumer, made where there is none."""
        from nats.js import api, errors  # noqa: PLC0415 -- an optional package

        told = self._settings
        jet = client.jetstream(timeout=_TIMEOUT_S)
        state = (await jet.stream_info(told.stream)).state
        durable = told.consumer or f"pulih-{self._means.name}".replace(".", "_")
        heard = int(cursor) if cursor.isdecimal() else 0
        try:
            known = await jet.consumer_info(told.stream, durable)
            wanted = known.config.evolve(filter_subject=None, filter_subjects=list(told.subjects))
        except errors.NotFoundError:
            # A stream that was made anew counts from one again.
            again = api.DeliverPolicy.ALL if heard > state.last_seq else api.DeliverPolicy.BY_START_SEQUENCE
            policy = again if heard else api.DeliverPolicy.NEW
            wanted = api.ConsumerConfig(
                durable_name=durable,
                ack_policy=api.AckPolicy.EXPLICIT,
                max_ack_pending=2 * BATCH_MAX,
                filter_subjects=list(told.subjects),
                deliver_policy=policy,
                opt_start_seq=heard + 1 if policy is api.DeliverPolicy.BY_START_SEQUENCE else None,
            )
        await jet.add_consumer(told.stream, wanted)
        dropped = heard > state.last_seq or 0 < heard < state.first_seq - 1
        gap = (
            f"The stream {told.stream} may no longer have all that came since the desk was last there."
            if dropped
            else ""
        )
        return gap, await jet.pull_subscribe_bind(durable=durable, stream=told.stream)

    async def _plain(self, client: Any, gone: asyncio.Future[None]) -> AsyncGenerator[Batch, None]:
        inbox = self._inbox = Inbox()

        async def heard(message: Any) -> None:
            said = message_of(message.data, self._settings, self._envelope(message))
            if said.items or said.refused:
                inbox.offer(said)
            else:
                inbox.lives()

        gone.add_done_callback(lambda _: inbox.fail(ConnectionResetError()))
        for subject in self._settings.subjects:
            await client.subscribe(subject, cb=heard, pending_msgs_limit=_PENDING_MAX, pending_bytes_limit=_ASKED_BYTES)
        # Whoever publishes after the first batch is heard.
        await client.flush()
        yield Batch()
        async with contextlib.aclosing(inbox.batches()) as batches:
            async for batch in batches:
                yield batch

    def _envelope(self, message: Any, number: int = 0) -> Envelope:
        now_us = self._means.clock.now_us()
        if number:
            # A number alone would be that of another message once the stream was made anew.
            at_us = to_micros(message.metadata.timestamp)
            return Envelope(
                topic=message.subject, id=f"{self._settings.stream}:{number}:{at_us}", now_us=now_us, at_us=at_us
            )
        minute = str(now_us // _MINUTE_US).encode()
        id_ = digest(message.subject.encode(), message.data, minute)
        return Envelope(topic=message.subject, id=id_, now_us=now_us)


async def _closed(client: Any) -> None:
    """Close a connection; one whose encryption failed would be waited for without end (asyncio of Python 3.11)."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_GOODBYE_S):
            await client.close()


KIND = SourceKind(
    name="nats",
    settings=NatsSettings,
    open=Nats,
    says="Hears messages of a NATS server, of a JetStream stream or plain.",
    extra="nats",
    verified="nats-server 2.15, JetStream and plain subjects",
    away="all that the stream still keeps; of plain subjects nothing",
    filters=names_of_rules,
    by_rules=True,
    past=True,
)
