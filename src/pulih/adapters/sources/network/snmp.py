"""SNMP: traps and informs of network elements (SNMPv1, v2c and v3), with rules that name object ids.

A trap is sent once and answered by nobody: what is lost on the way, or sent while the desk is down, is gone. An inform
is answered when the desk has it on its disk and not before, so that an agent sends it again until then.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta

from pulih.adapters.channels.missing import missing
from pulih.adapters.sources.network._alarms import Origin
from pulih.adapters.sources.network._door import Bind, Door, Port, Senders
from pulih.adapters.sources.network._inbox import Inbox, Message
from pulih.adapters.sources.network._phrases import names_of_rules
from pulih.adapters.sources.network._traps import Notification, TrapRule, message_of
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

if TYPE_CHECKING:
    from pulih.adapters.sources.network._snmp_engine import Engine, KnownUser

# pysnmp reads a few thousand a second and does nothing else then. An inform that is left out comes again.
_READ_A_SECOND_MAX: Final = 500


class UserTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A user of SNMPv3; `engine` is the id of the agent's engine, needed for its traps and not for its informs."""

    name: Annotated[str, Meta(min_length=1, max_length=32, description="a name of at most 32 letters")]
    auth: Annotated[
        Literal["", "md5", "sha", "sha224", "sha256", "sha384", "sha512"],
        Meta(description='"sha256", or another of md5, sha, sha224, sha384, sha512'),
    ] = ""
    auth_file: str = ""
    privacy: Annotated[
        Literal["", "des", "aes", "aes192", "aes256"], Meta(description='"aes", or another of des, aes192, aes256')
    ] = ""
    privacy_file: str = ""
    engine: Annotated[
        str, Meta(pattern=r"\A([0-9a-fA-F]{10,64})?\Z", description="the agent's engine id in hexadecimal")
    ] = ""


class SnmpSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a table [[source]] of kind "snmp"; docs/sources/network.md describes each."""

    senders: Senders
    rule: Annotated[tuple[TrapRule, ...], Meta(min_length=1, max_length=500, description="tables [[source.rule]]")]
    agent: Annotated[tuple[Origin, ...], Meta(max_length=10_000, description="tables [[source.agent]]")] = ()
    user: Annotated[tuple[UserTable, ...], Meta(max_length=200, description="tables [[source.user]]")] = ()
    community_file: str = ""
    bind: Bind = "127.0.0.1"
    port: Port = 162
    operator: str = ""
    place: str = ""


class Snmp:
    """Listens on one port of UDP.

    Args:
        settings: of the table.
        means: of the source.

    Raises: RefusedInput when they cannot be meant.
    """

    def __init__(self, settings: SnmpSettings, means: Means) -> None:
        if not settings.community_file and not settings.user:
            raise RefusedInput(
                f"{means.name}: nobody may send; right would be a community_file, tables [[source.user]], or both."
            )
        for user in settings.user:
            if bool(user.auth) != bool(user.auth_file) or bool(user.privacy) != bool(user.privacy_file):
                raise RefusedInput(f"{means.name}: user {user.name}: auth needs auth_file, and privacy privacy_file.")
            if user.privacy and not user.auth:
                raise RefusedInput(f"{means.name}: user {user.name}: privacy needs auth too.")
        self._settings, self._means = settings, means
        self._door = Door(means.name, settings.senders)
        self._others = Origin(name="*", operator=settings.operator, place=settings.place)
        self._inbox = Inbox()
        self._engine: Engine | None = None
        self._second = self._read = 0

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:  # noqa: ARG002 -- it has none
        """Yield what counts; a cursor means nothing to SNMP. Raises OutsideFailed; RefusedInput."""
        self._inbox = Inbox()
        await self.close()
        try:
            await self._open()
            async with contextlib.aclosing(self._inbox.batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            await self.close()

    async def close(self) -> None:
        """Listen no more."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()

    async def _open(self) -> None:
        told = self._settings
        try:
            from pulih.adapters.sources.network._snmp_engine import Engine  # noqa: PLC0415 -- an optional package
        except ImportError:
            raise missing("SNMP", "snmp") from None
        # It reads a hundred files of its own when it begins, and other sources share this loop.
        now_s = self._means.clock.now_us() // MICROS
        engine = self._engine = await asyncio.to_thread(Engine, self._means.name, self._heard, now_s=now_s)
        if told.community_file:
            engine.admit(self._means.secret(told.community_file))
        for user in told.user:
            try:
                engine.know(self._known(user))
            except ValueError:
                raise RefusedInput(
                    f"{self._means.name}: user {user.name}: its passwords cannot be used; right would be 8 signs."
                ) from None
        try:
            await engine.open(told.bind, told.port, self._let_in, self._refused)
        except OSError as problem:
            raise self._door.shut(f"{told.bind}, port {told.port}", problem) from None

    def _known(self, user: UserTable) -> KnownUser:
        from pulih.adapters.sources.network._snmp_engine import KnownUser  # noqa: PLC0415 -- an optional package

        return KnownUser(
            name=user.name,
            auth=user.auth,
            auth_password=self._means.secret(user.auth_file) if user.auth_file else "",
            privacy=user.privacy,
            privacy_password=self._means.secret(user.privacy_file) if user.privacy_file else "",
            engine=user.engine,
        )

    def _heard(self, told: Notification, answer: Callable[[], None] | None) -> None:
        """Take a notification; one that does not count is answered at once, one without room not at all."""
        message = message_of(
            told, self._settings.rule, self._settings.agent, self._others, now_us=self._means.clock.now_us()
        )
        if message is None:
            self._inbox.lives()
            if answer is not None:
                # Within the call that hands it on, pysnmp has not yet noted where the answer goes.
                asyncio.get_running_loop().call_soon(answer)
            return
        self._inbox.offer(msgspec.structs.replace(message, kept=answer))

    def _let_in(self, sender: str) -> bool:
        if self._door.lets_in(sender):
            return self._has_turn()
        if told := self._door.strange(sender):
            self._inbox.offer(Message(refused=told))
        return False

    def _has_turn(self) -> bool:
        """Return whether there is time to read one more; other sources share this loop, and reading one is slow."""
        second = int(asyncio.get_running_loop().time())
        self._read = self._read + 1 if second == self._second else 1
        self._second = second
        if self._read <= _READ_A_SECOND_MAX:
            return True
        self._inbox.lose()
        self._inbox.lives()
        return False

    def _refused(self, sender: str, why: str) -> None:
        self._inbox.offer(Message(refused=f"{sender}: a notification of SNMP {why}."))


KIND = SourceKind(
    name="snmp",
    settings=SnmpSettings,
    open=Snmp,
    says="Hears traps and informs of network elements.",
    extra="snmp",
    verified="snmptrap and snmpinform of net-snmp 5.9.3, in versions 1, 2c and 3",
    away="informs that an agent still asks about; traps never",
    machines=True,
    filters=names_of_rules,
)
