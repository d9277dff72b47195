"""What files ask and give: sources, a place to sort, a place to keep, a progress line.

Adapters implement these; `main` joins them. Nothing here does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

from pulih.detect.standing import Told
from pulih.model.raw_report import RawReport
from pulih.model.reading import Reading, Service, Symptom
from pulih.model.signal import Signal
from pulih.model.weight import Weight


class RefusedRow(msgspec.Struct, frozen=True, gc=False):
    """One row that could not be read: file, row (1 = first line of the file), reason, a short excerpt."""

    file: str
    row: int
    reason: str
    excerpt: str


# The columns a source may have, in the order in which people are told of them.
COLUMN_FIELDS = ("text", "time", "author", "place", "native_id", "operator", "source", "account", "kind")


class Chosen(msgspec.Struct, frozen=True):
    """Which columns and time zone a source was read with, and which of them it chose by itself.

    A column that is absent is "". `account` tells when an author's account was opened, `kind` what sort of thing a row
    is. `guessed` names the fields (text, time, ...) not told by the user.
    """

    format: str
    text: str
    time: str
    author: str = ""
    place: str = ""
    native_id: str = ""
    operator: str = ""
    source: str = ""
    account: str = ""
    kind: str = ""
    zone: str = "UTC"
    guessed: tuple[str, ...] = ()


class Source(Protocol):
    """Something that yields raw reports once, in the order it has them."""

    name: str
    chosen: Chosen
    notes: list[tuple[str, str]]

    def rows(self) -> Iterator[RawReport | RefusedRow]:
        """Yield each row, readable or refused; raise RefusedInput when the whole source is unusable."""
        ...


class Spool(Protocol):
    """A temporary place that sorts more signals than memory holds, and forgets repeats."""

    def add(self, signals: list[Signal], file_number: int) -> None:
        """Keep a batch of the file of that number; a content id repeats only across files."""
        ...

    def sorted_batches(self) -> Iterator[list[Signal]]:
        """Yield all distinct signals by (at_us, source, native_id), in batches."""
        ...

    def repeated(self) -> int:
        """Return how many added signals had a key that was there already; valid after `sorted_batches`."""
        ...

    def edited(self) -> int:
        """Return how many of the repeated had another text than the one kept; valid after `sorted_batches`."""
        ...


class Sink(Protocol):
    """Where signals go with their readings, in the order of time."""

    def write(self, signals: list[Signal], readings: list[Reading], weights: list[Weight]) -> None:
        """Keep a batch."""
        ...

    def finish(self) -> None:
        """Say that no batch follows; what was kept can be read from now on."""
        ...


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which kept signals are looked for.

    Attributes:
        start_us, end_us: microseconds since 1970 UTC, end excluded.
        operators: operators that signals count for, first or besides; "" = those that name none. None wants all,
            whether they count or not.
        within: whether a region that was read counts; None wants all, and signals without a region too.
    """

    start_us: int
    end_us: int
    operators: frozenset[str] | None = None
    within: Callable[[str], bool] | None = None


class Sample(msgspec.Struct, frozen=True):
    """Signals with their weights, in the order of time, and how many there are that they stand for."""

    signals: list[tuple[Signal, float]]
    total: int


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many signals there are of what is wanted, each counted once and none estimated.

    Attributes:
        total: all of them.
        last_us: when the last one was said, None without any.
        symptoms: by symptom; "none" are those that are not surely a report. They sum to `total`.
        services: by service, of those that tell one.
        regions: by the region they name first.
        phrases: by phrase asked for: how many contain its words, whatever else they say.
    """

    total: int = 0
    last_us: int | None = None
    symptoms: Mapping[Symptom, int] = msgspec.field(default_factory=dict)
    services: Mapping[Service, int] = msgspec.field(default_factory=dict)
    regions: Mapping[str, int] = msgspec.field(default_factory=dict)
    phrases: Mapping[str, int] = msgspec.field(default_factory=dict)


class Archive(Protocol):
    """The signals a sink has kept, to be read again."""

    def sample(self, wanted: Wanted, limit: int) -> Sample:
        """Return what is wanted, or `limit` of it spread evenly where there is more."""
        ...

    def count(self, wanted: Wanted, phrases: Sequence[str]) -> Counts:
        """Count all that is wanted, and in how many of the texts the words of each phrase stand."""
        ...

    def people(self, wanted: Wanted) -> float | None:
        """Add up the authors of what is wanted, each with the most evidence that one of their signals gives, 0..1.

        Signals of unknown authors are taken for those of one; None where no author is known.
        """
        ...

    def told(self, wanted: Wanted, *, since_us: int, until_us: int) -> Told:
        """Return who reported in which words from `since_us` up to, not including, `until_us`; `inside` is wanted."""
        ...


class Progress(Protocol):
    """Someone who wants to know how far long work has come."""

    def stage(self, name: str, total: int | None = None) -> None:
        """Begin a named stage of `total` steps, None when unknown."""
        ...

    def advance(self, steps: int) -> None:
        """Say that `steps` more are done."""
        ...
