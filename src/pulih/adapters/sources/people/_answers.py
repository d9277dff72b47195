"""Answers: asks one peer over HTTP, and turns what it answers into the three fates of a source.

A token that has run out is asked for once more before a person is called: where the file or the peer gives a new one,
the source goes on by itself. No message names an address, since some hold tokens.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import httpx
import msgspec

from pulih.adapters.sources import reach, troubles
from pulih.adapters.sources.answering import whole
from pulih.adapters.sources.people._platform import until_reset_s
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Later, Means

_OK, _NOT_CHANGED, _UNKNOWN, _TOO_MANY, _BUSY = 200, 304, 404, 429, 503
_NOT_LET_IN: Final = frozenset({401, 403})

Shape = TypeVar("Shape")
# Gives the headers that show who asks; told whether those it gave before were refused.
Authorised = Callable[[bool], Awaitable[Mapping[str, str]]]


class Answer(msgspec.Struct, frozen=True):
    """What a peer answered: its status, its headers with names in small letters, and its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Peer:
    """One peer that answers over HTTP.

    Args:
        means: of the source.
        called: what the peer is called in a sentence.
        authorised: gives the headers that show who asks; None for a peer that lets everybody ask.
    """

    def __init__(self, means: Means, called: str, authorised: Authorised | None = None) -> None:
        self._means, self._called, self._authorised = means, called, authorised
        self._client: httpx.AsyncClient | None = None

    async def get(
        self, address: str, asked: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Return what the peer answers, 200 or 304.

        Args:
            address: of it.
            asked: the query.
            headers: beside those that show who asks.

        Raises: Later, OutsideFailed, RefusedInput.
        """
        answer = await self._once(address, asked, headers, again=False)
        if answer.status in _NOT_LET_IN and self._authorised is not None:
            answer = await self._once(address, asked, headers, again=True)
        self._judge(answer)
        return answer

    async def posted(self, address: str, form: Mapping[str, str]) -> Answer:
        """Return what the peer answers to a form, whatever its status. Raises: OutsideFailed; RefusedInput."""
        return await self._answer("POST", address, data=dict(form))

    async def close(self) -> None:
        """Give connections back."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def read(self, body: bytes, shape: type[Shape], what: str) -> Shape:
        """Return a body as a shape.

        Args:
            body: JSON.
            shape: to read it into; fields that it does not know are left out.
            what: it should have been.

        Raises: OutsideFailed when it is another, as pages are that stand in for a peer which is being mended.
        """
        try:
            return msgspec.json.decode(body, type=shape)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            raise troubles.unreadable(self._means.name, self._called, f"no {what}: {problem}") from None

    async def _once(
        self, address: str, asked: Mapping[str, str] | None, headers: Mapping[str, str] | None, *, again: bool
    ) -> Answer:
        shown = await self._authorised(again) if self._authorised is not None else {}
        return await self._answer("GET", address, params=asked, headers={**shown, **(headers or {})})

    async def _answer(self, method: str, address: str, **given: Any) -> Answer:
        if self._client is None:
            self._client = reach.client(self._means, reads_in_clear=self._authorised is None)
        try:
            async with self._client.stream(method, address, **given) as answer:
                body = await whole(answer, self._means.name, self._called)
                named = {name.lower(): value for name, value in answer.headers.items()}
                return Answer(answer.status_code, named, body)
        except httpx.HTTPError as problem:
            raise reach.silent(self._means.name, self._called, type(problem).__name__) from None
        except (httpx.InvalidURL, UnicodeError):
            raise RefusedInput(f"{self._means.name}: the address of {self._called} is none.") from None

    def _judge(self, answer: Answer) -> None:
        """Raise what any status but 200 and 304 means."""
        name, status = self._means.name, answer.status
        if status in (_OK, _NOT_CHANGED):
            return
        told = {"name": name, "status": str(status)}
        if status in _NOT_LET_IN:
            raise RefusedInput(
                f"{name}: {self._called} does not let the desk in (status {status}); put a token or key that is valid "
                "into its file, and see that it may read.",
                key="source.token",
                **told,
            )
        if status == _UNKNOWN:
            raise RefusedInput(
                f"{name}: {self._called} does not know what is asked for; look at the settings.",
                key="source.unknown",
                **told,
            )
        waits = until_reset_s(answer.headers, self._means.clock.now_us())
        if waits is not None and status in (_TOO_MANY, _BUSY):
            raise Later(
                f"{name}: {self._called} asks to come again in {waits:g} s (status {status}).",
                waits,
                key="source.later",
                **told,
            )
        raise OutsideFailed(f"{name}: {self._called} answered status {status}.", key="source.answered", **told)
