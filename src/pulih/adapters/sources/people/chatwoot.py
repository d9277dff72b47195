"""What customers write to Chatwoot, asked for as conversations go on.

Chatwoot delivers a webhook of an account once: what the desk cannot take at that moment is found by asking only. Both
give the same ids, so a source and a hook may have one name. Conversations come with the latest activity first, so one
that goes on meanwhile moves to the front, where the next time finds it.

Source: Chatwoot developer documentation: conversations list, get messages; Chatwoot's own code (conversation_finder,
message_finder) for the order and the size of pages.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile
from pulih.adapters.sources.people._polled import PAGES_MAX, Page, Polled, Rhythm
from pulih.adapters.sources.people._tickets import deleted, item_of, moment_us
from pulih.listen.hooks import chatwoot
from pulih.listen.hooks.hooked import moment
from pulih.model.clock import MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Means, SourceKind

# The database shows a message as soon as it is committed; each conversation of these seconds is a request, every time.
_OVERLAP_S: Final = 30.0
# Messages of a page; one with fewer is the first of its conversation.
_PAGE: Final = 20
# Pages of one conversation.
_TURNS_MAX: Final = 50


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of Chatwoot, such as "https://app.chatwoot.com".
        account: the number of the account, as in the address of its pages.
        token_file: the access token of an administrator, who sees all inboxes.
        operator: whose customers write there, as an id of the catalogue.
        every_s: seconds between two times that Chatwoot is asked.
    """

    address: Address
    account: Annotated[int, Meta(ge=1, description="the number of the account, such as 1")]
    token_file: SecretFile
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=10, le=86_400, description="seconds from 10 to 86400")] = 60.0


class _Conversation(msgspec.Struct, frozen=True):
    id: int
    last_activity_at: float


class _Data(msgspec.Struct, frozen=True):
    payload: list[msgspec.Raw]


class _Conversations(msgspec.Struct, frozen=True):
    data: _Data


class _Messages:
    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._address = f"{settings.address.rstrip('/')}/api/v1/accounts/{settings.account}/conversations"
        self.peer = Peer(means, "Chatwoot", self._shown)

    async def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield what customers wrote since then, conversation by conversation, the latest before the others."""
        since_us = since_us // MICROS * MICROS
        asked = {"status": "all", "assignee_type": "all", "sort_by": "last_activity_at_desc"}
        for number in range(1, PAGES_MAX + 1):
            answer = await self.peer.get(self._address, {**asked, "page": str(number)})
            listed = self.peer.read(answer.body, _Conversations, "list of conversations").data.payload
            refused, before = list[str](), not listed
            for raw in listed:
                try:
                    one = msgspec.json.decode(raw, type=_Conversation)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
                    refused.append(f"A conversation of Chatwoot: {problem}.")
                    continue
                active_us = round(one.last_activity_at * MICROS)
                before = active_us < since_us
                if not before:
                    async for page in self._written_in(one.id, since_us):
                        yield msgspec.structs.replace(page, latest_us=active_us)
            yield Page(refused=tuple(refused))
            if before:
                return
        yield Page(gap=f"Chatwoot had more conversations going on than {PAGES_MAX} pages hold; the others are missing.")

    async def _written_in(self, conversation: int, since_us: int) -> AsyncIterator[Page]:
        """Yield pages of one conversation, the latest before the others."""
        before = ""
        for _ in range(_TURNS_MAX):
            try:
                asked = {"before": before} if before else {}
                answer = await self.peer.get(f"{self._address}/{conversation}/messages", asked)
            except RefusedInput as problem:
                if deleted(problem):
                    return
                raise
            told = self.peer.read(answer.body, _Data, "list of messages").payload
            yield page_of(told, self._means.name, operator=self._settings.operator, since_us=since_us)
            messages, _ = _read(told)
            first = min((int(one.id) for one in messages if str(one.id).isdecimal()), default=0)
            if (
                len(told) < _PAGE
                or not first
                or str(first) == before
                or any(_said_us(one) < since_us for one in messages)
            ):
                return
            before = str(first)
        yield Page(
            gap=f"A conversation of Chatwoot has over {_TURNS_MAX * _PAGE:,} new messages; older ones are missing."
        )

    async def _shown(self, _: bool) -> Mapping[str, str]:
        return {"api_access_token": self._means.secret(self._settings.token_file).strip()}


def page_of(told: list[msgspec.Raw], name: str, *, operator: str, since_us: int) -> Page:
    """Return what customers wrote since a moment.

    Args:
        told: messages of a conversation, as they were answered.
        name: of the source.
        operator: whose customers they are of.
        since_us: what was written before is left out, microseconds since 1970 UTC.
    """
    messages, refused = _read(told)
    reports = [chatwoot.said(one, name) for one in messages if _said_us(one) >= since_us]
    items = [item_of(one, operator=operator) for one in reports if one is not None]
    return Page(items=tuple(items), refused=tuple(refused))


def _read(told: list[msgspec.Raw]) -> tuple[list[chatwoot.Message], list[str]]:
    messages, refused = list[chatwoot.Message](), list[str]()
    for raw in told:
        try:
            messages.append(msgspec.json.decode(raw, type=chatwoot.Message))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"A message of Chatwoot: {problem}.")
    return messages, refused


def _said_us(message: chatwoot.Message) -> int:
    return moment_us(moment(str(message.created_at or "")))


def _opened(settings: Settings, means: Means) -> Polled:
    messages = _Messages(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=_OVERLAP_S)
    return Polled(means, messages.pages, rhythm, close=messages.peer.close)


KIND: Final = SourceKind(
    name="chatwoot",
    settings=Settings,
    open=_opened,
    says="What customers write in conversations of Chatwoot.",
    verified="written answers, shaped as Chatwoot's documentation and code have them; not verified against the vendor",
    away="all that customers wrote meanwhile",
)
