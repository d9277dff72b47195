"""What listening asks of the outside: a store of what sources cost, how they usually speak, and what to forget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class FilterPast(msgspec.Struct, frozen=True, kw_only=True):
    """How one filter of a source spoke.

    Attributes:
        name: of the filter.
        items: batches that it let something through in.
        last_us: when it did so last, None = never.
        gaps: hours since 1970 UTC, with the longest gap in seconds that ended in each; newest last.
    """

    name: str
    items: int = 0
    last_us: int | None = None
    gaps: tuple[tuple[int, float], ...] = ()


class Missing(msgspec.Struct, frozen=True):
    """A place where something may be missing: when it was told, and why."""

    at_us: int
    why: str


class SourcePast(msgspec.Struct, frozen=True, kw_only=True):
    """How one source spoke until now.

    Attributes:
        source: its name.
        sign_us, item_us: when it was alive last, and when an item came last; None = never.
        hours: hours since 1970 UTC, with the items that came in each; newest last.
        delays_s: seconds between said and heard, of items of late.
        missing: where something may be missing, newest last.
        refused: what could not be read of late, newest last.
        filters: each filter's own.
    """

    source: str
    sign_us: int | None = None
    item_us: int | None = None
    hours: tuple[tuple[int, int], ...] = ()
    delays_s: tuple[float, ...] = ()
    missing: tuple[Missing, ...] = ()
    refused: tuple[str, ...] = ()
    filters: tuple[FilterPast, ...] = ()


class ListeningStore(Protocol):
    """Keeps what listening must know after a restart; every method may be called from any thread."""

    def pasts(self) -> Mapping[str, SourcePast]:
        """Return how each source spoke, by name."""
        ...

    def keep(self, pasts: Sequence[SourcePast]) -> None:
        """Keep how sources spoke, instead of what was kept of them before."""
        ...

    def spent(self, source: str, month: str) -> int:
        """Return what a source cost in a month such as "2026-11", in millionths."""
        ...

    def spend(self, source: str, month: str, micros: int, *, most: int) -> bool:
        """Add to what a source cost in a month, durably, if that then is no more than `most`; return whether it was.

        In one step, whoever else spends at the same time. What is below zero is always taken, down to nothing.
        """
        ...

    def forget(self, texts: Mapping[int, int], at_us: int) -> None:
        """Note for good that the texts of these keys are forgotten, with the digest of what was quoted of each."""
        ...

    def forgotten(self) -> Mapping[int, int]:
        """Return the keys whose texts are forgotten, with the digest of what was quoted of each or 0."""
        ...
