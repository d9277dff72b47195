"""E-mail to the operator's customer care, from the mailbox where it arrives (requirement L1).

The cursor is what RFC 3501 gives: the validity of the folder's numbers, the last of them, and the moment, by which
mails are found again when the server gives all numbers anew. The id of a mail is its own Message-ID, so that the same
mail counts once whatever number it has.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources import reach, troubles
from pulih.adapters.sources.people._keys import Host, MaybeFile, Operator, Port
from pulih.adapters.sources.people._mail_words import mail_item
from pulih.adapters.sources.people._mailbox import Account, Mailbox, NoIdle, Tls, named_context, open_mailbox
from pulih.model.clock import MICROS, from_micros
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Item, Means, SourceKind

_MAILS_AT_ONCE: Final = 50
_PORTS: Final[dict[Tls, int]] = {"tls": 993, "starttls": 143, "none": 143}


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        host: of the server.
        user: name of the mailbox.
        password_file: its password; or
        token_file: an access token of OAuth 2, which somebody else renews there.
        port: 993, or 143 where `tls` is not "tls".
        tls: "tls", "starttls", or "none", which goes into networks of allow_networks only.
        ca_file: certificates that are trusted instead of the machine's.
        folder: in which mails arrive.
        operator: whose customers write there.
        own: addresses from which no customer writes, such as that of customer care.
        wait_s: how long to wait for the server to speak before it is asked whether it lives.
    """

    host: Host
    user: Annotated[str, Meta(min_length=1, max_length=320, description='a name such as "care@example.id"')]
    password_file: MaybeFile = ""
    token_file: MaybeFile = ""
    port: Port | None = None
    tls: Annotated[Tls, Meta(description='"tls", "starttls" or "none"')] = "tls"
    ca_file: MaybeFile = ""
    folder: Annotated[str, Meta(min_length=1, description='the name of a folder, such as "INBOX"')] = "INBOX"
    operator: Operator = ""
    own: Annotated[tuple[str, ...], Meta(description='addresses such as ["care@example.id"]')] = ()
    wait_s: Annotated[float, Meta(ge=5, le=1_500, description="seconds from 5 to 1500")] = 60.0


class _Cursor(msgspec.Struct, frozen=True):
    """What was read last: validity and UID of the folder, and when, seconds since 1970 UTC."""

    validity: int
    uid: int
    at_s: int

    def __str__(self) -> str:
        return f"{self.validity}:{self.uid}:{self.at_s}"


class Email:
    """Reads one folder as mails arrive.

    Args:
        settings: which.
        means: of the source.

    Raises: RefusedInput when the settings name no secret, or two.
    """

    def __init__(self, settings: Settings, means: Means) -> None:
        if bool(settings.password_file) == bool(settings.token_file):
            raise RefusedInput("password_file, token_file: one of them must be given, and not both.")
        self._settings, self._means = settings, means
        self._own = frozenset(one.lower() for one in settings.own)
        self._open: Mailbox | None = None
        self._began: _Cursor | None = None

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield mails as they arrive. Raises: OutsideFailed; RefusedInput."""
        wanted = self._cursor(cursor) if cursor else self._began
        mailbox = await self._opened()
        try:
            at = wanted or _Cursor(mailbox.validity, mailbox.next_uid - 1, self._now_s())
            self._began = self._began or at
            if at.validity != mailbox.validity:
                async for batch in self._anew(mailbox, at):
                    yield batch
                at = _Cursor(mailbox.validity, mailbox.next_uid - 1, self._now_s())
            yield Batch(cursor=str(at))
            while True:
                for uids in _parts(await asyncio.to_thread(mailbox.after, at.uid)):
                    batch = await self._read(mailbox, uids)
                    at = _Cursor(at.validity, uids[-1], self._now_s())
                    yield msgspec.structs.replace(batch, cursor=str(at))
                await self._wait(mailbox)
                yield Batch()
        finally:
            # Whoever waits in a thread wakes up by it.
            mailbox.hang_up()

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield the mails of [since_us, until_us) that are still in the folder."""
        mailbox = await self._opened()
        try:
            found = await asyncio.to_thread(mailbox.since, (from_micros(since_us) - timedelta(days=1)).date())
            for uids in _parts(found):
                batch = await self._read(mailbox, uids)
                items = tuple(one for one in batch.items if one.at_us is not None and since_us <= one.at_us < until_us)
                yield Batch(items=items, refused=batch.refused)
        finally:
            mailbox.hang_up()

    async def close(self) -> None:
        """End the connection, if there is one."""
        if self._open is not None:
            self._open.hang_up()
            self._open = None

    async def _opened(self) -> Mailbox:
        settings, means = self._settings, self._means
        where = await reach.address(means, settings.host)
        if settings.tls == "none":
            reach.keep_from_clear(means, where, 'tls = "tls"')
        account = Account(
            host=settings.host,
            port=settings.port or _PORTS[settings.tls],
            tls=settings.tls,
            address=where,
            context=named_context(settings.host, means.secret(settings.ca_file) if settings.ca_file else ""),
            user=settings.user,
            # Read each time, so that a token which was renewed is the one that is shown.
            secret=means.secret(settings.password_file or settings.token_file).strip(),
            oauth=bool(settings.token_file),
            folder=settings.folder,
        )
        self._open = await asyncio.to_thread(open_mailbox, account, means.name)
        return self._open

    async def _anew(self, mailbox: Mailbox, at: _Cursor) -> AsyncIterator[Batch]:
        """Yield again what came in since the day before the last batch, where the server gave numbers anew."""
        day = (from_micros(at.at_s * MICROS) - timedelta(days=1)).date()
        found = [uid for uid in await asyncio.to_thread(mailbox.since, day) if uid < mailbox.next_uid]
        for uids in _parts(found):
            yield await self._read(mailbox, uids)

    async def _read(self, mailbox: Mailbox, uids: list[int]) -> Batch:
        items: list[Item] = []
        refused: list[str] = []
        for one in await asyncio.to_thread(mailbox.fetch, uids):
            try:
                item = mail_item(
                    one.raw, received=one.received, name=f"uid:{mailbox.validity}:{one.uid}", own=self._own
                )
            except RefusedInput as problem:
                refused.append(str(problem))
                continue
            if item is not None:
                items.append(msgspec.structs.replace(item, operator=self._settings.operator))
        return Batch(items=tuple(items), refused=tuple(refused))

    async def _wait(self, mailbox: Mailbox) -> None:
        try:
            await asyncio.to_thread(mailbox.wait, self._settings.wait_s)
        except NoIdle:
            await asyncio.sleep(min(self._settings.wait_s, 60.0))
            await asyncio.to_thread(mailbox.greet)

    def _now_s(self) -> int:
        return self._means.clock.now_us() // MICROS

    def _cursor(self, written: str) -> _Cursor:
        parts = written.split(":")
        if len(parts) != 3 or not all(one.isascii() and one.isdecimal() and len(one) < 12 for one in parts):
            raise troubles.stranger_s_cursor(self._means.name)
        return _Cursor(*map(int, parts))


def _parts(uids: list[int]) -> Iterator[list[int]]:
    return (uids[start : start + _MAILS_AT_ONCE] for start in range(0, len(uids), _MAILS_AT_ONCE))


KIND: Final = SourceKind(
    name="email",
    settings=Settings,
    open=Email,
    says="E-mails to customer care, from the mailbox where they arrive (IMAP).",
    verified="Debian's Dovecot: new mails while waiting, restarts, cut connections, numbers given anew, TLS, "
    "tokens of OAuth 2 (XOAUTH2)",
    away="all mails that still lie in the folder",
    extra="imap",
    past=True,
)
