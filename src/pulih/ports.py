"""What the inside asks of the outside: sources of raw reports, a place to sort them, a progress line.

Adapters implement these; `main` joins them. Nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from pulih.model.signal import Kind, Signal


class RawReport(msgspec.Struct, frozen=True, gc=False):
    """One readable row of a source, before pseudonymisation and masking.

    Attributes:
        at_us: microseconds since 1970 UTC.
        text: as written; control characters removed.
        author: as written, or "".
        native_id: the source's own id, or "" when it has none.
        operator, place: as the row names them, or "".
        source: the row's own source name, or "file".
        kind: what sort of thing it is.
    """

    at_us: int
    text: str
    author: str = ""
    native_id: str = ""
    operator: str = ""
    place: str = ""
    source: str = "file"
    kind: Kind = "complaint"


class RefusedRow(msgspec.Struct, frozen=True, gc=False):
    """One row that could not be read: file, row number (1 = first line of the file), reason, a short excerpt."""

    file: str
    row: int
    reason: str
    excerpt: str


class Chosen(msgspec.Struct, frozen=True):
    """Which columns and time zone a source was read with, and which of them it chose by itself.

    A column that is absent is "". `guessed` names the fields (text, time, ...) not told by the user.
    """

    format: str
    text: str
    time: str
    author: str = ""
    place: str = ""
    native_id: str = ""
    operator: str = ""
    source: str = ""
    zone: str = "UTC"
    guessed: tuple[str, ...] = ()


class Source(Protocol):
    """Something that yields raw reports once, in the order it has them."""

    name: str
    chosen: Chosen

    def rows(self) -> Iterator[RawReport | RefusedRow]:
        """Yield each row, readable or refused; raise RefusedInput when the whole source is unusable."""
        ...


class Spool(Protocol):
    """A temporary place that sorts more signals than memory holds, and forgets repeats."""

    def add(self, signals: list[Signal]) -> None:
        """Keep a batch."""
        ...

    def sorted_batches(self) -> Iterator[list[Signal]]:
        """Yield all distinct signals by (at_us, source, native_id), in batches."""
        ...

    def repeated(self) -> int:
        """Return how many added signals had a key that was there already; valid after `sorted_batches`."""
        ...


class Progress(Protocol):
    """Someone who wants to know how far long work has come."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a named stage of `total` steps, None when unknown."""
        ...

    def advance(self, steps: int) -> None:
        """Say that `steps` more are done."""
        ...
