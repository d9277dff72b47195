"""X: posts that match the desk's own rules, streamed; what was missed, from the search of the last week (L1).

Each post that X hands over costs money, in the stream and in the search. So posts are paid for ahead, in small lots,
before they are read; when the month's budget is spent, the connection ends. This interface does not tell which posts
were deleted.

Source: docs.x.com: filtered stream, rules, recent search, pricing per post read, handling of disconnections.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources import troubles
from pulih.adapters.sources.people._inflow import Inflow
from pulih.adapters.sources.people._platform import Platform, lines, streaming
from pulih.adapters.sources.people._tweets import FIELDS, Page, id_at, lines_read, moment_of, newest_of, page_read
from pulih.adapters.sources.people._words import EVERYTHING, Words
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import PulihError, RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_RULES: Final = "/2/tweets/search/stream/rules"
_STREAM: Final = "/2/tweets/search/stream"
_SEARCH: Final = "/2/tweets/search/recent"
_PAGE: Final = 100
_PAGES_MAX: Final = 100
# Posts that are paid for ahead of the stream.
_LOT: Final = 20
# The search reaches back a week, less a minute for the way there, and up to a moment ago.
_WEEK_US: Final = (7 * DAY_S - 60) * MICROS
_FRESH_US: Final = 15 * MICROS
_PRICE_MICROS: Final = 5_000
_QUERY_CHARS_MAX: Final = 512
_RULES_MAX: Final = 1_000
# What may not stand between quotes in a rule.
_QUOTES: Final = str.maketrans("", "", '"\\')


class XSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which right to listen, and what it costs.

    Attributes:
        token_file: holds the application's bearer token.
        also: what each rule asks for besides, in X's words.
        price_micros: what one post costs, in millionths of the unit of the budget; X's price in dollars unless told.
        backfill_minutes: up to 5, where the contract with X has backfill: a short gap is streamed and not searched.
        api: where its interface is reached.
    """

    token_file: str
    also: str = "-is:retweet"
    price_micros: Annotated[int, Meta(ge=0, description="0 or more, such as 5000")] = _PRICE_MICROS
    backfill_minutes: Annotated[int, Meta(ge=0, le=5, description="0 to 5")] = 0
    api: str = "https://api.x.com"


class _Rule(msgspec.Struct, frozen=True):
    id: str
    value: str
    tag: str = ""


class _Rules(msgspec.Struct, frozen=True):
    data: list[_Rule] = []


class _Summary(msgspec.Struct, frozen=True):
    invalid: int = 0


class _MadeMeta(msgspec.Struct, frozen=True):
    summary: _Summary = _Summary()


class _Problem(msgspec.Struct, frozen=True):
    title: str = ""
    value: str = ""


class _Made(msgspec.Struct, frozen=True):
    meta: _MadeMeta = _MadeMeta()
    errors: list[_Problem] = []


class Purse:
    """Pays for posts before they are read.

    Args:
        price_micros: of one post.
        spend: as `Means.spend`.
    """

    def __init__(self, price_micros: int, spend: Callable[[int], Awaitable[None]]) -> None:
        self._price_micros, self._spend = price_micros, spend
        self._left = 0

    async def hold(self, posts: int) -> None:
        """Have so many posts paid for. Raises SpendReached; nothing is paid then."""
        if self._left < posts:
            await self._spend((posts - self._left) * self._price_micros)
            self._left = posts

    def take(self, posts: int) -> None:
        """Note that so many were handed over."""
        self._left = max(self._left - posts, 0)

    def put_back(self, posts: int) -> None:
        """Note that so many of those taken were not handed over after all."""
        self._left += posts

    async def give_back(self) -> None:
        """Have what was paid and not handed over count no more: X refuses, or nobody listens any more."""
        left, self._left = self._left, 0
        if left:
            await self._spend(-left * self._price_micros)

    @property
    def empty(self) -> bool:
        """Return whether the next post is not paid for."""
        return self._left == 0


class X:
    """Listens by rules of its own; see `ports.sources.Source` and `Backfilling`."""

    def __init__(self, settings: XSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._words = Words(means.name, means.filters)
        if EVERYTHING in self._words.wanted or len(self._words.wanted) > _RULES_MAX:
            raise RefusedInput(
                f"{means.name}: filters: X asks for names or phrases, and is paid for each post it finds."
            )
        self._purse = Purse(settings.price_micros, means.spend)
        self._platform = Platform(means, "X", settings.api)

    def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is posted; see `ports.sources.Source.listen`."""
        return self._paying(self._streamed(cursor))

    def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was posted in a span; see `ports.sources.Backfilling`."""
        return self._paying(batch async for batch, _ in self._searched(since_us, until_us))

    async def close(self) -> None:
        """Give connections back, and what was paid for posts that will not come."""
        await self._platform.close()
        await self._purse.give_back()

    async def _paying(self, batches: AsyncGenerator[Batch]) -> AsyncIterator[Batch]:
        """Yield batches; where X refuses, as a wrong token, trying again and again must not use up the budget."""
        try:
            async with aclosing(batches):
                async for batch in batches:
                    yield batch
        except RefusedInput:
            await self._purse.give_back()
            raise

    async def _streamed(self, cursor: str) -> AsyncGenerator[Batch]:
        now_us = self._means.clock.now_us()
        newest = cursor if moment_of(cursor) else id_at(now_us)
        minutes = self._settings.backfill_minutes
        streamed = bool(cursor) and now_us - moment_of(newest) < minutes * 60 * MICROS
        await self._rules_kept()
        await self._purse.hold(_LOT)
        async with Inflow[bytes]() as inflow:
            inflow.feed(self._followed(inflow, minutes if streamed else 0))
            # The first line is our own: the stream runs, so what is missed lies before and the search has it.
            begun = await inflow.take()
            yield Batch(cursor=newest)
            if cursor and not streamed:
                found = ""
                async for batch, last in self._searched(moment_of(newest), None):
                    found = newest_of([found, last])
                    yield batch
                newest = newest_of([newest, found])
            while True:
                batch, ends = lines_read(begun or await inflow.take(), newest)
                begun, newest = [], batch.cursor
                yield batch
                if ends:
                    raise troubles.broken(self._means.name, "X", ends)

    async def _followed(self, inflow: Inflow[bytes], backfill: int) -> None:
        asked = FIELDS | ({"backfill_minutes": str(backfill)} if backfill else {})
        given = {"params": asked, "headers": self._headers(), "timeout": streaming()}
        async with self._platform.stream("GET", _STREAM, **given) as answer:
            await inflow.put(b"", 0)
            async for line in lines(answer, self._means.name, "the stream of X"):
                await inflow.put(line, len(line))
                if line:
                    self._purse.take(1)
                    if self._purse.empty:
                        await self._purse.hold(_LOT)

    async def _searched(self, since_us: int, until_us: int | None) -> AsyncIterator[tuple[Batch, str]]:
        """Yield what the search finds from a moment on, newest first, with the newest id of each page."""
        now_us = self._means.clock.now_us()
        from_us = max(since_us, now_us - _WEEK_US)
        if from_us > since_us:
            gap = f"X searches the last seven days; from {iso(since_us)} to {iso(from_us)} may be missing"
            yield Batch(gap=gap), ""
        asked = FIELDS | {"max_results": str(_PAGE), "start_time": _seconds(from_us)}
        if until_us is not None:
            asked["end_time"] = _seconds(min(until_us, now_us - _FRESH_US))
            if asked["end_time"] <= asked["start_time"]:
                return
        for query in _queries(self._words.wanted, self._settings.also):
            token = ""
            for number in range(_PAGES_MAX):
                await self._purse.hold(_PAGE)
                given = asked | {"query": query} | ({"next_token": token} if token else {})
                page = await self._page(given)
                batch, newest = page_read(page)
                token = page.meta.next_token
                more = bool(token) and number + 1 == _PAGES_MAX
                gap = f"X finds more than {_PAGE * _PAGES_MAX:,} posts; older ones are missing" if more else ""
                filters = dict.fromkeys(word for item in batch.items for word in self._words.found(item.text))
                yield msgspec.structs.replace(batch, gap=gap, filters=tuple(filters)), newest
                if not token:
                    break

    async def _page(self, asked: dict[str, str]) -> Page:
        """Return a page of the search, which is paid for."""
        # Where nobody waits for the answer any more, nobody knows how many posts X handed over.
        self._purse.take(_PAGE)
        try:
            answer = await self._platform.ask("GET", _SEARCH, params=asked, headers=self._headers())
            page = self._platform.read(answer.body, Page)
        except PulihError:
            self._purse.put_back(_PAGE)
            raise
        self._purse.put_back(max(_PAGE - len(page.data), 0))
        return page

    async def _rules_kept(self) -> None:
        """Have the rules of this source be at X as the words want them, and touch no others."""
        mark = f"pulih:{self._means.name}:"
        wanted = {_rule(one, self._settings.also): mark + one for one in self._words.wanted}
        answer = await self._platform.ask("GET", _RULES, headers=self._headers())
        known = [one for one in self._platform.read(answer.body, _Rules).data if one.tag.startswith(mark)]
        stale = [one.id for one in known if wanted.get(one.value) != one.tag]
        if stale:
            await self._platform.ask("POST", _RULES, json={"delete": {"ids": stale}}, headers=self._headers())
        there = {one.value for one in known if one.id not in stale}
        new = [{"value": value, "tag": tag} for value, tag in wanted.items() if value not in there]
        if not new:
            return
        answer = await self._platform.ask("POST", _RULES, json={"add": new}, headers=self._headers())
        made = self._platform.read(answer.body, _Made)
        if made.meta.summary.invalid:
            told = made.errors[0] if made.errors else _Problem()
            raise RefusedInput(
                f"{self._means.name}: filters: X refuses the rule {told.value[:80]} ({told.title[:80]}).",
                key="source.rule",
                name=self._means.name,
                rule=told.value[:80],
                why=told.title[:80],
            )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._means.secret(self._settings.token_file)}"}


def _rule(word: str, also: str) -> str:
    return f'"{word.translate(_QUOTES)}" {also}'.strip()


def _queries(words: Sequence[str], also: str) -> list[str]:
    """Return queries that find any of the words, each as long as X takes.

    >>> _queries(["IndiHome", "by.U"], "-is:retweet")
    ['("IndiHome" OR "by.U") -is:retweet']
    """
    made, held = list[str](), list[str]()
    for quoted in (f'"{word.translate(_QUOTES)}"' for word in words):
        if held and len(_any_of([*held, quoted], also)) > _QUERY_CHARS_MAX:
            made.append(_any_of(held, also))
            held = []
        held.append(quoted)
    return [*made, _any_of(held, also)]


def _any_of(quoted: Sequence[str], also: str) -> str:
    return f"({' OR '.join(quoted)}) {also}".strip()


def _seconds(at_us: int) -> str:
    return iso(at_us // MICROS * MICROS)


KIND = SourceKind(
    name="x",
    settings=XSettings,
    open=X,
    says="Posts on X that match the desk's rules, from the filtered stream; the search for the last week.",
    verified="written answers and streams of a real HTTP server, shaped as X documents them; "
    "not verified against the vendor",
    away="what the search of the last seven days finds, which costs as much; what is older is told as a gap",
    paid=True,
    filters=lambda _, wanted: wanted,
    past=True,
)
