"""Platform: asking the interface of a platform where people post, and what its refusals mean for the desk.

All of them answer with the same few statuses: come later (429, with headers that each words in its own way), the
token is no good (401, 403), or a fault of theirs. Answers are read up to a bound; no address is logged, since some have
tokens in them.

Source: RFC 9110 (statuses, Retry-After), RFC 6585 (429); each platform's page on rate limits.
"""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import httpx
import msgspec

from pulih.adapters.sources import troubles
from pulih.adapters.sources.answering import whole
from pulih.adapters.sources.reach import AGENT, TIMEOUT_S, client, silent
from pulih.model.clock import MICROS, to_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Later, Means

LINE_BYTES_MAX: Final = 1 << 20
# A stream that says nothing for so long is dead: the platforms beat every 15 to 20 seconds.
SILENT_S_MAX: Final = 45.0
# Clocks that are no further apart are taken for the same.
_APART_US: Final = 3 * MICROS
_LATER_S: Final = 60.0
_LATER_S_MAX: Final = 3_600.0
_RESETS: Final = ("x-ratelimit-reset", "x-rate-limit-reset", "ratelimit-reset")
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """What a platform answered, with a status that is well."""

    headers: httpx.Headers
    body: bytes


class Gone(RefusedInput):
    """What was asked for is not there, or no more (404, 410)."""


class Platform:
    """Asks one platform.

    Args:
        means: of the source.
        name: what people call it.
        address: where its interface begins; paths are put behind it.

    Raises: RefusedInput when the address is none.
    """

    def __init__(self, means: Means, name: str, address: str) -> None:
        if not address.startswith(("https://", "http://")):
            raise RefusedInput(f'{means.name}: "{address[:80]}" is no address; right would begin with https://')
        self._means, self._name, self._address = means, name, address.rstrip("/")
        self._client = client(means, headers={"User-Agent": AGENT})

    async def ask(self, method: str, path: str, **given: Any) -> Answer:
        """Ask, and return the answer.

        Args:
            method: GET or POST.
            path: behind the address.
            given: arguments of `httpx.AsyncClient.stream`, such as params, headers, json.

        Raises: Later, OutsideFailed, RefusedInput, as the platform answers.
        """
        async with self.stream(method, path, **given) as answer:
            return Answer(answer.headers, await whole(answer, self._means.name, self._name))

    @asynccontextmanager
    async def stream(self, method: str, path: str, **given: Any) -> AsyncIterator[httpx.Response]:
        """Ask, and yield the answer while it comes in. Raises: as `ask`."""
        try:
            async with self._client.stream(method, self._address + path, **given) as answer:
                if not answer.is_success:
                    raise self._problem(answer)
                yield answer
        except httpx.HTTPError as problem:
            raise silent(self._means.name, self._name, type(problem).__name__) from None
        except httpx.InvalidURL:
            raise RefusedInput(f"{self._means.name}: the address of {self._name} is none.") from None

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    def read(self, body: bytes, shape: type[T]) -> T:
        """Return an answer decoded. Raises OutsideFailed when it is something else, such as the page of a proxy."""
        try:
            return msgspec.json.decode(body, type=shape)
        except troubles.UNREADABLE as problem:
            raise troubles.unreadable(self._means.name, self._name, str(problem)) from None

    def _problem(self, answer: httpx.Response) -> OutsideFailed | RefusedInput:
        status, where = answer.status_code, f"{self._means.name}: {self._name}"
        told = {"name": self._means.name, "status": str(status)}
        wait_s = until_reset_s(answer.headers, self._means.clock.now_us())
        if status == 429:
            retry_s = _LATER_S if wait_s is None else wait_s
            return Later(f"{where} asks to come later (429).", retry_s, key="source.later", **told)
        if status == 503 and wait_s is not None:
            return Later(f"{where} is not there for now (503).", wait_s, key="source.later", **told)
        if status >= 500 or status == 408:
            return OutsideFailed(f"{where} failed ({status}).", key="source.answered", **told)
        if status == 409:
            return OutsideFailed(
                f"{where} is asked by somebody else with the same token (409); only one may.", key="source.two", **told
            )
        if status in {401, 403}:
            return RefusedInput(
                f"{where} refuses the token ({status}); right would be a new one with the right to read.",
                key="source.token",
                **told,
            )
        kind = Gone if status in {404, 410} else RefusedInput
        return kind(
            f"{where} refuses what is asked for ({status}); see whether its address is right.",
            key="source.unknown",
            **told,
        )


def until_reset_s(headers: Mapping[str, str], now_us: int) -> float | None:
    """Return in how many seconds a platform may be asked again, None when it does not say.

    Retry-After holds seconds or a date; headers of rate limits hold a moment (in seconds since 1970 or ISO 8601) or
    the seconds that are left.

    >>> until_reset_s({"x-rate-limit-reset": "1759456140"}, 1_759_456_080_000_000)
    60.0
    >>> until_reset_s({"x-ratelimit-reset": "2025-10-03T01:49:00.000Z"}, 1_759_456_080_000_000)
    60.0
    >>> until_reset_s({"x-ratelimit-reset": "12.5"}, 0), until_reset_s({}, 0)
    (12.5, None)
    """
    now_s = now_us / MICROS
    for name in ("retry-after", *_RESETS):
        if (said := headers.get(name)) is not None and (found := _seconds(said.strip(), now_s)) is not None:
            return min(max(found, 1.0), _LATER_S_MAX)
    return None


def ahead_us(headers: Mapping[str, str], now_us: int) -> int:
    """Return how far a peer's clock is ahead of ours, as it dates its answer, microseconds.

    Zero where it does not say, or what could be the way of the answer and the whole seconds of its date.

    >>> ahead_us({"date": "Fri, 03 Oct 2025 01:48:30 GMT"}, 1_759_456_080_000_000)
    30000000
    >>> ahead_us({"date": "Fri, 03 Oct 2025 01:48:01 GMT"}, 1_759_456_080_000_000), ahead_us({"date": "now"}, 0)
    (0, 0)
    """
    try:
        dated = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return 0
    apart_us = to_micros(dated if dated.tzinfo else dated.replace(tzinfo=UTC)) - now_us
    return apart_us if abs(apart_us) > _APART_US else 0


def _seconds(said: str, now_s: float) -> float | None:
    try:
        number = float(said)
    except ValueError:
        pass
    else:
        return number - now_s if number > 1e9 else number if number >= 0 else None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(said)
        except ValueError:
            return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now_s


async def lines(answer: httpx.Response, name: str, where: str) -> AsyncIterator[bytes]:
    """Yield the lines of a stream as they come, without their ends; empty ones too.

    Args:
        answer: whose body never ends.
        name: of the source.
        where: names the stream in errors.

    Raises: OutsideFailed when a line has over 1 MB or takes longer than a stream may be silent, or the stream ends.
    """
    held, loop = b"", asyncio.get_running_loop()
    began_s = loop.time()
    async for chunk in answer.aiter_bytes():
        *ended, held = (held + chunk).split(b"\n")
        for line in ended:
            yield line.rstrip(b"\r")
        if len(held) > LINE_BYTES_MAX:
            raise troubles.too_large(name, where, LINE_BYTES_MAX)
        if ended:
            began_s = loop.time()
        elif loop.time() - began_s > SILENT_S_MAX:
            # A byte now and then is no sign of life: what nobody can read says nothing.
            raise silent(name, where, "a line without end")
    raise troubles.broken(name, where, "end of stream")


def streaming() -> httpx.Timeout:
    """Return how long a stream may take: to begin, and in silence."""
    return httpx.Timeout(TIMEOUT_S, read=SILENT_S_MAX)


def moment_us(written: str | None) -> int | None:
    """Return a moment that a platform wrote, None when it is none, or before 1970.

    >>> moment_us("2025-10-03T01:48:00.000Z"), moment_us("yesterday")
    (1759456080000000, None)
    """
    try:
        moment = datetime.fromisoformat(written or "")
        at_us = to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    return at_us if at_us >= 0 else None
