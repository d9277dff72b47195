"""What X finds of the last week, page by page, each paid for before it is asked for.

A page that fails can be asked for again where the search stopped, so that what was found before is not paid twice. X
answers 400 to moments that are less than 10 s ago; that is a matter of clocks, and of the next try.

Source: docs.x.com: recent search (start_time, end_time), pagination, pricing per post read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

import msgspec

from pulih.adapters.sources.people._platform import Platform
from pulih.adapters.sources.people._tweets import FIELDS, Page, page_read
from pulih.adapters.sources.people._words import Words
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import OutsideFailed, PulihError, RefusedInput
from pulih.ports.clock import Clock
from pulih.ports.sources import Batch, SpendReached
from pulih.service.listening.spending import month_of

_SEARCH: Final = "/2/tweets/search/recent"
PAGE: Final = 100
_PAGES_MAX: Final = 100
# The search reaches back a week, less a minute for the way there, and up to 10 s ago, with 5 s for the way there.
_WEEK_US: Final = (7 * DAY_S - 60) * MICROS
_FRESH_US: Final = 15 * MICROS
_NOT_REACHED: Final = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout"})
_QUERY_CHARS_MAX: Final = 512
# What may not stand between quotes in a rule.
QUOTES: Final = str.maketrans("", "", '"\\')


class Purse:
    """Pays for posts before they are read; the stream and the search have one each, since both read at once.

    What was paid for in one month pays for nothing in the next: X bills a post in the month in which it hands it over.

    Args:
        price_micros: of one post.
        spend: as `Means.spend`.
        clock: says in which month it is.
    """

    def __init__(self, price_micros: int, spend: Callable[[int], Awaitable[None]], clock: Clock) -> None:
        self._price_micros, self._spend, self._clock = price_micros, spend, clock
        # Below zero where X handed over more than was asked for, which it bills all the same.
        self._left = 0
        self._month = ""

    async def hold(self, posts: int) -> None:
        """Have so many posts paid for, and those that came unasked. Raises SpendReached; nothing is paid then."""
        self._turned()
        if self._left < posts:
            await self._spend((posts - self._left) * self._price_micros)
            self._left = posts

    def take(self, posts: int) -> None:
        """Note that so many were handed over."""
        self._turned()
        self._left -= posts

    def put_back(self, posts: int) -> None:
        """Note that so many of those taken were not handed over after all; below zero, that more were."""
        # Those that came unasked are owed in any month.
        if not self._turned() or posts < 0:
            self._left += posts

    async def give_back(self) -> None:
        """Have what was paid and not handed over count no more: X refuses, or nobody listens any more."""
        self._turned()
        left, self._left = self._left, 0
        if left > 0:
            await self._spend(-left * self._price_micros)
        elif left < 0:
            await self._owed(-left)

    @property
    def empty(self) -> bool:
        """Return whether the next post is not paid for."""
        self._turned()
        return self._left <= 0

    async def _owed(self, posts: int) -> None:
        """Note what was handed over beyond what was paid for, as far as the budget goes, so that no more is asked."""
        some = posts
        while posts:
            some = min(some, posts)
            try:
                await self._spend(some * self._price_micros)
            except SpendReached:
                if some == 1:
                    return
                some //= 2
            else:
                posts -= some

    def _turned(self) -> bool:
        """Return whether another month has begun; what is left of the one before is worth nothing then."""
        month = month_of(self._clock.now_us())
        turned, self._month = month != self._month, month
        if turned:
            self._left = min(self._left, 0)
        return turned


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """Who searches, and for what.

    Attributes:
        name: of the source.
        platform: X.
        words: what is searched for.
        also: what each query asks for besides, in X's words.
        headers: makes those of a request.
        purse: pays for pages.
    """

    name: str
    platform: Platform
    words: Words
    also: str
    headers: Callable[[], Mapping[str, str]]
    purse: Purse


class Search:
    """One search, which goes on where it stopped.

    Args:
        asker: who searches.
        since_us: finds posts from then on, as far back as X searches.
        until_us: finds posts before then, as far as X tells them already.
        now_us: the present by X's clock; all three in microseconds since 1970 UTC.
    """

    def __init__(self, asker: Asker, since_us: int, until_us: int, *, now_us: int) -> None:
        self._asker, self._token, self._number = asker, "", 0
        from_us = max(since_us, now_us - _WEEK_US)
        self._gap = ""
        if from_us > since_us:
            self._gap = f"X searches the last seven days; from {iso(since_us)} to {iso(from_us)} may be missing"
        span = {"start_time": _seconds(from_us), "end_time": _seconds(min(until_us, now_us - _FRESH_US))}
        self._asked = FIELDS | {"max_results": str(PAGE)} | span
        some = span["start_time"] < span["end_time"]
        self._queries = queries(asker.words.wanted, asker.also) if some else []

    @property
    def done(self) -> bool:
        """Return whether everything was found."""
        return not self._queries and not self._gap

    async def next(self) -> Batch:
        """Return the next page, newest posts first, with the newest id as cursor.

        Raises: SpendReached, Later, OutsideFailed, and then the same page may be asked for again; RefusedInput.
        """
        if self._gap:
            gap, self._gap = self._gap, ""
            return Batch(gap=gap)
        await self._asker.purse.hold(PAGE)
        more = {"next_token": self._token} if self._token else {}
        page = await self._page(self._asked | {"query": self._queries[0]} | more)
        batch, newest = page_read(page)
        self._token, self._number = page.meta.next_token, self._number + 1
        cut = bool(self._token) and self._number == _PAGES_MAX
        gap = f"X finds more than {PAGE * _PAGES_MAX:,} posts; older ones are missing" if cut else ""
        if cut or not self._token:
            del self._queries[0]
            self._token, self._number = "", 0
        filters = dict.fromkeys(word for item in batch.items for word in self._asker.words.found(item.text))
        return msgspec.structs.replace(batch, gap=gap, filters=tuple(filters), cursor=newest)

    async def _page(self, asked: Mapping[str, str]) -> Page:
        """Return a page, which is paid for."""
        purse, platform = self._asker.purse, self._asker.platform
        # Where nobody waits for the answer any more, nobody knows how many posts X handed over.
        purse.take(PAGE)
        try:
            answer = await platform.ask("GET", _SEARCH, params=asked, headers=self._asker.headers())
            page = platform.read(answer.body, Page)
        except PulihError as problem:
            if _handed_nothing(problem):
                purse.put_back(PAGE)
            raise _fate(problem, self._asker.name) from None
        # Posts beyond those that were asked for are billed too.
        purse.put_back(PAGE - len(page.data))
        return page


def _handed_nothing(problem: PulihError) -> bool:
    """Say whether X surely handed over no post: it refused, or was not reached. What cannot be read is billed."""
    return "status" in problem.values or problem.values.get("why") in _NOT_REACHED


def _fate(problem: PulihError, name: str) -> PulihError:
    """Return what became of a page that X did not give: a 400 may be a matter of a clock, and no wrong setting."""
    if not isinstance(problem, RefusedInput) or problem.values.get("status") != "400":
        return problem
    return OutsideFailed(
        f"{name}: X refuses the search (400), as it does when the clock of this machine is wrong; it is tried again.",
        key="source.answered",
        name=name,
        status="400",
    )


def queries(words: Sequence[str], also: str) -> list[str]:
    """Return queries that find any of the words, each as long as X takes.

    >>> queries(["IndiHome", "by.U"], "-is:retweet")
    ['("IndiHome" OR "by.U") -is:retweet']
    """
    made, held = list[str](), list[str]()
    for quoted in (f'"{word.translate(QUOTES)}"' for word in words):
        if held and len(_any_of([*held, quoted], also)) > _QUERY_CHARS_MAX:
            made.append(_any_of(held, also))
            held = []
        held.append(quoted)
    return [*made, _any_of(held, also)]


def _any_of(quoted: Sequence[str], also: str) -> str:
    return f"({' OR '.join(quoted)}) {also}".strip()


def _seconds(at_us: int) -> str:
    return iso(at_us // MICROS * MICROS)
