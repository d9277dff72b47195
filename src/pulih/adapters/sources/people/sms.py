"""SMS to the operator's own short number, as its message centre delivers them over SMPP (requirement L1).

A message is acknowledged when it is on the disk and not before, so the centre keeps what the desk lost. Parts of a long
message cannot be kept one by one; one that comes alone is put off, with the status by which a centre brings it again,
and what is there of it is enough when the others do not come.

SMPP names no message, so its id is a digest of who wrote what to whom, and of the hour in which it was first heard; for
some minutes after a session begins, the hour of the last batch, since those that come now may be the same.

Source: SMPP 3.4, 4.1.3 (bind_receiver), 4.6 (deliver_sm), 5.1.3 (command_status).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.channels.smpp import MessageCentre, NotLetIn, Session, begun
from pulih.adapters.sources import reach, troubles
from pulih.adapters.sources.people._keys import Host, MaybeFile, Operator, Port, SecretFile
from pulih.adapters.sources.people._short_message import Alphabet, Gathered, Gathering, fragment_of, text_of
from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX
from pulih.model.clock import HOUR_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Item, Means, SourceKind

# Messages that wait to be kept; a centre has ten or a hundred under way, and is told to slow down beyond this.
_WAITING_MAX: Final = 2_000
_CENTRE: Final = "the message centre"
_BATCH_MAX: Final = 500
_PART_WAIT_S: Final = 2.0
_AGAIN_US: Final = 600 * MICROS
_RECENT_MAX: Final = 50_000
_HOUR_US: Final = HOUR_S * MICROS
# ESME_ROK, ESME_RTHROTTLED, ESME_RX_T_APPN (bring it again), ESME_RX_P_APPN (do not).
_KEPT, _SLOWER, _LATER, _NEVER = 0x00, 0x58, 0x64, 0x65
# ESME_RINVPASWD, ESME_RINVSYSID.
_WRONG: Final = frozenset({0x0E, 0x0F})


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        host, port: of the message centre.
        system_id: as whom the desk comes to it.
        password_file: its password.
        system_type: as some centres ask for.
        tls: whether the connection is encrypted; one that is not goes into networks of allow_networks only.
        ca_file: certificates that are trusted instead of the machine's.
        numbers: messages to these only, such as ["9123"]; empty = all.
        alphabet: the centre's own: "gsm7", "ascii", "latin1" or "utf-8".
        operator: whose customers write.
        enquire_s: after how many seconds of silence the centre is asked whether it lives.
    """

    host: Host
    system_id: Annotated[str, Meta(pattern=r"\A[ -~]{0,15}\Z", description="a name of at most 15 letters of ASCII")]
    password_file: SecretFile
    port: Port = 2775
    system_type: Annotated[str, Meta(pattern=r"\A[ -~]{0,12}\Z", description="at most 12 letters of ASCII")] = ""
    tls: bool = True
    ca_file: MaybeFile = ""
    numbers: Annotated[tuple[str, ...], Meta(description='numbers such as ["9123"]')] = ()
    alphabet: Annotated[Alphabet, Meta(description='"gsm7", "ascii", "latin1" or "utf-8"')] = "gsm7"
    operator: Operator = ""
    enquire_s: Annotated[float, Meta(ge=1, le=600, description="seconds from 1 to 600")] = 30.0


class _Kept(msgspec.Struct):
    """What comes of messages: items, numbers of ours, what could not be read, and each's answer once items are kept."""

    items: list[Item] = []
    numbers: set[str] = set()
    refused: list[str] = []
    answers: list[tuple[int, int]] = []


class ShortMessages:
    """Receives from one message centre.

    Args:
        settings: which.
        means: of the source.
    """

    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._numbers = frozenset(_numbers(settings, ()))
        self._recent: OrderedDict[str, tuple[int, int]] = OrderedDict()
        self._session: Session | None = None

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield messages as they are delivered. Raises: OutsideFailed; RefusedInput."""
        hour = self._hour(cursor)
        queue: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue(_WAITING_MAX)
        session = await self._bound(queue)
        gathering, began_us = Gathering(), self._means.clock.now_us()
        ended = asyncio.ensure_future(session.ended())
        try:
            yield Batch()
            while True:
                brought = await self._brought(queue, ended, _PART_WAIT_S if gathering.holds() else None)
                now_us = self._means.clock.now_us()
                if hour is None or now_us - began_us > _AGAIN_US:
                    hour = now_us // _HOUR_US
                kept = self._kept(brought, gathering, now_us, hour)
                if not brought:
                    for ticket in gathering.put_off():
                        session.acknowledge(ticket, _LATER)
                    await self._greeted(session)
                yield Batch(
                    cursor=str(hour),
                    items=tuple(kept.items),
                    filters=tuple(sorted(kept.numbers)),
                    refused=tuple(kept.refused),
                )
                # Asked for the next batch: this one is on the disk.
                for ticket, status in kept.answers:
                    session.acknowledge(ticket, status)
        finally:
            ended.cancel()
            await self.close()

    async def close(self) -> None:
        """End the session, if there is one."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _bound(self, queue: asyncio.Queue[tuple[int, bytes]]) -> Session:
        settings, name = self._settings, self._means.name
        where = await reach.address(self._means, settings.host)
        if not settings.tls:
            reach.keep_from_clear(self._means, where, "tls = true")
        centre = MessageCentre(
            host=settings.host,
            port=settings.port,
            system_id=settings.system_id,
            password=self._means.secret(settings.password_file).strip(),
            sender="",
            system_type=settings.system_type,
            trust=self._trust() if settings.tls else None,
        )
        connected = await reach.opened(self._means, where, settings.port)
        try:
            reader, writer = await asyncio.open_connection(
                sock=connected, ssl=centre.trust, server_hostname=settings.host if settings.tls else None
            )
        except OSError as problem:
            connected.close()
            raise troubles.broken(name, _CENTRE, type(problem).__name__) from None

        def delivered(ticket: int, pdu: bytes) -> None:
            try:
                queue.put_nowait((ticket, pdu))
            except asyncio.QueueFull:
                session.acknowledge(ticket, _SLOWER)

        session = Session(reader, writer, delivered)
        try:
            async with asyncio.timeout(reach.TIMEOUT_S):
                self._session = await begun(session, centre)
        except NotLetIn as problem:
            if problem.status in _WRONG:
                raise RefusedInput(
                    f"{name}: {problem}; look at system_id, and at the password in its file.",
                    key="source.shut",
                    name=name,
                ) from None
            raise OutsideFailed(f"{name}: {problem}.") from None
        except TimeoutError:
            raise reach.silent(name, _CENTRE, "TimeoutError") from None
        except OutsideFailed as problem:
            raise OutsideFailed(f"{name}: {problem}.") from None
        return session

    def _trust(self) -> ssl.SSLContext:
        ca = self._means.secret(self._settings.ca_file) if self._settings.ca_file else None
        try:
            return ssl.create_default_context(cadata=ca)
        except ssl.SSLError:
            raise troubles.no_certificate(self._means.name) from None

    async def _brought(
        self, queue: asyncio.Queue[tuple[int, bytes]], ended: asyncio.Future[None], within_s: float | None
    ) -> list[tuple[int, bytes]]:
        """Return what was delivered, nothing after a while without. Raises: OutsideFailed when the session ended."""
        waiting = asyncio.ensure_future(queue.get())
        both: set[asyncio.Future[Any]] = {waiting, ended}
        try:
            await asyncio.wait(both, timeout=within_s or self._settings.enquire_s, return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                if ended.done():
                    raise troubles.broken(self._means.name, _CENTRE, "unbind")
                return []
            brought = [waiting.result()]
        finally:
            waiting.cancel()
        while len(brought) < _BATCH_MAX:
            with contextlib.suppress(asyncio.QueueEmpty):
                brought.append(queue.get_nowait())
                continue
            break
        return brought

    async def _greeted(self, session: Session) -> None:
        try:
            async with asyncio.timeout(reach.TIMEOUT_S):
                await session.enquire()
        except (TimeoutError, OutsideFailed):
            raise reach.silent(self._means.name, _CENTRE, "enquire_link") from None

    def _kept(self, brought: list[tuple[int, bytes]], gathering: Gathering, now_us: int, hour: int) -> _Kept:
        kept = _Kept()
        for ticket, pdu in brought:
            try:
                fragment = fragment_of(pdu)
                if fragment is None or (self._numbers and fragment.to not in self._numbers):
                    kept.answers.append((ticket, _KEPT))
                    continue
                gathered = gathering.add(fragment, ticket, now_us)
            except RefusedInput as problem:
                kept.refused.append(str(problem))
                kept.answers.append((ticket, _NEVER))
                continue
            if gathered is not None:
                self._tell(gathered, kept, now_us, hour)
        for gathered in gathering.overdue(now_us):
            self._tell(gathered, kept, now_us, hour)
        return kept

    def _tell(self, gathered: Gathered, kept: _Kept, now_us: int, hour: int) -> None:
        """Put a message among what is kept, one without words only among what is answered."""
        kept.answers.extend((ticket, _KEPT) for ticket in gathered.tickets)
        if not gathered.parts:
            return
        first = min(gathered.parts, key=lambda one: one.number)
        try:
            text = " ".join(text_of(gathered.parts, self._settings.alphabet).split())
        except RefusedInput as problem:
            kept.refused.append(str(problem))
            return
        if text:
            kept.numbers.update(self._numbers & {first.to})
            kept.items.append(
                Item(
                    id=f"{first.digest}:{self._first_heard(first.digest, now_us, hour)}",
                    at_us=now_us,
                    text=text[:TEXT_CHARS_MAX],
                    author=first.sender[:NAME_CHARS_MAX],
                    operator=self._settings.operator,
                )
            )

    def _first_heard(self, digest: str, now_us: int, hour: int) -> int:
        """Return the hour in which a message was first heard; within an hour the same is the same message."""
        at_us, known = self._recent.pop(digest, (now_us, hour))
        if now_us - at_us > _HOUR_US:
            at_us, known = now_us, hour
        self._recent[digest] = (at_us, known)
        if len(self._recent) > _RECENT_MAX:
            self._recent.popitem(last=False)
        return known

    def _hour(self, cursor: str) -> int | None:
        if not cursor:
            return None
        if cursor.isascii() and cursor.isdecimal() and len(cursor) < 12:
            return int(cursor)
        raise troubles.stranger_s_cursor(self._means.name)


def _numbers(settings: Settings, _: tuple[str, ...]) -> tuple[str, ...]:
    """Return the numbers that people write to, as a message centre writes them."""
    return tuple(one.removeprefix("+") for one in settings.numbers)


KIND: Final = SourceKind(
    name="sms",
    settings=Settings,
    open=ShortMessages,
    says="SMS to the operator's own number, from its message centre over SMPP 3.4.",
    verified="Debian's Kannel (drive_smpp), and a message centre of the tests' own that hangs up and brings again",
    away="all that the message centre keeps, since nothing is acknowledged before it is on the disk",
    extra="sms",
    filters=_numbers,
)
