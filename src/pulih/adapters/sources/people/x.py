"""X: posts that match the desk's own rules, streamed; what was missed, from the search of the last week (L1).

Each post that X hands over costs money, in the stream and in the search. So posts are paid for ahead, in small lots,
before they are read; when the month's budget is spent, the connection ends. This interface does not tell which posts
were deleted.

After a gap the stream is heard at once, and the kept cursor stays where it was until the search has told what was
missed; that costs what both told twice, and the desk counts it once by its id.

Source: docs.x.com: filtered stream, consuming streaming data (not sorted, duplicates, 99 % within 7 s), rules, pricing
per post read, handling of disconnections.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources import troubles
from pulih.adapters.sources.inflow import Inflow
from pulih.adapters.sources.people._platform import Platform, ahead_us, lines, streaming
from pulih.adapters.sources.people._tweets import FIELDS, id_at, lines_read, moment_of, newest_of
from pulih.adapters.sources.people._words import EVERYTHING, Words
from pulih.adapters.sources.people._x_search import PAGE, QUOTES, Asker, Purse, Search
from pulih.model.clock import MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.sources import Batch, Later, Means, SourceKind, SpendReached

_RULES: Final = "/2/tweets/search/stream/rules"
_STREAM: Final = "/2/tweets/search/stream"
# Posts that are paid for ahead of the stream.
_LOT: Final = 20
# The stream is not sorted, and tells a post seconds after it was said: a search begins so much before the newest post.
_BEFORE_US: Final = 60 * MICROS
# Posts of the first moments may pass the stream by while it begins; so much of its time is searched too.
_AFTER_US: Final = 10 * MICROS
# X finds a post about 30 s after it was said: so long after the stream began, all that is searched for can be found.
_SETTLES_US: Final = _AFTER_US + 30 * MICROS
# A search that fails is tried so often, at least `_SETTLES_US` apart, before the stream is left too.
_TRIES_MAX: Final = 5
# So often it is looked whether the search is due.
_LOOK_S: Final = 1.0
_PRICE_MICROS: Final = 5_000
_MICROS_A_UNIT: Final = 1_000_000
_RULES_MAX: Final = 1_000


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


class _Stream:
    """What the stream says.

    Args:
        inflow: lines, as they come.
        newest: id that is known before.
        name: of the source.

    Attributes:
        newest: id of all that was said.
    """

    def __init__(self, inflow: Inflow[bytes], newest: str, name: str) -> None:
        self._inflow, self._name, self._ends = inflow, name, ""
        self.newest = newest

    async def next(self, wait_s: float | None = None) -> Batch | None:
        """Return what is said next, with the newest id as cursor; None when nothing is for so many seconds.

        Raises: OutsideFailed when X has ended the stream.
        """
        if self._ends:
            raise troubles.broken(self._name, "X", self._ends)
        told = await self._inflow.take(wait_s=wait_s)
        batch, self._ends = lines_read(told, self.newest)
        self.newest = batch.cursor
        return batch if told else None


class X:
    """Listens by rules of its own; see `ports.sources.Source` and `Backfilling`."""

    def __init__(self, settings: XSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._words = Words(means.name, means.filters)
        if EVERYTHING in self._words.wanted or len(self._words.wanted) > _RULES_MAX:
            raise RefusedInput(
                f"{means.name}: filters: X asks for names or phrases, and is paid for each post it finds."
            )
        self._lots, self._pages = (Purse(settings.price_micros, means.spend, means.clock) for _ in range(2))
        # How far X's clock is ahead, as the stream last said; the moments it is asked for are of that clock.
        self._ahead_us = 0
        self._platform = Platform(means, "X", settings.api)

    def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is posted; see `ports.sources.Source.listen`."""
        return self._paying(self._streamed(cursor))

    def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was posted in a span; see `ports.sources.Backfilling`."""
        return self._paying(self._found(since_us, until_us))

    async def close(self) -> None:
        """Give connections back, and what was paid for posts that will not come."""
        await self._platform.close()
        await self._give_back()

    async def _paying(self, batches: AsyncGenerator[Batch]) -> AsyncIterator[Batch]:
        """Yield batches; where X refuses, as a wrong token, trying again and again must not use up the budget."""
        try:
            async with aclosing(batches):
                async for batch in batches:
                    yield batch
        except RefusedInput:
            await self._give_back()
            raise

    async def _give_back(self) -> None:
        await self._lots.give_back()
        await self._pages.give_back()

    async def _streamed(self, cursor: str) -> AsyncGenerator[Batch]:
        now_us = self._means.clock.now_us()
        kept = cursor if moment_of(cursor) else id_at(now_us)
        since_us = moment_of(kept) - _BEFORE_US
        minutes = self._settings.backfill_minutes
        streamed = bool(cursor) and now_us - since_us < minutes * 60 * MICROS
        await self._rules_kept()
        await self._lots.hold(_LOT)
        async with Inflow[bytes]() as inflow:
            inflow.feed(self._followed(inflow, minutes if streamed else 0))
            stream = _Stream(inflow, kept, self._means.name)
            # The first line is our own: the stream runs, so what is missed was said before, or is on its way.
            yield msgspec.structs.replace(await stream.next() or Batch(), cursor=kept)
            if cursor:
                async with aclosing(self._caught_up(stream, None if streamed else since_us)) as missed:
                    async for batch in missed:
                        yield batch
                yield Batch(cursor=stream.newest)
            while True:
                yield await stream.next() or Batch()

    async def _caught_up(self, stream: _Stream, since_us: int | None) -> AsyncGenerator[Batch]:
        """Yield what the stream says meanwhile, and what was missed; the cursor may move when it ends.

        Args:
            stream: that has just begun.
            since_us: what is searched from then on; None where the stream itself says what was missed.
        """
        begun_us = self._now_us()
        search: Search | None = None
        due_us, failed = begun_us + _SETTLES_US, 0
        while True:
            left_us = max(due_us - self._now_us(), 0)
            if said := await stream.next(min(left_us / MICROS, _LOOK_S)):
                yield msgspec.structs.replace(said, cursor="")
            if left_us:
                continue
            if since_us is not None and search is None:
                search = self._search(since_us, begun_us + _AFTER_US)
            if search is None or search.done:
                await self._pages.give_back()
                return
            try:
                found = await search.next()
            except SpendReached:
                raise
            except OutsideFailed as problem:
                # The stream is heard all the same; what does not mend is told in the end.
                failed += 1
                if failed == _TRIES_MAX:
                    raise
                retry_s = problem.retry_s if isinstance(problem, Later) else 0.0
                due_us = self._now_us() + max(_SETTLES_US, round(retry_s * MICROS))
                continue
            failed, stream.newest = 0, newest_of([stream.newest, found.cursor])
            yield msgspec.structs.replace(found, cursor="")

    async def _found(self, since_us: int, until_us: int) -> AsyncGenerator[Batch]:
        search = self._search(since_us, until_us)
        while not search.done:
            yield msgspec.structs.replace(await search.next(), cursor="")
        await self._pages.give_back()

    def _search(self, since_us: int, until_us: int) -> Search:
        asker = Asker(
            name=self._means.name,
            platform=self._platform,
            words=self._words,
            also=self._settings.also,
            headers=self._headers,
            purse=self._pages,
        )
        return Search(asker, since_us, until_us, now_us=self._now_us())

    async def _followed(self, inflow: Inflow[bytes], backfill: int) -> None:
        asked = FIELDS | ({"backfill_minutes": str(backfill)} if backfill else {})
        given = {"params": asked, "headers": self._headers(), "timeout": streaming()}
        async with self._platform.stream("GET", _STREAM, **given) as answer:
            self._ahead_us = ahead_us(answer.headers, self._means.clock.now_us())
            await inflow.put(b"", 0)
            async for line in lines(answer, self._means.name, "the stream of X"):
                await inflow.put(line, len(line))
                if line:
                    self._lots.take(1)
                    if self._lots.empty:
                        await self._lots.hold(_LOT)

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

    def _now_us(self) -> int:
        return self._means.clock.now_us() + self._ahead_us

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._means.secret(self._settings.token_file)}"}


def _rule(word: str, also: str) -> str:
    return f'"{word.translate(QUOTES)}" {also}'.strip()


def _least(settings: XSettings) -> tuple[float, str]:
    """Return what a budget must hold for the stream and one page of the search, which are both paid for ahead."""
    price = settings.price_micros / _MICROS_A_UNIT
    return (_LOT + PAGE) * price, f"{_LOT} posts of the stream and a page of {PAGE} of the search"


KIND = SourceKind(
    name="x",
    settings=XSettings,
    open=X,
    says="Posts on X that match the desk's rules, from the filtered stream; the search for the last week.",
    verified="written answers and streams of a real HTTP server that keeps the rules X documents; "
    "not verified against the vendor",
    away="what the search of the last seven days finds, which costs as much; what is older is told as a gap",
    paid=True,
    filters=lambda _, wanted: wanted,
    past=True,
    least=_least,
)
