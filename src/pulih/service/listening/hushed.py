"""Hushed: what a source tells, without the secrets that it was given.

A source takes care that it repeats no secret, and a peer takes none: an answer that says back which token it was shown,
in its error, in the name of a rule or in the place to go on from, would put it on the console, into the log or, with
the cursor, into the database. So each secret is remembered as it is read, and taken out of all that comes back.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Final
from urllib.parse import quote

from msgspec.structs import replace

from pulih.model.errors import PulihError
from pulih.ports.sources import Backfilling, Batch, Item, Source

INSTEAD: Final = "***"
# What is shorter stands in many a word, such as a community of SNMP that is called "public".
_CHARS_MIN: Final = 8
# A key in PEM has some fifty lines, each known in two forms; those of a file that is renewed are forgotten at last.
_SECRETS_MAX: Final = 400
_CURSOR: Final = "Where it would go on held its secret, and was not kept."


class Hushing:
    """Reads the secrets of one source, and knows them again; for any thread.

    Args:
        read: as `Means.secret`.

    >>> hushing = Hushing(lambda path: "t0ken-of-x")
    >>> hushing.secret("x.token"), hushing.without("X says: t0ken-of-x is no good")
    ('t0ken-of-x', 'X says: *** is no good')
    """

    def __init__(self, read: Callable[[str], str]) -> None:
        self._read = read
        self._known: tuple[str, ...] = ()

    def secret(self, path: str) -> str:
        """Return the secret at a path, as `Means.secret`. Raises RefusedInput."""
        found = self._read(path)
        # A key in PEM has many lines, and its first says only what it is.
        lines = [found, *(line.strip() for line in found.splitlines() if not line.startswith("-----"))]
        new = [form for line in lines for form in (line, quote(line, safe="")) if len(line) >= _CHARS_MIN]
        if not set(new) <= set(self._known):
            kept = dict.fromkeys((*self._known, *new))
            self._known = tuple(kept)[-_SECRETS_MAX:]
        return found

    def without(self, text: str) -> str:
        """Return a text without the secrets."""
        for one in self._known:
            if one in text:
                text = text.replace(one, INSTEAD)
        return text

    def batch(self, batch: Batch) -> Batch:
        """Return a batch that holds no secret; a cursor that does is left out, and that is told."""
        if not self._known:
            return batch
        refused = tuple(map(self.without, batch.refused))
        cursor = batch.cursor if self.without(batch.cursor) == batch.cursor else ""
        if cursor != batch.cursor:
            refused = (*refused, _CURSOR)
        return replace(
            batch,
            cursor=cursor,
            items=tuple(map(self._item, batch.items)),
            refused=refused,
            gap=self.without(batch.gap),
        )

    def problem(self, problem: BaseException) -> None:
        """Take the secrets out of what an error says, and out of those that it holds."""
        if isinstance(problem, BaseExceptionGroup):
            for one in problem.exceptions:
                self.problem(one)
        if isinstance(problem, PulihError):
            problem.args = (self.without(str(problem)),)
            told = problem.values.items()
            problem.values = {name: self.without(one) if isinstance(one, str) else one for name, one in told}

    def _item(self, item: Item) -> Item:
        said = {"id": item.id, "text": item.text, "author": item.author}
        held = {name: told for name, one in said.items() if (told := self.without(one)) != one}
        return replace(item, **held) if held else item


async def hushed(listen: Callable[[], AsyncIterator[Batch]], hushing: Hushing) -> AsyncGenerator[Batch]:
    """Yield batches, and raise what ends them, without secrets.

    Args:
        listen: returns the batches of a source.
        hushing: knows its secrets.
    """
    end: Callable[[], Awaitable[None]] | None = None
    try:
        batches = listen()
        end = getattr(batches, "aclose", None)
        async for batch in batches:
            yield hushing.batch(batch)
    except Exception as problem:
        hushing.problem(problem)
        raise
    finally:
        if end is not None:
            await end()


class Hushed:
    """A source that tells no secret (`ports.sources.Source`).

    Args:
        source: tells what it may.
        hushing: knows its secrets.
    """

    def __init__(self, source: Source, hushing: Hushing) -> None:
        self._source, self._hushing = source, hushing

    def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield batches; see `ports.sources.Source.listen`."""
        return hushed(partial(self._source.listen, cursor), self._hushing)

    async def close(self) -> None:
        """Give connections back."""
        await self._source.close()


class HushedPast(Hushed):
    """A source that tells the past as well (`ports.sources.Backfilling`).

    Args:
        source, past: the same one.
        hushing: knows its secrets.
    """

    def __init__(self, source: Source, past: Backfilling, hushing: Hushing) -> None:
        super().__init__(source, hushing)
        self._past = past

    def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was said in a span; see `ports.sources.Backfilling.between`."""
        return hushed(partial(self._past.between, since_us, until_us), self._hushing)


def opened(make: Callable[[], Source], hushing: Hushing) -> Hushed:
    """Return a source that tells no secret.

    Args:
        make: opens it; raises RefusedInput, which tells none either.
        hushing: knows its secrets.
    """
    try:
        source = make()
        return HushedPast(source, source, hushing) if isinstance(source, Backfilling) else Hushed(source, hushing)
    except PulihError as problem:
        hushing.problem(problem)
        raise
